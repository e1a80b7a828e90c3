"""Reads of invoices: those that have no paper yet, what one says, a paper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from .. import terms
from ..models import Invoice, InvoiceFile
from ..rules.wording import name_of
from ..terms import InvoiceKind, InvoiceStatus

from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """What an invoice says of one rule. `name` is English, a gettext id. Cents."""

    rule: str
    name: str
    rate: Decimal | None
    bookings: int
    total_cents: int
    contribution_cents: int
    amount_cents: int


@dataclass(frozen=True, slots=True)
class InvoicePaper:
    """What an invoice says. Cents above zero: what bookings cost, what the venue bears, what is paid."""

    id: int
    kind: InvoiceKind
    reference: str
    batch: str
    structure_name: str
    siren: str
    account_label: str
    iban_end: str
    cutoff_at: datetime
    issued_at: datetime
    total_cents: int
    contribution_cents: int
    amount_cents: int
    status: InvoiceStatus
    rows: tuple[InvoiceRow, ...]


def invoice_told(*, invoice_id: int) -> tuple[int, InvoiceKind, str, str] | None:
    """For a letter: whose structure an invoice is, its kind, its reference and its batch."""
    found = Invoice.objects.select_related("account", "cashflow__batch").filter(pk=invoice_id).first()
    if found is None:
        return None
    return found.account.structure_id, InvoiceKind(found.kind), found.reference, str(found.cashflow.batch)


def invoices_without_file(*, limit: int) -> list[InvoicePaper]:
    """Those whose paper is still to be made, oldest first."""
    return [paper_of(one) for one in _invoices().filter(file=None).order_by("pk")[:limit]]


def invoice_file(*, invoice_id: int, structure_ids: Iterable[int] | None = None) -> tuple[str, bytes]:
    """An invoice's reference and paper; for the team, or for members of structures. Refuses one that is not theirs, or not
    printed yet."""
    wanted = InvoiceFile.objects.select_related("invoice").filter(pk=invoice_id)
    if structure_ids is not None:
        wanted = wanted.filter(invoice__account__structure__in=list(structure_ids))
    file = wanted.first()
    if file is None:
        deny(terms.INVOICE_NOT_FOUND)
    return file.invoice.reference, bytes(file.content)


def _invoices() -> "QuerySet[Invoice]":
    return Invoice.objects.select_related("cashflow__batch").prefetch_related("lines")


def paper_of(one: Invoice) -> InvoicePaper:
    """What an invoice says."""
    rows = sorted(one.lines.all(), key=lambda line: line.pk)
    return InvoicePaper(
        one.pk, InvoiceKind(one.kind), one.reference, str(one.cashflow.batch), one.structure_name, one.siren, one.account_label,
        one.iban_end, one.cutoff_at, one.issued_at, one.total_cents, one.contribution_cents, one.amount_cents,
        InvoiceStatus(one.status),
        tuple(
            InvoiceRow(r.rule, name_of(r.rule), r.rate, r.bookings, r.total_cents, r.contribution_cents, r.amount_cents)
            for r in rows
        ),
    )  # fmt: skip
