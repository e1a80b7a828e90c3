"""What the counter sees of a code: whose it is, what to hand over, and why it can or cannot be validated."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from .. import terms
from ..models import Booking
from ..rules.acts import why_not_take_back, why_not_use
from ..rules.tokens import read_token
from ..terms import Status
from .tickets import facts_of

from diptych.commons.refusal import Refusal, deny
from diptych.culture.domain.catalogue.models import ActivationCode
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID
from diptych.culture.domain.people.rules import age_at


@dataclass(frozen=True, slots=True)
class CounterTicket:
    """A booking as the venue sees it: a first name and an initial, an age, never more."""

    id: int
    token: str
    status: Status
    offer_id: int
    offer_name: str
    creator: str
    label: str
    ean: str
    cover_seed: int
    venue_id: int
    venue_name: str
    department: str
    starts_at: datetime | None
    holder: str
    holder_age: int | None
    quantity: int
    total_cents: int
    booked_at: datetime
    used_at: datetime | None
    why_not_use: Refusal | None
    why_not_take_back: Refusal | None


@dataclass(frozen=True, slots=True)
class CounterLine:
    """A code validated lately."""

    token: str
    offer_name: str
    used_at: datetime
    quantity: int


def at_counter(*, token: str, venue_ids: Collection[int], at: datetime) -> CounterTicket:
    """The booking behind a typed code. Refuses what cannot be a code, an unknown one, and another venue's."""
    found = Booking.objects.filter(token=read_token(token)).select_related("stock", "offer__venue", "offer__product", "person")
    booking = found.first()
    if booking is None:
        deny(terms.TOKEN_UNKNOWN)
    if booking.offer.venue_id not in venue_ids:
        deny(terms.OTHER_VENUE)
    return counter_ticket(booking, at=at)


def counter_ticket(booking: Booking, *, at: datetime) -> CounterTicket:
    """The counter's view of a booking, with what may be done with it now."""
    facts = facts_of(booking, has_activation_code=ActivationCode.objects.filter(booking_id=booking.pk).exists())
    person, offer = booking.person, booking.offer
    born = person.validated_birth_date or person.birth_date
    initial = f" {person.last_name[0].upper()}." if person.last_name else ""
    return CounterTicket(
        id=booking.pk,
        token=booking.token,
        status=Status(booking.status),
        offer_id=offer.pk,
        offer_name=offer.name,
        creator=offer.creator,
        label=BY_ID[offer.subcategory].label,
        ean=(offer.product.ean or "") if offer.product else "",
        cover_seed=offer.cover_seed,
        venue_id=offer.venue_id,
        venue_name=offer.venue.name,
        department=offer.venue.department,
        starts_at=booking.stock.starts_at,
        holder=f"{person.first_name}{initial}",
        holder_age=age_at(born, at, person.department) if born else None,
        quantity=booking.quantity,
        total_cents=booking.total_cents,
        booked_at=booking.booked_at,
        used_at=booking.used_at,
        why_not_use=why_not_use(facts, used_at=booking.used_at, at=at),
        why_not_take_back=why_not_take_back(facts),
    )


def recent_at_counter(*, venue_ids: Collection[int], at: datetime, limit: int = 10) -> list[CounterLine]:
    """The codes validated last at these venues, latest first."""
    rows = (
        Booking.objects.filter(offer__venue_id__in=venue_ids, status=Status.USED, used_at__lte=at)
        .order_by("-used_at", "-id")
        .values_list("token", "offer__name", "used_at", "quantity")[:limit]
    )
    return [CounterLine(token, name, used_at, quantity) for token, name, used_at, quantity in rows if used_at is not None]
