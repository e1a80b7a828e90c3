"""People of the demo's world, and what they have booked, so that wallets and counters tell a story.

Bookings are made by the chapter's own operations, at the instants when they would have been: every rule holds. Someone
whom a rule refuses simply does not book.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password

from .field import send_the_field_officer
from .outings import make_outings
from .paid import pay_the_bookseller
from .shelves import hire_the_editor
from .venues import HALLES, HOME, MELIES
from .words import FIRST_NAMES, LAST_NAMES

from diptych.commons.refusal import Refused
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.operations import BookingMade
from diptych.culture.domain.bookings.terms import Entry
from diptych.culture.domain.catalogue import operations as catalogue
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.catalogue.rules.subcategories import SearchGroup, in_group
from diptych.culture.domain.eligibility import operations
from diptych.culture.domain.eligibility.terms import Custodian
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Role, StaffRole
from diptych.culture.domain.venues.models import Membership, Venue
from diptych.culture.domain.venues.operations.opening import open_structure, open_venue
from diptych.culture.domain.venues.terms import Activity, Validation
from diptych.culture.domain.wallet.operations import open_credit
from diptych.culture.gateways import family_quotient

PASSWORD: Final = "bonjour-diptych"  # noqa: S105  # of invented people, printed by the demo
TOTP_SECRET: Final = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # the same
CROWD: Final = 48
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody to sign in as."""

    who: str
    email: str
    password: str
    where: str
    totp_secret: str = ""


def make_people(chance: Random, *, at: datetime, advance: Callable[[], None]) -> list[Account]:
    """Make everybody, their credit and their bookings; `advance` is called after each person of the crowd."""
    password = make_password(PASSWORD)
    ines = _youth("ines@exemple.fr", "Inès", "Benaïcha", _years_before(at, 17, months=5), "42", password, at - 90 * DAY)
    malo = _youth("malo@exemple.fr", "Malo", "Trégastan", _years_before(at, 18, months=3), "35", password, at - 60 * DAY)
    _youth("lou@exemple.fr", "Lou", "Fontbrune", _years_before(at, 15, months=4), "42", password, at - 10 * DAY, credit=False)
    _pupil("nina@exemple.fr", "Nina", "Fontbrune", _years_before(at, 17, months=2), password, at - 3 * DAY)
    _mother_of(ines)
    claire = _pro("claire@halles.exemple.fr", "Claire", "Montfort", password, HALLES, at)
    _pro("samba@melies.exemple.fr", "Samba", "Diarraté", password, MELIES, at)
    _newcomer(password, at)
    staff = Person.objects.create(
        email="odile@equipe.exemple.fr", password=password, first_name="Odile", last_name="Quélennou", roles=[Role.ADMIN],
        staff_roles=[StaffRole.GLOBAL_ACCESS, StaffRole.DPO],
        registered_at=at - 200 * DAY, email_validated_at=at - 200 * DAY,
    )  # fmt: skip
    TOTP.activate(staff, TOTP_SECRET)
    send_the_field_officer(password, totp_secret=TOTP_SECRET, at=at)
    hire_the_editor(password, totp_secret=TOTP_SECRET, at=at)
    _story_of_ines(ines, at)
    _story_of_malo(malo, at)
    _crowd(chance, at, advance)
    bookshop, cinema = (Venue.objects.get(name=name, structure__isnull=False) for name in (HALLES, MELIES))
    pay_the_bookseller(owner=claire, venue=bookshop, officer=staff, at=at)
    make_outings(cinema=cinema, bookshop=bookshop, at=at)
    return accounts()


def accounts() -> list[Account]:
    """Whom a newcomer may sign in as; the same in each world."""
    return [
        Account("Inès, 17 ans, Saint-Étienne : son crédit, des réservations", "ines@exemple.fr", PASSWORD, "/"),
        Account("Malo, 18 ans, Rennes : 150 €, presque tout à dépenser", "malo@exemple.fr", PASSWORD, "/"),
        Account("Lou, 15 ans : trop jeune pour un crédit", "lou@exemple.fr", PASSWORD, "/"),
        Account("Nina, 17 ans, lycéenne : il lui reste à prouver qui elle est", "nina@exemple.fr", PASSWORD, "/"),
        Account(f"Claire, {HALLES}", "claire@halles.exemple.fr", PASSWORD, "/pro/"),
        Account(f"Samba, {MELIES}", "samba@melies.exemple.fr", PASSWORD, "/pro/"),
        Account("Nora, libraire : sa structure attend l’équipe", "nora@merle.exemple.fr", PASSWORD, "/pro/"),
        Account(
            "Solène, chargée de développement dans la Loire",
            "solene@equipe.exemple.fr",
            PASSWORD,
            "/equipe/",
            TOTP_SECRET,
        ),
        Account(
            "Maëlle, rédaction de l’accueil : des rayons, un brouillon à reprendre",
            "maelle@equipe.exemple.fr",
            PASSWORD,
            "/equipe/editorial/",
            TOTP_SECRET,
        ),
        Account("Odile, équipe du service", "odile@equipe.exemple.fr", PASSWORD, "/equipe/", TOTP_SECRET),
    ]


def _years_before(at: datetime, years: int, *, months: int) -> date:
    day = at.date() - timedelta(days=round(30.4 * months))
    return day.replace(year=day.year - years, day=min(day.day, 28))


def _youth(
    email: str, first: str, last: str, born: date, department: str, password: str, since: datetime, *, credit: bool = True
) -> Person:
    person = Person.objects.create(
        email=email, password=password, first_name=first, last_name=last, birth_date=born, department=department,
        registered_at=since, email_validated_at=since,
    )  # fmt: skip
    if credit:
        open_credit(person_id=person.pk, at=since)
    return person


def _pupil(email: str, first: str, last: str, born: date, password: str, since: datetime) -> Person:
    "Somebody at the identity step: the profile is complete."
    person = _youth(email, first, last, born, "42", password, since, credit=False)
    operations.complete_profile(
        person_id=person.pk, first_name=first, last_name=last, address="4 rue du Lycée", city="Saint-Étienne", postcode="42000",
        activity="HIGH_SCHOOL_STUDENT", school_type="PUBLIC_HIGH_SCHOOL", at=since,
    )  # fmt: skip
    return person


def _mother_of(ines: Person) -> None:
    "Known to the folder that plays the tax office, so that Inès's bonus can be asked for."
    mother = Custodian("Benaïcha", "Samira", date(1980, 5, 4), "F", "")
    child = {"nom_naissance": ines.last_name, "prenoms": ines.first_name, "sexe": "F",
             "date_naissance": (ines.birth_date or date.min).isoformat()}  # fmt: skip
    family_quotient.folder().keep(mother, quotient=640, children=[child], months={})


def _pro(email: str, first: str, last: str, password: str, venue_name: str, at: datetime) -> Person:
    person = Person.objects.create(
        email=email, password=password, first_name=first, last_name=last, roles=[Role.PRO], registered_at=at - 120 * DAY,
        email_validated_at=at - 120 * DAY,
    )  # fmt: skip
    venue = Venue.objects.get(name=venue_name, structure__isnull=False)
    assert venue.structure is not None
    Membership.objects.create(
        person=person, structure=venue.structure, validation=Validation.VALIDATED, created_at=at - 119 * DAY
    )
    return person


def _newcomer(password: str, at: datetime) -> None:
    "A bookseller who signed up yesterday: a structure that the team has to examine, and its venue."
    nora = Person.objects.create(
        email="nora@merle.exemple.fr", password=password, first_name="Nora", last_name="Vasseur-Lamy", roles=[Role.NON_ATTACHED_PRO],
        registered_at=at - DAY, email_validated_at=at - DAY,
    )  # fmt: skip
    who: dict[str, Any] = {"person_id": nora.pk, "actor": f"person:{nora.pk}", "at": at - DAY}
    structure = open_structure(siren="732829320", name="Le Merle moqueur SARL", **who)
    open_venue(
        structure_id=structure, name="Le Merle moqueur", siret="73282932000074", activity=Activity.BOOKSTORE,
        address="3 rue des Martyrs de Vingré", postcode="42000", city="Saint-Étienne", department="42", **who,
    )  # fmt: skip


def _story_of_ines(ines: Person, at: datetime) -> None:
    "A book collected, a film seen, a book waiting, a concert to come, one cancelled, a ticket for a film tonight if it fits."
    here = Stock.objects.filter(offer__venue__department="42", offer__venue__commune_id=HOME, offer__validation="APPROVED")
    shop = here.filter(offer__venue__name=HALLES, offer__subcategory="LIVRE_PAPIER").order_by("price_cents", "pk")
    roomy = shop.filter(quantity__gte=3, price_cents__lte=1000)
    first, second, third = list(roomy[:3])
    _collected(ines, first, booked=at - 41 * DAY, used=at - 38 * DAY)
    cinema = here.filter(offer__venue__name=MELIES, offer__subcategory="SEANCE_CINE", quantity__gte=10).order_by(
        "starts_at", "pk"
    )
    seen = cinema.filter(starts_at__lt=at - timedelta(hours=30)).first()
    if seen is not None and seen.starts_at is not None:
        _collected(ines, seen, booked=seen.starts_at - 5 * DAY, used=seen.starts_at - timedelta(minutes=12))
    _book(ines, second, at - 2 * DAY)
    changed = _book(ines, third, at - 20 * DAY)
    if changed is not None:
        bookings.cancel(booking_id=changed.id, person_id=ines.pk, at=at - 19 * DAY)
    to_come = cinema.filter(starts_at__gt=at + timedelta(hours=2)).exclude(offer=seen.offer if seen else None)
    _book_first(ines, to_come, at - timedelta(hours=20))
    free = here.filter(
        offer__subcategory__in=in_group(SearchGroup.VISITS), price_cents=0, starts_at__gt=at + 3 * DAY, quantity__gte=10
    )
    _book_first(ines, free.order_by("starts_at", "pk"), at - DAY)
    for stock in shop[5:9]:
        _favour(ines, stock, at - 3 * DAY)


def _story_of_malo(malo: Person, at: datetime) -> None:
    "One concert, kept; the rest is his to try."
    concerts = Stock.objects.filter(
        offer__subcategory="CONCERT",
        offer__venue__department="35",
        starts_at__gt=at + 4 * DAY,
        quantity__gte=10,
        offer__validation="APPROVED",
    )
    _book_first(malo, concerts.order_by("price_cents", "starts_at", "pk"), at - DAY)


def _crowd(chance: Random, at: datetime, advance: Callable[[], None]) -> None:
    "Others, without a password: their bookings fill the counters, sell out a few screenings and take most places of others."
    small = list(
        Stock.objects.filter(
            quantity=2, offer__subcategory="SEANCE_CINE", starts_at__gt=at, starts_at__lt=at + 12 * DAY
        ).order_by("pk")
    )
    counters = list(
        Stock.objects.filter(offer__venue__name__in=(HALLES, MELIES), quantity__gte=5)
        .exclude(starts_at__lt=at - 5 * DAY)
        .order_by("pk")
    )
    anywhere = list(Stock.objects.filter(quantity__gte=4, offer__url="").exclude(starts_at__lt=at).order_by("pk")[::7])
    for number in range(CROWD):
        first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
        born = _years_before(at, chance.choice((17, 18, 18)), months=chance.randint(3, 9))
        email = f"jeune{number:03d}@exemple.fr"
        person = _youth(email, first, last, born, "42", make_password(None), at - 58 * DAY)
        for stock in [*_some(chance, small, 3), *_some(chance, counters, 2), *_some(chance, anywhere, 2)]:
            if stock.starts_at is not None and stock.starts_at <= at:
                _collected(person, stock, booked=stock.starts_at - 4 * DAY, used=stock.starts_at)
            elif stock.starts_at is None and chance.random() < 0.4:
                booked = at - timedelta(days=chance.uniform(6, 9))
                _collected(person, stock, booked=booked, used=booked + 2 * DAY)
            else:
                _book(person, stock, at - timedelta(hours=chance.uniform(1, 150)))
        advance()


def _some(chance: Random, stocks: Sequence[Stock], count: int) -> list[Stock]:
    return chance.sample(stocks, min(count, len(stocks)))


_ENTRIES = (*([Entry.SEARCH] * 13), *([Entry.SHELF] * 4), *([Entry.FAVOURITES] * 2), Entry.LINK)
"""By which doors they came: most through the search, as in the official service."""


def _book(person: Person, stock: Stock, when: datetime) -> BookingMade | None:
    try:
        entry = _ENTRIES[(person.pk * 31 + stock.pk) % len(_ENTRIES)]
        return bookings.book(person_id=person.pk, stock_id=stock.pk, places=1, at=when, entry=entry)
    except Refused:
        return None


def _book_first(person: Person, stocks: Iterable[Stock], when: datetime) -> None:
    for stock in list(stocks)[:6]:
        if _book(person, stock, when) is not None:
            return


def _collected(person: Person, stock: Stock, *, booked: datetime, used: datetime) -> None:
    "Booked, then validated at the counter."
    made = _book(person, stock, booked)
    if made is not None:
        try:
            bookings.use(token=made.token, venue_ids={stock.offer.venue_id}, actor=f"venue:{stock.offer.venue_id}", at=used)
        except Refused:
            return


def _favour(person: Person, stock: Stock, when: datetime) -> None:
    try:
        catalogue.favour(person_id=person.pk, offer_id=stock.offer_id, at=when)
    except Refused:
        return
