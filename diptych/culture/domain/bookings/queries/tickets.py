"""Tickets for their holder: a booking with all that its page shows, and the signed text of its QR code."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db.models import Q, QuerySet

from .. import terms
from ..models import Booking
from ..rules.acts import why_not_cancel
from ..rules.tickets import TicketText, jwk, private_key, public_key, read_ticket, sign_ticket
from ..rules.times import ENDED_AFTER, expires_at
from ..terms import Status, TicketFacts

from diptych.commons.refusal import Refusal, deny
from diptych.culture.domain.catalogue.models import ActivationCode
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID

MOST_SHOWN = 200
"""Bookings on one page; nobody has more coming, and past ones are the latest."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One booking as its holder sees it. Times are UTC, amounts cents, `label` an English gettext id."""

    id: int
    token: str
    status: Status
    offer_id: int
    stock_id: int
    offer_name: str
    creator: str
    subcategory: str
    label: str
    cover_seed: int
    venue_id: int
    venue_name: str
    address: str
    postcode: str
    city: str
    department: str
    latitude: float | None
    longitude: float | None
    starts_at: datetime | None
    duration_minutes: int | None
    url: str
    quantity: int
    total_cents: int
    booked_at: datetime
    cancellation_limit_at: datetime | None
    used_at: datetime | None
    cancelled_at: datetime | None
    cancellation: str
    withdrawal: str
    withdrawal_details: str
    activation_code: str
    tickets: list[Any]
    qr_text: str
    why_not_cancel: Refusal | None
    is_event: bool
    expires_at: datetime | None


@cache
def signing_key() -> Ed25519PrivateKey:
    """The key that signs tickets, from the setting DIPTYCH_TICKET_KEY."""
    return private_key(settings.TICKET_KEY)


def published_key() -> dict[str, str]:
    """The public key that anybody checks a QR code with, as a JWK."""
    return jwk(signing_key().public_key())


def check_ticket(*, text: str, key: dict[str, str]) -> TicketText:
    """What a QR code says, once a published key has verified its signature. Refuses what is forged or no ticket."""
    return read_ticket(text, public_key(key))


def facts_of(booking: Booking, *, venue_matches: bool = True, has_activation_code: bool = False) -> TicketFacts:
    """What decides an act on a booking, from its row and its stock's."""
    return TicketFacts(
        status=Status(booking.status),
        is_event=booking.stock.starts_at is not None,
        starts_at=booking.stock.starts_at,
        cancellation_limit_at=booking.cancellation_limit_at,
        venue_matches=venue_matches,
        has_activation_code=has_activation_code,
    )


def bookings_of(*, person_id: int, at: datetime, ended: bool) -> list[Ticket]:
    """Somebody's bookings: those to come, soonest first (what has no date comes first), or those that have ended.

    Ended: cancelled, used, or begun more than a day ago; after 30 days they are still listed, last.
    """
    over = Q(status__in=[Status.CANCELLED, Status.USED, Status.REIMBURSED]) | Q(stock__starts_at__lt=at - timedelta(days=1))
    found = _rows(person_id=person_id).filter(over if ended else ~Q(pk__in=_rows(person_id=person_id).filter(over).values("pk")))
    ordered = found.order_by("-booked_at", "-id") if ended else found.order_by("stock__starts_at", "-booked_at", "-id")
    return [_ticket(booking, at=at) for booking in ordered[:MOST_SHOWN]]


def booking_of(*, person_id: int, booking_id: int, at: datetime) -> Ticket:
    """One booking of somebody. Refuses another's as if it did not exist."""
    booking = _rows(person_id=person_id).filter(pk=booking_id).first()
    if booking is None:
        deny(terms.NOT_FOUND)
    return _ticket(booking, at=at)


def _rows(*, person_id: int) -> "QuerySet[Booking]":
    return Booking.objects.filter(person_id=person_id).select_related("stock", "offer__venue")


def ticket_text(booking: Booking, *, venue_id: int) -> str:
    """The signed text of a booking's QR code: usable from its cancellation limit until thirty days after its start."""
    begins = booking.cancellation_limit_at or booking.booked_at
    ends = booking.stock.starts_at + ENDED_AFTER if booking.stock.starts_at else None
    return sign_ticket(
        TicketText(
            booking.token, venue_id, booking.offer_id, booking.quantity,
            int(begins.timestamp()), int(ends.timestamp()) if ends else 0,
        ),
        signing_key(),
    )  # fmt: skip


def _ticket(booking: Booking, *, at: datetime) -> Ticket:
    offer, venue, stock = booking.offer, booking.offer.venue, booking.stock
    code = ActivationCode.objects.filter(booking_id=booking.pk).values_list("code", flat=True).first() if offer.url else ""
    waiting = booking.status == Status.CONFIRMED
    return Ticket(
        id=booking.pk,
        token=booking.token,
        status=Status(booking.status),
        offer_id=offer.pk,
        stock_id=stock.pk,
        offer_name=offer.name,
        creator=offer.creator,
        subcategory=offer.subcategory,
        label=BY_ID[offer.subcategory].label,
        cover_seed=offer.cover_seed,
        venue_id=venue.pk,
        venue_name=venue.name,
        address=venue.address,
        postcode=venue.postcode,
        city=venue.city,
        department=venue.department,
        latitude=venue.latitude,
        longitude=venue.longitude,
        starts_at=stock.starts_at,
        duration_minutes=offer.duration_minutes,
        url=offer.url,
        quantity=booking.quantity,
        total_cents=booking.total_cents,
        booked_at=booking.booked_at,
        cancellation_limit_at=booking.cancellation_limit_at,
        used_at=booking.used_at,
        cancelled_at=booking.cancelled_at,
        cancellation=booking.cancellation,
        withdrawal=offer.withdrawal,
        withdrawal_details=offer.withdrawal_details,
        activation_code=code or "",
        tickets=booking.tickets,
        qr_text=ticket_text(booking, venue_id=venue.pk),
        why_not_cancel=why_not_cancel(facts_of(booking), at=at),
        is_event=BY_ID[offer.subcategory].is_event,
        expires_at=expires_at(subcategory=offer.subcategory, booked_at=booking.booked_at) if waiting else None,
    )
