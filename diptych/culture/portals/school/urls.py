"""Addresses of the school's portal, under /ecole/."""

from django.urls import path

from . import views

app_name = "school"
urlpatterns = [
    path("entrer/<str:token>/", views.enter, name="enter"),
    path("sorties/", views.outings, name="outings"),
]
