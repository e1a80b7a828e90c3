"""Proofs of prices: each live event is its booking's, each pricing its event's, each kept revenue the sum of its pricings.

The checks that the chapters below cannot make; `ledger verify` runs them after its own. Reads slices of numbers.
"""

from typing import Final

from django.db import connection, transaction

from diptych.culture.domain.bookings.queries import Discrepancy

_STEP: Final = 500_000

_CHECKS: Final = (
    # Each pricing is its event's and its booking's.
    """
    select f.what, p.event_id, f.found, f.expected
    from reimbursements_pricing p
    left join reimbursements_financeevent e on e.id = p.event_id and e.status = 'priced' and e.booking_id = p.booking_id
        and e.point_id = p.point_id and e.year = p.year and e.ordering_at = p.ordering_at
    left join bookings_booking b on b.id = p.booking_id
    cross join lateral (values
        ('pricing.event', case when e.id is null then 1 else 0 end, 0),
        ('pricing.booking', p.total_cents, case when e.incident_id is null then coalesce(b.total_cents, -1) else p.total_cents end)
    ) f (what, found, expected)
    where p.event_id between %(first)s and %(last)s and f.found <> f.expected""",
    # An event that says it is priced has its pricing.
    """
    select 'event.priced', e.id, 0, 1 from reimbursements_financeevent e
    where e.status = 'priced' and e.id between %(first)s and %(last)s
        and not exists (select from reimbursements_pricing p where p.event_id = e.id)""",
)
# What a batch may have taken keeps the revenue that it was priced with: one before it may have been withdrawn since.
_LIVE: Final = "(r.fixed_until is null or p.ordering_at > r.fixed_until)"
_REVENUE: Final = f"""
select f.what, r.point_id, f.found, f.expected
from reimbursements_pointrevenue r left join (
    select p.point_id, p.year, sum(p.total_cents) as total, max(p.revenue_cents) filter (where {_LIVE}) as last
    from reimbursements_pricing p join reimbursements_pointrevenue r on r.point_id = p.point_id and r.year = p.year
    group by p.point_id, p.year
) p on p.point_id = r.point_id and p.year = r.year
cross join lateral (values
    ('revenue.kept', r.revenue_cents, coalesce(p.total, 0)), ('revenue.last', coalesce(p.last, case when r.fixed_until is null then 0 else r.revenue_cents end), r.revenue_cents)
) f (what, found, expected)
where f.found <> f.expected limit %(limit)s
"""
_IN_ORDER: Final = f"""
select 'pricing.order', event_id, revenue_cents, should from (
    select p.event_id, p.revenue_cents, {_LIVE} as live,
        sum(p.total_cents) over (partition by p.point_id, p.year order by p.ordering_at, p.event_id rows unbounded preceding) as should
    from reimbursements_pricing p left join reimbursements_pointrevenue r on r.point_id = p.point_id and r.year = p.year
) u where live and revenue_cents <> should limit %(limit)s
"""


def verify_prices(*, limit: int = 100) -> tuple[int, int, list[Discrepancy]]:
    """How many pricings were read, what they are together in cents (below zero: the State pays), and what does not hold, at
    most `limit` of each kind, as the database stands at one instant."""
    found: list[Discrepancy] = []
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select set_config('work_mem', '256MB', true), set_config('jit', 'off', true)")
        cursor.execute("select min(id), max(id) from reimbursements_financeevent")
        lowest, highest = cursor.fetchone()
        for check in _CHECKS:
            met: list[Discrepancy] = []
            for first in range(lowest, highest + 1, _STEP) if lowest is not None else ():
                cursor.execute(check, {"first": first, "last": first + _STEP - 1})
                met += [Discrepancy(*row) for row in cursor.fetchmany(limit)]
            found += met[:limit]
        for whole in (_REVENUE, _IN_ORDER):
            cursor.execute(whole, {"limit": limit})
            found += [Discrepancy(what, int(id_), int(is_), int(should)) for what, id_, is_, should in cursor.fetchall()]
        cursor.execute("select count(*), coalesce(sum(amount_cents), 0) from reimbursements_pricing")
        count, cents = cursor.fetchone()
    return int(count), int(cents), found
