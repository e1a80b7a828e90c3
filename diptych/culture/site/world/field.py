"""A field officer of the demo's world: places of the Loire that the pass does not have yet, a day under way, next steps.

Each act is the chapter's own operation. Nobody here exists.
"""

from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.totp.internal.auth import TOTP

from .communes import Place, places
from .venues import HOME

from diptych.commons.clock import PARIS
from diptych.culture.domain.outreach import operations
from diptych.culture.domain.outreach.terms import Stage
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Role, StaffRole
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.terms import Activity

SOURCE: Final = "demo_places"
"""Where the invented places come from: they stand for those of open data."""

_KNOWN: Final = (
    (Activity.MUSEUM, "Musée de la Rubanerie", "14 rue des Passementiers", 0.009, -0.004),
    (Activity.LIBRARY, "Médiathèque de Tarentaize-Nord", "3 place des Ursules", -0.006, 0.008),
    (Activity.CINEMA, "Cinéma Le Royal", "22 avenue de la Libération", 0.003, 0.012),
    (Activity.MUSIC_VENUE, "Le Bercail", "8 rue de la Mulatière", -0.012, -0.003),
    (Activity.FESTIVAL, "Festival des Sept Collines", "1 place Jean-Jaurès", 0.001, 0.002),
    (Activity.BOOKSTORE, "Librairie des Bulles et des Mots", "5 rue Georges-Teissier", 0.005, -0.009),
    (Activity.PERFORMANCE_HALL, "Théâtre de l’Usine", "31 rue du Onze-Novembre", -0.009, 0.001),
    (Activity.HERITAGE_SITE, "Puits Couriot d’En-Haut", "Rue de la Mine", 0.013, -0.013),
    (Activity.ART_SCHOOL, "Conservatoire du Furan", "32 rue des Francs-Maçons", -0.002, -0.011),
    (Activity.CULTURAL_CENTRE, "Maison de quartier Soleil-Levant", "24 rue Beaunier", 0.016, 0.006),
    (Activity.LIBRARY, "Bibliothèque du Crêt-de-Roc", "12 rue de l’Éternité", 0.006, 0.005),
    (Activity.RECORD_STORE, "Disquaire du Marais", "7 rue Léon-Nautin", -0.004, -0.006),
)


def send_the_field_officer(password: str, *, totp_secret: str, at: datetime) -> None:
    """Solène, in the Loire: places met and to meet, two days planned, a call that is due."""
    solene = Person.objects.create(
        email="solene@equipe.exemple.fr", password=password, first_name="Solène", last_name="Kervadec", roles=[Role.ADMIN],
        staff_roles=[StaffRole.CHARGE_DEVELOPPEMENT], department="42", registered_at=at - timedelta(days=300),
        email_validated_at=at - timedelta(days=300),
    )  # fmt: skip
    TOTP.activate(solene, totp_secret)
    home = next(place for place in places() if place.insee == HOME)
    known = [_venue(n, home, row, at) for n, row in enumerate(_KNOWN)]
    actor, now = f"person:{solene.pk}", at - timedelta(days=9)
    today = at.astimezone(PARIS).date()
    for venue in known[:5]:
        operations.move(venue_id=venue.pk, stage=Stage.MET, officer_id=solene.pk, actor=actor, at=now)
    operations.move(venue_id=known[5].pk, stage=Stage.MET, officer_id=solene.pk, actor=actor, at=now)
    operations.move(venue_id=known[5].pk, stage=Stage.SIGNING_UP, officer_id=solene.pk, actor=actor, at=at - timedelta(days=3))
    steps = (
        ("Rappeler pour la convention", 0),
        ("Montrer l’espace des lieux, sur leur ordinateur", 1),
        ("Envoyer le dossier", 6),
    )
    for venue, (words, days) in zip((known[2], known[5], known[0]), steps, strict=True):
        operations.plan_next(
            venue_id=venue.pk, words=words, on=today + timedelta(days=days), today=today, officer_id=solene.pk, actor=actor, at=now
        )  # fmt: skip
    note = "Équipe partante pour une semaine des ados en avril. Pas encore de SIRET propre : voir avec la mairie."
    operations.add_note(venue_id=known[2].pk, text=note, actor=actor, at=now)
    operations.add_contact(
        venue_id=known[2].pk, name="Mireille Astier", position="programmation", email="m.astier@royal.exemple.fr",
        phone="04 77 00 00 12", told=True, actor=actor, at=now,
    )  # fmt: skip
    for days, chosen in ((0, (known[6], known[9], known[3])), (1, (known[5], known[10]))):
        for venue in chosen:
            operations.add_stop(
                venue_id=venue.pk, officer_id=solene.pk, day=today + timedelta(days=days), today=today, actor=actor, at=now
            )  # fmt: skip
    operations.join_known_places(actor="demo", at=at)


def _venue(number: int, home: Place, row: tuple[Activity, str, str, float, float], at: datetime) -> Venue:
    activity, name, address, north, east = row
    return Venue.objects.create(
        name=name, activity=activity, address=address, postcode=home.postcode, city=home.name, commune_id=home.insee,
        department=home.department, latitude=round(home.latitude + north, 5), longitude=round(home.longitude + east, 5),
        source=SOURCE, source_id=str(number), created_at=at - timedelta(days=200),
    )  # fmt: skip
