"""Bookings that wait for an outside ticketing system, as its gateway needs them. Takes no lock."""

from dataclasses import dataclass
from datetime import datetime

from ..models import Booking
from ..terms import Status


@dataclass(frozen=True, slots=True)
class Hold:
    """A place kept while the ticketing system answers. Nothing personal goes out."""

    booking_id: int
    token: str
    system_id: int
    system: str
    booking_url: str
    cancellation_url: str
    secret: str
    stock_id: int
    stock_source_id: str
    offer_id: int
    quantity: int
    starts_at: datetime | None
    held_until: datetime


def holds_waiting(*, at: datetime, limit: int = 50) -> list[Hold]:
    """The holds whose deadline has not passed, the most urgent first."""
    rows = (
        Booking.objects.filter(status=Status.HELD, held_until__gt=at)
        .select_related("stock", "offer__venue__ticketing")
        .order_by("held_until", "id")[:limit]
    )
    return [_hold(booking) for booking in rows if booking.offer.venue.ticketing is not None]


def _hold(booking: Booking) -> Hold:
    system = booking.offer.venue.ticketing
    assert system is not None and booking.held_until is not None  # filtered above; the constraint says the second
    return Hold(
        booking.pk, booking.token, system.pk, system.name, system.booking_url, system.cancellation_url, system.secret,
        booking.stock_id, booking.stock.source_id, booking.offer_id, booking.quantity, booking.stock.starts_at,
        booking.held_until,
    )  # fmt: skip
