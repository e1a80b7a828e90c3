"""The outbox on the real server: at least once, each consumer once, in order, with back-off and dead letters."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest

from diptych.commons import outbox
from diptych.commons.outbox import BACKOFF, Message

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Connection = psycopg.Connection[Any]


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(outbox.SCHEMA)
        connection.execute("create table told (n bigint generated always as identity, who text, message bigint)")
        yield connection


def tell(message: Message, connection: Connection, at: datetime) -> None:
    connection.execute("insert into told (who, message) values (%s, %s)", (message.payload.get("who", "mail"), message.id))


def fail(message: Message, connection: Connection, at: datetime) -> None:
    connection.execute("insert into told (who, message) values ('undone', %s)", (message.id,))
    raise RuntimeError("aicha@example.org could not be reached")


def announce(connection: Connection, *, key: str = "booking:1", topic: str = "bookings.booked", **options: Any) -> None:
    outbox.announce(connection.cursor(), topic=topic, key=key, payload={"booking": 1}, at=options.pop("at", AT), **options)


def told(connection: Connection) -> list[tuple[str, int]]:
    return connection.execute("select who, message from told order by n").fetchall()


def state(connection: Connection) -> list[tuple[str, int]]:
    return connection.execute("select state, attempts from outbox_message order by id").fetchall()


ONE = {"bookings.booked": [("mail", tell)]}
BROKEN = {"bookings.booked": [("mail", tell), ("sms", fail)]}


def test_a_message_is_told_once(connection: Connection) -> None:
    announce(connection)
    assert outbox.relay(connection, consumers=ONE, at=AT) == 1
    assert outbox.relay(connection, consumers=ONE, at=AT) == 0
    assert told(connection) == [("mail", 1)]
    assert state(connection) == [("delivered", 0)]


def test_what_is_rolled_back_was_never_said(connection: Connection) -> None:
    with pytest.raises(ZeroDivisionError), connection.transaction():
        announce(connection)
        _ = 1 / 0
    assert outbox.relay(connection, consumers=ONE, at=AT) == 0


def test_a_message_that_nobody_hears_is_delivered(connection: Connection) -> None:
    announce(connection)
    assert outbox.relay(connection, consumers={}, at=AT) == 1
    assert state(connection) == [("delivered", 0)]


def test_a_message_waits_for_its_hour(connection: Connection) -> None:
    announce(connection, due_at=AT + timedelta(minutes=10))
    assert outbox.relay(connection, consumers=ONE, at=AT) == 0
    assert outbox.relay(connection, consumers=ONE, at=AT + timedelta(minutes=10)) == 1


def test_a_consumer_that_fails_is_undone_and_called_again_alone(connection: Connection) -> None:
    announce(connection)
    outbox.relay(connection, consumers=BROKEN, at=AT)
    assert told(connection) == [("mail", 1)]
    assert state(connection) == [("waiting", 1)]
    assert outbox.relay(connection, consumers=BROKEN, at=AT) == 0, "not before the back-off"
    mended = {"bookings.booked": [("mail", tell), ("sms", tell)]}
    assert outbox.relay(connection, consumers=mended, at=AT + BACKOFF[0]) == 1
    assert told(connection) == [("mail", 1), ("mail", 1)], "sms was told, and mail was not told twice"
    receipts = connection.execute("select consumer from outbox_receipt order by consumer").fetchall()
    assert receipts == [("mail",), ("sms",)]


def test_the_fault_tells_a_line_and_nothing_personal(connection: Connection) -> None:
    announce(connection)
    outbox.relay(connection, consumers=BROKEN, at=AT)
    (fault,) = connection.execute("select fault from outbox_message").fetchone() or ("",)
    assert fault.startswith("sms: RuntimeError at test_outbox.py:")
    assert "aicha" not in fault


def test_a_consumer_that_breaks_sql_does_not_break_the_relay(connection: Connection) -> None:
    def broken(message: Message, connection: Connection, at: datetime) -> None:
        connection.execute("select 1 / 0")

    announce(connection)
    announce(connection, key="booking:2")
    assert outbox.relay(connection, consumers={"bookings.booked": [("sms", broken), ("mail", tell)]}, at=AT) == 2
    assert told(connection) == [("mail", 1), ("mail", 2)]


def test_back_off_grows_then_the_message_is_a_dead_letter_until_replayed(connection: Connection) -> None:
    announce(connection)
    at = AT
    for wait in BACKOFF:
        assert outbox.relay(connection, consumers=BROKEN, at=at) == 1
        assert outbox.relay(connection, consumers=BROKEN, at=at + wait - timedelta(milliseconds=1)) == 0
        at += wait
    assert outbox.dead_letters(connection.cursor()) == []
    assert outbox.relay(connection, consumers=BROKEN, at=at) == 1
    ((id_, topic, key, written_at, attempts, fault),) = outbox.dead_letters(connection.cursor())
    assert (id_, topic, key, written_at, attempts) == (1, "bookings.booked", "booking:1", AT, len(BACKOFF) + 1)
    assert fault
    assert outbox.relay(connection, consumers=BROKEN, at=at + timedelta(days=365)) == 0

    cursor = connection.cursor()
    assert outbox.replay(cursor, ids=[99], at=at) == 0
    assert outbox.replay(cursor, ids=[1], at=at) == 1
    assert outbox.relay(connection, consumers={"bookings.booked": [("mail", tell), ("sms", tell)]}, at=at) == 1
    assert state(connection) == [("delivered", 0)]
    assert len(told(connection)) == 2


def test_every_dead_letter_may_be_replayed(connection: Connection) -> None:
    for n in range(3):
        announce(connection, key=f"booking:{n}")
    connection.execute("update outbox_message set state = 'dead' where id < 3")
    assert outbox.replay(connection.cursor(), ids=None, at=AT) == 2


def test_messages_of_one_key_keep_their_order(connection: Connection) -> None:
    announce(connection)
    announce(connection)
    announce(connection, key="booking:2")
    outbox.relay(connection, consumers=BROKEN, at=AT)
    assert [message for _, message in told(connection)] == [1, 3], "the second of booking 1 waits for the first"
    outbox.relay(connection, consumers=ONE, at=AT + BACKOFF[0])
    assert state(connection) == [("delivered", 1), ("delivered", 0), ("waiting", 1)] or state(connection)[:2] == [
        ("delivered", 1),
        ("delivered", 0),
    ]


def test_a_message_due_later_holds_nothing_back(connection: Connection) -> None:
    announce(connection, due_at=AT + timedelta(hours=1))
    announce(connection)
    assert outbox.relay(connection, consumers=ONE, at=AT) == 1
    assert told(connection) == [("mail", 2)]


def test_a_dead_letter_lets_the_next_ones_pass(connection: Connection) -> None:
    announce(connection)
    announce(connection)
    connection.execute("update outbox_message set state = 'dead' where id = 1")
    assert outbox.relay(connection, consumers=ONE, at=AT) == 1


def test_two_relays_at_once_tell_each_message_once(connection: Connection, database: str) -> None:
    for n in range(200):
        announce(connection, key=f"booking:{n % 50}")
    barrier, tried = Barrier(2), []

    def work() -> None:
        with psycopg.connect(database, autocommit=True) as mine:
            barrier.wait()
            tried.append(outbox.relay(mine, consumers=ONE, at=AT, limit=1000))

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outbox.relay(connection, consumers=ONE, at=AT, limit=1000)
    messages = [message for _, message in told(connection)]
    assert sorted(messages) == list(range(1, 201))
    for key in range(50):
        of_key = [message for message in messages if (message - 1) % 50 == key]
        assert of_key == sorted(of_key)


KILLED = """
import sys, time
from datetime import datetime, UTC
import psycopg
from diptych.commons import outbox
def stuck(message, connection, at):
    connection.execute("insert into told (who, message) values ('stuck', %s)", (message.id,))
    print("in the middle", flush=True)
    time.sleep(60)
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    outbox.relay(connection, consumers={"bookings.booked": [("mail", stuck)]}, at=datetime(2026, 11, 24, 12, tzinfo=UTC))
"""


def test_a_relay_killed_in_the_middle_leaves_its_message_in_line(connection: Connection, database: str) -> None:
    announce(connection)
    with subprocess.Popen([sys.executable, "-c", KILLED, database], stdout=subprocess.PIPE, text=True) as relay:
        assert relay.stdout is not None
        assert relay.stdout.readline() == "in the middle\n"
        os.kill(relay.pid, signal.SIGKILL)
    assert outbox.relay(connection, consumers=ONE, at=AT) == 0, "not before the back-off"
    for _ in range(100):
        if outbox.relay(connection, consumers=ONE, at=AT + BACKOFF[0]):
            break
        connection.execute("select pg_sleep(0.05)")  # until the server has noticed
    assert told(connection) == [("mail", 1)]
    assert state(connection) == [("delivered", 1)]


def test_a_message_that_kills_its_relay_each_time_lets_the_others_pass_and_ends_as_a_dead_letter(
    connection: Connection, database: str
) -> None:
    announce(connection)
    announce(connection, key="booking:2")
    at = AT
    for wait in (*BACKOFF, BACKOFF[-1]):
        begun = outbox._begin(connection, at)  # and no more: the process is gone
        assert begun is not None
        assert begun.id == 1
        outbox.relay(connection, consumers=ONE, at=at)
        at += wait
    assert told(connection) == [("mail", 2)]
    assert outbox.dead_letters(connection.cursor()) == []
    outbox.relay(connection, consumers=ONE, at=at)
    ((number, *_, fault),) = outbox.dead_letters(connection.cursor())
    assert (number, fault) == (1, outbox.CUT_SHORT)
    outbox.replay(connection.cursor(), ids=[1], at=at)
    outbox.relay(connection, consumers=ONE, at=at)
    assert told(connection) == [("mail", 2), ("mail", 1)]


def test_an_attempt_that_comes_late_leaves_the_message_to_the_next_one(connection: Connection, database: str) -> None:
    announce(connection)

    def late(message: Message, connection: Connection, at: datetime) -> None:
        raise AssertionError("the other relay had it")

    begin = outbox._begin

    def slow(connection: Connection, at: datetime) -> Message | None:
        message = begin(connection, at)
        with psycopg.connect(database, autocommit=True) as other, pytest.MonkeyPatch.context() as mended:
            mended.setattr(outbox, "_begin", begin)
            outbox.relay(other, consumers=ONE, at=AT + BACKOFF[0])
        return message

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(outbox, "_begin", slow)
        assert outbox.relay(connection, consumers={"bookings.booked": [("mail", late)]}, at=AT, limit=1) == 1
    assert told(connection) == [("mail", 1)]
    assert state(connection) == [("delivered", 1)]


def test_a_consumer_that_would_end_the_program_is_a_fault_like_another(connection: Connection) -> None:
    def leave(message: Message, connection: Connection, at: datetime) -> None:
        sys.exit(1)

    announce(connection)
    assert outbox.relay(connection, consumers={"bookings.booked": [("mail", leave)]}, at=AT) == 1
    assert state(connection) == [("waiting", 1)]


def test_the_sweep_takes_what_was_delivered_long_ago(connection: Connection) -> None:
    for n in range(3):
        announce(connection, key=f"booking:{n}")
    outbox.relay(connection, consumers=ONE, at=AT)
    connection.execute("update outbox_message set state = 'dead' where id = 2")
    assert outbox.sweep(connection.cursor(), before=AT) == 0
    assert outbox.sweep(connection.cursor(), before=AT + timedelta(seconds=1)) == 2
    assert state(connection) == [("dead", 0)]
    assert connection.execute("select count(*) from outbox_receipt").fetchone() == (1,)


@pytest.mark.parametrize("topic", ["booked", "Bookings.booked", "bookings.", ""])
def test_a_topic_is_chapter_and_verb(connection: Connection, topic: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        announce(connection, topic=topic)
