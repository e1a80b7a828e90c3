"""Reconciliation: what is counted in two places must agree, to the place and to the cent, and the ledger must hold.

The one truth behind `diptych culture reconcile` and `diptych culture ledger verify`: the wallet's own checks, and those
that compare it with the bookings. Reads slices of numbers in the database; no row leaves it but the faults.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection, transaction

from diptych.culture.domain.wallet.queries import CHECKS as WALLET
from diptych.culture.domain.wallet.queries import Check, Over

STEP = 500_000
"""Rows of a slice: many, since some checks read a whole index for each; few enough for a bar that moves."""
MEMORY = "256MB"
"""What one sort or hash of a proof may take: at 4 MB, PostgreSQL's own measure, they go through the disk."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that does not agree: which, whose (a number), what it is and what it should be."""

    what: str
    id: int
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """What was proved of the ledger: how much was read, the balance of each kind of account, and what is wrong."""

    movements: int
    deposits: int
    bookings: int
    accounts: dict[str, int]
    """Balances in cents; together they are zero."""
    faults: list[Discrepancy]


LEDGER: Final = (
    *WALLET,
    Check(
        Over.BOOKINGS,
        "each live booking's account holds what it costs, from its own deposit; a cancelled or reimbursed one's holds nothing",
        """
        select f.what, b.id, f.found, f.expected
        from (
            -- What an incident took back was paid, and given back by the incident, not by the booking's account.
            select b.id, case when b.status = 'CANCELLED' and b.cancellation <> 'FINANCE_INCIDENT' then 0 else b.total_cents end as due,
                case when b.status in ('CANCELLED', 'REIMBURSED') then 0 else b.total_cents end as held,
                coalesce(sum(m.signed), 0) as paid,
                coalesce(sum(m.signed) filter (where m.deposit_id = b.deposit_id), 0) as own,
                count(*) filter (where m.bucket <> b.bucket) as elsewhere
            from bookings_booking b
            left join (
                select booking_id, bucket, coalesce(debited_deposit_id, credited_deposit_id) as deposit_id,
                    case when credited = 'booking' then amount_cents else -amount_cents end as signed
                from wallet_movement where booking_id between %(first)s and %(last)s
            ) m on m.booking_id = b.id
            where b.id between %(first)s and %(last)s group by b.id
        ) b
        cross join lateral (values
            ('booking.paid', b.paid, b.held), ('booking.deposit', b.own, b.due), ('booking.bucket', b.elsewhere, 0)
        ) f (what, found, expected)
        where f.found <> f.expected""",
    ),
    Check(
        Over.MOVEMENTS,
        "each line about a booking is about one that is there",
        """
        select 'line.no_booking', m.id, m.amount_cents, 0
        from wallet_movement m left join bookings_booking b on b.id = m.booking_id
        where m.id between %(first)s and %(last)s and m.booking_id is not null and b.id is null""",
    ),
)
"""What `diptych culture ledger verify` proves."""

COUNTS: Final = (
    Check(
        Over.STOCKS,
        "each stock counts the places of its live bookings, and no more than it has",
        """
        select f.what, s.id, f.found, f.expected
        from (
            select s.id, s.booked, s.quantity, coalesce(sum(b.quantity), 0) as places
            from catalogue_stock s left join bookings_booking b on b.stock_id = s.id and b.status <> 'CANCELLED'
            where s.id between %(first)s and %(last)s group by s.id
        ) s
        cross join lateral (values
            ('stock.booked', s.booked, s.places), ('stock.oversold', s.booked, least(s.booked, coalesce(s.quantity, s.booked)))
        ) f (what, found, expected)
        where f.found <> f.expected""",
    ),
    Check(
        Over.BOOKINGS,
        "nobody has two live bookings of one offer",
        """
        select 'offer.booked_twice', b.id, count(*), 1
        from bookings_booking b
        join bookings_booking o on o.person_id = b.person_id and o.offer_id = b.offer_id and o.status <> 'CANCELLED' and o.id >= b.id
        where b.id between %(first)s and %(last)s and b.status <> 'CANCELLED'
        group by b.id having count(*) > 1""",
    ),
)
"""What `diptych culture reconcile` compares besides."""


_COUNTED: Final = (Over.MOVEMENTS, Over.DEPOSITS, Over.BOOKINGS)


def discrepancies(cursor: Any = None, *, limit: int = 100) -> list[Discrepancy]:
    """Everything that does not reconcile, at most `limit` of each kind. An empty list is the proof asked for.

    `cursor` is one of the caller's own, outside Django; without it, Django's.
    """
    if cursor is not None:
        return _faults(cursor, (*LEDGER, *COUNTS), limit=limit, on_progress=None)
    with connection.cursor() as ours:
        return _faults(ours, (*LEDGER, *COUNTS), limit=limit, on_progress=None)


def verify_ledger(*, limit: int = 100, on_progress: Callable[[int, int], None] | None = None) -> Ledger:
    """Prove the ledger on the whole database, as it stands at one instant; bookings go on meanwhile.

    `on_progress` hears how many slices are done, of how many. At most `limit` faults of each kind are named.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("set transaction isolation level repeatable read, read only")
        cursor.execute("select set_config('work_mem', %s, true), set_config('jit', 'off', true)", (MEMORY,))
        faults = _faults(cursor, LEDGER, limit=limit, on_progress=on_progress)
        cursor.execute("select account, sum(amount_cents) from wallet_line group by account order by account")
        accounts = {account: int(cents) for account, cents in cursor.fetchall()}
        if total := sum(accounts.values()):
            faults.append(Discrepancy("accounts.together", 0, total, 0))
        cursor.execute("select " + ", ".join(f"(select count(*) from {table})" for table in _COUNTED))
        movements, deposits, bookings = cursor.fetchone()
    return Ledger(movements, deposits, bookings, accounts, faults)


def _faults(
    cursor: Any, checks: Sequence[Check], *, limit: int, on_progress: Callable[[int, int], None] | None
) -> list[Discrepancy]:
    slices = [(check, first) for check in checks for first in _starts(cursor, check.over)]
    found: list[Discrepancy] = []
    met: dict[str, int] = {}
    for done, (check, first) in enumerate(slices, start=1):
        cursor.execute(check.sql, {"first": first, "last": first + STEP - 1})
        for what, id_, is_, should in cursor.fetchmany(limit * 4):
            met[what] = met.get(what, 0) + 1
            if met[what] <= limit:
                found.append(Discrepancy(what, int(id_), int(is_), int(should)))
        if on_progress is not None:
            on_progress(done, len(slices))
    return found


def _starts(cursor: Any, table: Over) -> range:
    "The first number of each slice of a table."
    cursor.execute(f"select min(id), max(id) from {table}")
    lowest, highest = cursor.fetchone()
    return range(lowest, highest + 1, STEP) if lowest is not None else range(0)
