"""From used bookings to prices: events collected, then priced in order under a lock per pricing point and year.

Many at a time, in the database: Python hands it the tables of the rules (brackets, groups of subcategories) and never sees a
booking. `rules.scale` says the meaning, and the tests hold the two equal. Each chunk is a transaction: a run that is killed
leaves what it committed, and the next one does the rest. Nothing is written twice: a booking has one live event, an event
one pricing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from ..models import CustomRule, FinanceEvent
from ..queries import prices_sql
from ..terms import EventStatus

from diptych.commons import journal

AGE: Final = timedelta(minutes=1)
"""How old a use is before it becomes an event: a validation taken back at once never does (guide §3.3)."""
CHUNK: Final = 100_000
"""Events priced in one transaction, or one pricing point's where it has more."""
MANY: Final = 10_000
"""Events collected at once after which the planner is told anew how many there are: pricing follows at once."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a run did: events collected, events that found their pricing point, pricings made."""

    collected: int
    found: int
    priced: int


def price_used(*, at: datetime, actor: str, chunk: int = CHUNK, again: bool = False) -> Priced:
    """Collect what was used, then price what is ready. `again`: what no rule had a price for is tried once more, for when
    the tables of rules are mended."""
    if again:
        FinanceEvent.objects.filter(status=EventStatus.NOT_PRICED).update(status=EventStatus.READY)
    collected, found = collect_events(at=at)
    priced = sum(price_points(points=points, at=at) for points in list(_chunks(chunk)))
    if collected or found or priced:
        with transaction.atomic(), connection.cursor() as cursor:
            facts = {"collected": collected, "found": found, "priced": priced}
            journal.write(cursor, actor=actor, act="reimbursements.price", subject="run:pricing", at=at, facts=facts)
    return Priced(collected, found, priced)


@transaction.atomic
def collect_events(*, at: datetime) -> tuple[int, int]:
    """An event for each used booking that has none; a pricing point for each event that waited for one. Gives how many of
    both. What is used of a venue without pricing point waits (PENDING)."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('reimbursements.collect'))")  # nothing is priced meanwhile
        cursor.execute("select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
        cursor.execute(_FIND, {"at": at})
        found = cursor.rowcount
        cursor.execute(_COLLECT, {"at": at, "before": at - AGE})
        collected = int(cursor.rowcount)
        if collected > MANY:
            cursor.execute("analyze reimbursements_financeevent")
        return collected, found


@transaction.atomic
def price_points(*, points: list[int], at: datetime) -> int:
    """Price the ready events of some pricing points, in order; later prices that depend on them are made again. Gives how
    many were priced."""
    values: dict[str, Any] = {"points": points, "at": at}
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(hashtext('reimbursements.collect'))")
        cursor.execute("select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
        cursor.execute(_OPEN, values)
        cursor.execute(_LOCK, values)
        cursor.execute(_LATE, values)
        cursor.execute(_REDO, values)
        with_custom = CustomRule.objects.exists()
        sql, tables = prices_sql(with_custom=with_custom)
        values |= tables
        cursor.execute("savepoint unpriced")
        cursor.execute(_PRICE.format(prices=sql), values)
        priced, ready = cursor.fetchone()
        if priced != ready:  # some have no rule: set aside, or the others would count them in their revenue
            cursor.execute("rollback to savepoint unpriced")
            cursor.execute(_SET_ASIDE.format(prices=sql), values)
            cursor.execute(_PRICE.format(prices=sql), values)
            priced, _ = cursor.fetchone()
        cursor.execute("release savepoint unpriced")
        return int(priced)


@transaction.atomic
def withdraw(*, booking_id: int) -> bool:
    """Cancel the event of a booking that is no longer used, or was used anew since; its price goes, and the later prices
    of its point and year are made again. Gives whether there was one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock_shared(hashtext('reimbursements.collect'))"
        )  # no batch takes prices meanwhile
        cursor.execute(_LOCK_OF_BOOKING, {"booking": booking_id})  # first, as pricing takes its locks
        cursor.execute(_STALE, {"booking": booking_id})
        row = cursor.fetchone()
        if row is None:
            return False
        event_id, status, point_id, year, ordering_at = row
        if status == EventStatus.PRICED:
            cursor.execute(_TAKE_AWAY, {"point": point_id, "year": year, "since": ordering_at, "event": event_id})
        cursor.execute("update reimbursements_financeevent set status = 'cancelled' where id = %s", (event_id,))
    return True


def _chunks(size: int) -> Iterator[list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select point_id, count(*) from reimbursements_financeevent where status = 'ready' group by point_id order by point_id"
        )
        points = cursor.fetchall()
    chunk: list[int] = []
    held = 0
    for point, count in points:
        if chunk and held + count > size:
            yield chunk
            chunk, held = [], 0
        chunk.append(point)
        held += count
    if chunk:
        yield chunk


_LINKED: Final = """
select v.id as venue_id, coalesce(l.point_id, case when v.siret is not null then v.id end) as point_id, l.since
from venues_venue v left join reimbursements_pricingpointlink l
    on l.venue_id = v.id and l.since <= %(at)s and (l.until is null or l.until > %(at)s)
"""
_COLLECT: Final = f"""
insert into reimbursements_financeevent (booking_id, motive, status, venue_id, point_id, value_at, ordering_at, year, created_at)
select b.id, 'booking-used', case when p.point_id is null then 'pending' else 'ready' end, o.venue_id, p.point_id, b.used_at,
    greatest(b.used_at, b.event_at, p.since), extract(year from b.used_at at time zone 'Europe/Paris'), %(at)s
from bookings_booking b join catalogue_offer o on o.id = b.offer_id join ({_LINKED}) p on p.venue_id = o.venue_id
where b.status = 'USED' and b.used_at <= %(before)s and not exists (
    select from reimbursements_financeevent e where e.booking_id = b.id and e.motive = 'booking-used' and e.status <> 'cancelled')
order by p.point_id, b.used_at
"""
_FIND: Final = f"""
update reimbursements_financeevent e set status = 'ready', point_id = p.point_id, ordering_at = greatest(e.ordering_at, p.since)
from ({_LINKED}) p where e.status = 'pending' and p.venue_id = e.venue_id and p.point_id is not null
"""
_OPEN: Final = """
insert into reimbursements_pointrevenue (point_id, year, revenue_cents)
select distinct point_id, year, 0 from reimbursements_financeevent where status = 'ready' and point_id = any(%(points)s)
order by point_id, year on conflict do nothing
"""
_LOCK: Final = """
select from reimbursements_pointrevenue where point_id = any(%(points)s) order by point_id, year for update
"""
_LOCK_OF_BOOKING: Final = """
select from reimbursements_pointrevenue r join reimbursements_financeevent e on e.point_id = r.point_id and e.year = r.year
where e.booking_id = %(booking)s and e.motive = 'booking-used' and e.status <> 'cancelled' for update of r
"""

# What a batch may have taken is not priced again: a use that comes late takes its place after it.
_LATE: Final = """
update reimbursements_financeevent e set ordering_at = r.fixed_until + interval '1 microsecond'
from reimbursements_pointrevenue r
where e.status = 'ready' and e.point_id = any(%(points)s) and r.point_id = e.point_id and r.year = e.year
    and e.ordering_at <= r.fixed_until
"""
_SET_ASIDE: Final = """
update reimbursements_financeevent e set status = 'not_priced'
where e.status = 'ready' and e.point_id = any(%(points)s) and not exists (select from ({prices}) p where p.event_id = e.id)
"""

# Those priced after the first that is ready: their price is deleted, their event ready again, the revenue less theirs.
_REDO: Final = """
with first as (
    select distinct on (point_id, year) point_id, year, ordering_at, id from reimbursements_financeevent
    where status = 'ready' and point_id = any(%(points)s) order by point_id, year, ordering_at, id
), gone as (
    delete from reimbursements_pricing p using first f
    where p.point_id = f.point_id and p.year = f.year and (p.ordering_at, p.event_id) > (f.ordering_at, f.id)
    returning p.event_id, p.point_id, p.year, p.total_cents
), again as (
    update reimbursements_financeevent e set status = 'ready' from gone where e.id = gone.event_id
)
update reimbursements_pointrevenue r set revenue_cents = r.revenue_cents - g.total
from (select point_id, year, sum(total_cents) as total from gone group by point_id, year) g
where r.point_id = g.point_id and r.year = g.year
"""
_TAKE_AWAY: Final = """
with gone as (
    delete from reimbursements_pricing p
    where p.point_id = %(point)s and p.year = %(year)s and (p.ordering_at, p.event_id) >= (%(since)s, %(event)s)
        and (p.event_id = %(event)s or p.ordering_at > coalesce((select fixed_until from reimbursements_pointrevenue
            where point_id = %(point)s and year = %(year)s), '-infinity'))
    returning p.event_id, p.total_cents
), again as (
    update reimbursements_financeevent e set status = 'ready' from gone where e.id = gone.event_id and e.id <> %(event)s
)
update reimbursements_pointrevenue r set revenue_cents = r.revenue_cents - (select coalesce(sum(total_cents), 0) from gone)
where r.point_id = %(point)s and r.year = %(year)s
"""
_STALE: Final = """
select e.id, e.status, e.point_id, e.year, e.ordering_at
from reimbursements_financeevent e join bookings_booking b on b.id = e.booking_id
where e.booking_id = %(booking)s and e.motive = 'booking-used' and e.status <> 'cancelled'
    and (b.status not in ('USED', 'REIMBURSED') or b.used_at is distinct from e.value_at)
    and not exists (select from reimbursements_cashflowline l where l.pricing_id = e.id)
for update of e
"""
_PRICE: Final = """
with priced as ({prices}), written as (
    insert into reimbursements_pricing (event_id, booking_id, venue_id, point_id, year, ordering_at, total_cents, amount_cents,
        contribution_cents, revenue_cents, rate, rule, custom_id, priced_at)
    select event_id, booking_id, venue_id, point_id, year, ordering_at, total_cents, -paid_cents, total_cents - paid_cents,
        revenue_cents, rate, rule, custom_id, %(at)s from priced
), done as (
    update reimbursements_financeevent set status = 'priced' where status = 'ready' and point_id = any(%(points)s) returning id
), reached as (
    update reimbursements_pointrevenue r set revenue_cents = p.revenue_cents
    from (select point_id, year, max(revenue_cents) as revenue_cents from priced group by point_id, year) p
    where r.point_id = p.point_id and r.year = p.year
)
select (select count(*) from priced), (select count(*) from done)
"""
