"""Addresses of the back office, under /equipe/."""

from django.urls import path

from . import bank_accounts, offers, personal_data, rollout, structures, views, youths

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
    path("jeunes/", youths.find, name="youths"),
    path("jeunes/<int:person_id>/", youths.youth, name="youth"),
    path("jeunes/<int:person_id>/decider/", youths.review, name="review"),
    path("jeunes/<int:person_id>/papier/", youths.paper, name="paper"),
    path("jeunes/<int:person_id>/credit/", youths.add_credit, name="add-credit"),
    path("jeunes/<int:person_id>/telephone/", youths.skip_phone, name="skip-phone"),
    path("comptes-bancaires/", bank_accounts.queue, name="bank-accounts"),
    path("comptes-bancaires/<int:account_id>/", bank_accounts.account, name="bank-account"),
    path("comptes-bancaires/<int:account_id>/decider/", bank_accounts.decide, name="bank-account-decide"),
    path("comptes-bancaires/<int:account_id>/pieces/<int:document_id>/", bank_accounts.document, name="bank-document"),
    path("offres/", offers.queue, name="offers"),
    path("offres/regles/", offers.rules, name="offer-rules"),
    path("offres/regles/<int:rule_id>/finir/", offers.end_rule, name="offer-rule-end"),
    path("offres/prix/", offers.limit, name="offer-limit"),
    path("offres/<int:offer_id>/", offers.offer, name="offer"),
    path("offres/<int:offer_id>/decider/", offers.judge, name="offer-judge"),
    path("offres/<int:offer_id>/confiance/", offers.trust, name="offer-trust"),
    path("structures/", structures.structures, name="structures"),
    path("structures/<int:structure_id>/", structures.structure, name="structure"),
    path("structures/<int:structure_id>/decider/", structures.decide, name="structure-decide"),
    path("structures/<int:structure_id>/demandes/<int:person_id>/", structures.answer, name="structure-answer"),
    path("ouvertures/", rollout.features, name="rollout"),
    path("ouvertures/<str:name>/", rollout.feature, name="feature"),
    path("ouvertures/<str:name>/arreter/", rollout.stop, name="rollout-stop"),
    path("ouvertures/<str:name>/revenir/<int:number>/", rollout.go_back, name="rollout-back"),
    path("reservations/", views.bookings, name="bookings"),
]
