"""From used bookings to prices: all that is new is gathered once, then priced in order under a lock per pricing point and year.

Many at a time, in the database: Python hands it the tables of the rules (brackets, groups of subcategories) and never sees a
booking. `rules.scale` says the meaning, and the tests hold the two equal. A run is one transaction: killed, it leaves nothing, and
the next one does it all. Nothing is written twice: a booking has one live event, an event one pricing; an event is written with
its final status, since writing it again would cost as much as its price.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ..models import CustomRule, FinanceEvent
from ..queries import prices_sql
from ..terms import EventStatus

from diptych.commons import journal

AGE: Final = timedelta(minutes=1)
"""How old a use is before it becomes an event: a validation taken back at once never does (guide §3.3)."""


@dataclass(frozen=True, slots=True)
class Priced:
    """What a run did: events collected, events that found their pricing point, pricings made."""

    collected: int
    found: int
    priced: int


@transaction.atomic
def price_used(*, at: datetime, actor: str, again: bool = False) -> Priced:
    """An event for each used booking that has none, a pricing point for each event that waited for one, a price for each that is
    ready; later prices that depend on them are made again. What is used of a venue without pricing point waits (PENDING).
    `again`: what no rule had a price for is tried once more, for when the tables of rules are mended."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('reimbursements.collect'))")
        cursor.execute("select set_config('jit', 'off', true), set_config('work_mem', '64MB', true)")
        if again:
            FinanceEvent.objects.filter(status=EventStatus.NOT_PRICED).update(status=EventStatus.READY)
        cursor.execute(_FIND, {"at": at})
        found = cursor.rowcount
        cursor.execute("select pg_get_serial_sequence('reimbursements_financeevent', 'id')")
        (numbers,) = cursor.fetchone()  # looked up once, not for each row
        for statement in _GATHER:
            cursor.execute(statement, {"at": at, "before": at - AGE, "numbers": numbers})
        collected = cursor.rowcount
        for statement in _ORDER:
            cursor.execute(statement)
        priced = _price(cursor, at=at)
        for statement in _KEEP:
            cursor.execute(statement, {"at": at})
        if collected or found or priced:
            facts = {"collected": collected, "found": found, "priced": priced}
            journal.write(cursor, actor=actor, act="reimbursements.price", subject="run:pricing", at=at, facts=facts)
    return Priced(collected, found, priced)


def _price(cursor: CursorWrapper, *, at: datetime) -> int:
    "Price what is gathered. What no rule has a price for is set aside, or the others would count it in their revenue."
    sql, tables = prices_sql(with_custom=CustomRule.objects.exists())
    values: dict[str, Any] = {"at": at, **tables}
    cursor.execute("select count(*) from to_price where point_id is not null")
    (waiting,) = cursor.fetchone()
    cursor.execute("savepoint unpriced")
    cursor.execute(_PRICE.format(prices=sql), values)
    if cursor.rowcount != waiting:
        cursor.execute("rollback to savepoint unpriced")
        cursor.execute(_SET_ASIDE.format(prices=sql), values)
        cursor.execute(_PRICE.format(prices=sql), values)
    priced = int(cursor.rowcount)
    cursor.execute("release savepoint unpriced")
    return priced


@transaction.atomic
def withdraw(*, booking_id: int, actor: str, at: datetime) -> bool:
    """Cancel the event of a booking that is no longer used, or was used anew since; its price goes, and the later prices
    of its point and year are made again. Gives whether there was one."""
    with connection.cursor() as cursor:
        # No batch takes prices meanwhile.
        cursor.execute("select pg_advisory_xact_lock_shared(hashtext('reimbursements.collect'))")
        cursor.execute(_LOCK_OF_BOOKING, {"booking": booking_id})  # first, as pricing takes its locks
        cursor.execute(_STALE, {"booking": booking_id})
        row = cursor.fetchone()
        if row is None:
            return False
        event_id, status, point_id, year, ordering_at = row
        if status == EventStatus.PRICED:
            cursor.execute(_TAKE_AWAY, {"point": point_id, "year": year, "since": ordering_at, "event": event_id})
        cursor.execute("update reimbursements_financeevent set status = 'cancelled' where id = %s", (event_id,))
        facts = {"event": event_id, "was": status}
        journal.write(cursor, actor=actor, act="reimbursements.withdraw", subject=f"booking:{booking_id}", at=at, facts=facts)
    return True


_LINKED: Final = """
select v.id as venue_id, coalesce(l.point_id, case when v.siret is not null then v.id end) as point_id, l.since
from venues_venue v left join reimbursements_pricingpointlink l
    on l.venue_id = v.id and l.since <= %(at)s and (l.until is null or l.until > %(at)s)
"""
_FIND: Final = f"""
update reimbursements_financeevent e set status = 'ready', point_id = p.point_id, ordering_at = greatest(e.ordering_at, p.since)
from ({_LINKED}) p where e.status = 'pending' and p.venue_id = e.venue_id and p.point_id is not null
"""
_FRESH: Final = f"""
insert into to_price
select nextval(%(numbers)s::regclass), 'fresh', u.*
from (
    select b.id, o.venue_id, p.point_id, extract(year from b.used_at at time zone 'Europe/Paris'), b.used_at as value_at,
        greatest(b.used_at, b.event_at, p.since), b.total_cents, b.quantity, b.offer_id, o.subcategory
    from bookings_booking b join catalogue_offer o on o.id = b.offer_id join ({_LINKED}) p on p.venue_id = o.venue_id
    where b.status = 'USED' and b.used_at <= %(before)s and not exists (
        select from reimbursements_financeevent e
        where e.booking_id = b.id and e.motive = 'booking-used' and e.status <> 'cancelled')
    order by p.point_id, b.used_at, b.id
) u
"""
_OF_EVENT: Final = """
select e.id, {state}, e.booking_id, e.venue_id, e.point_id, e.year, e.value_at, e.ordering_at, b.total_cents, b.quantity, b.offer_id,
    o.subcategory
from reimbursements_financeevent e join bookings_booking b on b.id = e.booking_id join catalogue_offer o on o.id = b.offer_id
"""
_GATHER: Final = (
    "drop table if exists to_price",
    """create temporary table to_price (event_id bigint, state text, booking_id bigint, venue_id bigint, point_id bigint, year smallint,
        value_at timestamptz, ordering_at timestamptz, total_cents integer, quantity integer, offer_id bigint, subcategory text
    ) on commit drop""",
    "insert into to_price " + _OF_EVENT.format(state="'ready'") + " where e.status = 'ready'",
    _FRESH,
)
"""All that is to be priced, each with its event's number: events that are ready, then bookings that have none (fresh), whose count is
the last statement's."""
_ORDER: Final = (
    "analyze to_price",
    """insert into reimbursements_pointrevenue (point_id, year, revenue_cents)
    select distinct point_id, year, 0 from to_price where point_id is not null order by point_id, year on conflict do nothing""",
    """select from reimbursements_pointrevenue where (point_id, year) in (select point_id, year from to_price)
    order by point_id, year for update""",
    # What a batch may have taken is not priced again: a use that comes late takes its place after it.
    """update to_price t set ordering_at = r.fixed_until + interval '1 microsecond' from reimbursements_pointrevenue r
    where r.point_id = t.point_id and r.year = t.year and t.ordering_at <= r.fixed_until""",
    # Those priced after the first to come: their price is deleted and made again, the revenue less theirs.
    f"""with first as (
        select distinct on (point_id, year) point_id, year, ordering_at, event_id from to_price where point_id is not null
        order by point_id, year, ordering_at, event_id
    ), gone as (
        delete from reimbursements_pricing p using first f
        where p.point_id = f.point_id and p.year = f.year and (p.ordering_at, p.event_id) > (f.ordering_at, f.event_id)
        returning p.event_id, p.point_id, p.year, p.total_cents
    ), again as (
        insert into to_price {_OF_EVENT.format(state="'priced'")} join gone on gone.event_id = e.id
    )
    update reimbursements_pointrevenue r set revenue_cents = r.revenue_cents - g.total
    from (select point_id, year, sum(total_cents) as total from gone group by point_id, year) g
    where r.point_id = g.point_id and r.year = g.year""",
)
"""Each takes its place among those of its point and year, whose row is locked meanwhile."""
_LOCK_OF_BOOKING: Final = """
select from reimbursements_pointrevenue r join reimbursements_financeevent e on e.point_id = r.point_id and e.year = r.year
where e.booking_id = %(booking)s and e.motive = 'booking-used' and e.status <> 'cancelled' for update of r
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
insert into reimbursements_pricing (event_id, booking_id, venue_id, point_id, year, ordering_at, total_cents, amount_cents,
    contribution_cents, revenue_cents, rate, rule, custom_id, priced_at)
select event_id, booking_id, venue_id, point_id, year, ordering_at, total_cents, -paid_cents, total_cents - paid_cents,
    revenue_cents, rate, rule, custom_id, %(at)s from ({prices}) p
"""
_SET_ASIDE: Final = """
with unpriced as (
    delete from to_price t where t.point_id is not null and not exists (select from ({prices}) p where p.event_id = t.event_id)
    returning *
), fresh as (
    insert into reimbursements_financeevent (id, booking_id, motive, status, venue_id, point_id, value_at, ordering_at, year, created_at)
    select event_id, booking_id, 'booking-used', 'not_priced', venue_id, point_id, value_at, ordering_at, year, %(at)s
    from unpriced where state = 'fresh'
)
update reimbursements_financeevent e set status = 'not_priced', ordering_at = u.ordering_at
from unpriced u where u.state <> 'fresh' and e.id = u.event_id
"""
_KEEP: Final = (
    """insert into reimbursements_financeevent
        (id, booking_id, motive, status, venue_id, point_id, value_at, ordering_at, year, created_at)
    select event_id, booking_id, 'booking-used', case when point_id is null then 'pending' else 'priced' end, venue_id, point_id,
        value_at, ordering_at, year, %(at)s
    from to_price where state = 'fresh'""",
    """update reimbursements_financeevent e set status = 'priced', ordering_at = t.ordering_at
    from to_price t where t.state = 'ready' and e.id = t.event_id""",
    """update reimbursements_pointrevenue r set revenue_cents = r.revenue_cents + t.total
    from (select point_id, year, sum(total_cents) as total from to_price where point_id is not null group by point_id, year) t
    where r.point_id = t.point_id and r.year = t.year""",
)
"""The events of what was priced, or waits for a pricing point, and the revenue that is reached."""
