"""What an incident may ask, and what it comes to: shares, new prices, who may decide, how long a debt waits. Pure."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Final

from .. import terms
from ..terms import IncidentKind, IncidentStatus, PaidBooking
from .scale import half_up

from diptych.commons.refusal import Refusal, refuse

DEBIT_NOTE_AFTER: Final = timedelta(days=90)
"""Guide §3.3, overpayment: an account that owes waits, unless its last accepted cashflow is at least 90 days old."""


def why_not_correct(booking: PaidBooking | None, *, new_total_cents: int) -> Refusal | None:
    """Why what was paid for a booking cannot be corrected, or None: only what was paid, to less than it cost, once at a time."""
    if booking is None or not booking.reimbursed:
        return refuse(terms.INCIDENT_NOT_PAID, booking=0 if booking is None else booking.id)
    if booking.open_incident:
        return refuse(terms.INCIDENT_TWICE, booking=booking.id)
    if not 0 <= new_total_cents < booking.total_cents:
        return refuse(terms.INCIDENT_TOTAL, booking=booking.id, total_cents=booking.total_cents)
    return None


def why_not_decide(*, status: IncidentStatus, created_by: str, actor: str) -> Refusal | None:
    """Why somebody cannot decide an incident, or None: it waits for a decision, and another one asked for it."""
    if status is not IncidentStatus.CREATED:
        return refuse(terms.INCIDENT_DECIDED)
    return refuse(terms.INCIDENT_OWN) if created_by == actor else None


def new_paid(*, new_total_cents: int, rate: Decimal | None, paid_cents: int, total_cents: int) -> int:
    """What a venue is paid for the new total, under the rule of the original price: its rate; a sum a place, in proportion."""
    share = rate if rate is not None else Decimal(paid_cents) / Decimal(total_cents)
    return half_up(new_total_cents * share)


def shares(total_cents: int, quantities: Sequence[int]) -> tuple[int, ...]:
    """A gesture split across bookings by quantity, the remainder on the last (guide §3.3)."""
    together = sum(quantities)
    parts = [total_cents * quantity // together for quantity in quantities]
    parts[-1] += total_cents - sum(parts)
    return tuple(parts)


def gives_back(kind: IncidentKind) -> bool:
    """Whether the youth has the difference back: not where the booking was a fraud."""
    return kind is not IncidentKind.FRAUD
