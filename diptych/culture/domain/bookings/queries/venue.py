"""Bookings as a venue lists and exports them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from ..models import Booking
from ..terms import Narrowing, Status

EVERYTHING: Final = Narrowing()


@dataclass(frozen=True, slots=True)
class VenueBooking:
    """A line of the venue's list. The code is shown once used only: before that it is the holder's to show."""

    id: int
    token: str
    status: Status
    offer_id: int
    offer_name: str
    venue_name: str
    department: str
    starts_at: datetime | None
    holder: str
    quantity: int
    total_cents: int
    booked_at: datetime
    used_at: datetime | None
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True)
class VenueBookings:
    """One page of the list."""

    rows: list[VenueBooking]
    total: int
    page: int
    pages: int


def bookings_for_venues(
    *, venue_ids: Collection[int], asked: Narrowing = EVERYTHING, page: int = 1, per_page: int = 50
) -> VenueBookings:
    """A page of the bookings of these venues, latest first. A page beyond the last gives the last."""
    found = _found(venue_ids, asked)
    total = found.count()
    pages = max((total + per_page - 1) // per_page, 1)
    page = min(max(page, 1), pages)
    return VenueBookings([_line(b) for b in found[(page - 1) * per_page : page * per_page]], total, page, pages)


def export_for_venues(*, venue_ids: Collection[int], asked: Narrowing = EVERYTHING) -> Iterator[VenueBooking]:
    """Every booking of the same list, streamed."""
    return (_line(booking) for booking in _found(venue_ids, asked).iterator(chunk_size=1000))


def _found(venue_ids: Collection[int], asked: Narrowing) -> "QuerySet[Booking]":
    given = {
        "status": asked.status or None, "offer__venue_id": asked.venue_id, "offer_id": asked.offer_id,
        "booked_at__gte": asked.since, "booked_at__lt": asked.until,
        "stock__starts_at__gte": asked.event_since, "stock__starts_at__lt": asked.event_until,
        "used_at__gte": asked.used_since, "used_at__lt": asked.used_until,
    }  # fmt: skip
    found = Booking.objects.filter(offer__venue_id__in=venue_ids).select_related("stock", "offer__venue", "person")
    found = found.filter(**{name: value for name, value in given.items() if value is not None})
    if text := asked.text.strip():
        once_used = Q(token=text[:6].upper(), status__in=[Status.USED, Status.REIMBURSED])
        found = found.filter(Q(offer__name__icontains=text[:90]) | once_used)
    return found.order_by("-booked_at", "-id")


def _line(booking: Booking) -> VenueBooking:
    person, shown = booking.person, booking.status in (Status.USED, Status.REIMBURSED)
    initial = f" {person.last_name[0].upper()}." if person.last_name else ""
    return VenueBooking(
        id=booking.pk,
        token=booking.token if shown else "",
        status=Status(booking.status),
        offer_id=booking.offer_id,
        offer_name=booking.offer.name,
        venue_name=booking.offer.venue.name,
        department=booking.offer.venue.department,
        starts_at=booking.stock.starts_at,
        holder=f"{person.first_name}{initial}",
        quantity=booking.quantity,
        total_cents=booking.total_cents,
        booked_at=booking.booked_at,
        used_at=booking.used_at,
        cancelled_at=booking.cancelled_at,
    )
