"""Addresses of the back office, under /equipe/."""

from django.urls import path

from . import personal_data, views

app_name = "backoffice"
urlpatterns = [
    path("", views.home, name="home"),
    path("lettres/", views.letters, name="letters"),
    path("lettres/rejouer/", views.replay, name="replay"),
    path("journal/", views.journal_page, name="journal"),
    path("journal/verifier/", views.verify, name="verify"),
    path("comptes/", views.accounts, name="accounts"),
    path("comptes/suspendre/", views.suspend, name="suspend"),
    path("donnees/", personal_data.extracts, name="extracts"),
    path("donnees/copie/", personal_data.ask, name="ask-extract"),
    path("donnees/copie/<int:extract_id>/", personal_data.fetch, name="fetch-extract"),
    path("donnees/rectifier/", personal_data.rectify, name="rectify"),
    path("donnees/anonymiser/", personal_data.anonymise, name="anonymise"),
    path("reservations/", views.bookings, name="bookings"),
]
