"""What may be done with an existing booking: cancel, use, take back. May and can are one function.

Each `why_not_…` feeds both the disabled button's words and the operation's guard.
"""

from datetime import datetime

from .. import terms
from ..terms import MOVES, Status, TicketFacts

from diptych.commons.refusal import Refusal, refuse


def why_not_cancel(facts: TicketFacts, *, at: datetime) -> Refusal | None:
    """Why its holder cannot cancel a booking now, or None. One already cancelled may be cancelled again: nothing moves."""
    if facts.status in (Status.USED, Status.REIMBURSED):
        return refuse(terms.CANNOT_CANCEL_USED)
    if facts.status is not Status.CANCELLED and facts.cancellation_limit_at is not None and facts.cancellation_limit_at <= at:
        return refuse(terms.CANCELLATION_CLOSED, limit_at=facts.cancellation_limit_at)
    return None


def why_not_cancel_by_venue(facts: TicketFacts) -> Refusal | None:
    """Why the venue cannot cancel a booking, or None: refused once used or reimbursed."""
    if not facts.venue_matches:
        return refuse(terms.OTHER_VENUE)
    if facts.status is Status.CANCELLED:
        return refuse(terms.ALREADY_CANCELLED)
    if facts.status is Status.REIMBURSED:
        return refuse(terms.ALREADY_REIMBURSED)
    return refuse(terms.CANNOT_CANCEL_USED) if facts.status is Status.USED else None


def why_not_use(facts: TicketFacts, *, used_at: datetime | None, at: datetime) -> Refusal | None:
    """Why the venue cannot validate a booking now, or None (guide §2.2 and the table of token errors, §6.1)."""
    if not facts.venue_matches:
        return refuse(terms.OTHER_VENUE)
    if facts.status is Status.REIMBURSED:
        return refuse(terms.ALREADY_REIMBURSED)
    if facts.status is Status.CANCELLED:
        return refuse(terms.ALREADY_CANCELLED)
    if facts.status is Status.USED:
        return refuse(terms.ALREADY_USED, used_at=used_at)
    if facts.status is Status.HELD:
        return refuse(terms.STILL_HELD)
    if facts.cancellation_limit_at is not None and facts.cancellation_limit_at > at:
        return refuse(terms.NOT_YET_USABLE, usable_from=facts.cancellation_limit_at)
    return None


def why_not_take_back(facts: TicketFacts) -> Refusal | None:
    """Why the venue cannot take a validation back, or None."""
    if not facts.venue_matches:
        return refuse(terms.OTHER_VENUE)
    if facts.status is Status.REIMBURSED:
        return refuse(terms.ALREADY_REIMBURSED)
    if facts.status is Status.CANCELLED:
        return refuse(terms.ALREADY_CANCELLED)
    if facts.status is not Status.USED:
        return refuse(terms.NOT_USED)
    return refuse(terms.HAS_ACTIVATION_CODE) if facts.has_activation_code else None


def may_move(before: Status, after: Status) -> bool:
    """Whether a booking may go from a status to another."""
    return after in MOVES[before]
