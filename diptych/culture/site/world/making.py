"""The world, made: from a seed and an instant to rows, in bulk.

Holds the order and the loading. Does not hold what is invented (venues, offers, people, beside).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from django.db import connection, transaction

from .communes import places
from .imported import chosen_venues, imported_works
from .offers import OfferPlan, Programme, Work
from .people import CROWD, Account, make_people
from .venues import HALLES, VenuePlan, plan

from diptych.commons.ids import draw
from diptych.culture.domain.catalogue.models import ActivationCode, Offer, PriceCategory, Product, Shelf, Stock
from diptych.culture.domain.people.rules import DEPARTMENTS
from diptych.culture.domain.venues.models import Commune, Department, Structure, TicketingSystem, Venue
from diptych.culture.domain.venues.terms import Validation

Advance = Callable[[str, int, int], None]
"""Told what is being made, how much of it is done, and how much there is."""

SOURCE: Final = "demo"
AT_ONCE: Final = 2_000
CODE_SYMBOLS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class World:
    """What was made."""

    venues: int
    offers: int
    stocks: int
    accounts: list[Account]


def is_made() -> bool:
    """Whether this database already holds a world."""
    return Offer.objects.filter(source=SOURCE).exists()


def make(*, seed: int, at: datetime, advance: Advance = lambda what, done, of: None, over: bool = False) -> World:
    """Make the world of a seed, as it stands at an instant. `over`: on the venues and titles already imported, which
    then stand where invented ones would. The same seed and day give the same places, texts, dates and prices."""
    chance = Random(seed)  # invention, not a secret
    with transaction.atomic():
        _geography()
        if over:
            venues, plans, books, records = _imported(chance, at)
        else:
            plans = plan(chance)
            venues, books, records = _venues(plans, at), None, None
        advance("venues", len(plans), len(plans))
        programme = Programme(chance, at=at, venues=plans, books=books, records=records)
        products = _products(programme.works())
        offers = list(programme.offers())
        stocks = _offers(offers, venues, products, at, advance)
        _shelves(at)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        advance("people", done, CROWD)

    accounts = make_people(chance, at=at, advance=one_more)
    return World(len(plans), len(offers), stocks, accounts)


def _geography() -> None:
    Department.objects.bulk_create([Department(code=d.code, name=d.name) for d in DEPARTMENTS.values()], ignore_conflicts=True)
    Commune.objects.bulk_create(
        [
            Commune(insee=p.insee, name=p.name, department=p.department, postcodes=[p.postcode], population=p.population,
                    latitude=p.latitude, longitude=p.longitude)
            for p in places()
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _venues(plans: list[VenuePlan], at: datetime) -> list[Venue]:
    structures = Structure.objects.bulk_create(
        Structure(
            siren=_luhn(f"{80_000_000 + number * 7:08d}"),
            name=p.name,
            validation=Validation.VALIDATED,
            created_at=at - timedelta(days=400),
        )
        for number, p in enumerate(plans)
    )
    elsewhere = _ticketing() if any(p.ticketed_elsewhere for p in plans) else None
    return Venue.objects.bulk_create(
        Venue(
            structure=structure, ticketing=elsewhere if p.ticketed_elsewhere else None, name=p.name, siret=_luhn(f"{structure.siren}0001"),
            activity=p.activity, description=p.description, address=p.address, postcode=p.place.postcode, city=p.place.name,
            commune_id=p.place.insee, department=p.place.department, latitude=p.latitude, longitude=p.longitude,
            accessible_audio=p.accessible[0], accessible_mental=p.accessible[1], accessible_motor=p.accessible[2],
            accessible_visual=p.accessible[3], source=SOURCE, source_id=str(number), created_at=at - timedelta(days=400),
        )
        for number, (structure, p) in enumerate(zip(structures, plans, strict=True))
    )  # fmt: skip


def _ticketing() -> TicketingSystem:
    "A system that answers nothing here: its bookings are held, then released by the job."
    return TicketingSystem.objects.get_or_create(
        name="Billetterie Lumen",
        defaults={"booking_url": "http://127.0.0.1:9/book", "cancellation_url": "http://127.0.0.1:9/cancel", "secret": "demo"},
    )[0]


def _luhn(digits: str) -> str:
    "The digits, with the one that completes them (SIREN, SIRET)."
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{(10 - total % 10) % 10}"


def _imported(chance: Random, at: datetime) -> tuple[list[Venue], list[VenuePlan], list[Work] | None, list[Work] | None]:
    "Imported venues, those of the Loire first, each with a structure; and the titles most lent, to sell."
    plans, venues = chosen_venues(chance)
    structures = Structure.objects.bulk_create(
        Structure(
            siren=_luhn(f"{80_000_000 + number * 7:08d}"), name=p.name[:200], validation=Validation.VALIDATED, created_at=at
        )
        for number, p in enumerate(plans)
    )
    for venue, structure in zip(venues, structures, strict=True):
        venue.structure = structure
    new = [venue for venue in venues if venue.pk is None]
    for venue in new:
        venue.created_at = at
    Venue.objects.bulk_create(new)
    Venue.objects.bulk_update([venue for venue in venues if venue not in new], ["structure"])
    books, records = imported_works(chance)
    return venues, plans, books, records


def _products(works: list[Work]) -> dict[str, Product]:
    made = Product.objects.bulk_create(
        (
            Product(subcategory=w.subcategory, name=w.name, creator=w.creator, description=w.description, ean=w.ean)
            for w in works
            if w.ean
        ),
        batch_size=AT_ONCE,
    )
    return {product.ean: product for product in made if product.ean}


def _offers(plans: list[OfferPlan], venues: list[Venue], products: dict[str, Product], at: datetime, advance: Advance) -> int:
    "Write the offers and all that hangs from them. Gives how many stocks."
    stocks = 0
    for first in range(0, len(plans), AT_ONCE):
        batch = plans[first : first + AT_ONCE]
        offers = Offer.objects.bulk_create(_offer(p, venues, products, at, first + n) for n, p in enumerate(batch))
        categories = _prices(offers, batch)
        made = Stock.objects.bulk_create(
            Stock(
                offer=offer, price_category=categories.get((offer.pk, s.label, s.price_cents)), price_cents=s.price_cents, quantity=s.quantity,
                starts_at=s.starts_at, booking_limit_at=s.limit_at, created_at=at - timedelta(days=60),
            )
            for offer, p in zip(offers, batch, strict=True)
            for s in p.stocks
        )  # fmt: skip
        flat = [s for p in batch for s in p.stocks]
        ActivationCode.objects.bulk_create(
            ActivationCode(stock=stock, code=draw(CODE_SYMBOLS, 12))
            for stock, s in zip(made, flat, strict=True)
            for _ in range(s.codes)
        )
        stocks += len(made)
        advance("offers", first + len(batch), len(plans))
    return stocks


def _offer(p: OfferPlan, venues: list[Venue], products: dict[str, Product], at: datetime, number: int) -> Offer:
    def days(value: float | None) -> datetime | None:
        return None if value is None else at + timedelta(days=value)

    return Offer(
        venue=venues[p.venue], product=products.get(p.ean), subcategory=p.subcategory, name=p.name[:90], creator=p.creator,
        description=p.description, extra=p.extra, is_duo=p.is_duo, url=p.url, withdrawal=p.withdrawal, withdrawal_details=p.withdrawal_details,
        duration_minutes=p.minutes, validation=p.validation, publication_at=days(p.publication_days), bookings_allowed_at=days(p.allowed_days),
        accessible_audio=p.accessible[0], accessible_mental=p.accessible[1], accessible_motor=p.accessible[2], accessible_visual=p.accessible[3],
        cover_seed=p.cover_seed, source=SOURCE, source_id=str(number), created_at=at - timedelta(days=61),
    )  # fmt: skip


def _prices(offers: list[Offer], plans: list[OfferPlan]) -> dict[tuple[int, str, int], PriceCategory]:
    wanted = dict.fromkeys(
        (offer.pk, s.label, s.price_cents) for offer, p in zip(offers, plans, strict=True) for s in p.stocks if s.label
    )
    made = PriceCategory.objects.bulk_create(
        PriceCategory(offer_id=o, label=label, price_cents=cents) for o, label, cents in wanted
    )
    return dict(zip(wanted, made, strict=True))


def _shelves(at: datetime) -> None:
    picks = (
        Offer.objects.filter(venue__name=HALLES, subcategory="LIVRE_PAPIER").order_by("pk").values_list("pk", flat=True)[20:32]
    )
    rows: list[tuple[str, str, dict[str, Any], list[int]]] = [
        ("Ce week-end, près de toi", "samedi et dimanche", {"from_day": "saturday", "to_day": "sunday", "here": True, "sort": "date"}, []),
        ("Premiers pas au spectacle", "à moins de 10 €", {"group": "SHOWS", "max_price_cents": 1000, "here": True, "sort": "price"}, []),
        ("Entrée libre", "ton crédit ne bouge pas", {"free": True, "here": True, "from_day": "today"}, []),
        ("Concerts à deux", "une place pour toi, une pour la personne de ton choix", {"group": "CONCERT", "duo": True, "here": True, "sort": "date"}, []),
        (f"Les coups de cœur de la {HALLES}", "choisis par Claire, libraire à Saint-Étienne", {}, list(picks)),
        ("Mettre les mains dedans", "ateliers et séances d’essai", {"group": "WORKSHOP", "here": True, "sort": "date"}, []),
        ("Au cinéma cette semaine", "les séances des sept jours", {"group": "CINEMA", "from_day": "today", "to_day": "+7", "here": True}, []),
        ("Depuis ton canapé", "en ligne, tout de suite", {"subcategories": ["VOD", "ABO_PLATEFORME_VIDEO", "ABO_LIVRE_NUMERIQUE", "LIVRE_NUMERIQUE", "PODCAST",
                                "ABO_PRESSE_EN_LIGNE", "APP_CULTURELLE", "TELECHARGEMENT_LIVRE_AUDIO"]}, []),
    ]  # fmt: skip
    Shelf.objects.bulk_create(
        Shelf(title=title, hint=hint, position=place, query=query, offers=offers, shown_from=at - timedelta(days=1))
        for place, (title, hint, query, offers) in enumerate(rows)
    )
