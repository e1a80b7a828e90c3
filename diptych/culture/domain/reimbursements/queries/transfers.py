"""Reads of transfers: files to hand to the bank, and a batch line by line for the accountant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from .. import terms
from ..models import Cashflow, CashflowBatch, Settlement, Transfer
from ..terms import AccountStatus, CashflowStatus, SettlementStatus

from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class TransferFile:
    """A file for the bank."""

    id: int
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A cashflow for the accountant. Cents above zero; the IBAN's end only."""

    batch: str
    cutoff_at: datetime
    reference: str
    siren: str
    structure: str
    account_id: int
    iban_end: str
    total_cents: int
    contribution_cents: int
    amount_cents: int
    status: str
    end_to_end: str
    settlement: str
    why: str


@dataclass(frozen=True, slots=True)
class Sending:
    """What is left to do with the bank for a batch: cashflows to send and their cents, the accounts that stop it (number,
    structure), cashflows whose file the bank has to take, whether the file was handed over."""

    count: int
    cents: int
    blocked: tuple[tuple[int, str], ...]
    handed: int
    is_delivered: bool


def may_be_paid(flow: Cashflow) -> bool:
    """Whether a cashflow's account may receive it now: accepted, its payments not stopped."""
    return flow.account.status == AccountStatus.ACCEPTED and not flow.account.holds.filter(lifted_at=None).exists()


def to_send(*, batch_id: int) -> "QuerySet[Cashflow]":
    """A batch's cashflows that were invoiced and that no file holds yet."""
    return Cashflow.objects.filter(batch_id=batch_id, status=CashflowStatus.UNDER_REVIEW, amount_cents__lt=0)


def given_back() -> "QuerySet[Cashflow]":
    """Cashflows that the bank gave back, and that were not sent again."""
    live = Settlement.objects.exclude(status=SettlementStatus.REJECTED).values("cashflow_id")
    return Cashflow.objects.filter(settlements__status=SettlementStatus.REJECTED).exclude(pk__in=live)


def sending(*, number: int) -> Sending:
    """What is left to do with the bank for a batch. Refuses an unknown one."""
    batch = CashflowBatch.objects.filter(number=number).first()
    if batch is None:
        deny(terms.BATCH_NOT_FOUND, number=number)
    flows = list(to_send(batch_id=batch.pk).select_related("account__structure").order_by("account_id"))
    blocked = tuple((flow.account_id, flow.account.structure.name) for flow in flows if not may_be_paid(flow))
    handed = Cashflow.objects.filter(batch=batch, status=CashflowStatus.PENDING_ACCEPTANCE).count()
    waits = Transfer.objects.filter(batch=batch, delivered_at=None).exists()
    return Sending(len(flows), -sum(flow.amount_cents for flow in flows), blocked, handed, not waits)


def to_send_again() -> tuple[int, int]:
    """What the bank gave back and may be paid now: how many, cents."""
    flows = [flow for flow in given_back().select_related("account").distinct() if may_be_paid(flow)]
    return len(flows), -sum(flow.amount_cents for flow in flows)


def transfers_to_deliver() -> list[TransferFile]:
    """The files that the bank does not have, oldest first."""
    return [
        TransferFile(one.pk, f"{one.message_id}.xml", bytes(one.content))
        for one in Transfer.objects.filter(delivered_at=None).order_by("pk")
    ]


def entries(*, number: int) -> Iterator[Entry]:
    """A batch's cashflows in order of account, each with its invoice and its latest transfer. Refuses an unknown batch."""
    batch = CashflowBatch.objects.filter(number=number).first()
    if batch is None:
        deny(terms.BATCH_NOT_FOUND, number=number)
    flows = Cashflow.objects.filter(batch=batch).select_related("account__structure", "invoice").prefetch_related("settlements")
    for flow in flows.order_by("account_id"):
        made = getattr(flow, "invoice", None)
        last = max(flow.settlements.all(), key=lambda one: one.attempt, default=None)
        yield Entry(
            str(batch), batch.cutoff_at, made.reference if made else "", flow.account.structure.siren, flow.account.structure.name,
            flow.account_id, flow.account.iban[-4:], made.total_cents if made else 0, made.contribution_cents if made else 0,
            -flow.amount_cents, flow.status, last.end_to_end if last else "", last.status if last else "", last.why if last else "",
        )  # fmt: skip
