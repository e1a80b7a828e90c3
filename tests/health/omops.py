"""Small OMOP tables for the checks of quality: written as lists of rows, in DuckDB's memory or as Parquet files."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from diptych.health.warehouse.identified.quality import tables
from diptych.health.warehouse.identified.quality.passes import Asking, ask
from diptych.health.warehouse.identified.quality.tables import Tables, typed
from diptych.health.warehouse.identified.quality.terms import Check, Result
from diptych.health.warehouse.mart.shapes import SHAPES
from tests.health.identified import TYPES

TODAY = dt.date(2026, 11, 26)
AT = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
Rows = dict[str, list[dict[str, Any]]]


def arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Rows with the columns that they have, of the types of the shapes; those of other tables as they come."""
    known = {column.name: TYPES[column.type] for column in SHAPES[name].columns} if name in SHAPES else {}
    named = list(dict.fromkeys(column for row in rows for column in row)) or list(known)
    typed_ = {column: known[column] for column in named if column in known and _fits(known[column], rows, column)}
    return pa.table({column: pa.array([row.get(column) for row in rows], typed_.get(column)) for column in named})


def _fits(type_: pa.DataType, rows: list[dict[str, Any]], column: str) -> bool:
    "Whether each value is of the shape's type, so that a test may give others."
    wanted = {
        pa.int64(): int,
        pa.float64(): (int, float),
        pa.date32(): dt.date,
        pa.timestamp("us"): dt.datetime,
        pa.string(): str,
    }[type_]
    values = [row[column] for row in rows if row.get(column) is not None]
    return all(isinstance(value, wanted) and not isinstance(value, bool) for value in values)


@contextmanager
def opened(given: Rows) -> Iterator[Tables]:
    with duckdb.connect() as connection:
        for name, rows in given.items():
            connection.register(f"given_{name}", arrow(name, rows))
        yield tables.of(connection, {name: f"given_{name}" for name in given}, named="the test")


def asked(given: Rows, *checks: Check, today: dt.date = TODAY) -> list[Result]:
    with opened(given) as found:
        typed(found, checks)
        return ask(Asking(found, today), checks, lambda table, done: None)


def written(folder: Path, given: Rows) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in given.items():
        pq.write_table(arrow(name, rows), folder / f"{name}.parquet")
    return folder
