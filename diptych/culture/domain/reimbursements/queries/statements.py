"""What a venue reads of its payments: every cent from a booking to a transfer, and why this rate.

Bounded by the structures and venues of who asks. Does not write.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from .. import terms
from ..models import Invoice, InvoiceFile, PricingPointLink
from ..rules.payments import cutoff_of, next_cutoff_day
from ..rules.wording import name_of
from ..terms import LeftOut, SettlementStatus
from .due import PRICES_DUE
from .invoices import InvoicePaper, paper_of

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import Membership
from diptych.culture.domain.venues.terms import Validation

MOST: Final = 500
"""Bookings shown on one page; a file has them all."""


@dataclass(frozen=True, slots=True)
class Statement:
    """An invoice as its venue follows it: the paper, whether it is made, and its transfer: when it left, where it stands."""

    paper: InvoicePaper
    has_file: bool
    sent_on: date | None
    settlement: SettlementStatus | None
    why: str


@dataclass(frozen=True, slots=True)
class PaidLine:
    """A booking and what it is paid. Cents above zero; below, an incident takes back. `revenue_cents`: the year's at its pricing
    point, this booking included, on which the rate depends. `why`: why it waits, or None."""

    booking_id: int
    offer: str
    venue: str
    used_at: datetime
    total_cents: int
    contribution_cents: int
    paid_cents: int
    revenue_cents: int
    rate: Decimal | None
    rule: str
    name: str
    why: LeftOut | None = None


def statements(*, person_id: int, limit: int = 200) -> list[Statement]:
    """The invoices of the structures that somebody acts for, latest first."""
    return [_statement(one) for one in _own(person_id).order_by("-issued_at", "-number")[:limit]]


def statement(*, invoice_id: int, person_id: int) -> Statement:
    """One of them. Refuses (missing) another's."""
    found = _own(person_id).filter(pk=invoice_id).first()
    if found is None:
        deny(terms.INVOICE_NOT_FOUND)
    return _statement(found)


def invoice_lines(*, invoice_id: int, limit: int | None = None) -> Iterator[PaidLine]:
    """The bookings of an invoice, in order of use. Who asks was allowed to see the invoice."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_INVOICE, {"invoice": invoice_id, "limit": limit})
        yield from (_line(row) for row in cursor.fetchall())


def next_payment_day(*, at: datetime) -> date:
    """The day of the next cut-off."""
    return next_cutoff_day(at=at)


def lines_to_come(*, venue_ids: Collection[int], at: datetime, limit: int = MOST) -> list[PaidLine]:
    """What is priced for some venues and in no batch yet, latest first: paid with the next one, or why not."""
    if not venue_ids:
        return []
    linked = PricingPointLink.objects.filter(venue__in=venue_ids).values_list("point_id", flat=True)
    values: dict[str, Any] = {
        "venues": list(venue_ids), "points": [*venue_ids, *linked], "cutoff": cutoff_of(next_cutoff_day(at=at)), "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_TO_COME, values)
        return [_line(row[:-1], LeftOut(row[-1]) if row[-1] else None) for row in cursor.fetchall()]


def unpriced(*, venue_ids: Collection[int]) -> int:
    """How many used bookings of some venues wait for a pricing point."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from reimbursements_financeevent where status = 'pending' and venue_id = any(%s)", (list(venue_ids),)
        )
        return int(cursor.fetchone()[0])


def _own(person_id: int) -> "QuerySet[Any]":
    mine = Membership.objects.filter(person_id=person_id, validation=Validation.VALIDATED).values("structure_id")
    rows = Invoice.objects.filter(account__structure__in=mine).select_related("cashflow__batch")
    printed = Exists(InvoiceFile.objects.filter(pk=OuterRef("pk")))
    return rows.prefetch_related("lines", "cashflow__settlements__transfer").annotate(printed=printed)


def _statement(one: Any) -> Statement:
    last = max(one.cashflow.settlements.all(), key=lambda s: s.attempt, default=None)
    if last is None:
        return Statement(paper_of(one), one.printed, None, None, "")
    return Statement(paper_of(one), one.printed, last.transfer.on, SettlementStatus(last.status), last.why)


def _line(row: tuple[Any, ...], why: LeftOut | None = None) -> PaidLine:
    booking_id, offer, venue, used_at, total, contribution, paid, revenue, rate, rule, kind = row
    name = name_of(f"{rule}.{kind}" if kind else rule)
    return PaidLine(booking_id, offer, venue, used_at, total, contribution, paid, revenue, rate, rule, name, why)


_WHAT: Final = """
p.booking_id, o.name, v.name, e.value_at, p.total_cents, p.contribution_cents, -p.amount_cents, p.revenue_cents, p.rate, p.rule,
(select i.kind from reimbursements_incident i where i.id = e.incident_id)
"""
_NAMED: Final = """
join reimbursements_financeevent e on e.id = p.event_id join bookings_booking b on b.id = p.booking_id
join catalogue_offer o on o.id = b.offer_id join venues_venue v on v.id = p.venue_id
"""
_OF_INVOICE: Final = f"""
select {_WHAT} from reimbursements_invoice i join reimbursements_cashflowline l on l.cashflow_id = i.cashflow_id
join reimbursements_pricing p on p.event_id = l.pricing_id {_NAMED}
where i.id = %(invoice)s order by e.value_at, p.event_id limit %(limit)s
"""
_TO_COME: Final = f"""
with due as materialized ({PRICES_DUE} and p.point_id = any(%(points)s) and p.venue_id = any(%(venues)s))
select {_WHAT}, d.why from due d join reimbursements_pricing p on p.event_id = d.event_id {_NAMED}
order by e.value_at desc, p.event_id desc limit %(limit)s
"""
