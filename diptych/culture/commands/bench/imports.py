"""Imports of open data, each kind once into an empty database, and beside it the same files copied raw by plain Python.

The peer reads with the csv or json module and COPYs each row as it is into an unlogged table: no check, no key, no join. It
is the limit, not a rival. Both run on one durable PostgreSQL of their own, one after the other, by the clock.
"""

import csv
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from .booking import environment, migrate

from diptych.commons import postgres
from diptych.commons.refusal import Kind, Reason, deny
from diptych.culture.commands.imports import import_files, published
from diptych.culture.gateways.open_data.formats import KINDS

NO_DATA = Reason("bench.no_data", Kind.INVALID, "--data: {folder} holds no published file.")


@dataclass(frozen=True, slots=True)
class Line:
    """One kind: its files, its records and seconds from the first byte to the commit, and the peer's."""

    kind: str
    files: list[str]
    rows: int
    seconds: float
    peer_rows: int
    peer_seconds: float

    @property
    def rate(self) -> float:
        """Records per second of the import."""
        return self.rows / self.seconds

    @property
    def peer_rate(self) -> float:
        """Rows per second of the peer."""
        return self.peer_rows / self.peer_seconds

    @property
    def ratio(self) -> float:
        """The import's rate as a share of the peer's."""
        return self.rate / self.peer_rate if self.peer_rate else 0.0

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        seconds = {"seconds": round(self.seconds, 3), "peer_seconds": round(self.peer_seconds, 3)}
        rates = {
            "rows_per_second": round(self.rate),
            "peer_rows_per_second": round(self.peer_rate),
            "ratio": round(self.ratio, 4),
        }
        return asdict(self) | seconds | rates


def measure(*, folder: Path, on_kind: Callable[[str], None]) -> list[Line]:
    """Import every published file of a folder, kind after kind, places first. Raises Refused for a folder with none."""
    files, _ = published(folder=folder)
    if not files:
        deny(NO_DATA, folder=folder)
    with database() as server:
        lines = []
        for kind in (kind for kind in KINDS if kind in files):
            on_kind(kind)
            report = import_files(kind=kind, paths=files[kind])
            began = time.perf_counter()
            copied = sum(copy_raw(path, server.url()) for path in files[kind])
            taken = time.perf_counter() - began
            rows = sum(file.records for file in report.files)
            lines.append(Line(kind, [path.name for path in files[kind]], rows, report.seconds, copied, taken))
        return lines


@contextmanager
def database() -> Iterator[postgres.Server]:
    "An empty database with our tables, and Django on it; gone with the block."
    with tempfile.TemporaryDirectory(prefix="diptych-bench-") as home, postgres.embedded(data=Path(home) / "pg") as server:
        environ = environment(server.url(), home)
        migrate(environ)
        os.environ.update(environ)
        import django

        from diptych.commons.settings import settings

        settings.cache_clear()
        django.setup()
        from django.db import connections

        try:
            yield server
        finally:
            connections.close_all()


def copy_raw(path: Path, address: str) -> int:
    """Copy a file as it is into an unlogged table of texts. Gives its rows."""
    rows = _json_rows(path) if path.suffix == ".json" else _csv_rows(path)
    first = next(rows, None)
    if first is None:
        return 0
    with psycopg.connect(address) as connection:
        table = sql.Identifier(f"raw_{path.stem}"[:60])
        columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(f"c{n}")) for n in range(len(first)))
        connection.execute(sql.SQL("create unlogged table {} ({})").format(table, columns))
        width, count = len(first), 1
        with connection.cursor().copy(sql.SQL("copy {} from stdin").format(table)) as copy:
            copy.write_row(first)
            for count, row in enumerate(rows, start=2):  # noqa: B007  # the count is told after the loop
                copy.write_row((row + [None] * width)[:width])
    return count


def _csv_rows(path: Path) -> Iterator[list[Any]]:
    with path.open(encoding=_encoding(path), newline="") as file:
        head = file.readline()
        delimiter = max(",;\t", key=head.count)
        yield from (row for row in csv.reader(file, delimiter=delimiter) if row)


def _json_rows(path: Path) -> Iterator[list[Any]]:
    found = json.loads(path.read_text("utf-8-sig"))
    if isinstance(found, dict):  # an envelope around its list, or a table by key
        found = next((value for value in found.values() if isinstance(value, list)), list(found.values()))
    return ([json.dumps(record, ensure_ascii=False)] for record in found)


def _encoding(path: Path) -> str:
    try:
        path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
