"""The journal on the real server: a chain that is only added to, and any change made around its guards is found."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import psycopg
import pytest

from diptych.commons import journal

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
Connection = psycopg.Connection[Any]


REWRITTEN = """update journal_entry set actor = 'person:99',
digest = journal_digest(id, at, 'person:99', act, subject, facts, previous) where id = 6"""


@pytest.fixture
def connection(database: str) -> Iterator[Connection]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(journal.SCHEMA)
        yield connection


def write(connection: Connection, n: int, **facts: Any) -> None:
    journal.write(
        connection.cursor(),
        actor=f"person:{n}",
        act="bookings.use",
        subject=f"booking:{n}",
        at=AT + timedelta(seconds=n),
        facts=facts,
    )


@pytest.fixture
def ten(connection: Connection) -> Connection:
    for n in range(1, 11):
        write(connection, n, amount_cents=n * 100, venue="Le Rex")
    return connection


def test_an_empty_journal_holds(connection: Connection) -> None:
    assert journal.verify(connection.cursor()) == journal.Verdict(0)


def test_a_chain_holds_and_gives_its_head(ten: Connection) -> None:
    verdict = journal.verify(ten.cursor())
    assert (verdict.entries, verdict.broken_at, verdict.fault) == (10, None, "")
    last = ten.execute("select digest from journal_entry where id = 10").fetchone()
    assert last is not None
    assert verdict.head == last[0].hex()
    write(ten, 11)
    assert journal.verify(ten.cursor()).head != verdict.head


def test_it_is_checked_part_by_part_with_the_same_verdict(ten: Connection) -> None:
    heard: list[int] = []
    assert journal.verify(ten.cursor(), on_progress=heard.append, step=3) == journal.verify(ten.cursor())
    assert heard == [3, 6, 9, 10]


def test_a_rolled_back_entry_leaves_no_gap(ten: Connection) -> None:
    with pytest.raises(ZeroDivisionError), ten.transaction():
        write(ten, 11)
        _ = 1 / 0
    write(ten, 12)
    assert journal.verify(ten.cursor()).entries == 11


def test_many_rows_of_one_statement_are_chained(connection: Connection) -> None:
    connection.execute(
        "insert into journal_entry (id, at, actor, act, subject, facts, previous, digest)"
        " select 0, %s, 'job:expire', 'bookings.expire', 'booking:' || n, '{}', '', '' from generate_series(1, 50) n",
        (AT,),
    )
    assert journal.verify(connection.cursor(), step=7).entries == 50


def test_the_caller_chooses_neither_number_nor_digest(connection: Connection) -> None:
    connection.execute(
        "insert into journal_entry (id, at, actor, act, subject, facts, previous, digest)"
        " values (7, %s, 'person:1', 'people.suspend', 'person:2', '{}', 'faux', 'faux')",
        (AT,),
    )
    assert journal.verify(connection.cursor()).entries == 1


@pytest.mark.parametrize(
    "change",
    [
        "update journal_entry set actor = 'person:99' where id = 4",
        "delete from journal_entry where id = 4",
        "truncate journal_entry",
    ],
)
def test_the_database_refuses_any_change(ten: Connection, change: str) -> None:
    with pytest.raises(psycopg.errors.RestrictViolation):
        ten.execute(change)
    assert journal.verify(ten.cursor()).entries == 10


@pytest.mark.parametrize("step", [3, 50_000])
@pytest.mark.parametrize(
    ("tampering", "broken_at", "fault"),
    [
        ("update journal_entry set actor = 'person:99' where id = 4", 4, "it was changed"),
        ("update journal_entry set facts = '{\"amount_cents\": 1}' where id = 7", 7, "it was changed"),
        ("update journal_entry set at = at + interval '1 microsecond' where id = 1", 1, "it was changed"),
        ("delete from journal_entry where id = 4", 5, "an entry is missing before it"),
        ("delete from journal_entry where id <= 3", 4, "an entry is missing before it"),
        (
            REWRITTEN,
            7,
            "the entry before it was changed",
        ),
    ],
)
def test_tampering_around_the_guards_is_found_and_named(
    ten: Connection, tampering: str, broken_at: int, fault: str, step: int
) -> None:
    ten.execute("alter table journal_entry disable trigger all")
    ten.execute(tampering)
    ten.execute("alter table journal_entry enable trigger all")
    verdict = journal.verify(ten.cursor(), step=step)
    assert (verdict.broken_at, verdict.fault, verdict.head) == (broken_at, fault, "")


def test_a_cut_end_is_seen_by_the_head_kept_elsewhere(ten: Connection) -> None:
    kept = journal.verify(ten.cursor()).head
    ten.execute("alter table journal_entry disable trigger all")
    ten.execute("delete from journal_entry where id = 10")
    after = journal.verify(ten.cursor())
    assert after.broken_at is None
    assert after.head != kept


def test_writers_at_once_make_one_chain(connection: Connection, database: str) -> None:
    def work(who: int) -> None:
        with psycopg.connect(database, autocommit=True) as mine:
            for n in range(40):
                with mine.transaction():
                    write(mine, who * 100 + n)

    threads = [Thread(target=work, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.verify(connection.cursor()) == journal.Verdict(160, head=journal.verify(connection.cursor()).head)


@pytest.mark.parametrize("act", ["use", "Bookings.use", "bookings use"])
def test_an_act_is_chapter_and_verb(connection: Connection, act: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        journal.write(connection.cursor(), actor="person:1", act=act, subject="booking:1", at=AT)
