"""What may be done with a school's booking, and until when (guide §4.2).

Pure decisions. Does not hold what the school can pay (guide §4.3), which nothing asks yet.
"""

from datetime import datetime, timedelta
from typing import Final

from .. import terms
from ..terms import MOVES, Booking, BookingFacts, Cancellation

from diptych.commons.refusal import Refusal, refuse

FREE_TO_CANCEL: Final = timedelta(days=30)
"""Guide §4.2: a headteacher goes back on a confirmation until 30 days before the outing."""

USED_AFTER: Final = timedelta(hours=48)
"""Guide §4.2: an outing is used 48 hours after its end."""


def cancellation_limit(starts_at: datetime, *, at: datetime) -> datetime:
    """Until when a headteacher may go back on a confirmation; never before the booking itself."""
    return max(starts_at - FREE_TO_CANCEL, at)


def why_not_confirm(booking: BookingFacts, *, at: datetime) -> Refusal | None:
    """Why the headteacher cannot confirm, or None. What is confirmed already, or over, is asked of before."""
    if booking.status is Booking.CANCELLED:
        return refuse(terms.BOOKING_CANCELLED)
    return refuse(terms.CONFIRMATION_TOO_LATE) if booking.confirmation_limit_at <= at else None


def decide_refusal(booking: BookingFacts, *, at: datetime) -> Cancellation | Refusal:
    """A school refuses: as which reason it is kept, or why it cannot. Always while pending; once confirmed, until the limit."""
    if booking.status is Booking.CANCELLED:
        return refuse(terms.BOOKING_CANCELLED)
    if booking.status is Booking.PENDING:
        return Cancellation.REFUSED_BY_INSTITUTE
    if booking.status is Booking.CONFIRMED and at <= booking.cancellation_limit_at:
        return Cancellation.REFUSED_BY_HEADMASTER
    return refuse(terms.NOT_REFUSABLE)


def is_too_late(status: Booking, limit_at: datetime, *, at: datetime) -> bool:
    """Whether a pre-booking expires: nobody confirmed it by its limit."""
    return status is Booking.PENDING and limit_at <= at


def is_over(status: Booking, ends_at: datetime, *, at: datetime) -> bool:
    """Whether a confirmed outing is held as used."""
    return status is Booking.CONFIRMED and ends_at + USED_AFTER <= at


def may_move(before: Booking, after: Booking) -> bool:
    """Whether the table of moves allows this one."""
    return after in MOVES[before]
