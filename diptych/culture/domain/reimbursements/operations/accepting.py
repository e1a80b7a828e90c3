"""Accepting: the bank took a batch's file; its bookings are reimbursed, and the ledger says so.

Some cashflows a transaction, each whole: killed in the middle, the next run does the rest. For each booking, from its own account:
what the venue is paid, what the State keeps; together, its price.
"""

from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from .. import terms
from ..models import CashflowBatch

from diptych.commons import journal
from diptych.commons.refusal import deny

CHUNK: Final = 500
"""Cashflows accepted in one transaction."""


def accept_batch(*, number: int, actor: str, at: datetime, chunk: int = CHUNK) -> int:
    """Accept what was handed to the bank for a batch. Gives how many bookings were reimbursed now. Refuses an unknown batch; a
    second time finds nothing to do. Prices of nothing, which are in no cashflow, go with the last."""
    batch = CashflowBatch.objects.filter(number=number).first()
    if batch is None:
        deny(terms.BATCH_NOT_FOUND, number=number)
    accepted = reimbursed = 0
    while True:
        cashflows, bookings = _accept(batch.pk, at=at, chunk=chunk)
        accepted, reimbursed = accepted + cashflows, reimbursed + bookings
        if not cashflows:
            break
    reimbursed += _accept_free(batch.pk, at=at)
    if accepted or reimbursed:
        with transaction.atomic(), connection.cursor() as cursor:
            facts = {"cashflows": accepted, "bookings": reimbursed}
            journal.write(cursor, actor=actor, act="reimbursements.accept", subject=f"batch:{batch}", at=at, facts=facts)
    return reimbursed


@transaction.atomic
def _accept(batch_id: int, *, at: datetime, chunk: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"batch": batch_id, "chunk": chunk})
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0, 0
        values: dict[str, Any] = {"ids": ids, "at": at}
        cursor.execute(REIMBURSE.format(lines="l.cashflow_id = any(%(ids)s)"), values)
        bookings = int(cursor.fetchone()[0])
        cursor.execute("update reimbursements_cashflow set status = 'accepted' where id = any(%(ids)s)", values)
        cursor.execute(
            "insert into reimbursements_cashflowstep (cashflow_id, status, at) select unnest(%(ids)s::bigint[]), 'accepted', %(at)s",
            values,
        )
    return len(ids), bookings


@transaction.atomic
def _accept_free(batch_id: int, *, at: datetime) -> int:
    "Prices without a cashflow, once every cashflow of their batch is accepted."
    with connection.cursor() as cursor:
        cursor.execute(
            "select from reimbursements_cashflow where batch_id = %s and amount_cents < 0 and status <> 'accepted' limit 1",
            (batch_id,),
        )
        if cursor.fetchone() is not None:
            return 0
        lines = "l.cashflow_id is null and l.batch_id = %(batch)s"
        cursor.execute(REIMBURSE.format(lines=lines), {"batch": batch_id, "at": at})
        return int(cursor.fetchone()[0])


_WAITING: Final = """
select id from reimbursements_cashflow where batch_id = %(batch)s and status = 'pending_acceptance' order by id limit %(chunk)s
for no key update
"""
REIMBURSE: Final = """
with used as materialized (
    select b.id, b.bucket, p.event_id, p.amount_cents, p.total_cents, p.contribution_cents
    from reimbursements_cashflowline l join reimbursements_pricing p on p.event_id = l.pricing_id
    join reimbursements_financeevent e on e.id = p.event_id and e.motive = 'booking-used'
    join bookings_booking b on b.id = p.booking_id and b.status = 'USED'
    where {lines}
), moved as (
    insert into wallet_movement (kind, amount_cents, debited, credited, booking_id, bucket, reference, at)
    select m.kind, m.cents, m.debited, m.credited, m.booking_id, m.bucket, m.reference, %(at)s
    from used u cross join lateral (values
        ('Reimbursement', least(-u.amount_cents, u.total_cents), 'booking', 'venue', u.id, u.bucket, ''),
        ('Contribution', greatest(u.contribution_cents, 0), 'booking', 'state', u.id, u.bucket, ''),
        ('Complement', greatest(-u.contribution_cents, 0), 'state', 'venue', null, '', 'pricing:' || u.event_id)
    ) m (kind, cents, debited, credited, booking_id, bucket, reference)
    where m.cents > 0 order by u.id
), done as (
    update bookings_booking b set status = 'REIMBURSED' from used u where b.id = u.id returning b.id
)
select count(*) from done
"""
