"""What becomes of a school's booking: pre-booked, confirmed or refused, cancelled by the venue, used.

Each act is told who is behind it: today a partner's program, and in a sandbox the same program in the school's place. What
the school can pay (guide §4.3) is not asked: the project keeps no deposits of schools yet.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import CollectiveBooking
from ..queries.facts import booking_facts, facts_of
from ..rules.bookings import cancellation_limit, decide_refusal, why_not_confirm
from ..rules.offers import displayed_status
from ..terms import Action, Booking, Cancellation, Status
from .acting import last_booking, locked_booking, locked_offer, move, must_be_open, tell

from diptych.commons.refusal import Refusal, Refused, deny, stop_if


@transaction.atomic
def prebook(*, offer_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> int:
    """The offer's school pre-books; the booking's number. Refuses an offer that is not open, or booked already."""
    offer = locked_offer(offer_id=offer_id, partner_id=partner_id, venue_ids=venue_ids)
    status = displayed_status(facts_of(offer, last_booking(offer)), at=at)
    if status is not Status.PUBLISHED:
        deny(terms.NOT_BOOKABLE, status=status.value)
    booking = CollectiveBooking.objects.create(
        offer=offer, status=Booking.PENDING, booked_at=at, confirmation_limit_at=offer.booking_limit_at,
        cancellation_limit_at=cancellation_limit(offer.starts_at, at=at),
    )  # fmt: skip
    tell("prebook", subject=_named(booking), actor=actor, at=at, offer=offer.pk)
    return booking.pk


@transaction.atomic
def confirm(*, booking_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """The headteacher confirms. Doing it twice changes nothing."""
    booking = locked_booking(booking_id=booking_id, partner_id=partner_id, venue_ids=venue_ids)
    if booking.status in (Booking.CONFIRMED, Booking.USED, Booking.REIMBURSED):
        return
    stop_if(why_not_confirm(booking_facts(booking), at=at))
    move(booking, Booking.CONFIRMED, confirmed_at=at)
    tell("confirm", subject=_named(booking), actor=actor, at=at)


@transaction.atomic
def refuse_booking(*, booking_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """The school refuses a booking, or goes back on it."""
    booking = locked_booking(booking_id=booking_id, partner_id=partner_id, venue_ids=venue_ids)
    decided = decide_refusal(booking_facts(booking), at=at)
    if isinstance(decided, Refusal):
        raise Refused(decided)
    _cancel(booking, why=decided, actor=actor, at=at)


@transaction.atomic
def cancel_by_venue(*, booking_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """The venue cancels, through its program: until 48 hours after the outing."""
    booking = locked_booking(booking_id=booking_id, partner_id=partner_id, venue_ids=venue_ids)
    if booking.status == Booking.CANCELLED:
        deny(terms.BOOKING_CANCELLED)
    must_be_open(Action.CANCEL, booking.offer, at=at)
    _cancel(booking, why=Cancellation.PUBLIC_API, actor=actor, at=at)


@transaction.atomic
def use(*, booking_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """The outing took place."""
    booking = locked_booking(booking_id=booking_id, partner_id=partner_id, venue_ids=venue_ids)
    if booking.status != Booking.CONFIRMED:
        deny(terms.NOT_CONFIRMED, status=booking.status)
    move(booking, Booking.USED, used_at=at)
    tell("use", subject=_named(booking), actor=actor, at=at)


@transaction.atomic
def reimburse(*, booking_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """The venue was paid."""
    booking = locked_booking(booking_id=booking_id, partner_id=partner_id, venue_ids=venue_ids)
    if booking.status != Booking.USED:
        deny(terms.NOT_USED, status=booking.status)
    move(booking, Booking.REIMBURSED, reimbursed_at=at)
    tell("reimburse", subject=_named(booking), actor=actor, at=at)


@transaction.atomic
def reset(*, booking_id: int, partner_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Back to pending, as if neither the school nor the venue had done anything since. Nothing where it is so already."""
    booking = locked_booking(booking_id=booking_id, partner_id=partner_id, venue_ids=venue_ids)
    if booking.status == Booking.PENDING:
        return
    if booking.status in (Booking.USED, Booking.REIMBURSED):
        deny(terms.NOT_RESETTABLE, status=booking.status)
    move(booking, Booking.PENDING, confirmed_at=None, cancelled_at=None, cancellation="")
    tell("reset", subject=_named(booking), actor=actor, at=at)


def _cancel(booking: CollectiveBooking, *, why: Cancellation, actor: str, at: datetime) -> None:
    move(booking, Booking.CANCELLED, cancelled_at=at, cancellation=why, used_at=None)
    tell("cancel", subject=_named(booking), actor=actor, at=at, why=why.value)


def _named(booking: CollectiveBooking) -> str:
    return f"collective_booking:{booking.pk}"
