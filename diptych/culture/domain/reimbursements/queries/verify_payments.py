"""Proofs of payments: each cashflow is the sum of its prices, each price that was taken is still there and its own.

`ledger verify` runs them after those of the prices. Reads, as the database stands at one instant.
"""

from typing import Final

from django.db import connection, transaction

from diptych.culture.domain.bookings.queries import Discrepancy

_CHECKS: Final = (
    # A cashflow is what its lines come to.
    """
    select 'cashflow.sum', c.id, c.amount_cents, coalesce(l.cents, 0)
    from reimbursements_cashflow c left join (
        select cashflow_id, sum(amount_cents) as cents from reimbursements_cashflowline group by cashflow_id
    ) l on l.cashflow_id = c.id
    where c.amount_cents <> coalesce(l.cents, 0)""",
    # A line is its price's, to the cent; its booking is used, or paid; its cashflow is of its batch.
    """
    select f.what, l.pricing_id, f.found, f.expected
    from reimbursements_cashflowline l
    left join reimbursements_pricing p on p.event_id = l.pricing_id
    left join reimbursements_financeevent e on e.id = p.event_id and e.status = 'priced'
    left join bookings_booking b on b.id = p.booking_id
        and (b.status in ('USED', 'REIMBURSED') or b.cancellation = 'FINANCE_INCIDENT' or e.motive <> 'booking-used')
    left join reimbursements_cashflow c on c.id = l.cashflow_id
    cross join lateral (values
        ('line.pricing', case when e.id is null then 0 else 1 end, 1),
        ('line.amount', l.amount_cents, coalesce(p.amount_cents, l.amount_cents)),
        ('line.booking', case when b.id is null then 0 else 1 end, 1),
        ('line.batch', l.batch_id, case when l.cashflow_id is null then l.batch_id else coalesce(c.batch_id, -1) end)
    ) f (what, found, expected)
    where f.found <> f.expected""",
    # Lines without a cashflow come to nothing, account by account.
    """
    select 'line.unpaid', l.batch_id, sum(l.amount_cents), 0
    from reimbursements_cashflowline l where l.cashflow_id is null group by l.batch_id having sum(l.amount_cents) <> 0""",
    # Batches are numbered without gaps.
    """
    select 'batch.number', max(number), count(*), max(number) from reimbursements_cashflowbatch having count(*) <> max(number)""",
    # What is fixed is fixed as far as what was taken goes.
    """
    select 'revenue.fixed', r.point_id, 0, 1 from reimbursements_pointrevenue r left join (
        select p.point_id, p.year, max(p.ordering_at) as last
        from reimbursements_pricing p join reimbursements_financeevent e on e.id = p.event_id
        left join reimbursements_cashflowline l on l.pricing_id = p.event_id
        where l.pricing_id is not null or e.incident_id is not null group by p.point_id, p.year
    ) t on t.point_id = r.point_id and t.year = r.year
    where r.fixed_until is distinct from t.last""",
    # A cashflow's status is the last that it took.
    """
    select 'cashflow.status', c.id, 0, 1 from reimbursements_cashflow c left join lateral (
        select s.status from reimbursements_cashflowstep s where s.cashflow_id = c.id order by s.id desc limit 1
    ) s on true
    where s.status is distinct from c.status""",
    # An invoice is its cashflow's, and its lines'; a cashflow has one as soon as it is no longer pending.
    """
    select f.what, c.id, f.found, f.expected
    from reimbursements_cashflow c left join reimbursements_invoice i on i.cashflow_id = c.id
    left join (
        select invoice_id, sum(amount_cents) as cents, sum(total_cents) as total from reimbursements_invoiceline group by invoice_id
    ) n on n.invoice_id = i.id
    cross join lateral (values
        ('invoice.missing', case when i.id is null and c.status <> 'pending' then 0 else 1 end, 1),
        ('invoice.amount', coalesce(i.amount_cents, -c.amount_cents), -c.amount_cents),
        ('invoice.lines', coalesce(n.cents, 0), coalesce(i.amount_cents, 0)),
        ('invoice.total', coalesce(n.total, 0), coalesce(i.total_cents, 0))
    ) f (what, found, expected)
    where f.found <> f.expected""",
    # Invoices are numbered without gaps, a kind and year at a time, up to the counter.
    """
    select f.what, n.year, f.found, f.expected
    from reimbursements_invoicecounter n left join (
        select kind, year, count(*) as held, max(number) as last from reimbursements_invoice group by kind, year
    ) i on i.kind = n.kind and i.year = n.year
    cross join lateral (values
        ('invoice.gap', coalesce(i.held, 0), n.last), ('invoice.counter', coalesce(i.last, 0), n.last)
    ) f (what, found, expected)
    where f.found <> f.expected""",
    # What is accepted is reimbursed: from each booking's account, what its price says, to the cent; before that, nothing.
    """
    select f.what, b.id, f.found, f.expected
    from reimbursements_cashflowline l join reimbursements_pricing p on p.event_id = l.pricing_id
    join reimbursements_financeevent e on e.id = p.event_id and e.motive = 'booking-used'
    join bookings_booking b on b.id = p.booking_id left join reimbursements_cashflow c on c.id = l.cashflow_id
    cross join lateral (
        select coalesce(sum(m.amount_cents) filter (where m.kind = 'Reimbursement'), 0) as paid,
            coalesce(sum(m.amount_cents) filter (where m.kind = 'Contribution'), 0) as borne
        from wallet_movement m where m.booking_id = b.id
    ) m
    cross join lateral (values
        ('reimbursed.status', case when b.status = 'USED' then 0 else 1 end, case when c.status = 'accepted' then 1 else 0 end),
        ('reimbursed.paid', m.paid, case when b.status = 'USED' then 0 else least(-p.amount_cents, p.total_cents) end),
        ('reimbursed.borne', m.borne, case when b.status = 'USED' then 0 else greatest(p.contribution_cents, 0) end)
    ) f (what, found, expected)
    where f.found <> f.expected and (f.what <> 'reimbursed.status' or c.id is not null)""",
    # A cashflow has left if it says so; a transfer's money is where its state says.
    """
    select f.what, s.id, f.found, f.expected
    from reimbursements_settlement s join reimbursements_cashflow c on c.id = s.cashflow_id
    left join (
        select reference, sum(case kind when 'Settlement' then amount_cents else -amount_cents end) as cents
        from wallet_movement where kind in ('Settlement', 'SettlementReturned') group by reference
    ) m on m.reference = s.end_to_end
    cross join lateral (values
        ('settlement.cents', s.cents, -c.amount_cents),
        ('settlement.money', coalesce(m.cents, 0), case s.status when 'validated' then s.cents else 0 end)
    ) f (what, found, expected)
    where f.found <> f.expected""",
    """
    select 'cashflow.sent', c.id, count(s.id), 1
    from reimbursements_cashflow c left join reimbursements_settlement s on s.cashflow_id = c.id
    where c.amount_cents < 0 and c.status in ('pending_acceptance', 'accepted') group by c.id having count(s.id) = 0""",
    # What an incident took back is what was paid, to the cent; each of its prices is in the ledger.
    """
    select f.what, e.id, f.found, f.expected
    from reimbursements_financeevent e join reimbursements_pricing p on p.event_id = e.id
    left join reimbursements_financeevent u on u.booking_id = e.booking_id and u.motive = 'booking-used' and u.status <> 'cancelled'
    left join reimbursements_pricing o on o.event_id = u.id
    left join reimbursements_incident i on i.id = e.incident_id and i.status in ('validated', 'invoiced')
    left join wallet_movement m on m.reference = 'event:' || e.id
    cross join lateral (values
        ('incident.decided', case when i.id is null then 0 else 1 end, 1),
        ('incident.reversal', p.amount_cents,
            case e.motive when 'incident-reversal-of-original-event' then -o.amount_cents else p.amount_cents end),
        ('incident.money', coalesce(m.amount_cents, 0), abs(p.amount_cents))
    ) f (what, found, expected)
    where e.incident_id is not null and f.found <> f.expected""",
    # What the venues are still owed, by the ledger, is what their bookings and incidents were priced, less what was done.
    """
    select 'venues.owed', 0, l.cents, c.cents from
        (select coalesce(sum(amount_cents), 0) as cents from wallet_line where account = 'venue') l,
        (select coalesce((
                select -sum(p.amount_cents) from reimbursements_pricing p join reimbursements_financeevent e on e.id = p.event_id
                left join reimbursements_cashflowline l on l.pricing_id = p.event_id
                left join reimbursements_cashflow c on c.id = l.cashflow_id
                left join bookings_booking b on b.id = p.booking_id
                where e.incident_id is not null or c.status = 'accepted' or (c.id is null and l.pricing_id is not null and b.status <> 'USED')
            ), 0)
            - coalesce((select sum(cents) from reimbursements_settlement where status = 'validated'), 0)
            + coalesce((select sum(amount_cents) from reimbursements_cashflow where status = 'accepted' and amount_cents > 0), 0) as cents) c
    where l.cents <> c.cents""",
)


def verify_payments(*, limit: int = 100) -> tuple[int, int, list[Discrepancy]]:
    """How many cashflows were read, what they pay together (cents, above zero), and what does not hold, at most `limit` of
    each check."""
    found: list[Discrepancy] = []
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select set_config('work_mem', '256MB', true), set_config('jit', 'off', true)")
        for check in _CHECKS:
            cursor.execute(check)
            found += [Discrepancy(what, int(id_), int(is_), int(should)) for what, id_, is_, should in cursor.fetchmany(limit)]
        cursor.execute("select count(*), coalesce(-sum(amount_cents), 0) from reimbursements_cashflow")
        count, cents = cursor.fetchone()
    return int(count), int(cents), found
