"""The demo's outings: two schools, and what a cinema and a bookshop offer them through a partner's program.

Each step is the chapter's own operation, at the instant when it would have been: the program's key sees six offers, from
published to reimbursed. Schools and titles are invented.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from diptych.commons.ids import draw
from diptych.culture.domain.collective.operations import bookings, offers
from diptych.culture.domain.collective.terms import Draft, Format, Level, Place
from diptych.culture.domain.schools.models import School
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.operations import partners
from diptych.culture.domain.venues.terms import PartnerUrls
from diptych.culture.site.demo_partner import KEY_PARTS

PARTNER: Final = "Sorties en classe"
SCHOOLS: Final = (("0429901A", "Collège Louise-Michel", "COLLEGE"), ("0429902B", "Lycée Benoît-Fourneyron", "LYCEE"))
_DAY: Final = timedelta(days=1)
_ACTOR: Final = "demo"
_COLLEGE: Final = (Level.COLLEGE_4, Level.COLLEGE_3)
_LYCEE: Final = (Level.LYCEE_2, Level.LYCEE_1)


@dataclass(frozen=True, slots=True)
class Outing:
    """An outing: who offers it to which school, in how many days. It was pre-booked so many days ago; `then`, what was done."""

    by_cinema: bool
    school: int
    name: str
    description: str
    format: Format
    domains: tuple[int, ...]
    levels: tuple[Level, ...]
    euros: int
    pupils: int
    days: int
    prebooked: int | None = None
    then: tuple[tuple[Callable[..., None], int], ...] = ()
    programme: int | None = None
    place: Place = Place.ADDRESS


OUTINGS: Final = (
    Outing(True, 0, "Une séance, un métier : la projection", "Un film, puis la cabine et celle qui y travaille.",
           Format.SCREENING, (6,), _COLLEGE, 140, 28, 45, programme=1),
    Outing(True, 1, "Le son au cinéma, atelier", "Deux heures pour refaire à la main les bruits d’une scène muette.",
           Format.WORKSHOP, (6, 14), _LYCEE, 320, 30, 50, prebooked=3, programme=2),
    Outing(False, 1, "Rencontre avec une traductrice", "Traduire une page ensemble, comparer, choisir.",
           Format.TALK, (18,), _LYCEE, 260, 32, 40, 20, ((bookings.confirm, 12),), 3, Place.SCHOOL),
    Outing(False, 0, "Choisir les livres du CDI", "La classe lit, débat et achète trente livres.",
           Format.GUIDED_VISIT, (18,), _COLLEGE, 90, 25, -1, 30, ((bookings.confirm, 25),), 3),
    Outing(True, 0, "Ciné-concert : La Ligne générale", "Une pianiste accompagne le film sous les yeux de la classe.",
           Format.CONCERT, (6, 14), _COLLEGE, 480, 56, -20, 60, ((bookings.confirm, 50), (bookings.use, 18), (bookings.reimburse, 4))),
    Outing(False, 1, "Fabriquer un petit livre", "Plier, coudre, imprimer : chacun repart avec le sien.",
           Format.WORKSHOP, (4, 18), _LYCEE, 210, 30, 35, 15, ((bookings.refuse_booking, 9),)),
)  # fmt: skip


def make_outings(*, cinema: Venue, bookshop: Venue, at: datetime) -> None:
    """Make the partner with its key, the schools and their outings, as they stand at an instant."""
    since = at - 120 * _DAY
    partner = partners.make_partner(name=PARTNER, urls=PartnerUrls(), private=False, draw=draw, actor=_ACTOR, at=since)
    partners.make_key(partner_id=partner, rotate=False, draw=lambda _, length: KEY_PARTS[length], actor=_ACTOR, at=since)
    for venue in (cinema, bookshop):
        partners.link_venue(partner_id=partner, venue_id=venue.pk, sells=False, actor=_ACTOR, at=since)
    School.objects.bulk_create(
        [School(uai=uai, name=name, kind=kind, postcode="42000", city="Saint-Étienne", department="42") for uai, name, kind in SCHOOLS],
        ignore_conflicts=True,
    )  # fmt: skip
    for outing in OUTINGS:
        _make(outing, venue=cinema if outing.by_cinema else bookshop, partner=partner, at=at)


def _make(outing: Outing, *, venue: Venue, partner: int, at: datetime) -> None:
    starts = (at + outing.days * _DAY).replace(hour=9, minute=30, second=0, microsecond=0)
    draft = Draft(
        venue_id=venue.pk, uai=SCHOOLS[outing.school][0], name=outing.name, description=outing.description,
        formats=(outing.format,), domains=outing.domains, levels=outing.levels, programme=outing.programme, starts_at=starts,
        ends_at=starts + timedelta(hours=2), booking_limit_at=starts - 5 * _DAY, price_cents=outing.euros * 100,
        tickets=outing.pupils, contact_email="ecoles@exemple.example", contact_phone="04 77 00 00 00",
        booking_emails=("ecoles@exemple.example",), place=outing.place,
    )  # fmt: skip
    number = offers.create_offer(partner_id=partner, draft=draft, actor=_ACTOR, at=at - 70 * _DAY)
    mine: dict[str, Any] = {"partner_id": partner, "venue_ids": (venue.pk,), "actor": _ACTOR}
    if outing.prebooked is None:
        return
    booking = bookings.prebook(offer_id=number, at=at - outing.prebooked * _DAY, **mine)
    for act, days in outing.then:
        act(booking_id=booking, at=at - days * _DAY, **mine)
