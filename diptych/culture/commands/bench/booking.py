"""`bench booking`: bookings per second through the full stack, beside the same booking as one function under pgbench.

One run measures both, on the same database, with fsync and synchronous_commit on. Figures are to be read as ratios.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import psycopg

from . import load, peer, world
from .server import WebServer, cpu_seconds, free_port, running

from diptych.commons import clock, postgres

WARM_UP_SECONDS = 2.0
HIGHEST_RATE = 4_000
"""Requests prepared for each second of load: more than two cores have ever answered."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured. Times in milliseconds, processor time in milliseconds a booking."""

    shape: str
    clients: int
    seconds: float
    bookings: int
    bookings_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    app_cpu_ms: float
    database_cpu_ms: float
    pgbench_per_second: float
    ratio: float
    other_answers: int

    def as_json(self) -> str:
        """One line for machines."""
        return json.dumps({name: round(v, 3) if isinstance(v, float) else v for name, v in asdict(self).items()})


def measure(
    *, clients: int, seconds: float, shape: str, folder: Path | None = None, workers: int = 2, threads: int = 16
) -> Figures:
    """Make the world, run the load and the peer, give the figures. `shape` is spread or hot."""
    with tempfile.TemporaryDirectory(dir=folder) as home:  # noqa: SIM117 - the server's folder outlives the server
        with postgres.embedded(data=Path(home) / "pg", options={**postgres.DURABLE, **SERVER}) as server:
            environ = environment(server.url(), home)
            migrate(environ)
            with psycopg.connect(server.url(), autocommit=True) as connection:
                at = clock.now() - timedelta(minutes=1)
                people, stocks = world.make(connection, at=at)
                requests = prepare(
                    people, stocks, count=int((seconds + WARM_UP_SECONDS) * HIGHEST_RATE), hot=shape == "hot", environ=environ
                )
                web = WebServer(port=free_port(), environ=environ, workers=workers, threads=threads, log=Path(home) / "web.log")
                with running(web):
                    cut = int(WARM_UP_SECONDS * HIGHEST_RATE)
                    load.drive(port=web.port, requests=requests[:cut], clients=clients, seconds=WARM_UP_SECONDS)
                    connection.execute("checkpoint")
                    database = _session(server)
                    app_before, database_before = cpu_seconds(web.session), cpu_seconds(database)
                    outcome = load.drive(port=web.port, requests=requests[cut:], clients=clients, seconds=seconds)
                    app, base = cpu_seconds(web.session) - app_before, cpu_seconds(database) - database_before
                connection.execute("checkpoint")
                peak = peer.pgbench(
                    server, connection, database="diptych", clients=clients, seconds=max(int(seconds), 1), people=people,
                    stocks=stocks, hot=shape == "hot",
                )  # fmt: skip
    made = outcome.statuses.get(201, 0)
    if not made:
        raise RuntimeError(f"nothing was booked; the last answer: {outcome.other[:600]!r}")
    rate = made / outcome.seconds
    return Figures(
        shape=shape,
        clients=clients,
        seconds=outcome.seconds,
        bookings=made,
        bookings_per_second=rate,
        p50_ms=outcome.percentile(0.50),
        p95_ms=outcome.percentile(0.95),
        p99_ms=outcome.percentile(0.99),
        app_cpu_ms=app * 1000 / max(made, 1),
        database_cpu_ms=base * 1000 / max(made, 1),
        pgbench_per_second=peak,
        ratio=rate / peak if peak else 0.0,
        other_answers=sum(count for status, count in outcome.statuses.items() if status != 201),
    )


SERVER = {"shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min"}
"""Both sides run on these: checkpoints are made between the measures, not in them."""


def environment(url: str, home: str) -> dict[str, str]:
    """The environment of a benchmark's processes."""
    return {
        "DATABASE_URL": url,
        "DIPTYCH_MODE": "bench",
        "DIPTYCH_HOME": home,
        "DIPTYCH_PLAIN_HTTP": "1",
        "DIPTYCH_SECRET_KEY": "bench" * 12,
        "DIPTYCH_TICKET_KEY": "22" * 32,
        "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings",
    }


def migrate(environ: dict[str, str]) -> None:
    """Make the tables, in a process of its own."""
    subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env={**os.environ, **environ}, check=True)


def prepare(people: Sequence[int], stocks: Sequence[int], *, count: int, hot: bool, environ: dict[str, str]) -> list[bytes]:
    """HTTP requests as bytes: a person each (all different until everybody has booked), a stock, a bearer token."""
    os.environ.update(environ)  # the key that signs the tokens is the server's
    from diptych.commons.web import bearer
    from diptych.culture.domain.people.terms import Audience

    drawn = random.Random(20_261_124)
    order = drawn.sample(list(people), len(people))
    at = clock.now()
    requests = []
    for place in range(count):
        person = order[place % len(order)]
        token = bearer.issue(person_id=person, audience=Audience.YOUTH, at=at)
        stock = stocks[0] if hot else drawn.choice(stocks)
        body = json.dumps({"stock_id": stock, "places": 1}).encode()
        requests.append(request(token=token, body=body, key=str(uuid.UUID(int=drawn.getrandbits(128)))))
    return requests


def request(*, token: str, body: bytes, key: str) -> bytes:
    """The bytes of one booking."""
    return (
        b"POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
        b"Authorization: Bearer " + token.encode() + b"\r\nIdempotency-Key: " + key.encode() + b"\r\nContent-Length: "
        + str(len(body)).encode() + b"\r\n\r\n" + body
    )  # fmt: skip


def _session(server: postgres.Server) -> int:
    "The session of the database's processes: the first line of its postmaster.pid is its leader."
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])
