"""The price of every booking in the table `to_price`, as one question to the database: the scale's fast engine.

The brackets and the groups of subcategories are handed to it from the tables of the rules, so that a change of law is made
in one place. Does not write.
"""

from typing import Any, Final

from ..rules.scale import BRACKETS, GROUPS, Bracket

from diptych.culture.domain.catalogue.rules.subcategories import SUBCATEGORIES

_BASE: Final = """
select t.*, r.revenue_cents + sum(t.total_cents) over (partition by t.point_id, t.year order by t.ordering_at, t.event_id
        rows unbounded preceding) as revenue_cents
from to_price t join reimbursements_pointrevenue r on r.point_id = t.point_id and r.year = t.year
"""
_SCALE: Final = """
select u.*, s.rate, s.rule, null::bigint as custom_id, ((u.total_cents * s.parts + 5000) / 10000)::int as paid_cents
from ({base}) u join unnest(%(kinds)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[], %(over)s::bigint[], %(to)s::bigint[],
    %(rates)s::numeric[], %(parts)s::bigint[], %(rules)s::text[]) s (kind, since, until, over_cents, to_cents, rate, parts, rule)
    on s.kind = u.subcategory and s.since <= u.value_at and u.value_at < s.until
    and u.revenue_cents > s.over_cents and u.revenue_cents <= s.to_cents
"""
_CUSTOM: Final = """
select u.event_id, u.booking_id, u.venue_id, u.point_id, u.year, u.ordering_at, u.total_cents, u.revenue_cents,
    case when c.id is null then u.rate when c.place_cents is null then c.rate end as rate, coalesce(c.rule, u.rule) as rule,
    c.id as custom_id, coalesce(c.paid_cents, u.paid_cents) as paid_cents
from ({scale}) u left join lateral (
    select c.id, c.rate, c.place_cents, 'custom.' || s.name as rule,
        coalesce(c.place_cents * u.quantity, round(u.total_cents * c.rate))::int as paid_cents
    from reimbursements_customrule c
    cross join lateral (values (case when c.offer_id is not null then 1 when c.venue_id is not null then 2 else 3 end,
        case when c.offer_id is not null then 'offer' when c.venue_id is not null then 'venue' else 'offerer' end)) s (rank, name)
    where c.since <= u.value_at and (c.until is null or u.value_at < c.until)
        and (c.offer_id = u.offer_id or c.venue_id = u.point_id
            or c.structure_id = (select v.structure_id from venues_venue v where v.id = u.venue_id))
        and (c.offer_id is not null or c.subcategories = '{{}}' or u.subcategory = any(c.subcategories))
    order by s.rank, paid_cents, c.id limit 1
) c on true
"""
_END: Final = "infinity"


def prices_sql(*, with_custom: bool) -> tuple[str, dict[str, Any]]:
    """The question, and the tables of the rules that it is asked with. Whether custom rules are looked for is told,
    since looking costs and there are mostly none. A half of a cent goes up (guide §3.1): no sum is
    below zero, where a division of whole numbers goes towards zero and PostgreSQL's `round` away from it."""
    scale = _SCALE.format(base=_BASE)
    return (_CUSTOM.format(scale=scale) if with_custom else scale), scale_tables()


def scale_tables() -> dict[str, Any]:
    """The tables of the rules as the arrays that the question reads: a row for each subcategory and each bracket of its group, so that a
    booking meets its own alone. `parts` is the rate in ten-thousandths: whole numbers are quicker, and as exact."""
    rows = [(kind.id, row) for kind in SUBCATEGORIES for row in BRACKETS if row.group is GROUPS[kind.reimbursement]]
    return {
        "kinds": [kind for kind, _ in rows],
        "since": [row.since.isoformat() for _, row in rows],
        "until": [_END if row.until is None else row.until.isoformat() for _, row in rows],
        "over": [-1 if row.over_cents == 0 else row.over_cents for _, row in rows],  # the lowest holds at nothing too
        "to": [_top(row) for _, row in rows],
        "rates": [row.rate for _, row in rows],
        "parts": [int(row.rate * 10_000) for _, row in rows],
        "rules": [f"{row.group.value}.{int(row.rate * 100)}" for _, row in rows],
    }


def _top(row: Bracket) -> int:
    "Up to which revenue a bracket holds: where the next of its group and time begins."
    over = [o.over_cents for o in BRACKETS if o.group is row.group and o.since == row.since and o.over_cents > row.over_cents]
    return min(over, default=2**62)
