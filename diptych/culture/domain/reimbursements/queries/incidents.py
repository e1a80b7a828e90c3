"""Reads of incidents: what was paid for a booking, what is asked and by whom."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, When

from .. import terms
from ..models import CashflowLine, FinanceEvent, Incident, IncidentLine, Pricing
from ..terms import EventStatus, IncidentKind, IncidentStatus, Motive, PaidBooking

from diptych.commons.refusal import deny
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.terms import Status


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident. `cents`: what the venue owes (above zero) or is given (below). `lines`: booking, what it cost, what it
    should have, what is given."""

    id: int
    kind: IncidentKind
    status: IncidentStatus
    note: str
    force_debit_note: bool
    created_by: str
    created_at: datetime
    decided_by: str
    decided_at: datetime | None
    lines: tuple[tuple[int, int, int | None, int | None], ...]


def paid_booking(*, booking_id: int, but_incident: int = 0) -> PaidBooking | None:
    """What a booking's venue was paid, or None where it has no price. `open_incident`: another one takes it back, or will."""
    event = FinanceEvent.objects.filter(booking_id=booking_id, motive=Motive.USED).exclude(status=EventStatus.CANCELLED).first()
    price = None if event is None else Pricing.objects.filter(pk=event.pk).first()
    if price is None:
        return None
    booking = Booking.objects.get(pk=booking_id)
    open_ = IncidentLine.objects.filter(booking_id=booking_id, new_total_cents__isnull=False).exclude(incident=but_incident)
    taken = CashflowLine.objects.filter(pricing_id=price.pk).exists()
    return PaidBooking(
        booking_id, price.pk, booking.person_id, booking.quantity, price.total_cents, -price.amount_cents, price.rate, price.rule,
        booking.status == Status.REIMBURSED and taken, open_.exclude(incident__status=IncidentStatus.CANCELLED).exists(),
    )  # fmt: skip


def incidents(*, limit: int = 200) -> list[IncidentRow]:
    """Those that wait for a decision first, each part the latest first."""
    waits = Case(When(status=IncidentStatus.CREATED, then=0), default=1)
    rows = list(Incident.objects.prefetch_related("lines").order_by(waits, "-pk")[:limit])
    cost = _costs(rows)
    return [_row(one, cost) for one in rows]


def incidents_asked() -> int:
    """How many wait for a decision."""
    return Incident.objects.filter(status=IncidentStatus.CREATED).count()


def incident(*, incident_id: int) -> IncidentRow:
    """One. Refuses an unknown one."""
    found = Incident.objects.prefetch_related("lines").filter(pk=incident_id).first()
    if found is None:
        deny(terms.INCIDENT_NOT_FOUND)
    return _row(found, _costs([found]))


def _costs(rows: list[Incident]) -> dict[int, int]:
    "What each booking of some incidents cost."
    numbers = {line.booking_id for one in rows for line in one.lines.all()}
    return dict(Booking.objects.filter(pk__in=numbers).values_list("pk", "total_cents"))


def _row(one: Incident, cost: dict[int, int]) -> IncidentRow:
    lines = sorted(one.lines.all(), key=lambda line: line.booking_id)
    return IncidentRow(
        one.pk, IncidentKind(one.kind), IncidentStatus(one.status), one.note, one.force_debit_note, one.created_by, one.created_at,
        one.decided_by, one.decided_at,
        tuple((line.booking_id, cost.get(line.booking_id, 0), line.new_total_cents, line.gesture_cents) for line in lines),
    )  # fmt: skip
