"""Incidents: asked by one of the team, decided by another; carried out as new events and prices, never as an edit.

An overpayment, a price out of rule or a fraud takes back what was paid for a booking, and puts in its place what the original rule gives
for what it should have cost. A commercial gesture gives a venue something beside the rules. The ledger moves with the decision; the
bank account's next batch nets it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from .. import terms
from ..models import FinanceEvent, Incident, IncidentLine, PointRevenue, Pricing
from ..queries.incidents import paid_booking
from ..rules import incidents as rules
from ..terms import EventStatus, IncidentKind, IncidentStatus, Motive

from diptych.commons import journal
from diptych.commons.refusal import Refused, deny, stop_if
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import cancel_paid
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.wallet.models import Deposit, Movement
from diptych.culture.domain.wallet.operations import return_incident
from diptych.culture.domain.wallet.terms import NO_LIVE_DEPOSIT, SIDES, MovementKind

_NEXT: Final = timedelta(microseconds=1)


@transaction.atomic
def ask_correction(
    *, kind: IncidentKind, totals: Mapping[int, int], note: str, actor: str, at: datetime, force_debit_note: bool = False
) -> int:
    """Ask that what was paid for bookings be taken back: for each, what it should have cost (0: all goes back). Gives the
    incident's number. Raises Refused: not paid, in another incident, not less than it cost, of several venues."""
    for booking_id, total in totals.items():
        stop_if(rules.why_not_correct(paid_booking(booking_id=booking_id), new_total_cents=total))
    _one_venue(list(totals))
    incident = _create(kind, note, actor, at, force=force_debit_note)
    IncidentLine.objects.bulk_create(
        IncidentLine(incident=incident, booking_id=booking_id, new_total_cents=total)
        for booking_id, total in sorted(totals.items())
    )
    return incident.pk


@transaction.atomic
def ask_gesture(*, booking_ids: Sequence[int], cents: int, note: str, actor: str, at: datetime) -> int:
    """Ask that a venue be given a sum for some of its bookings, split by their places. Gives the incident's number."""
    held = [paid_booking(booking_id=booking_id) for booking_id in sorted(set(booking_ids))]
    known = [booking for booking in held if booking is not None]
    if not known or len(known) < len(held):
        deny(terms.INCIDENT_NOT_PAID, booking=0)
    if not 0 < cents <= sum(booking.total_cents for booking in known):
        deny(terms.INCIDENT_GESTURE)
    _one_venue([booking.id for booking in known])
    incident = _create(IncidentKind.COMMERCIAL_GESTURE, note, actor, at)
    parts = rules.shares(cents, [booking.quantity for booking in known])
    IncidentLine.objects.bulk_create(
        IncidentLine(incident=incident, booking_id=booking.id, gesture_cents=part)
        for booking, part in zip(known, parts, strict=True) if part
    )  # fmt: skip
    return incident.pk


@transaction.atomic
def decide_incident(*, incident_id: int, accept: bool, actor: str, at: datetime) -> IncidentStatus:
    """Another one of the team validates an incident, and it is carried out; or drops it. Raises Refused: decided already, asked
    by the same person, no longer so."""
    incident = Incident.objects.select_for_update(no_key=True).filter(pk=incident_id).first()
    if incident is None:
        deny(terms.INCIDENT_NOT_FOUND)
    stop_if(rules.why_not_decide(status=IncidentStatus(incident.status), created_by=incident.created_by, actor=actor))
    incident.status = IncidentStatus.VALIDATED if accept else IncidentStatus.CANCELLED
    incident.decided_by, incident.decided_at = actor, at
    incident.save(update_fields=["status", "decided_by", "decided_at"])
    if accept:
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_advisory_xact_lock(hashtext('reimbursements.collect'))"
            )  # nothing is priced or taken meanwhile
        _lock_wallets([line.booking_id for line in incident.lines.all() if line.gesture_cents is None])
        back: dict[int, int] = {}
        for line in incident.lines.order_by("booking_id"):
            _carry_out(incident, line, back, actor=actor, at=at)
        for person_id, cents in sorted(back.items()):
            _give_back(person_id, incident.pk, cents, actor=actor, at=at)
    _journal("reimbursements.decide_incident", incident, actor, at, status=incident.status)
    return IncidentStatus(incident.status)


def _lock_wallets(booking_ids: Sequence[int]) -> None:
    """Who booked, then the stocks, then the wallets, each by number, before any booking is acted on: bookings lock a stock and then a
    wallet, a wallet's own acts somebody and then their wallet. One booking after the other would meet both the other way round."""
    held = Booking.objects.filter(pk__in=booking_ids)
    persons, stocks = set(held.values_list("person_id", flat=True)), set(held.values_list("stock_id", flat=True))
    wanted: tuple[tuple[Any, dict[str, Any]], ...] = (
        (Person, {"pk__in": persons}), (Stock, {"pk__in": stocks}), (Deposit, {"person__in": persons})
    )  # fmt: skip
    for model, which in wanted:
        list(model.objects.select_for_update(no_key=True).filter(**which).order_by("pk").values_list("pk", flat=True))


def _carry_out(incident: Incident, line: IncidentLine, back: dict[int, int], *, actor: str, at: datetime) -> None:
    booking = paid_booking(booking_id=line.booking_id, but_incident=incident.pk)
    if line.gesture_cents is not None:
        if booking is None:  # its validation was taken back since it was asked about
            deny(terms.INCIDENT_NOT_PAID, booking=line.booking_id)
        event = _price(incident, booking.pricing_id, Motive.GESTURE, 0, line.gesture_cents, rule="gesture", at=at)
        _move(MovementKind.GESTURE, line.gesture_cents, event, at)
        return
    total = line.new_total_cents or 0
    stop_if(rules.why_not_correct(booking, new_total_cents=total))
    assert booking is not None
    event = _price(
        incident, booking.pricing_id, Motive.REVERSAL, -booking.total_cents, -booking.paid_cents, rule="incident", at=at
    )
    _move(MovementKind.INCIDENT_REVERSAL, booking.paid_cents, event, at)
    if total:
        paid = rules.new_paid(
            new_total_cents=total, rate=booking.rate, paid_cents=booking.paid_cents, total_cents=booking.total_cents
        )
        event = _price(incident, booking.pricing_id, Motive.NEW_PRICE, total, paid, rule=booking.rule, at=at)
        _move(MovementKind.INCIDENT_PRICE, paid, event, at)
    else:
        cancel_paid(booking_id=booking.id, actor=actor, at=at)
    if rules.gives_back(IncidentKind(incident.kind)):
        back[booking.person_id] = back.get(booking.person_id, 0) + booking.total_cents - total


def _price(incident: Incident, pricing_id: int, motive: Motive, total: int, paid: int, *, rule: str, at: datetime) -> int:
    "A price of an incident: after all others of its point and year, and fixed there at once. Gives its event's number."
    original = Pricing.objects.get(pk=pricing_id)
    revenue = PointRevenue.objects.select_for_update().get(point_id=original.point_id, year=original.year)
    last = Pricing.objects.filter(point_id=original.point_id, year=original.year).aggregate(at=Max("ordering_at"))["at"]
    ordering = max(at, last + _NEXT, (revenue.fixed_until or last) + _NEXT)
    event = FinanceEvent.objects.create(
        booking_id=original.booking_id, motive=motive, status=EventStatus.PRICED, venue_id=original.venue_id,
        point_id=original.point_id, value_at=at, ordering_at=ordering, year=original.year, created_at=at, incident_id=incident.pk,
    )  # fmt: skip
    revenue.revenue_cents += total
    revenue.fixed_until = ordering
    revenue.save(update_fields=["revenue_cents", "fixed_until"])
    Pricing.objects.create(
        event=event, booking_id=original.booking_id, venue_id=original.venue_id, point_id=original.point_id, year=original.year,
        ordering_at=ordering, total_cents=total, amount_cents=-paid, contribution_cents=total - paid,
        revenue_cents=revenue.revenue_cents, rate=original.rate if motive is not Motive.GESTURE else None, rule=rule,
        custom_id=original.custom_id if motive is Motive.NEW_PRICE else None, priced_at=at,
    )  # fmt: skip
    return event.pk


def _move(kind: MovementKind, cents: int, event_id: int, at: datetime) -> None:
    if cents:
        debited, credited = SIDES[kind]
        Movement.objects.create(
            kind=kind, amount_cents=cents, debited=debited, credited=credited, reference=f"event:{event_id}", at=at
        )


def _give_back(person_id: int, incident_id: int, cents: int, *, actor: str, at: datetime) -> None:
    "To the credit that is open. Where none is, the State keeps it: nothing could be spent of it."
    try:
        with transaction.atomic():
            return_incident(person_id=person_id, incident_id=incident_id, amount_cents=cents, actor=actor, at=at)
    except Refused as refused:
        if refused.refusal.reason is not NO_LIVE_DEPOSIT:
            raise


def _create(kind: IncidentKind, note: str, actor: str, at: datetime, *, force: bool = False) -> Incident:
    incident = Incident.objects.create(kind=kind, note=note, force_debit_note=force, created_by=actor, created_at=at)
    _journal("reimbursements.ask_incident", incident, actor, at, kind=incident.kind)
    return incident


def _one_venue(booking_ids: list[int]) -> None:
    venues = FinanceEvent.objects.filter(booking_id__in=booking_ids, motive=Motive.USED).exclude(status=EventStatus.CANCELLED)
    if not booking_ids or venues.values("venue_id").distinct().count() > 1:
        deny(terms.INCIDENT_VENUES)


def _journal(act: str, incident: Incident, actor: str, at: datetime, **facts: object) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=f"incident:{incident.pk}", at=at, facts=facts)
