"""Reads of transfers: files to hand to the bank, and a batch line by line for the accountant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .. import terms
from ..models import Cashflow, CashflowBatch, Transfer

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
