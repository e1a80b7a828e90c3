"""Addresses of the venue's portal, under /pro/."""

from django.urls import path

from .views import banking, bookings, counter, home, joining, many, offers, places, reimbursements, statistics, stocks, structures

app_name = "venue"
urlpatterns = [
    path("", home.home, name="home"),
    path("inscription/", joining.sign_up, name="sign-up"),
    path("inscription/courriel/", joining.check_mail, name="check-mail"),
    path("inscription/encore/", joining.resend, name="resend"),
    path("invitation/", joining.accept, name="accept"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("structures/", structures.structures, name="structures"),
    path("structures/nouvelle/", structures.new, name="structure-new"),
    path("structures/<int:structure_id>/", structures.structure, name="structure"),
    path("structures/<int:structure_id>/inviter/", structures.invite, name="invite"),
    path(
        "structures/<int:structure_id>/invitations/<int:invitation_id>/retirer/", structures.withdraw, name="invitation-withdraw"
    ),
    path("structures/<int:structure_id>/demandes/<int:person_id>/", structures.answer, name="request-answer"),
    path("structures/<int:structure_id>/membres/<int:person_id>/retirer/", structures.remove, name="member-remove"),
    path("structures/<int:structure_id>/lieux/nouveau/", places.new, name="place-new"),
    path("lieux/<int:venue_id>/", places.edit, name="place"),
    path("lieux/<int:venue_id>/paiement/", banking.links, name="links"),
    path("lieux/<int:venue_id>/paiement/lier/", banking.link, name="link"),
    path("banque/", banking.accounts, name="banking"),
    path("banque/<int:account_id>/", banking.edit, name="bank-account"),
    path("structures/<int:structure_id>/banque/nouveau/", banking.new, name="bank-account-new"),
    path("remboursements/", reimbursements.reimbursements, name="reimbursements"),
    path("remboursements/<int:invoice_id>/", reimbursements.statement, name="statement"),
    path("remboursements/<int:invoice_id>/justificatif.pdf", reimbursements.paper, name="statement-paper"),
    path("remboursements/<int:invoice_id>/reservations.csv", reimbursements.as_csv, name="statement-csv"),
    path("comptoir/", counter.counter, name="counter"),
    path("comptoir/valider/", counter.validate, name="counter-validate"),
    path("comptoir/reprendre/", counter.take_back, name="counter-take-back"),
    path("comptoir/hors-ligne/", counter.offline, name="counter-offline"),
    path("sw.js", counter.worker, name="worker"),
    path("offres/", offers.offers, name="offers"),
    path("offres/nouvelle/", offers.kinds, name="offer-kinds"),
    path("offres/nouvelle/<str:subcategory>/", offers.create, name="offer-create"),
    path("offres/<int:offer_id>/", offers.offer, name="offer"),
    path("offres/<int:offer_id>/modifier/", offers.edit, name="offer-edit"),
    path("offres/<int:offer_id>/publier/", offers.publish, name="offer-publish"),
    path("offres/<int:offer_id>/retirer/", offers.unpublish, name="offer-unpublish"),
    path("offres/<int:offer_id>/copier/", offers.duplicate, name="offer-duplicate"),
    path("offres/ensemble/", many.act, name="offers-many"),
    path("offres/<int:offer_id>/dates/", stocks.add, name="stocks-add"),
    path("offres/<int:offer_id>/dates/<int:stock_id>/", stocks.edit, name="stock-edit"),
    path("offres/<int:offer_id>/dates/<int:stock_id>/retirer/", stocks.remove, name="stock-remove"),
    path("reservations/", bookings.bookings, name="bookings"),
    path("reservations/chiffres/", statistics.statistics, name="statistics"),
    path("reservations.csv", bookings.as_csv, name="bookings-csv"),
    path("reservations.xlsx", bookings.as_excel, name="bookings-excel"),
]
