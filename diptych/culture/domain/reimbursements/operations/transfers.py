"""Transfers: a batch's cashflows handed to the bank in one file; done after two days, unless the bank gives them back.

The file is written inside the transaction that says it was, by a pure function that the caller hands over, and kept; a job then hands
it to the bank as often as it takes. What the bank gives back is read whole or not at all.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import QuerySet

from .. import terms
from ..models import Cashflow, CashflowBatch, CashflowStep, Invoice, ReturnFile, Settlement, SettlementStep, Transfer
from ..queries.transfers import given_back, may_be_paid, to_send
from ..rules.invoices import VALIDATED_AFTER, bank_day, end_to_end
from ..terms import CashflowStatus, InvoiceStatus, Order, Orders, Payer, Returned, SettlementStatus

from diptych.commons import journal
from diptych.commons.refusal import deny
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.domain.wallet.terms import SIDES, MovementKind

MANY: Final = 500
"""Settlements validated in one transaction."""


@transaction.atomic
def send_batch(*, number: int, payer: Payer, write: Callable[[Orders], bytes], actor: str, at: datetime) -> Transfer:
    """Write the file of a batch's invoiced cashflows. Raises Refused: unknown batch, nothing to send, an account that may no
    longer be paid (all are named or none is sent)."""
    batch = CashflowBatch.objects.select_for_update(no_key=True).filter(number=number).first()
    if batch is None:
        deny(terms.BATCH_NOT_FOUND, number=number)
    transfer = _write(
        list(_payable(to_send(batch_id=batch.pk))), batch=batch, message_id=str(batch), payer=payer, write=write, at=at
    )
    ids = list(transfer.settlements.values_list("cashflow_id", flat=True))
    Cashflow.objects.filter(pk__in=ids).update(status=CashflowStatus.PENDING_ACCEPTANCE)
    CashflowStep.objects.bulk_create(
        CashflowStep(cashflow_id=id_, status=CashflowStatus.PENDING_ACCEPTANCE, at=at) for id_ in ids
    )
    _journal("reimbursements.transfer", f"batch:{batch}", actor, at, transfers=transfer.count, cents=transfer.cents)
    return transfer


@transaction.atomic
def send_again(*, payer: Payer, write: Callable[[Orders], bytes], actor: str, at: datetime) -> Transfer:
    """Write the file of what the bank gave back and may be paid now: its account accepted, its payments not stopped."""
    payable = [flow for flow in _locked(given_back()) if may_be_paid(flow)]
    message_id = f"RETRY{Transfer.objects.filter(batch=None).count() + 1}"
    transfer = _write(payable, batch=None, message_id=message_id, payer=payer, write=write, at=at)
    _journal(
        "reimbursements.transfer", f"transfer:{transfer.message_id}", actor, at, transfers=transfer.count, cents=transfer.cents
    )
    return transfer


@transaction.atomic
def mark_delivered(*, transfer_id: int, at: datetime) -> None:
    """The bank has the file."""
    Transfer.objects.filter(pk=transfer_id, delivered_at=None).update(delivered_at=at)


def validate_settlements(*, at: datetime) -> int:
    """Hold as done what left two days ago and was not given back. Gives how many; each chunk is a transaction."""
    done = 0
    while made := _validate(at):
        done += made
    return done


@transaction.atomic
def read_returns(*, returned: Sequence[Returned], content: bytes, actor: str, at: datetime) -> int:
    """Note what the bank gave back: all of a file, or nothing and what is wrong. The same file twice is once (0). What was
    held as done comes back to the venues' account, until it is sent again."""
    sha256 = hashlib.sha256(content).hexdigest()
    file, is_new = ReturnFile.objects.get_or_create(sha256=sha256, defaults={"count": len(returned), "read_at": at})
    if not is_new:
        return 0
    held = {
        s.end_to_end: s
        for s in Settlement.objects.select_for_update(no_key=True).filter(end_to_end__in=[r.end_to_end for r in returned])
    }
    seen: set[str] = set()
    for one in returned:
        settlement = held.get(one.end_to_end)
        if settlement is None:
            deny(terms.RETURN_UNKNOWN, line=one.line, end_to_end=one.end_to_end)
        if one.end_to_end in seen:
            deny(terms.RETURN_TWICE, line=one.line, end_to_end=one.end_to_end)
        if settlement.cents != one.cents:
            deny(terms.RETURN_AMOUNT, line=one.line, end_to_end=one.end_to_end, cents=settlement.cents)
        if settlement.status == SettlementStatus.REJECTED:
            deny(terms.RETURN_ALREADY, line=one.line, end_to_end=one.end_to_end)
        seen.add(one.end_to_end)
    for one in returned:
        settlement = held[one.end_to_end]
        if settlement.status == SettlementStatus.VALIDATED:
            _move_money([settlement], MovementKind.SETTLEMENT_RETURNED, at)
        settlement.why = one.why[:8]
        _set([settlement], SettlementStatus.REJECTED, InvoiceStatus.REJECTED, at=at)
    _journal("reimbursements.returns", f"returns:{file.pk}", actor, at, count=len(returned), sha256=sha256)
    return len(returned)


@transaction.atomic
def take_return_back(*, end_to_end: str, actor: str, at: datetime) -> SettlementStatus:
    """The bank told a reject by mistake: the transfer is again what it was before. Refuses one that was made again since."""
    settlement = Settlement.objects.select_for_update(no_key=True).filter(end_to_end=end_to_end).first()
    if settlement is None:
        deny(terms.SETTLEMENT_NOT_FOUND)
    live = Settlement.objects.filter(cashflow=settlement.cashflow_id).exclude(status=SettlementStatus.REJECTED)
    if settlement.status != SettlementStatus.REJECTED or live.exists():
        deny(terms.SETTLEMENT_NOT_REJECTED)
    before = SettlementStatus(settlement.steps.exclude(status=SettlementStatus.REJECTED).order_by("-pk")[0].status)
    settlement.why = ""
    if before is SettlementStatus.VALIDATED:
        _move_money([settlement], MovementKind.SETTLEMENT, at)
    paid = InvoiceStatus.PAID if before is SettlementStatus.VALIDATED else InvoiceStatus.PENDING_PAYMENT
    _set([settlement], before, paid, at=at)
    _journal("reimbursements.take_return_back", f"settlement:{settlement.pk}", actor, at, status=before.value)
    return before


def _locked(wanted: "QuerySet[Cashflow]") -> "QuerySet[Cashflow]":
    flows = Cashflow.objects.filter(pk__in=wanted.values("pk")).select_for_update(of=("self",), no_key=True)
    return flows.select_related("account", "batch", "invoice").order_by("pk")


def _payable(due: "QuerySet[Cashflow]") -> Iterator[Cashflow]:
    for flow in _locked(due):
        if not may_be_paid(flow):
            deny(terms.ACCOUNT_NOT_PAYABLE, account=flow.account_id)
        yield flow


def _write(
    flows: list[Cashflow],
    *,
    batch: CashflowBatch | None,
    message_id: str,
    payer: Payer,
    write: Callable[[Orders], bytes],
    at: datetime,
) -> Transfer:
    if not flows:
        deny(terms.NOTHING_TO_SEND)
    attempts = {flow.pk: flow.settlements.count() + 1 for flow in flows} if batch is None else {flow.pk: 1 for flow in flows}
    orders = tuple(
        Order(
            end_to_end(batch=flow.batch.number, cashflow=flow.pk, attempt=attempts[flow.pk]), flow.account.holder, flow.account.iban,
            flow.account.bic, -flow.amount_cents, f"{flow.invoice.reference} {flow.batch}",
        )
        for flow in flows
    )  # fmt: skip
    day = bank_day(at=at)
    content = write(Orders(message_id, payer, at, day, orders))
    transfer = Transfer.objects.create(
        message_id=message_id, batch=batch, on=day, count=len(orders), cents=sum(order.cents for order in orders), content=content,
        sha256=hashlib.sha256(content).hexdigest(), created_at=at,
    )  # fmt: skip
    made = Settlement.objects.bulk_create(
        Settlement(
            cashflow=flow,
            transfer=transfer,
            attempt=attempts[flow.pk],
            end_to_end=order.end_to_end,
            cents=order.cents,
            created_at=at,
        )
        for flow, order in zip(flows, orders, strict=True)
    )
    SettlementStep.objects.bulk_create(SettlementStep(settlement=one, status=one.status, at=at) for one in made)
    Invoice.objects.filter(cashflow__in=[flow.pk for flow in flows]).update(status=InvoiceStatus.PENDING_PAYMENT)
    return transfer


@transaction.atomic
def _validate(at: datetime) -> int:
    due = Settlement.objects.select_for_update(no_key=True, of=("self",)).filter(
        status=SettlementStatus.PENDING,
        transfer__delivered_at__lte=at - VALIDATED_AFTER,
        cashflow__status=CashflowStatus.ACCEPTED,
    )
    settlements = list(due.order_by("pk")[:MANY])
    _move_money(settlements, MovementKind.SETTLEMENT, at)
    _set(settlements, SettlementStatus.VALIDATED, InvoiceStatus.PAID, at=at)
    return len(settlements)


def _set(settlements: list[Settlement], to: SettlementStatus, invoice: InvoiceStatus, *, at: datetime) -> None:
    for one in settlements:
        one.status = to
    Settlement.objects.bulk_update(settlements, ["status", "why"])
    SettlementStep.objects.bulk_create(SettlementStep(settlement=one, status=to, why=one.why, at=at) for one in settlements)
    Invoice.objects.filter(cashflow__in=[one.cashflow_id for one in settlements]).update(status=invoice)


def _move_money(settlements: list[Settlement], kind: MovementKind, at: datetime) -> None:
    debited, credited = SIDES[kind]
    Movement.objects.bulk_create(
        Movement(kind=kind, amount_cents=one.cents, debited=debited, credited=credited, reference=one.end_to_end, at=at)
        for one in settlements
    )


def _journal(act: str, subject: str, actor: str, at: datetime, **facts: object) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at, facts=facts)
