"""`bench rush`: a few places, many clients, and the server killed in the middle. Not how fast: whether it is true.

Each client plays people one after the other: book; where the line breaks, ask again with the same key; some cancel
what they got; whoever is refused tries again once places came back. Afterwards the database is compared with what each
client was told last, and with itself.
"""

import http.client
import json
import os
import queue
import tempfile
import threading
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import psycopg

from . import world
from .booking import SERVER, environment, migrate
from .server import WebServer, free_port, running

from diptych.commons import clock, postgres

CANCELS = 5
"""One person in so many cancels what they booked."""
REPEATS = 3
"""One person in so many sends the same request twice, as an impatient phone does."""
PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Told:
    """What one person was told last."""

    person_id: int
    answer: str = ""
    booking_id: int = 0
    token: str = ""


@dataclass(slots=True)
class Result:
    """One rush, judged. `faults` is empty when everything holds."""

    places: int
    clients: int
    people: int
    sold: int = 0
    cancelled: int = 0
    refused: int = 0
    repeated: int = 0
    broken_lines: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def as_json(self) -> str:
        """One line for machines."""
        return json.dumps(asdict(self))


def rush(*, places: int, clients: int) -> Result:
    """Play one rush on a server and a database of its own, and judge it."""
    with tempfile.TemporaryDirectory() as home:  # noqa: SIM117 - the server's folder outlives the server
        with postgres.embedded(data=Path(home) / "pg", options={**postgres.DURABLE, **SERVER}) as server:
            environ = environment(server.url(), home)
            migrate(environ)
            with psycopg.connect(server.url(), autocommit=True) as connection:
                people, stocks = world.make(
                    connection, at=clock.now() - timedelta(minutes=1), wallets=places * 2 + clients, stocks=10
                )
                connection.execute("update catalogue_stock set quantity = %s where id = %s", (places, stocks[0]))
                web = WebServer(port=free_port(), environ=environ, workers=2, threads=16, log=Path(home) / "web.log")
                result = Result(places, clients, len(people))
                with running(web):
                    told = _play(web, people, stocks[0], result, environ)
                _judge(connection, told, stocks[0], result)
    return result


class _Crowd:
    "What the clients share: who is left to play, what was told, and the moment of the kill."

    def __init__(self, people: list[int], kill_after: int) -> None:
        self.waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for person in people:
            self.waiting.put(person)
        self.told = {person: Told(person) for person in people}
        self.counts: Counter[str] = Counter()
        self.guard = threading.Lock()
        self.kill_after, self.time_to_kill = kill_after, threading.Event()

    def count(self, what: str) -> None:
        with self.guard:
            self.counts[what] += 1
            if self.counts["booked"] >= self.kill_after:
                self.time_to_kill.set()


def _play(web: WebServer, people: list[int], stock: int, result: Result, environ: dict[str, str]) -> dict[int, Told]:
    os.environ.update(environ)
    crowd = _Crowd(people, kill_after=max(result.places // 3, 1))
    started = time.monotonic()
    killer = threading.Thread(target=_kill_and_restart, args=(web, crowd))
    killer.start()
    _all_clients(web.port, crowd, stock, result.clients)
    while (disappointed := [t.person_id for t in crowd.told.values() if t.answer == "bookings.sold_out"]) and _some_left(
        crowd, result
    ):
        for person in disappointed:
            crowd.waiting.put(person)
        _all_clients(web.port, crowd, stock, result.clients)
    crowd.time_to_kill.set()
    killer.join()
    result.seconds = round(time.monotonic() - started, 2)
    result.repeated, result.broken_lines = crowd.counts["repeated"], crowd.counts["broken"]
    return crowd.told


def _some_left(crowd: _Crowd, result: Result) -> bool:
    return sum(told.answer == "booked" for told in crowd.told.values()) < result.places


def _kill_and_restart(web: WebServer, crowd: _Crowd) -> None:
    crowd.time_to_kill.wait(PATIENCE_SECONDS)
    web.kill()
    web.start()


def _all_clients(port: int, crowd: _Crowd, stock: int, clients: int) -> None:
    threads = [threading.Thread(target=_client, args=(port, crowd, stock)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _client(port: int, crowd: _Crowd, stock: int) -> None:
    from diptych.commons.web import bearer
    from diptych.culture.domain.people.terms import Audience

    line = _Line(port, crowd)
    while True:
        try:
            person = crowd.waiting.get_nowait()
        except queue.Empty:
            return
        token = bearer.issue(person_id=person, audience=Audience.YOUTH, at=clock.now())
        key = str(uuid.uuid4())
        told = crowd.told[person]
        for _ in range(2 if person % REPEATS == 0 else 1):
            status, body = line.ask("POST", "/api/v1/bookings", token, key, {"stock_id": stock, "places": 1})
            if status in (200, 201):
                if status == 200:
                    crowd.count("repeated")
                elif told.answer != "booked":
                    crowd.count("booked")
                told.answer, told.booking_id, told.token = "booked", body["id"], body["token"]
            else:
                told.answer = str(body.get("code", status))
        if told.answer == "booked" and person % CANCELS == 0:
            status, body = line.ask("POST", f"/api/v1/bookings/{told.booking_id}/cancel", token, key, {})
            told.answer = "cancelled" if status == 204 else str(body.get("code", status))


class _Line:
    "One client's connection: asks until it has an answer, through broken lines and a server that is away."

    def __init__(self, port: int, crowd: _Crowd) -> None:
        self._port, self._crowd = port, crowd
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def ask(self, method: str, path: str, token: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {token}", "Idempotency-Key": key, "Content-Type": "application/json",
            "Accept": "application/json",
        }  # fmt: skip
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._connection.request(method, path, json.dumps(body), headers)
                answer = self._connection.getresponse()
                text = answer.read()
                if answer.status < 500:
                    return answer.status, json.loads(text) if text else {}
            except (OSError, http.client.HTTPException):
                self._connection.close()
            self._crowd.count("broken")
            if time.monotonic() > deadline:
                raise TimeoutError("no answer: the server did not come back")
            time.sleep(0.05)


def _judge(connection: Any, told: dict[int, Told], stock: int, result: Result) -> None:
    "Compare the database with what was told, and with itself."
    rows = connection.execute(
        "select person_id, id, token, status, quantity from bookings_booking where stock_id = %s", (stock,)
    ).fetchall()
    live = {person: (id_, token) for person, id_, token, status, _ in rows if status != "CANCELLED"}
    ever = {id_: status for _, id_, _, status, _ in rows}
    booked = connection.execute("select booked from catalogue_stock where id = %s", (stock,)).fetchone()[0]
    result.sold = len(live)
    result.cancelled = sum(status == "CANCELLED" for status in ever.values())
    result.refused = sum(t.answer == "bookings.sold_out" for t in told.values())
    if result.sold != result.places or booked != result.places:
        result.faults.append(f"{result.places} places, {result.sold} live bookings, {booked} counted on the stock")
    for one in told.values():
        if one.answer == "booked" and live.get(one.person_id) != (one.booking_id, one.token):
            result.faults.append(f"person {one.person_id} was told of booking {one.booking_id}, which is not theirs now")
        elif one.answer == "cancelled" and (one.person_id in live or ever.get(one.booking_id) != "CANCELLED"):
            result.faults.append(f"person {one.person_id} was told it is cancelled, and it is not")
        elif one.answer == "bookings.sold_out" and one.person_id in live:
            result.faults.append(f"person {one.person_id} was told sold out, and holds a booking")
        elif one.answer not in ("booked", "cancelled", "bookings.sold_out"):
            result.faults.append(f"person {one.person_id} was answered {one.answer}")
    result.faults += _reconcile(connection)


def _reconcile(connection: Any) -> list[str]:
    django.setup()
    from diptych.culture.domain.bookings.queries import discrepancies

    with connection.cursor() as cursor:
        return [f"{one.what}: {one.id} is {one.found}, should be {one.expected}" for one in discrepancies(cursor, limit=20)]
