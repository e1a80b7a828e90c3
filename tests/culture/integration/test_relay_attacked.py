"""The real relay attacked: two workers as `diptych culture work` runs them, killed with -9 while they deliver, with a message
that kills whoever delivers it, one that always fails and one that fails and then recovers. Nothing is lost, nothing is
done twice, back-off is kept, and what cannot be delivered waits to be seen and replayed."""

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner

from diptych.commons import clock, outbox
from diptych.culture.commands import outbox as commands

HEARD = '''
"""What is heard here, among the real jobs: each delivery is written down by the transaction that makes it."""
import os, signal, sys, time
from pathlib import Path

MENDED = Path(__file__).with_name("mended")

def tell(message, connection, at):
    connection.execute("insert into told (message) values (%s)", (message.id,))
    time.sleep(0.005)

def attempt(message, connection, at):
    with Path(__file__).with_name("attempts").open("a") as file:
        file.write(f"{message.id} {at.timestamp()}\\n")  # the relay's own time: what it counts the wait from
    tell(message, connection, at)
    if not MENDED.exists():
        raise RuntimeError("aicha@example.org could not be reached")

def recover(message, connection, at):
    tell(message, connection, at)
    if message.attempts < 2:
        raise RuntimeError("not yet")

def kill(message, connection, at):
    tell(message, connection, at)
    if not MENDED.exists():
        os.kill(os.getpid(), signal.SIGKILL)

def close(message, connection, at):
    if message.attempts < 1:
        connection.close()
    tell(message, connection, at)

CONSUMES = {
    "attack.tells": ("tells", tell), "attack.fails": ("fails", attempt), "attack.recovers": ("recovers", recover),
    "attack.kills": ("kills", kill), "attack.closes": ("closes", close),
}
'''
PROGRAM = """
import sys
import diptych.culture.jobs as room
room.__path__.append(sys.argv.pop(1))
from diptych.cli import main
sys.argv[1:] = ["culture", "work"]
main()
"""
PATIENCE = 120.0


class Workers:
    """Two workers that are started again whenever they end, as a supervisor does."""

    def __init__(self, folder: Path) -> None:
        params = connection.get_connection_params()
        url = f"postgresql:///{params['dbname']}?host={params['host']}&user={params['user']}"
        self._environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings"}
        self._folder = folder
        self.running = [self._start(), self._start()]
        self.ended = 0

    def _start(self) -> "subprocess.Popen[bytes]":
        words = [sys.executable, "-c", PROGRAM, str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(words, env=self._environ, stdout=log, stderr=log)

    def kill(self, which: int) -> None:
        self.running[which].kill()

    def look_after(self) -> None:
        for at, worker in enumerate(self.running):
            if worker.poll() is not None:
                self.ended += 1
                self.running[at] = self._start()

    def end(self) -> None:
        for worker in self.running:
            worker.kill()
            worker.wait()


@contextmanager
def workers(folder: Path) -> Iterator[Workers]:
    both = Workers(folder)
    try:
        yield both
    finally:
        both.end()


def rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall()) if cursor.description else []


def announce(topic: str, key: str) -> int:
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic=f"attack.{topic}", key=key, payload={"of": key}, at=clock.now())
    return int(rows("select max(id) from outbox_message")[0][0])


def hurry() -> None:
    """The wait of what failed is over at once: back-off itself is looked at apart."""
    rows("update outbox_message set due_at = %s where state = 'waiting' and attempts > 0 and due_at > %s", *[clock.now()] * 2)


def until(done: Callable[[], bool], both: Workers, *, often: Callable[[], None] = lambda: None) -> None:
    last = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < last, rows(
            "select id, topic, state, attempts, fault from outbox_message where state <> 'delivered'"
        )
        both.look_after()
        often()
        time.sleep(0.05)


@pytest.fixture
def folder(tmp_path, transactional_db):
    (tmp_path / "heard_in_the_attack.py").write_text(HEARD)
    rows("create table told (n bigint generated always as identity, message bigint)")
    yield tmp_path
    rows("drop table told")


def states(*numbers: int) -> set[str]:
    return {state for (state,) in rows("select state from outbox_message where id = any(%s)", list(numbers))}


def test_relays_killed_while_they_deliver_lose_nothing_and_do_nothing_twice(folder: Path) -> None:
    draw = Random(7)
    plain: dict[int, str] = {}
    for n in range(400):
        key = f"booking:{n % 40}"
        plain[announce("tells", key)] = key
    killer, closer, recovering = (
        announce("kills", "booking:3000"),
        announce("closes", "booking:3001"),
        announce("recovers", "booking:1"),
    )
    rows("update outbox_message set attempts = 6 where id = %s", killer)  # its last three attempts
    behind = announce("tells", "booking:3000")
    with workers(folder) as both:
        for _ in range(6):
            told = int(rows("select count(*) from told")[0][0])
            until(lambda told=told: rows("select count(*) from told")[0][0] >= min(told + 40, 360), both, often=hurry)  # type: ignore[misc]
            both.kill(draw.randrange(2))
        until(lambda: not states(*plain, closer, recovering, killer, behind) & {"waiting"}, both, often=hurry)
        assert both.ended >= 6 + 3

        assert states(*plain, closer, recovering, behind) == {"delivered"}
        assert states(killer) == {"dead"}
        told_of = [number for (number,) in rows("select message from told order by n")]
        assert sorted(told_of) == sorted([*plain, closer, recovering, behind]), "each once, and nothing of what was undone"
        in_order = defaultdict(list)
        for number in told_of:
            in_order[plain.get(number)].append(number)
        assert all(numbers == sorted(numbers) for key, numbers in in_order.items() if key)

        (letter,) = json.loads(CliRunner().invoke(commands.app, ["dead", "--json"], catch_exceptions=False).stdout)
        assert (letter["id"], letter["topic"], letter["fault"]) == (killer, "attack.kills", outbox.CUT_SHORT)
        (folder / "mended").touch()
        CliRunner().invoke(commands.app, ["replay", str(killer)], catch_exceptions=False)
        until(lambda: states(killer) == {"delivered"}, both)
        assert rows("select count(*) from told where message = %s", killer) == [(1,)]


def test_a_consumer_that_always_fails_is_tried_by_the_back_off_then_seen_and_replayed(folder: Path) -> None:
    failing, fine = announce("fails", "booking:1"), announce("tells", "booking:2")
    attempts = folder / "attempts"
    with workers(folder) as both:
        until(lambda: attempts.exists() and len(attempts.read_text().splitlines()) == 3, both)
        first, second, third = (float(line.split()[1]) for line in attempts.read_text().splitlines())
        assert second - first >= outbox.BACKOFF[0].total_seconds()
        assert third - second >= outbox.BACKOFF[1].total_seconds()
        ((due, written),) = rows("select due_at, written_at from outbox_message where id = %s", failing)
        after = datetime.fromtimestamp(third, tz=written.tzinfo)
        assert due - after > outbox.BACKOFF[2] * 0.9, "and half a minute for the next"
        assert states(fine) == {"delivered"}
        until(lambda: states(failing) == {"dead"}, both, often=hurry)
        assert len(attempts.read_text().splitlines()) == len(outbox.BACKOFF) + 1
        ((fault,),) = rows("select fault from outbox_message where id = %s", failing)
        assert fault.startswith("fails: RuntimeError at heard_in_the_attack.py:")
        assert rows("select message from told") == [(fine,)]
        (folder / "mended").touch()
        CliRunner().invoke(commands.app, ["replay", "--all"], catch_exceptions=False)
        until(lambda: states(failing) == {"delivered"}, both)
    assert rows("select message from told order by n") == [(fine,), (failing,)]
    assert "aicha" not in (folder / "log").read_text(), "a fault's text may be about somebody"
