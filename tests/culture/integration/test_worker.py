"""The worker: every job runs, the outbox is relayed to what the jobs declare, a killed worker's jobs run again."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django import app

from diptych.commons import clock, outbox
from diptych.culture.jobs import relay_outbox, sweep_outbox, sweep_queue, timetable

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def _address() -> str:
    return psycopg.conninfo.make_conninfo(
        **{
            name: value
            for name, value in connection.get_connection_params().items()
            if name in {"dbname", "user", "host", "port", "password"}
        }
    )


@pytest.mark.django_db
@pytest.mark.parametrize("row", timetable.TIMETABLE, ids=lambda row: row.name)
def test_every_job_runs_where_nothing_is_due(row: timetable.Row) -> None:
    assert timetable.start(row, at=AT) == 0


def test_every_job_is_on_the_timetable_once_and_known_to_the_worker() -> None:
    names = [row.name for row in timetable.TIMETABLE]
    assert len(set(names)) == len(names)
    assert set(names) <= set(app.tasks)
    assert {row.run.__module__.rpartition(".")[2] for row in timetable.TIMETABLE} == set(names)


def test_consumers_are_named_once_a_topic() -> None:
    for topic, listeners in relay_outbox.consumers().items():
        assert len({name for name, _ in listeners}) == len(listeners), topic


@pytest.mark.django_db(transaction=True)
def test_what_is_announced_is_relayed_while_the_worker_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    told, stop = Event(), Event()

    def tell(message: outbox.Message, connection: Any, at: datetime) -> None:
        told.set()

    monkeypatch.setattr(relay_outbox, "consumers", lambda: {"bookings.example": [("mail", tell)]})
    relay = Thread(target=relay_outbox.run_until, args=(stop,), kwargs={"url": _address(), "rest_seconds": 0.02})
    relay.start()
    try:
        with connection.cursor() as cursor:
            outbox.announce(cursor, topic="bookings.example", key="booking:1", payload={}, at=clock.now())
        assert told.wait(10)
    finally:
        stop.set()
        relay.join(10)
    assert relay_outbox.run_once(url=_address()) == 0


def test_a_database_that_is_away_is_waited_for() -> None:
    stop = Event()
    relay = Thread(
        target=relay_outbox.run_until, args=(stop,), kwargs={"url": "postgresql://127.0.0.1:1/none", "rest_seconds": 0.02}
    )
    relay.start()
    stop.wait(0.2)
    assert relay.is_alive()
    stop.set()
    relay.join(10)
    assert not relay.is_alive()


def _job(cursor: Any, *, heartbeat: datetime | None, name: str = "expire_bookings") -> int:
    worker = None
    if heartbeat is not None:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (%s) returning id", (heartbeat,))
        (worker,) = cursor.fetchone()
    cursor.execute(
        "insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status, worker_id)"
        " values ('default', %s, %s, %s, 'doing', %s) returning id",
        (name, name, name, worker),
    )
    return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_the_jobs_of_a_dead_worker_run_again() -> None:
    with connection.cursor() as cursor:
        dead = _job(cursor, heartbeat=AT - timedelta(minutes=5))
        lost = _job(cursor, heartbeat=None, name="use_past_events")
        alive = _job(cursor, heartbeat=AT - timedelta(seconds=5), name="open_birthdays")
        assert sweep_queue.run(at=AT) == 2
        cursor.execute("select id, status from procrastinate_jobs order by id")
        assert cursor.fetchall() == [(dead, "todo"), (lost, "todo"), (alive, "doing")]
        assert sweep_queue.run(at=AT) == 0


@pytest.mark.django_db
def test_a_dead_run_is_not_doubled_where_the_next_already_waits() -> None:
    with connection.cursor() as cursor:
        dead = _job(cursor, heartbeat=AT - timedelta(minutes=5))
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock) values ('default', 'expire_bookings',"
            " 'expire_bookings', 'expire_bookings')"
        )
        assert sweep_queue.run(at=AT) == 1
        cursor.execute("select status from procrastinate_jobs where id = %s", (dead,))
        assert cursor.fetchone() == ("failed",)


@pytest.mark.django_db
def test_delivered_messages_are_kept_a_month() -> None:
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic="bookings.example", key="booking:1", payload={}, at=AT)
        cursor.execute("update outbox_message set state = 'delivered', ended_at = %s", (AT,))
        assert sweep_outbox.run(at=AT + sweep_outbox.KEPT) == 0
        assert sweep_outbox.run(at=AT + sweep_outbox.KEPT + timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
