"""The outbox: what a transaction wants told, written with it and delivered after it.

Holds the table, `announce`, and the relay that delivers: at least once, to consumers that each message reaches once
(a receipt is written in the consumer's own transaction), with back-off, and dead letters that stay until replayed.
Does not hold any consumer: a service registers its own in its jobs.
"""

import json
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

SCHEMA = """
create table outbox_message (
    id          bigint generated always as identity primary key,
    topic       text not null check (topic ~ '^[a-z_]+[.][a-z_]+$'),
    key         text not null,
    payload     jsonb not null,
    written_at  timestamptz not null,
    due_at      timestamptz not null,
    attempts    smallint not null default 0,
    state       text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
    ended_at    timestamptz,
    fault       text not null default ''
);
create index outbox_message_due on outbox_message (due_at, id) where state = 'waiting';
create index outbox_message_order on outbox_message (key, id) where state = 'waiting';
create index outbox_message_dead on outbox_message (id) where state = 'dead';
create table outbox_receipt (
    message_id  bigint not null references outbox_message on delete cascade,
    consumer    text not null,
    received_at timestamptz not null,
    primary key (message_id, consumer)
);
"""

BACKOFF: tuple[timedelta, ...] = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 3600, 6 * 3600, 24 * 3600))
"""How long to wait after each failed attempt. When the last is spent the message is a dead letter."""

CUT_SHORT = "relay: ended in the middle"
"""The fault of an attempt that nobody ended: the relay was killed, perhaps by what it delivered."""


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that happened. `key` names whose order matters (a booking); `payload` holds ids, never personal data."""

    id: int
    topic: str
    key: str
    payload: Mapping[str, Any]
    written_at: datetime
    attempts: int


Consumer = Callable[[Message, "psycopg.Connection[Any]", datetime], None]
"""Does what a message asks, writing through the connection it is given; raises to be tried again later.
What it sends outside the database must bear being sent twice: the message's id is the idempotency key."""


def announce(
    cursor: Any, *, topic: str, key: str, payload: Mapping[str, Any], at: datetime, due_at: datetime | None = None
) -> None:
    """Write a message in the caller's own transaction. `cursor` is any DB-API cursor, Django's included."""
    cursor.execute(
        "insert into outbox_message (topic, key, payload, written_at, due_at) values (%s, %s, %s::jsonb, %s, %s)",
        (topic, key, json.dumps(payload), at, due_at or at),
    )


def relay(
    connection: "psycopg.Connection[Any]",
    *,
    consumers: Mapping[str, Sequence[tuple[str, Consumer]]],
    at: datetime,
    limit: int = 100,
) -> int:
    """Deliver the messages that are due, oldest first, each in its own transaction. Gives how many were tried.

    Messages of one key are delivered in the order they were written: one that failed holds the next ones back until it
    is delivered or dead. One written to be due later holds back nothing that is due before it.
    Several relays may run at once: each message is locked while it is delivered, and skipped by the others. An attempt is
    counted before it is made, so that a message that kills its relay waits as one that fails does, lets the others pass and
    ends as a dead letter. `connection` must be in autocommit mode.
    """
    tried = 0
    while tried < limit and _deliver_next(connection, consumers, at):
        tried += 1
    return tried


def _deliver_next(
    connection: "psycopg.Connection[Any]", consumers: Mapping[str, Sequence[tuple[str, Consumer]]], at: datetime
) -> bool:
    message = _begin(connection, at)
    if message is None:
        return False
    with connection.transaction():
        held = connection.execute(
            "select from outbox_message where id = %s and state = 'waiting' and attempts = %s for update",
            (message.id, message.attempts + 1),
        )
        if not held.rowcount:
            return True  # it took longer to get here than to its next attempt, and another relay made that one
        faults = [CUT_SHORT] if message.attempts > len(BACKOFF) else []
        for name, consume in () if faults else consumers.get(message.topic, ()):
            try:
                with connection.transaction():  # a savepoint: the receipt and the consumer's writes live or die together
                    taken = connection.execute(
                        "insert into outbox_receipt (message_id, consumer, received_at) values (%s, %s, %s)"
                        " on conflict do nothing",
                        (message.id, name, at),
                    )
                    if taken.rowcount:
                        consume(message, connection, at)
            except (Exception, SystemExit) as error:  # whatever a consumer raises is its fault to be retried, kept to be read
                faults.append(f"{name}: {type(error).__name__} at {_where(error)}")
        _settle(connection, message, faults[-1] if faults else "", at)
    return True


def _begin(connection: "psycopg.Connection[Any]", at: datetime) -> Message | None:
    """Count an attempt at the next message that is due, which waits for the one after it until this one ends.

    Its commit is not waited for: what a lost one costs is an attempt too many.
    """
    with connection.transaction():
        connection.execute("set local synchronous_commit = off")
        row = connection.execute(
            "update outbox_message set attempts = attempts + 1, fault = %s, due_at = %s + (%s::interval[])[least(attempts, %s) + 1]"
            " where id = (select id from outbox_message m"
            " where state = 'waiting' and due_at <= %s and not exists ("
            "  select from outbox_message earlier where earlier.state = 'waiting' and earlier.key = m.key"
            "  and earlier.id < m.id and (earlier.attempts > 0 or earlier.due_at <= m.due_at))"
            " order by due_at, id limit 1 for update skip locked)"
            " returning id, topic, key, payload, written_at, attempts - 1",
            (CUT_SHORT, at, list(BACKOFF), len(BACKOFF) - 1, at),
        ).fetchone()
    return None if row is None else Message(*row)


def _where(error: BaseException) -> str:
    "File and line only: an exception's text may carry personal data."
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}"


def _settle(connection: "psycopg.Connection[Any]", message: Message, fault: str, at: datetime) -> None:
    "End the attempt that `_begin` counted. A failed one keeps the wait that it was given then."
    if not fault:
        connection.execute(
            "update outbox_message set state = 'delivered', ended_at = %s, fault = '', attempts = attempts - 1 where id = %s",
            (at, message.id),
        )
    elif message.attempts < len(BACKOFF):
        connection.execute("update outbox_message set fault = %s where id = %s", (fault, message.id))
    else:
        connection.execute(
            "update outbox_message set state = 'dead', ended_at = %s, fault = %s where id = %s", (at, fault, message.id)
        )


def dead_letters(cursor: Any, *, limit: int = 100) -> list[tuple[int, str, str, datetime, int, str]]:
    """The messages that no attempt could deliver: (id, topic, key, written at, attempts, last fault), oldest first."""
    cursor.execute(
        "select id, topic, key, written_at, attempts, fault from outbox_message where state = 'dead' order by id limit %s",
        (limit,),
    )
    return list(cursor.fetchall())


def replay(cursor: Any, *, ids: Iterable[int] | None, at: datetime) -> int:
    """Put dead letters back in line, due at once; all of them where `ids` is None. Gives how many.

    Consumers that had received them are not called again.
    """
    chosen, values = ("", [at]) if ids is None else (" and id = any(%s)", [at, list(ids)])
    cursor.execute(
        "update outbox_message set state = 'waiting', attempts = 0, due_at = %s, ended_at = null where state = 'dead'" + chosen,
        values,
    )
    return int(cursor.rowcount)


def sweep(cursor: Any, *, before: datetime) -> int:
    """Remove messages delivered before an instant, with their receipts. Dead letters stay."""
    cursor.execute("delete from outbox_message where state = 'delivered' and ended_at < %s", (before,))
    return int(cursor.rowcount)
