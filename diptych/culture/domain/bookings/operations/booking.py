"""Book: lock, gather, decide, write, announce, for one booking or for several made at the same moment.

Bookings that arrive together are written by one transaction, each with its own answer: two round trips to the
database for all of them (docs/decisions/0004). Holds the operation and its statements. Does not decide (rules).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import errors

from .. import terms
from ..queries import facts as gathering
from ..rules.booking import decide_booking
from ..rules.times import HOLD_FOR
from ..rules.tokens import TRIES, new_token
from ..terms import Accepted, Author, Entry, Status
from . import batching

from diptych.commons import ids
from diptych.commons.refusal import Reason, Refusal, Refused, refuse

CANDIDATES = 3
"""Tokens drawn for each booking, so that one already taken costs no second try."""


@dataclass(frozen=True, slots=True)
class BookingMade:
    """A booking as it was written, or as an earlier request with the same key had written it."""

    id: int
    token: str
    status: Status
    total_cents: int
    stock_id: int
    offer_id: int
    cancellation_limit_at: datetime | None
    repeated: bool = False


Outcome = BookingMade | Refusal

_LOCK_STOCKS = "select id from catalogue_stock where id = any(%s) order by id for no key update"
_LOCK_DEPOSITS = "select id from wallet_deposit where person_id = any(%s) order by id for no key update"

_WRITE = """
with wanted as (
    select * from unnest(
        %(token)s::text[], %(person)s::bigint[], %(stock)s::bigint[], %(offer)s::bigint[], %(deposit)s::bigint[],
        %(quantity)s::int[], %(total)s::int[], %(bucket)s::text[], %(status)s::text[], %(at)s::timestamptz[],
        %(limit)s::timestamptz[], %(event)s::timestamptz[], %(used)s::timestamptz[], %(author)s::text[],
        %(held)s::timestamptz[], %(key)s::text[], %(entry)s::text[], %(entry_of)s::bigint[], %(code)s::bigint[]
    ) as w (token, person_id, stock_id, offer_id, deposit_id, quantity, total_cents, bucket, status, at, limit_at, event_at,
            used_at, author, held_until, key, entry, entry_of, code_id)
), made as (
    insert into bookings_booking (token, person_id, stock_id, offer_id, deposit_id, quantity, total_cents, bucket, status,
        booked_at, cancellation_limit_at, event_at, used_at, validated_by, cancelled_at, cancellation, held_until, tickets,
        idempotency_key, entry, entry_of)
    select token, person_id, stock_id, offer_id, deposit_id, quantity, total_cents, bucket, status,
        at, limit_at, event_at, used_at, author, null, '', held_until, '[]', key, entry, entry_of
    from wanted
    returning id, token, person_id, stock_id, deposit_id, total_cents, bucket, status, booked_at
), counted as (
    update catalogue_stock s set booked = s.booked + w.places
    from (select stock_id, sum(quantity) as places from wanted group by stock_id) w where s.id = w.stock_id
), paid as (
    insert into wallet_movement (kind, amount_cents, debited, debited_deposit_id, credited, booking_id, bucket, reference, at)
    select 'Booking', total_cents, 'deposit', deposit_id, 'booking', id, bucket, '', booked_at from made where total_cents > 0
), opened as (
    update catalogue_activationcode c set booking_id = m.id
    from wanted w join made m on m.token = w.token where c.id = w.code_id
), told as (
    insert into outbox_message (topic, key, payload, written_at, due_at)
    select case status when 'HELD' then 'bookings.held' else 'bookings.booked' end, 'booking:' || id,
        jsonb_build_object('booking_id', id, 'person_id', person_id, 'stock_id', stock_id), booked_at, booked_at
    from made
)
select token, id from made
"""

_REASONS: dict[str, Reason] = {
    "booking_one_live": terms.ALREADY_BOOKED,
    "stock_never_oversold": terms.SOLD_OUT,
    "wallet_never_overspent": terms.CREDIT_TOO_LOW,
}
"""What a constraint's refusal means, should a rule ever have let something through."""


def book(
    *,
    person_id: int,
    stock_id: int,
    places: int,
    at: datetime,
    key: str = "",
    entry: Entry | None = None,
    entry_of: int | None = None,
    draw: ids.Draw = ids.draw,
) -> BookingMade:
    """Book one or two places of a stock for somebody. Raises Refused with the first reason why not (guide §2.2).

    `key` is the caller's idempotency key: the same key again gives the same booking, a different request under it is
    refused. `entry` is the door by which they came, where it is known; `entry_of` the number of the shelf, where it was one. Inside a caller's transaction, or where batches are off,
    it books alone.
    """
    wanted = gathering.Wanted(person_id, stock_id, places, key[:64], at, entry or "", entry_of)
    if settings.BOOKING_BATCHES and not connection.in_atomic_block:
        outcome: Outcome = batching.submit(wanted, run=book_together)
    else:
        connection.ensure_connection()
        with transaction.atomic():
            outcome = book_together(connection.connection, [wanted], draw=draw)[0]
    if isinstance(outcome, Refusal):
        raise Refused(outcome)
    return outcome


def book_together(
    raw: "psycopg.Connection[Any]", wanted: Sequence[gathering.Wanted], *, draw: ids.Draw = ids.draw
) -> list[Outcome]:
    """Write the bookings of several people in one transaction of `raw`; each gets its own answer, in order.

    A person may appear once (their wallet is read once): the batcher sees to it.
    """
    if len({w.person_id for w in wanted}) != len(wanted):
        raise ValueError("a person may appear once in a batch")
    try:
        return _book_once(raw, wanted, draw)
    except (errors.IntegrityError, errors.OperationalError) as fault:
        if raw.broken:
            raise
        if len(wanted) > 1:
            return [outcome for one in wanted for outcome in book_together(raw, [one], draw=draw)]
        return [_retry(raw, wanted[0], draw, fault)]


def _retry(raw: "psycopg.Connection[Any]", wanted: gathering.Wanted, draw: ids.Draw, fault: Exception) -> Outcome:
    "Alone and still refused by the database: a code or a key taken meanwhile is tried again, a constraint is a reason."
    for _ in range(TRIES):
        name = fault.diag.constraint_name if isinstance(fault, errors.IntegrityError) else None
        if name in _REASONS:
            return refuse(_REASONS[name], left_cents=0)
        try:
            return _book_once(raw, [wanted], draw)[0]
        except (errors.IntegrityError, errors.OperationalError) as again:
            if raw.broken:
                raise
            fault = again
    return refuse(terms.NO_FREE_TOKEN)


def _book_once(raw: "psycopg.Connection[Any]", wanted: Sequence[gathering.Wanted], draw: ids.Draw) -> list[Outcome]:
    """Two round trips: begin, lock the stocks, lock the wallets and read; then write and commit."""
    drawn = [[new_token(draw) for _ in range(CANDIDATES)] for _ in wanted]
    outcomes: list[Outcome | None] = [None] * len(wanted)
    rows: list[tuple[int, dict[str, Any]]] = []
    with raw.pipeline(), psycopg.Cursor(raw) as writing:
        with raw.transaction():
            found = _gather(raw, wanted, [token for tokens in drawn for token in tokens])
            running = _Running()
            for place, (want, line, tokens) in enumerate(zip(wanted, found.lines, drawn, strict=True)):
                answer = _answer(want, line, tokens, found.taken, running)
                if isinstance(answer, dict):
                    rows.append((place, answer))
                else:
                    outcomes[place] = answer
            if rows:
                writing.execute(_WRITE, {name: [row[name] for _, row in rows] for name in rows[0][1]})
        made = dict(writing.fetchall()) if rows else {}
    for place, row in rows:
        outcomes[place] = BookingMade(
            made[row["token"]], row["token"], Status(row["status"]), row["total"], row["stock"], row["offer"], row["limit"]
        )
    return [outcome for outcome in outcomes if outcome is not None]


def _gather(raw: "psycopg.Connection[Any]", wanted: Sequence[gathering.Wanted], tokens: list[str]) -> gathering.Found:
    "Lock the stocks, then the wallets, then read, each statement seeing what the locks before it waited for."
    with psycopg.Cursor(raw) as locks, psycopg.Cursor(raw) as lines, psycopg.Cursor(raw) as codes:
        locks.execute(_LOCK_STOCKS, (sorted({w.stock_id for w in wanted}),))
        locks.execute(_LOCK_DEPOSITS, (sorted({w.person_id for w in wanted}),))
        gathering.ask(lines, wanted)
        gathering.ask_tokens(codes, tokens)
        taken = {token for (token,) in codes.fetchall()}
        return gathering.Found(gathering.read(lines.fetchall(), len(wanted)), taken)


class _Running:
    "What the bookings accepted earlier in the same batch have already taken."

    def __init__(self) -> None:
        self.places: dict[int, int] = {}
        self.codes: dict[int, int] = {}
        self.tokens: set[str] = set()


def _answer(
    want: gathering.Wanted, line: gathering.Line | None, tokens: Iterable[str], taken: set[str], running: _Running
) -> dict[str, Any] | Outcome:
    if line is None:
        return refuse(terms.STOCK_NOT_FOUND)
    if line.earlier is not None:
        return _repeat(want, line.earlier)
    facts = line.facts(
        places_taken=running.places.get(want.stock_id, 0), codes_taken=running.codes.get(want.stock_id, 0), at=want.at
    )
    decision = decide_booking(facts, places=want.places, at=want.at)
    if isinstance(decision, Refusal):
        return decision
    token = next((t for t in tokens if t not in taken and t not in running.tokens), None)
    if token is None:
        return refuse(terms.NO_FREE_TOKEN)
    running.tokens.add(token)
    running.places[want.stock_id] = running.places.get(want.stock_id, 0) + want.places
    code = None
    if facts.needs_activation_code:
        code = line.free_codes[running.codes.get(want.stock_id, 0)]
        running.codes[want.stock_id] = running.codes.get(want.stock_id, 0) + 1
    return _row(want, line, decision, token, code)


def _repeat(want: gathering.Wanted, earlier: gathering.Earlier) -> Outcome:
    if (earlier.stock_id, earlier.places) != (want.stock_id, want.places):
        return refuse(terms.KEY_REUSED)
    return BookingMade(
        earlier.id, earlier.token, earlier.status, earlier.total_cents, earlier.stock_id, earlier.offer_id,
        earlier.cancellation_limit_at, repeated=True,
    )  # fmt: skip


def _row(want: gathering.Wanted, line: gathering.Line, decision: Accepted, token: str, code: int | None) -> dict[str, Any]:
    used = decision.status is Status.USED
    return {
        "token": token,
        "person": want.person_id,
        "stock": want.stock_id,
        "offer": line.offer_id,
        "deposit": line.deposit_id if decision.total_cents else None,
        "quantity": want.places,
        "total": decision.total_cents,
        "bucket": decision.bucket.value,
        "status": decision.status.value,
        "at": want.at,
        "limit": decision.cancellation_limit_at,
        "event": line.starts_at,
        "used": want.at if used else None,
        "author": Author.AUTO.value if used else "",
        "held": want.at + HOLD_FOR if decision.status is Status.HELD else None,
        "key": want.key,
        "entry": want.entry,
        "entry_of": want.entry_of,
        "code": code,
    }
