"""Addresses of the youth's app, mounted at the root."""

from django.urls import path

from .views import bonus, bookings, devices, home, journey, leaving, me, my_data, offers, pwa, search, sign_up, wallet

app_name = "youth"

urlpatterns = [
    path("", home.home, name="home"),
    path("recherche/", search.search, name="search"),
    path("ici/", search.here, name="here"),
    path("offres/<int:offer_id>/", offers.offer, name="offer"),
    path("offres/<int:offer_id>/reserver/", offers.book, name="book"),
    path("offres/<int:offer_id>/favori/", offers.favourite, name="favourite"),
    path("places/", bookings.coming, name="bookings"),
    path("places/passees/", bookings.past, name="past"),
    path("places/<int:booking_id>/", bookings.ticket, name="ticket"),
    path("places/<int:booking_id>/annuler/", bookings.cancel, name="cancel"),
    path("places/<int:booking_id>/agenda.ics", bookings.calendar_file, name="ics"),
    path("portefeuille/", wallet.wallet, name="wallet"),
    path("portefeuille/bonus/", bonus.bonus, name="bonus"),
    path("favoris/", wallet.favourites, name="favourites"),
    path("moi/", me.me, name="me"),
    path("moi/appareils/", devices.devices, name="devices"),
    path("moi/appareils/confiance/", devices.trust, name="trust-device"),
    path("moi/appareils/oublier/", devices.forget, name="forget-device"),
    path("moi/appareils/quitter/", devices.sign_out_all, name="sign-out-all"),
    path("moi/fermer/", leaving.leave, name="leave"),
    path("moi/rouvrir/", leaving.come_back, name="come-back"),
    path("moi/langue/", me.language, name="language"),
    path("moi/donnees/", my_data.data, name="data"),
    path("moi/donnees/copie/", my_data.ask_copy, name="ask-copy"),
    path("moi/donnees/copie/<int:extract_id>/", my_data.copy, name="copy"),
    path("moi/supprimer/", my_data.delete, name="delete"),
    path("moi/supprimer/annuler/", my_data.undo, name="undo-delete"),
    path("inscription/", sign_up.sign_up, name="sign-up"),
    path("inscription/courriel/", sign_up.check_mail, name="check-mail"),
    path("inscription/renvoyer/", sign_up.resend, name="resend"),
    path("inscription/confirmer/<str:token>/", sign_up.confirm, name="confirm"),
    path("inscription/profil/", sign_up.profile, name="profile"),
    path("inscription/credit/", sign_up.credit, name="credit"),
    path("inscription/etapes/", journey.journey, name="journey"),
    path("inscription/telephone/", journey.phone, name="phone"),
    path("inscription/telephone/code/", journey.phone_code, name="phone-code"),
    path("inscription/adresse/", journey.complete, name="complete"),
    path("inscription/identite/", journey.identity, name="identity"),
    path("inscription/identite/retour/", journey.identity_back, name="identity-back"),
    path("inscription/identite/eleve/", journey.pupil_back, name="pupil-back"),
    path("inscription/honneur/", journey.honor, name="honor"),
    path("manifest.webmanifest", pwa.manifest, name="manifest"),
    path("sw.js", pwa.service_worker, name="service-worker"),
    path("hors-ligne/", pwa.offline, name="offline"),
]
