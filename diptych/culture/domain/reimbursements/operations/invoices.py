"""Invoices: one a cashflow, numbered without gaps under the lock of its year's counter; their papers, kept as they were made."""

import hashlib
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from ..models import InvoiceCounter, InvoiceFile
from ..rules.invoices import year_of
from ..terms import InvoiceKind

from diptych.commons import journal, outbox


@transaction.atomic
def make_invoices(*, actor: str, at: datetime) -> int:
    """Invoice every cashflow that has none, in order of batch and account; what an account owes is a debit note. Gives how many.
    A number is taken in the transaction that uses it: one that fails leaves no gap, and a second run finds nothing to do."""
    return sum(_make(kind, actor=actor, at=at) for kind in InvoiceKind)


def _make(kind: InvoiceKind, *, actor: str, at: datetime) -> int:
    year = year_of(at)
    InvoiceCounter.objects.get_or_create(kind=kind, year=year)
    with connection.cursor() as cursor:
        cursor.execute("select last from reimbursements_invoicecounter where kind = %s and year = %s for update", (kind, year))
        last = int(cursor.fetchone()[0])
        cursor.execute("select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
        cursor.execute(_MAKE, {"kind": kind, "year": year, "last": last, "at": at})
        made = int(cursor.fetchone()[0])
        if made:
            cursor.execute(
                "update reimbursements_invoicecounter set last = last + %s where kind = %s and year = %s", (made, kind, year)
            )
            facts = {"year": year, "first": last + 1, "last": last + made}
            cursor.execute(_INVOICED)
            journal.write(
                cursor, actor=actor, act="reimbursements.invoices", subject=f"invoices:{kind.value}{year}", at=at, facts=facts
            )
    return made


@transaction.atomic
def keep_invoice_file(*, invoice_id: int, content: bytes, at: datetime) -> bool:
    """Keep an invoice's paper, and have its structure told. One that is there stays: false."""
    sha256 = hashlib.sha256(content).hexdigest()
    _, made = InvoiceFile.objects.get_or_create(
        invoice_id=invoice_id, defaults={"content": content, "sha256": sha256, "made_at": at}
    )
    if made:
        with connection.cursor() as cursor:
            outbox.announce(
                cursor, topic="reimbursements.invoiced", key=f"invoice:{invoice_id}", payload={"invoice_id": invoice_id}, at=at
            )
    return made


_MAKE: Final = """
with due as (
    select c.id, c.account_id, -c.amount_cents as amount_cents, b.cutoff_at,
        %(last)s + row_number() over (order by b.number, c.account_id) as number
    from reimbursements_cashflow c join reimbursements_cashflowbatch b on b.id = c.batch_id where c.status = 'pending'
        and (c.amount_cents < 0) = (%(kind)s = 'F')
), parts as (
    select l.cashflow_id, p.rule, p.rate, count(*) as bookings, sum(p.total_cents) as total_cents,
        sum(p.contribution_cents) as contribution_cents, -sum(p.amount_cents) as amount_cents
    from due d join reimbursements_cashflowline l on l.cashflow_id = d.id
    join reimbursements_pricing p on p.event_id = l.pricing_id group by l.cashflow_id, p.rule, p.rate
), made as (
    insert into reimbursements_invoice (kind, year, number, reference, cashflow_id, account_id, structure_name, siren, account_label,
        iban_end, cutoff_at, issued_at, total_cents, contribution_cents, amount_cents, status)
    select %(kind)s, %(year)s, d.number, %(kind)s || lpad((%(year)s %% 100)::text, 2, '0') || lpad(d.number::text, 7, '0'),
        d.id, d.account_id, s.name, s.siren, a.label, right(a.iban, 4), d.cutoff_at, %(at)s, t.total_cents, t.contribution_cents,
        d.amount_cents, 'pending'
    from due d join reimbursements_bankaccount a on a.id = d.account_id join venues_structure s on s.id = a.structure_id
    join (
        select cashflow_id, sum(total_cents) as total_cents, sum(contribution_cents) as contribution_cents
        from parts group by cashflow_id
    ) t on t.cashflow_id = d.id
    order by d.number returning id, cashflow_id
), lined as (
    insert into reimbursements_invoiceline (invoice_id, rule, rate, bookings, total_cents, contribution_cents, amount_cents)
    select m.id, p.rule, p.rate, p.bookings, p.total_cents, p.contribution_cents, p.amount_cents
    from made m join parts p on p.cashflow_id = m.cashflow_id order by m.id, p.rule, p.rate
), moved as (
    update reimbursements_cashflow c set status = 'under_review' from made m where c.id = m.cashflow_id
), stepped as (
    insert into reimbursements_cashflowstep (cashflow_id, status, at) select cashflow_id, 'under_review', %(at)s from made
)
select count(*) from made
"""
_INVOICED: Final = """
update reimbursements_incident i set status = 'invoiced' where i.status = 'validated' and not exists (
    select from reimbursements_financeevent e left join reimbursements_cashflowline l on l.pricing_id = e.id
    left join reimbursements_invoice n on n.cashflow_id = l.cashflow_id
    where e.incident_id = i.id and (l.pricing_id is null or (l.cashflow_id is not null and n.id is null)))
"""
