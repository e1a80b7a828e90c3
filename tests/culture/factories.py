"""Factories: people, venues, offers and stocks, each believable, each with traits. Every test builds on these."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.test import Client

from diptych.culture.domain.catalogue.models import ActivationCode, Offer, PriceCategory, Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Role, StaffRole
from diptych.culture.domain.schools.models import School
from diptych.culture.domain.venues.models import Membership, Structure, TicketingSystem, Venue
from diptych.culture.domain.venues.terms import Activity, Validation
from diptych.culture.domain.wallet.operations import open_credit

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)
"""When tests happen, unless they say otherwise: a Tuesday at 16:00 in Paris."""
PASSWORD = "une phrase assez longue"

_number = count(1)
_FIRST = ("Inès", "Malo", "Aïcha", "Yanis", "Zélie", "Gaspard", "Noor", "Elouan")
_LAST = ("Bertin", "Le Goff", "Diallo", "Haddad", "Moreau", "N’Guyen", "Kaya", "Étienne")


def youth(*, age: int = 18, department: str = "42", credit: bool = True, at: datetime = AT, **fields: Any) -> Person:
    """Somebody of `age` with their credit opened, unless `credit` is false. Too young or too old for it: none."""
    n = next(_number)
    fields.setdefault("birth_date", date(at.year - age, at.month, at.day) - timedelta(days=100))
    person = Person.objects.create_user(
        fields.pop("email", f"{_FIRST[n % 8].lower()}.{n}@exemple.example".replace("ï", "i").replace("é", "e").replace("è", "e")),
        fields.pop("password", PASSWORD),
        first_name=fields.pop("first_name", _FIRST[n % 8]),
        last_name=fields.pop("last_name", _LAST[n % 8]),
        department=department,
        registered_at=fields.pop("registered_at", at),
        email_validated_at=fields.pop("email_validated_at", at),
        **fields,
    )
    if credit and age in (17, 18):
        open_credit(person_id=person.pk, at=at)
        person.refresh_from_db()
    return person


def pro(*, venue: Venue | None = None, at: datetime = AT, **fields: Any) -> Person:
    """A venue's member; attached to the venue's structure where one is given."""
    n = next(_number)
    person = Person.objects.create_user(
        fields.pop("email", f"pro.{n}@exemple.example"),
        fields.pop("password", PASSWORD),
        first_name=fields.pop("first_name", "Camille"),
        last_name=fields.pop("last_name", "Roux"),
        roles=[Role.PRO if venue is not None else Role.NON_ATTACHED_PRO],
        registered_at=at,
        email_validated_at=at,
        **fields,
    )
    if venue is not None and venue.structure is not None:
        Membership.objects.create(person=person, structure=venue.structure, validation=Validation.VALIDATED, created_at=at)
    return person


def staff(*, at: datetime = AT, **fields: Any) -> Person:
    """A member of the service's staff."""
    return Person.objects.create_user(
        fields.pop("email", f"equipe.{next(_number)}@exemple.example"),
        fields.pop("password", PASSWORD),
        first_name="Dominique",
        last_name="Faure",
        roles=[Role.ADMIN],
        staff_roles=fields.pop("staff_roles", [StaffRole.GLOBAL_ACCESS]),
        registered_at=at,
        email_validated_at=at,
        **fields,
    )


def venue(
    *, name: str = "Librairie des Halles", validated: bool = True, ticketed: bool = False, at: datetime = AT, **fields: Any
) -> Venue:
    """A venue of a structure of its own. `ticketed`: its places are sold by an outside system."""
    n = next(_number)
    structure = Structure.objects.create(
        siren=f"{800_000_000 + n}",
        name=f"{name} SARL",
        created_at=at,
        validation=Validation.VALIDATED if validated else Validation.NEW,
    )
    if ticketed:
        fields["ticketing"] = TicketingSystem.objects.create(
            name=f"Billetterie {n}",
            booking_url="http://127.0.0.1:9/book",
            cancellation_url="http://127.0.0.1:9/cancel",
            secret="s" * 32,
        )
    fields = {
        "activity": Activity.BOOKSTORE, "address": "12 rue de la République", "postcode": "42000", "city": "Saint-Étienne",
        "department": "42", "latitude": 45.4397, "longitude": 4.3872, **fields,
    }  # fmt: skip
    return Venue.objects.create(structure=structure, name=name, created_at=at, **fields)


def offer(
    *, at_venue: Venue | None = None, event: bool = False, published: bool = True, at: datetime = AT, **fields: Any
) -> Offer:
    """A book, or a screening where `event`; published since yesterday unless said otherwise."""
    n = next(_number)
    fields.setdefault("subcategory", "SEANCE_CINE" if event else "LIVRE_PAPIER")
    fields.setdefault("name", "Nuit du court-métrage" if event else "L’Atelier des marées")
    fields.setdefault("is_duo", event)
    if published:
        fields.setdefault("validation", "APPROVED")
        fields.setdefault("publication_at", at - timedelta(days=1))
    return Offer.objects.create(venue=at_venue or venue(at=at), created_at=at, cover_seed=n, **fields)


def stock(*, of: Offer | None = None, event: bool = False, price_cents: int = 8_00, at: datetime = AT, **fields: Any) -> Stock:
    """Something to book: ten copies, or ten places in ten days where the offer is an event."""
    of = of or offer(event=event, at=at)
    fields.setdefault("quantity", 10)
    if of.subcategory == "SEANCE_CINE":
        fields.setdefault("starts_at", at + timedelta(days=10))
        fields.setdefault("booking_limit_at", fields["starts_at"])
    return Stock.objects.create(offer=of, price_cents=price_cents, created_at=at, **fields)


def price(*, of: Offer, label: str = "Plein tarif", price_cents: int = 8_00) -> PriceCategory:
    """A named price."""
    return PriceCategory.objects.create(offer=of, label=label, price_cents=price_cents)


def school(*, name: str = "Collège Jules-Vallès", **fields: Any) -> School:
    """A collège of Saint-Étienne."""
    fields.setdefault("uai", f"042{next(_number):04d}A")
    return School.objects.create(name=name, kind="COLLEGE", postcode="42000", city="Saint-Étienne", department="42", **fields)


def digital_stock(*, codes: int = 2, at: datetime = AT, **fields: Any) -> Stock:
    """A film on line, opened by an activation code."""
    of = offer(subcategory="VOD", name="Un film en ligne", url="https://films.exemple.example/1", at=at)
    made = stock(of=of, at=at, quantity=None, **fields)
    for n in range(codes):
        ActivationCode.objects.create(stock=made, code=f"CODE-{made.pk}-{n}")
    return made


def signed_in(person: Person, *, second_factor: bool = True) -> Client:
    """A browser whose session is this person's. Staff's has its second factor, unless told otherwise."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    if second_factor and person.is_staff:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": AT.timestamp(), "type": "totp"}]
        session["account_authentication_methods_user"] = str(person.pk)
        session.save()
    return client
