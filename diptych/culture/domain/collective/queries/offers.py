"""Offers to schools as a partner's program reads its own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.db.models import Prefetch, QuerySet

from .. import terms
from ..models import CollectiveBooking, CollectiveOffer, CollectivePicture
from ..rules.offers import displayed_status
from ..terms import Booking, Draft, Status
from .facts import draft_of, facts_of

from diptych.commons.refusal import deny

MOST = 500
"""Offers in one answer: the contract has no pages; venues and dates narrow it."""


@dataclass(frozen=True, slots=True)
class BookingLine:
    """A school's booking."""

    id: int
    status: Booking
    booked_at: datetime
    confirmed_at: datetime | None
    cancellation_limit_at: datetime
    used_at: datetime | None
    reimbursed_at: datetime | None


@dataclass(frozen=True, slots=True)
class PictureLine:
    """An offer's picture: its number, which changes with it, and whose it is."""

    id: int
    credit: str


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer as it is filled in, its status, its picture, and its bookings, the oldest first."""

    id: int
    draft: Draft
    status: Status
    created_at: datetime
    limit_passed: bool
    picture: PictureLine | None
    bookings: tuple[BookingLine, ...]


def offers_of(
    *,
    partner_id: int,
    venue_ids: Collection[int],
    status: Status | None,
    since: datetime | None,
    until: datetime | None,
    at: datetime,
) -> list[OfferCard]:
    """A partner's offers at these venues, the newest first: the first 500 of this status, that begin between two instants."""
    rows = _rows().filter(partner_id=partner_id, venue_id__in=venue_ids).order_by("-pk")
    if since is not None:
        rows = rows.filter(starts_at__gte=since)
    if until is not None:
        rows = rows.filter(starts_at__lte=until)
    cards = (_card(row, at) for row in rows.iterator(chunk_size=MOST))
    return list(islice((card for card in cards if status is None or card.status is status), MOST))


def offer_of(*, offer_id: int, partner_id: int, venue_ids: Collection[int], at: datetime) -> OfferCard:
    """One offer. Missing where it is of none of these venues; forbidden where another system made it."""
    row = _rows().filter(pk=offer_id, venue_id__in=venue_ids).first()
    if row is None:
        deny(terms.OFFER_NOT_FOUND)
    if row.partner_id != partner_id:
        deny(terms.MADE_ELSEWHERE)
    return _card(row, at)


def _rows() -> QuerySet[CollectiveOffer]:
    bookings = Prefetch("bookings", CollectiveBooking.objects.order_by("pk"))
    pictures = Prefetch("picture", CollectivePicture.objects.defer("content"))
    return CollectiveOffer.objects.select_related("venue__structure").prefetch_related(bookings, pictures)


def _card(row: CollectiveOffer, at: datetime) -> OfferCard:
    bookings = list(row.bookings.all())
    status = displayed_status(facts_of(row, bookings[-1] if bookings else None), at=at)
    lines = (
        BookingLine(b.pk, Booking(b.status), b.booked_at, b.confirmed_at, b.cancellation_limit_at, b.used_at, b.reimbursed_at)
        for b in bookings
    )
    drawn = getattr(row, "picture", None)
    picture = PictureLine(drawn.pk, drawn.credit) if drawn else None
    return OfferCard(row.pk, draft_of(row), status, row.created_at, row.booking_limit_at <= at, picture, tuple(lines))
