"""Addresses of the researchers' screens."""

from django.urls import path

from .views import board, exchange, home, kept, patients, perimeter, results

app_name = "cohorts"
urlpatterns = [
    path("", home.home, name="home"),
    path("requetes/nouvelle/", home.create, name="create"),
    path("requetes/importer/", exchange.import_, name="import"),
    path("requetes/<int:question_id>/", board.board, name="board"),
    path("requetes/<int:question_id>/geste/", board.gesture, name="gesture"),
    path("requetes/<int:question_id>/critere/<int:card>/", board.card, name="card"),
    path("requetes/<int:question_id>/critere/<int:card>/concepts/", board.concepts, name="concepts"),
    path("requetes/<int:question_id>/annuler/", board.undo, name="undo"),
    path("requetes/<int:question_id>/refaire/", board.redo, name="redo"),
    path("requetes/<int:question_id>/perimetre/", perimeter.perimeter, name="perimeter"),
    path("requetes/<int:question_id>/enregistrer/", kept.save, name="save"),
    path("requetes/<int:question_id>/nommer/", kept.rename, name="rename"),
    path("requetes/<int:question_id>/partager/", kept.share, name="share"),
    path("requetes/<int:question_id>/supprimer/", kept.remove, name="remove"),
    path("requetes/<int:question_id>/versions/", kept.versions, name="versions"),
    path("requetes/<int:question_id>/versions/<int:number>/reprendre/", kept.take_up, name="take-up"),
    path("requetes/<int:question_id>/requete.json", exchange.export, name="export"),
    path("requetes/<int:question_id>/definition.json", exchange.export_definition, name="export-definition"),
    path("requetes/<int:question_id>/resultat/", results.results, name="results"),
    path("requetes/<int:question_id>/patients/", patients.patients, name="patients"),
    path("requetes/<int:question_id>/patients/<str:pseudonym>/", patients.patient, name="patient"),
]
