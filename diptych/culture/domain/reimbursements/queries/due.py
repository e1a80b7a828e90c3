"""What is due at a cut-off, price by price, and why some of it is not paid: one question, for the batch and for who asks.

Does not write.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from ..rules.incidents import DEBIT_NOTE_AFTER
from ..rules.payments import cutoff_of, last_cutoff_day
from ..terms import LeftOut

__all__ = ["ACCOUNTS_DUE", "PRICES_DUE", "Waiting", "cutoff_of", "last_cutoff_day", "waiting"]

PRICES_DUE: Final = """
select p.event_id, p.booking_id, p.venue_id, p.point_id, p.year, p.ordering_at, p.amount_cents, l.account_id,
    e.motive = 'booking-used' and p.total_cents <> b.total_cents as differs, coalesce(i.force_debit_note, false) as forced,
    case when e.motive = 'booking-used' and (b.status <> 'USED' or b.used_at is distinct from e.value_at) then 'withdrawn'
        when e.motive = 'booking-used' and b.event_at >= %(cutoff)s then 'event_to_come'
        when l.account_id is null then 'no_link'
        when a.status <> 'accepte' then 'account'
        when h.id is not null then 'held' end as why
from reimbursements_pricing p
join reimbursements_financeevent e on e.id = p.event_id
join bookings_booking b on b.id = p.booking_id
left join reimbursements_bankaccountlink l
    on l.venue_id = p.venue_id and l.since <= %(cutoff)s and (l.until is null or l.until > %(cutoff)s)
left join reimbursements_bankaccount a on a.id = l.account_id
left join reimbursements_incident i on i.id = e.incident_id
left join reimbursements_paymenthold h on h.account_id = a.id and h.lifted_at is null
where e.value_at < %(cutoff)s and not exists (select from reimbursements_cashflowline c where c.pricing_id = p.event_id)
"""
"""Each price that no batch took, used before %(cutoff)s: its account, and why it is left out, or null."""

ACCOUNTS_DUE: Final = f"""
select d.account_id, d.amount_cents, case when d.differs then 'differs'
    when d.amount_cents > 0 and (l.at is null or not (d.forced or l.at <= %(cutoff)s::timestamptz - interval '{DEBIT_NOTE_AFTER.days} days')) then 'owed'
    end as why
from (
    select account_id, sum(amount_cents) as amount_cents, bool_or(differs) as differs, bool_or(forced) as forced
    from due where why is null group by account_id
) d left join lateral (
    select max(s.at) as at from reimbursements_cashflow c join reimbursements_cashflowstep s on s.cashflow_id = c.id
    where d.amount_cents > 0 and c.account_id = d.account_id and c.amount_cents < 0 and s.status = 'accepted'
) l on true
"""
"""Each account of what is `due`: its sum (below zero: the State pays), and why the whole of it waits, or null. What it owes makes a
debit note where an incident forces it, or long after the last payment (guide §3.3, overpayment); never paid, it waits."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one reason: at a bank account and venue where there is one, how many bookings, how much (the State's
    payment, above zero)."""

    why: LeftOut
    account_id: int | None
    venue_id: int
    bookings: int
    cents: int


_WAITING: Final = f"""
with due as materialized ({PRICES_DUE}), accounts as ({ACCOUNTS_DUE})
select coalesce(d.why, a.why) as why, d.account_id, d.venue_id, count(*), -sum(d.amount_cents)
from due d left join accounts a on a.account_id = d.account_id
where coalesce(d.why, a.why) is not null group by 1, 2, 3
union all
select case e.status when 'pending' then 'no_point' else 'no_rule' end, null, e.venue_id, count(*), sum(b.total_cents)
from reimbursements_financeevent e join bookings_booking b on b.id = e.booking_id
where e.status in ('pending', 'not_priced') and e.value_at < %(cutoff)s group by 1, e.venue_id
order by 1, 2, 3
"""


def waiting(*, cutoff_at: datetime) -> Iterator[Waiting]:
    """What a batch of this cut-off would leave out, and why: by reason, account and venue. What has no price yet counts for
    what the youths were charged."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select set_config('jit', 'off', true), set_config('work_mem', '64MB', true), set_config('enable_nestloop', 'off', true)"
        )
        cursor.execute(_WAITING, {"cutoff": cutoff_at})
        rows = cursor.fetchall()
        cursor.execute("select set_config('enable_nestloop', 'on', true)")
    for why, account_id, venue_id, bookings, cents in rows:
        yield Waiting(LeftOut(why), account_id, venue_id, int(bookings), int(cents))
