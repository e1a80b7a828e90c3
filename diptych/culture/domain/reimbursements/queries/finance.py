"""What the team reads of payments: batches, their cashflows, what blocks a payment and why, an account's hold."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q, Sum

from .. import terms
from ..models import Cashflow, CashflowBatch, PaymentHold
from ..rules.payments import cutoff_of, next_cutoff_day
from ..terms import CashflowStatus, Hold, InvoiceStatus, LeftOut, SettlementStatus
from .due import Waiting, waiting
from .transfers import given_back

from diptych.commons.refusal import deny
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.terms import TOKEN_UNKNOWN
from diptych.culture.domain.venues.models import Venue


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch: its cashflows by status, what it pays and what it is owed (cents above zero), transfers given back."""

    number: int
    cutoff_at: datetime
    created_at: datetime
    cashflows: int
    statuses: tuple[tuple[CashflowStatus, int], ...]
    paid_cents: int
    owed_cents: int
    returned: int


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A cashflow of a batch, with its invoice and its latest transfer."""

    id: int
    account_id: int
    label: str
    structure: str
    structure_id: int
    cents: int
    status: CashflowStatus
    invoice_id: int | None
    reference: str
    invoice_status: InvoiceStatus | None
    has_file: bool
    end_to_end: str
    settlement: SettlementStatus | None
    why: str
    bookings: int


@dataclass(frozen=True, slots=True)
class BlockedRow:
    """What waits for one reason at an account and venue. Cents above zero: the State's payment."""

    why: LeftOut
    account_id: int | None
    venue: str
    structure_id: int | None
    bookings: int
    cents: int


def batches(*, limit: int = 100) -> list[BatchRow]:
    """The latest first."""
    rows = list(CashflowBatch.objects.order_by("-number")[:limit])
    flows = Cashflow.objects.filter(batch__in=rows)
    counted = (
        flows.values("batch_id", "status")
        .annotate(
            n=Count("pk"), paid=-Sum("amount_cents", filter=Q(amount_cents__lt=0), default=0),
            owed=Sum("amount_cents", filter=Q(amount_cents__gt=0), default=0),
        )
        .order_by("batch_id", "status")
    )  # fmt: skip
    by_batch = {number: list(group) for number, group in groupby(counted, key=itemgetter("batch_id"))}
    returned = dict(given_back().filter(batch__in=rows).values_list("batch_id").annotate(n=Count("pk", distinct=True)))
    return [_batch(batch, by_batch.get(batch.pk, []), returned.get(batch.pk, 0)) for batch in rows]


def batch_flows(*, number: int, limit: int = 500) -> list[FlowRow]:
    """A batch's cashflows, the largest first. Refuses an unknown batch."""
    if not CashflowBatch.objects.filter(number=number).exists():
        deny(terms.BATCH_NOT_FOUND, number=number)
    flows = (
        Cashflow.objects.filter(batch__number=number)
        .select_related("account__structure", "invoice__file")
        .defer("invoice__file__content")
    )
    flows = flows.prefetch_related("settlements").annotate(bookings=Count("lines")).order_by("amount_cents", "pk")
    return [_flow(one) for one in flows[:limit]]


def blocked(*, at: datetime, limit: int = 300) -> tuple[list[BlockedRow], list[tuple[LeftOut, int, int]]]:
    """What the next batch would leave out, the largest first; and by reason: bookings, cents."""
    found = list(waiting(cutoff_at=cutoff_of(next_cutoff_day(at=at))))
    sums: dict[LeftOut, tuple[int, int]] = {}
    for one in found:
        n, cents = sums.get(one.why, (0, 0))
        sums[one.why] = (n + one.bookings, cents + one.cents)
    largest = sorted(found, key=lambda one: -abs(one.cents))[:limit]
    venues = {v.pk: v for v in Venue.objects.filter(pk__in={one.venue_id for one in largest})}
    return [_blocked(one, venues) for one in largest], [(why, *sums[why]) for why in LeftOut if why in sums]


def hold_of(*, account_id: int) -> Hold | None:
    """Why an account's payments are stopped now, or None."""
    held = PaymentHold.objects.filter(account_id=account_id, lifted_at=None).first()
    return None if held is None else Hold(held.why)


def bookings_named(*, words: list[str]) -> list[int]:
    """The bookings that somebody typed, by their number or their code. Refuses an unknown one."""
    found: list[int] = []
    for word in words:
        named = (
            Booking.objects.filter(pk=int(word))
            if word.isdecimal() and len(word) < 19
            else Booking.objects.filter(token=word.upper())
        )
        number = named.values_list("pk", flat=True).first()
        if number is None:
            deny(TOKEN_UNKNOWN)
        found.append(number)
    return sorted(set(found))


def _batch(batch: CashflowBatch, counted: list[Any], returned: int) -> BatchRow:
    return BatchRow(
        batch.number, batch.cutoff_at, batch.created_at, sum(row["n"] for row in counted),
        tuple((CashflowStatus(row["status"]), row["n"]) for row in counted), sum(row["paid"] for row in counted),
        sum(row["owed"] for row in counted), returned,
    )  # fmt: skip


def _flow(one: Cashflow) -> FlowRow:
    made = getattr(one, "invoice", None)
    last = max(one.settlements.all(), key=lambda s: s.attempt, default=None)
    return FlowRow(
        one.pk, one.account_id, one.account.label, one.account.structure.name, one.account.structure_id, -one.amount_cents,
        CashflowStatus(one.status), made.pk if made else None, made.reference if made else "",
        InvoiceStatus(made.status) if made else None, hasattr(made, "file"), last.end_to_end if last else "",
        SettlementStatus(last.status) if last else None, last.why if last else "", one.bookings,  # type: ignore[attr-defined]  # annotated
    )  # fmt: skip


def _blocked(one: Waiting, venues: dict[int, Venue]) -> BlockedRow:
    place = venues.get(one.venue_id)
    name, structure = (place.name, place.structure_id) if place is not None else ("", None)
    return BlockedRow(one.why, one.account_id, name, structure, one.bookings, one.cents)
