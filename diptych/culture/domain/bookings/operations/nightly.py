"""What time alone does to bookings: uncollected ones are warned of, then expire; past events count as used; late holds end.

Each booking is its own transaction, found without locks and judged again under them: a job killed in the middle has
done whole bookings, and the next run goes on.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from ..models import Booking
from ..rules.times import (
    AUTOMATIC_USE_AFTER,
    EXPIRIES,
    WARN_BEFORE_EXPIRY,
    expires_at,
    today_midnight,
    warning_due,
)
from ..terms import BEING_PAID, Author, Cancellation, Status
from .acting import free, lock, tell, use_now
from .holds import release_hold

from diptych.commons.refusal import Refused
from diptych.culture.domain.catalogue.rules.subcategories import SUBCATEGORIES

BATCH = 500
"""Guide §2.2: batches of 500."""


def expire_uncollected(*, at: datetime, limit: int = BATCH) -> int:
    """Cancel the confirmed bookings that waited too long to be collected (30 days, 10 for a book). Gives how many."""
    return _each(
        Booking.objects.filter(_expired(midnight=today_midnight(at)), status=Status.CONFIRMED), _expire, at=at, limit=limit
    )


def _expired(*, midnight: datetime) -> Q:
    "The bookings that have waited their whole delay at a midnight (Paris)."
    shortest = min(row.days for row in EXPIRIES)
    named = {row.subcategory for row in EXPIRIES if row.subcategory}
    longest = max(row.days for row in EXPIRIES if not row.subcategory)
    expirable = [row.id for row in SUBCATEGORIES if row.can_expire]
    return Q(offer__subcategory__in=named, booked_at__lte=midnight - timedelta(days=shortest)) | Q(
        offer__subcategory__in=expirable, booked_at__lte=midnight - timedelta(days=longest)
    )


@transaction.atomic
def _expire(booking_id: int, at: datetime) -> bool:
    booking = lock(booking_id=booking_id)
    due = expires_at(subcategory=booking.offer.subcategory, booked_at=booking.booked_at)
    if booking.status != Status.CONFIRMED or due is None or due > at:
        return False
    free(booking, why=Cancellation.EXPIRED, at=at)
    tell(booking, topic="bookings.expired", actor="job:expire_bookings", at=at)
    return True


def warn_expiring(*, at: datetime, limit: int = BATCH) -> int:
    """Tell the holders of bookings that expire within 7 days, then within 5 (guide §2.2). Gives how many were told."""
    due = Q()
    for days in WARN_BEFORE_EXPIRY:
        unwarned = Q(warned_days=None) | Q(warned_days__gt=days)
        due |= unwarned & _expired(midnight=today_midnight(at + timedelta(days=days)))
    waiting = Booking.objects.filter(due, status=Status.CONFIRMED).exclude(_expired(midnight=today_midnight(at)))
    return _each(waiting, _warn, at=at, limit=limit)


@transaction.atomic
def _warn(booking_id: int, at: datetime) -> bool:
    booking = lock(booking_id=booking_id)
    ends = expires_at(subcategory=booking.offer.subcategory, booked_at=booking.booked_at)
    if booking.status != Status.CONFIRMED or ends is None:
        return False
    days = warning_due(expires_at=ends, warned_days=booking.warned_days, at=at)
    if days is None:
        return False
    booking.warned_days = days
    booking.save(update_fields=["warned_days"])
    tell(booking, topic="bookings.expiring", actor="job:warn_expiring", at=at, facts={"days": days})
    return True


def use_past_events(*, at: datetime, limit: int = BATCH) -> int:
    """Mark as used the confirmed bookings whose event began 48 h ago or more. Gives how many."""
    due = Booking.objects.filter(status=Status.CONFIRMED, stock__starts_at__lte=at - AUTOMATIC_USE_AFTER)
    return _each(due, _use, at=at, limit=limit)


@transaction.atomic
def _use(booking_id: int, at: datetime) -> bool:
    booking = lock(booking_id=booking_id)
    starts_at = booking.stock.starts_at
    if booking.status != Status.CONFIRMED or starts_at is None or starts_at > at - AUTOMATIC_USE_AFTER:
        return False
    use_now(booking, by=Author.AUTO, at=at)
    tell(booking, topic="bookings.used", actor="job:use_past_events", at=at)
    return True


def cancel_of_removed_stocks(*, at: datetime, limit: int = BATCH) -> int:
    """Cancel the bookings of dates that their venue removed, used ones included (guide §2.2). Gives how many."""
    live = [Status.HELD, Status.CONFIRMED, Status.USED]
    return _each(Booking.objects.filter(stock__deleted_at__lte=at, status__in=live), _cancel_removed, at=at, limit=limit)


@transaction.atomic
def _cancel_removed(booking_id: int, at: datetime) -> bool:
    booking = lock(booking_id=booking_id)
    if booking.status not in (Status.HELD, Status.CONFIRMED, Status.USED) or booking.stock.deleted_at is None:
        return False
    try:
        free(booking, why=Cancellation.OFFERER, at=at)
    except Refused as refused:
        if refused.refusal.reason is not BEING_PAID:
            raise
        return False  # an incident reverses what is being paid, not a night's job
    why = {"why": Cancellation.OFFERER.value}
    tell(booking, topic="bookings.cancelled", actor="job:cancel_of_removed_stocks", at=at, facts=why)
    return True


def release_late_holds(*, at: datetime, limit: int = BATCH) -> int:
    """Release the holds whose ticketing system did not answer in time. Gives how many."""
    due = Booking.objects.filter(status=Status.HELD, held_until__lte=at)
    return _each(due, lambda booking_id, at: release_hold(booking_id=booking_id, why="no_answer", at=at), at=at, limit=limit)


def _each(due: "QuerySet[Booking]", act: Callable[[int, datetime], bool], *, at: datetime, limit: int) -> int:
    found = list(due.order_by("pk").values_list("pk", flat=True)[:limit])
    return sum(act(booking_id, at) for booking_id in found)
