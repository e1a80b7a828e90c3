"""A date that moved: each of its bookings gets a new cancellation limit, and its holder is told.

Each booking is its own transaction, judged under the locks by what its holder was told (`event_at`) and what the stock
says now: done twice, or late, or after a second move, it does once what is left to do.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from ..models import Booking
from ..rules.times import has_moved, moved_cancellation_limit
from ..terms import Status
from .acting import lock, tell

ACTOR = "job:follow_moves"
_WAITING = (Status.HELD, Status.CONFIRMED)


def follow_moved_stock(*, stock_id: int, at: datetime) -> int:
    """Set the cancellation limit of a stock's bookings again, where its date is no longer the one that their holders
    know: min(new event, now + 48 h) (guide §2.2). `at` is now: the 48 hours begin when it is told, not when it moved.
    A used or cancelled booking keeps its own. Gives how many were set."""
    moved = Booking.objects.filter(stock_id=stock_id, status__in=_WAITING).exclude(event_at=F("stock__starts_at"))
    return sum(_follow(booking_id, at) for booking_id in list(moved.order_by("pk").values_list("pk", flat=True)))


@transaction.atomic
def _follow(booking_id: int, at: datetime) -> bool:
    booking = lock(booking_id=booking_id)
    before, after = booking.event_at, booking.stock.starts_at
    if booking.status not in _WAITING or before is None or after is None or not has_moved(told_at=before, event_at=after):
        return False
    booking.event_at = after
    booking.cancellation_limit_at = moved_cancellation_limit(moved_at=at, new_event_at=after)
    booking.save(update_fields=["event_at", "cancellation_limit_at"])
    moments = {"before": before, "after": after, "limit_at": booking.cancellation_limit_at}
    facts = {name: moment.isoformat() for name, moment in moments.items()}
    # Whoever waits for a ticketing system has not been told any date yet: the confirmation will tell the new one.
    topic = "bookings.held_moved" if booking.status == Status.HELD else "bookings.moved"
    tell(booking, topic=topic, actor=ACTOR, at=at, facts=facts)
    return True
