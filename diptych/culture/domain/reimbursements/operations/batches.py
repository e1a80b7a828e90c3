"""Batches: twice a month, what is due to each bank account, and the prices that make it; payments that an officer stops.

One transaction a batch: killed in the middle, it leaves nothing; run again, it changes nothing. Locks, in this order: the
batch's own, which whoever takes a validation back waits for (the trigger `booking_being_paid`), then the one that pricing shares:
no price is made again while it is being taken.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, connection, transaction

from .. import terms
from ..models import BankAccount, CashflowBatch, PaymentHold
from ..queries.due import ACCOUNTS_DUE, PRICES_DUE
from ..rules.payments import cutoff_of, why_not_batch
from ..terms import Hold

from diptych.commons import journal
from diptych.commons.refusal import deny, stop_if


@dataclass(frozen=True, slots=True)
class Batched:
    """A batch: its number, its cut-off, cashflows and prices taken, what it pays (above zero); whether it was made now."""

    number: int
    cutoff_at: datetime
    cashflows: int
    prices: int
    cents: int
    made: bool


@transaction.atomic
def make_batch(*, day: date, actor: str, at: datetime) -> Batched:
    """Take what is due at the midnight of Paris with which a day begins: one cashflow a bank account. A second time gives
    what the first made. Raises Refused: no cut-off day, still to come, before the last one."""
    cutoff = cutoff_of(day)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('reimbursements.batch'))")
        cursor.execute("select pg_advisory_xact_lock(hashtext('reimbursements.collect'))")
    made = CashflowBatch.objects.filter(cutoff_at=cutoff).first()
    if made is not None:
        return _told(made, made_now=False)
    last = CashflowBatch.objects.order_by("-number").first()
    stop_if(why_not_batch(day, latest=None if last is None else last.cutoff_at, at=at))
    batch = CashflowBatch.objects.create(number=1 if last is None else last.number + 1, cutoff_at=cutoff, created_at=at)
    with connection.cursor() as cursor:
        # What is due is counted by nobody before it is read: a plan that takes it for one row would be quadratic.
        cursor.execute(
            "select set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('enable_nestloop', 'off', true)"
        )
        cursor.execute(_TAKE, {"cutoff": cutoff, "batch": batch.pk, "at": at})
        cursor.execute("select set_config('enable_nestloop', 'on', true)")
    told = _told(batch, made_now=True)
    facts = {"cutoff_at": cutoff.isoformat(), "cashflows": told.cashflows, "prices": told.prices, "cents": told.cents}
    _journal("reimbursements.batch", f"batch:{batch}", actor, at, **facts)
    return told


@transaction.atomic
def hold_payments(*, account_id: int, why: Hold, actor: str, at: datetime) -> None:
    """Stop the payments of an account from the next batch on. Refuses an unknown account, or one already stopped."""
    account = BankAccount.objects.filter(pk=account_id).first()
    if account is None:
        deny(terms.ACCOUNT_NOT_FOUND)
    try:
        with transaction.atomic():
            PaymentHold.objects.create(account=account, why=why, placed_at=at)
    except IntegrityError:
        deny(terms.ALREADY_HELD)
    _journal("reimbursements.hold", f"bank_account:{account_id}", actor, at, why=why.value)


@transaction.atomic
def lift_hold(*, account_id: int, actor: str, at: datetime) -> None:
    """Let an account be paid again, from the next batch on, with all that waited. Refuses one that is not stopped."""
    if not PaymentHold.objects.filter(account_id=account_id, lifted_at=None).update(lifted_at=at):
        deny(terms.NOT_HELD)
    _journal("reimbursements.lift_hold", f"bank_account:{account_id}", actor, at)


def _told(batch: CashflowBatch, *, made_now: bool) -> Batched:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {"batch": batch.pk})
        cashflows, cents, prices = cursor.fetchone()
    return Batched(batch.number, batch.cutoff_at, int(cashflows), int(prices), int(cents), made_now)


def _journal(act: str, subject: str, actor: str, at: datetime, **facts: object) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at, facts=facts)


# What is fixed is not priced again: `fixed_until` says, by pricing point and year, up to where.
_TAKE: Final = f"""
with due as materialized ({PRICES_DUE}), accounts as ({ACCOUNTS_DUE}), made as (
    insert into reimbursements_cashflow (batch_id, account_id, amount_cents, status, created_at)
    select %(batch)s, account_id, amount_cents, 'pending', %(at)s from accounts where why is null and amount_cents <> 0
    order by account_id returning id, account_id
), stepped as (
    insert into reimbursements_cashflowstep (cashflow_id, status, at) select id, 'pending', %(at)s from made
), taken as (
    insert into reimbursements_cashflowline (pricing_id, batch_id, cashflow_id, amount_cents)
    select d.event_id, %(batch)s, m.id, d.amount_cents
    from due d join accounts a on a.account_id = d.account_id and a.why is null left join made m on m.account_id = d.account_id
    where d.why is null order by d.account_id, d.event_id
)
update reimbursements_pointrevenue r set fixed_until = greatest(r.fixed_until, f.last)
from (
    select d.point_id, d.year, max(d.ordering_at) as last
    from due d join accounts a on a.account_id = d.account_id and a.why is null
    where d.why is null group by d.point_id, d.year
) f where r.point_id = f.point_id and r.year = f.year
"""
_COUNTED: Final = """
select count(*), coalesce(-sum(amount_cents), 0), (select count(*) from reimbursements_cashflowline where batch_id = %(batch)s)
from reimbursements_cashflow where batch_id = %(batch)s
"""
