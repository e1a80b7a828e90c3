"""Proofs of the ledger: each check is a question to the whole database, asked a slice of numbers at a time.

Holds the checks that the wallet can make alone. Those that need the bookings are in their chapter
(`bookings.queries.verify`), which also runs them all.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ..terms import ONCE_A_PERSON, SIDES


class Over(StrEnum):
    """The table whose numbers a check is sliced by."""

    MOVEMENTS = "wallet_movement"
    DEPOSITS = "wallet_deposit"
    BOOKINGS = "bookings_booking"
    STOCKS = "catalogue_stock"


@dataclass(frozen=True, slots=True)
class Check:
    """A question whose every row is a fault: what, whose number, what was found, what was expected.

    `sql` reads the rows numbered from %(first)s to %(last)s of the table `over`.
    """

    over: Over
    proves: str
    sql: str


_SIDES: Final = ", ".join(f"('{kind}', '{debited}', '{credited}')" for kind, (debited, credited) in SIDES.items())
_ONCE: Final = ", ".join(f"'{kind}'" for kind in ONCE_A_PERSON)

CHECKS: Final = (
    Check(
        Over.MOVEMENTS,
        "each line has the two accounts of its kind, and a sum above zero",
        f"""
        select 'line.unbalanced', m.id, m.amount_cents, abs(m.amount_cents)
        from wallet_movement m
        left join wallet_deposit d on d.id = m.debited_deposit_id
        left join wallet_deposit c on c.id = m.credited_deposit_id
        where m.id between %(first)s and %(last)s and not (
            m.amount_cents > 0
            and (m.kind, m.debited, m.credited) in ({_SIDES})
            and (m.debited = 'deposit') = (d.id is not null) and (m.debited_deposit_id is null) = (d.id is null)
            and (m.credited = 'deposit') = (c.id is not null) and (m.credited_deposit_id is null) = (c.id is null)
            and ('booking' in (m.debited, m.credited)) = (m.booking_id is not null)
            and (d.id is null or d.id is distinct from c.id))""",
    ),
    Check(
        Over.DEPOSITS,
        "no deposit was ever below zero, and its caps held",
        """
        select f.what, l.deposit_id, f.found, f.expected
        from (
            select deposit_id, min(running) as lowest,
                coalesce(-sum(amount_cents) filter (where bucket = 'digital'), 0) as digital,
                coalesce(-sum(amount_cents) filter (where bucket = 'digital' and kind = 'MovedIn'), 0) as digital_in,
                coalesce(-sum(amount_cents) filter (where bucket = 'physical'), 0) as physical,
                coalesce(-sum(amount_cents) filter (where bucket = 'physical' and kind = 'MovedIn'), 0) as physical_in
            from (
                select deposit_id, bucket, kind, amount_cents,
                    sum(amount_cents) over (partition by deposit_id order by movement_id) as running
                from wallet_line where deposit_id between %(first)s and %(last)s
            ) each_line group by deposit_id
        ) l
        join wallet_deposit d on d.id = l.deposit_id
        -- What moved in from an older deposit may exceed the new cap; nothing can then be added to it.
        cross join lateral (values
            ('deposit.overdrawn', l.lowest, greatest(l.lowest, 0)),
            ('deposit.digital_cap', l.digital, least(l.digital, greatest(d.digital_cap_cents, l.digital_in))),
            ('deposit.physical_cap', l.physical, least(l.physical, greatest(d.physical_cap_cents, l.physical_in)))
        ) f (what, found, expected)
        where f.found <> f.expected and (f.what <> 'deposit.digital_cap' or d.digital_cap_cents is not null)
            and (f.what <> 'deposit.physical_cap' or d.physical_cap_cents is not null)""",
    ),
    Check(
        Over.DEPOSITS,
        "nobody received the sum of an age, or the bonus, twice",
        f"""
        select 'deposit.recredited_twice', d.id, count(*), 1
        from wallet_deposit d
        join wallet_deposit o on o.person_id = d.person_id and o.id <= d.id
        join wallet_movement m on m.credited_deposit_id = o.id and m.kind in ({_ONCE})
        where d.id between %(first)s and %(last)s
        group by d.id, m.kind having count(*) > 1 and bool_or(o.id = d.id)""",
    ),
    Check(
        Over.DEPOSITS,
        "what a deposit took over is what was left of an older one of the same person, which ended before",
        """
        select f.what, n.id, f.found, f.expected
        from wallet_deposit n
        join (
            select credited_deposit_id, count(*) as times, max(id) as id, max(debited_deposit_id) as old_id, max(at) as at
            from wallet_movement where kind = 'PreviousDeposit' and credited_deposit_id between %(first)s and %(last)s
            group by credited_deposit_id
        ) t on t.credited_deposit_id = n.id
        left join wallet_deposit o on o.id = t.old_id
        cross join lateral (
            select coalesce(sum(l.amount_cents), 0) as rest from wallet_line l where l.deposit_id = t.old_id and l.movement_id <= t.id
        ) after
        cross join lateral (values
            ('transfer.twice', t.times, 1),
            ('transfer.rest', after.rest, 0),
            ('transfer.from_another',
                case when o.person_id = n.person_id and o.id < n.id and o.expires_at <= t.at then 0 else 1 end, 0)
        ) f (what, found, expected)
        where n.id between %(first)s and %(last)s and f.found <> f.expected""",
    ),
)
"""What is proved of the wallet alone. Amounts in cents."""
