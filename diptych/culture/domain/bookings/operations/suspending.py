"""What the suspension of an account does to its bookings, each in a transaction of its own."""

from datetime import datetime

from django.db import transaction

from ..models import Booking
from ..rules.suspensions import is_cancelled_by
from ..terms import Cancellation, Status
from .acting import free, lock, tell

from diptych.culture.domain.people.terms import SuspensionReason


def cancel_of_suspended(*, person_id: int, reason: SuspensionReason, at: datetime) -> int:
    """Cancel what the reason of a suspension cancels. Gives how many; done again, it finds none."""
    waiting = Booking.objects.filter(person_id=person_id, status=Status.CONFIRMED).order_by("pk").values_list("pk", flat=True)
    return sum(_cancel(booking_id, reason, at) for booking_id in list(waiting))


@transaction.atomic
def _cancel(booking_id: int, reason: SuspensionReason, at: datetime) -> bool:
    booking = lock(booking_id=booking_id)
    if not is_cancelled_by(
        reason,
        status=Status(booking.status),
        is_event=booking.stock.starts_at is not None,
        cancellation_limit_at=booking.cancellation_limit_at,
        at=at,
    ):
        return False
    own = reason in (SuspensionReason.UPON_USER_REQUEST, SuspensionReason.SUSPICIOUS_LOGIN_REPORTED_BY_USER)
    why = Cancellation.BENEFICIARY if own else Cancellation.FRAUD
    free(booking, why=why, at=at)
    facts = {"why": why.value, "suspension": reason.value}
    tell(booking, topic="bookings.cancelled", actor="job:suspended_bookings", at=at, facts=facts)
    return True
