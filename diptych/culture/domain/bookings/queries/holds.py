"""Bookings that wait for an outside ticketing system, as its gateway needs them. Takes no lock."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from ..models import Booking
from ..terms import Status
from .partner_calls import key_of, urls_for

from diptych.culture.domain.venues.terms import PartnerUrls


@dataclass(frozen=True, slots=True)
class Hold:
    """A place kept while the ticketing system answers. Nothing personal goes out."""

    booking_id: int
    key: str
    system_id: int
    venue_id: int
    urls: PartnerUrls
    secret: str
    stock_id: int
    stock_source_id: str
    offer_id: int
    quantity: int


def holds_waiting(*, at: datetime, resting: Collection[int] = (), each: int = 8) -> list[Hold]:
    """The holds whose deadline has not passed, the most urgent first, a few a system: those of one that does not answer do
    not hide another's. Not those of systems that are left alone."""
    rows = (
        Booking.objects.filter(status=Status.HELD, held_until__gt=at, offer__venue__ticketing__isnull=False)
        .exclude(offer__venue__ticketing_id__in=list(resting))
        .annotate(place=Window(RowNumber(), partition_by=F("offer__venue__ticketing_id"), order_by=["held_until", "id"]))
        .filter(place__lte=each)
        .select_related("stock", "offer__venue__ticketing")
        .order_by("held_until", "id")
    )
    bookings = list(rows)
    urls = urls_for({(booking.offer.venue.ticketing_id or 0, booking.offer.venue_id) for booking in bookings})
    return [_hold(booking, urls) for booking in bookings]


def _hold(booking: Booking, urls: dict[tuple[int, int], PartnerUrls]) -> Hold:
    venue, system = booking.offer.venue, booking.offer.venue.ticketing
    assert system is not None  # filtered above
    return Hold(
        booking.pk, key_of(booking.pk, booking.token), system.pk, venue.pk, urls[system.pk, venue.pk], system.secret,
        booking.stock_id, booking.stock.source_id, booking.offer_id, booking.quantity,
    )  # fmt: skip
