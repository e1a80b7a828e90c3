"""What time does to schools' bookings: a pre-booking that nobody confirmed expires, an outing that took place is used (guide §4.2).

Each booking is a transaction of its own, under the locks of its offer and of its row: killed in the middle, the next run does the rest.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from ..models import CollectiveBooking, CollectiveOffer
from ..rules.bookings import USED_AFTER, is_over, is_too_late
from ..terms import Booking, Cancellation
from .acting import move, tell

_ACTOR: Final = "job:collective"


def expire_pending(*, at: datetime) -> int:
    """Cancel (EXPIRED) the pre-bookings whose limit has passed. Gives how many."""
    due = CollectiveBooking.objects.filter(status=Booking.PENDING, confirmation_limit_at__lte=at)
    return _each(list(due.order_by("pk").values_list("pk", flat=True)), _expire, at=at)


def use_past(*, at: datetime) -> int:
    """Hold as used the confirmed outings that ended two days ago. Gives how many."""
    due = CollectiveBooking.objects.filter(status=Booking.CONFIRMED, offer__ends_at__lte=at - USED_AFTER)
    return _each(list(due.order_by("pk").values_list("pk", flat=True)), _use, at=at)


def _each(ids: list[int], act: Callable[[CollectiveBooking, datetime], bool], *, at: datetime) -> int:
    return sum(_one(booking_id, act, at=at) for booking_id in ids)


@transaction.atomic
def _one(booking_id: int, act: Callable[[CollectiveBooking, datetime], bool], *, at: datetime) -> bool:
    "The booking again, locked: somebody may have been quicker."
    offer_id = CollectiveBooking.objects.values_list("offer_id", flat=True).get(pk=booking_id)
    offer = CollectiveOffer.objects.select_for_update(no_key=True).get(pk=offer_id)
    booking = CollectiveBooking.objects.select_for_update(no_key=True).get(pk=booking_id)
    booking.offer = offer
    return act(booking, at)


def _expire(booking: CollectiveBooking, at: datetime) -> bool:
    if not is_too_late(Booking(booking.status), booking.confirmation_limit_at, at=at):
        return False
    move(booking, Booking.CANCELLED, cancelled_at=at, cancellation=Cancellation.EXPIRED)
    tell("expire", subject=f"collective_booking:{booking.pk}", actor=_ACTOR, at=at)
    return True


def _use(booking: CollectiveBooking, at: datetime) -> bool:
    if not is_over(Booking(booking.status), booking.offer.ends_at, at=at):
        return False
    move(booking, Booking.USED, used_at=at)
    tell("use", subject=f"collective_booking:{booking.pk}", actor=_ACTOR, at=at)
    return True
