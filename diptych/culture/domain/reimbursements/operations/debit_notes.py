"""Debit notes: what an account owes, all in all, paid back to the bank (guide §3.3, overpayment)."""

from datetime import datetime

from django.db import connection, transaction

from .. import terms
from ..models import Cashflow, CashflowStep, Invoice
from ..terms import CashflowStatus, InvoiceKind, InvoiceStatus
from .accepting import REIMBURSE

from diptych.commons import journal
from diptych.commons.refusal import deny
from diptych.culture.domain.wallet.models import Movement
from diptych.culture.domain.wallet.terms import SIDES, MovementKind


@transaction.atomic
def pay_debit_note(*, reference: str, actor: str, at: datetime) -> int:
    """The venue paid a debit note: its cashflow is accepted, with the bookings that it nets. Gives the cents received. Refuses what
    is no debit note, or was paid."""
    note = Invoice.objects.filter(reference=reference, kind=InvoiceKind.DEBIT_NOTE).first()
    flow = None if note is None else Cashflow.objects.select_for_update(no_key=True).get(pk=note.cashflow_id)
    if note is None or flow is None or flow.status != CashflowStatus.UNDER_REVIEW:
        deny(terms.DEBIT_NOTE_NOT_DUE)
    debited, credited = SIDES[MovementKind.DEBIT_PAID]
    Movement.objects.create(
        kind=MovementKind.DEBIT_PAID,
        amount_cents=flow.amount_cents,
        debited=debited,
        credited=credited,
        reference=reference,
        at=at,
    )
    with connection.cursor() as cursor:
        cursor.execute(REIMBURSE.format(lines="l.cashflow_id = %(cashflow)s"), {"cashflow": flow.pk, "at": at})
        facts = {"cents": flow.amount_cents}
        journal.write(cursor, actor=actor, act="reimbursements.debit_paid", subject=f"invoice:{reference}", at=at, facts=facts)
    for status in (CashflowStatus.PENDING_ACCEPTANCE, CashflowStatus.ACCEPTED):
        CashflowStep.objects.create(cashflow=flow, status=status, at=at)
    flow.status, note.status = CashflowStatus.ACCEPTED, InvoiceStatus.PAID
    flow.save(update_fields=["status"])
    note.save(update_fields=["status"])
    return flow.amount_cents
