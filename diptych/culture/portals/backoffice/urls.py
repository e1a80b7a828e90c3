"""Addresses of the back office, under /equipe/."""

from django.urls import path

from . import views

app_name = "backoffice"
urlpatterns = [
    path("", views.home, name="home"),
    path("lettres/", views.letters, name="letters"),
    path("lettres/rejouer/", views.replay, name="replay"),
    path("journal/", views.journal_page, name="journal"),
    path("journal/verifier/", views.verify, name="verify"),
    path("comptes/", views.accounts, name="accounts"),
    path("comptes/suspendre/", views.suspend, name="suspend"),
    path("reservations/", views.bookings, name="bookings"),
]
