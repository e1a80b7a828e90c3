"""Addresses of the locked room's pages."""

from django.urls import path

from .views import codes, operations, quality

app_name = "room"
urlpatterns = [
    path("", operations.home, name="home"),
    path("sources/<str:name>/", operations.source, name="source"),
    path("codes/", codes.codes, name="codes"),
    path("codes/code/", codes.code, name="code"),
    path("codes/decider/", codes.decide, name="decide"),
    path("codes/historique/", codes.history, name="history"),
    path("qualite/", quality.reports, name="quality"),
    path("qualite/<str:release>/signer/", quality.sign, name="sign"),
    path("journal/", quality.journal, name="journal"),
]
