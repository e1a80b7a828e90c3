"""The proof of the ledger on very many accounts, beside a plain sum of the same table; and the preview of a roll-out on them.

The peer is what PostgreSQL takes to read the ledger once and add it up by account: the limit, not a rival.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import psycopg

from . import world
from .imports import database

from diptych.commons import clock
from diptych.commons.rollout.terms import Plan, Rule

# As the operations would have left them; the triggers, which look at one act at a time, are left out for the filling.
_BOOKED = """
set session_replication_role = replica;
insert into bookings_booking (person_id, offer_id, stock_id, deposit_id, status, quantity, total_cents, bucket, token, booked_at,
    event_at, validated_by, cancellation, tickets, idempotency_key)
select d.person_id, s.offer_id, s.id, d.id, 'CONFIRMED', 1, 300, '', translate(lpad(to_hex(d.id), 6, '0'), '0189abcdef', 'GHJKABCDEF'),
    %(at)s, s.starts_at, '', '', '[]', ''
from wallet_deposit d, (select * from catalogue_stock order by id limit 1) s where d.id %% 3 = 0;
insert into wallet_movement (kind, amount_cents, debited, debited_deposit_id, credited, booking_id, bucket, reference, at)
select 'Booking', 300, 'deposit', deposit_id, 'booking', id, '', '', %(at)s from bookings_booking;
set session_replication_role = origin;
"""
_SUM = "select debited, credited, sum(amount_cents), count(*) from wallet_movement group by debited, credited"


@dataclass(frozen=True, slots=True)
class Figures:
    """How much was read, whether the ledger holds, and seconds by the clock: the proof, the plain sum, the preview."""

    accounts: int
    movements: int
    holds: bool
    verify_seconds: float
    sum_seconds: float
    preview_seconds: float

    def as_json(self) -> str:
        """One line for machines."""
        return json.dumps({name: round(v, 2) if isinstance(v, float) else v for name, v in asdict(self).items()})


def book(connection: psycopg.Connection, *, at: datetime) -> None:
    """Give every third deposit a booking, with its movement."""
    connection.execute(_BOOKED % {"at": f"'{at.isoformat()}'::timestamptz"})


def measure(*, accounts: int, on_step: Callable[[str], None]) -> Figures:
    """Make the accounts, each with a credit, a third of them with a booking; then measure each thing once."""
    with database() as server:
        at = clock.now() - timedelta(minutes=1)
        with psycopg.connect(server.url(), autocommit=True) as connection:
            on_step("making the accounts…")
            world.make(
                connection,
                at=at,
                wallets=accounts,
                stocks=10,
                spread=True,
                on_people=lambda done, of: on_step(f"making the accounts: {done:,} of {of:,}"),
            )
            on_step("booking for one in three…")
            book(connection, at=at)
            connection.execute("vacuum analyze")
            on_step("adding up…")
            began = time.perf_counter()
            connection.execute(_SUM).fetchall()
            added = time.perf_counter() - began
        from diptych.commons.web import rollout
        from diptych.culture.domain.bookings.queries import verify_ledger

        began = time.perf_counter()
        found = verify_ledger(on_progress=lambda done, of: on_step(f"proving: slice {done} of {of}"))
        proved = time.perf_counter() - began
        plan = Plan((Rule("some", at - timedelta(days=1), departments=("21", "22", "29"), ages=(17, 18), share=0.5),))
        began = time.perf_counter()
        rollout.preview("venue.camera", plan, at=at, on_progress=lambda done, of: on_step(f"preview: slice {done} of {of}"))
        previewed = time.perf_counter() - began
    return Figures(accounts, found.movements, not found.faults, proved, added, previewed)
