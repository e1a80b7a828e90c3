"""The run: a release's tables checked, in one call. What `flow` and the command line use.

Holds the order: open, type, ask, measure availability, report. Does not write (`book`).
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter

from .availability import available
from .checks import checks
from .passes import Asking, ask
from .report import Report
from .tables import Tables, opened, typed

Told = Callable[[str, int, int], None]
"""Told of what is being read, how many checks are answered, and how many there are."""


def _silent(what: str, done: int, total: int) -> None:
    "Nobody looks."


def check_source(
    source: Path, *, release: str, at: datetime, rows: Path | None = None, version: str | None = None,
    owners: Mapping[str, Sequence[str]] | None = None, scratch: Path | None = None, told: Told = _silent,
) -> Report:  # fmt: skip
    """Check a folder of Parquet files, or a DuckDB file, of OMOP tables.

    `rows`: the folder of the DataQualityDashboard's check tables, where there is one. `version` of the CDM: as the source says where
    none is named. `scratch`: where what does not fit in memory goes; it belongs to the locked room.
    Refused (`quality.no_tables`, `quality.unreadable`, `quality.no_rows`, `quality.bad_row`).
    """
    with tempfile.TemporaryDirectory(dir=scratch) as given, opened(source, scratch=Path(given)) as tables:
        return check_tables(
            tables, release=release, at=at, named=str(source), rows=rows, version=version, owners=owners or {}, told=told
        )


def check_tables(
    tables: Tables, *, release: str, at: datetime, named: str, rows: Path | None = None, version: str | None = None,
    owners: Mapping[str, Sequence[str]] | None = None, told: Told = _silent,
) -> Report:  # fmt: skip
    """Check open tables (`tables.of` makes them of a connection with views). `named`: what the report calls them."""
    began = perf_counter()
    version = version or tables.version
    every = checks(version=version, folder=rows)
    typed(tables, every)
    results = ask(Asking(tables, at.date()), every, lambda table, done: told(table, done, len(every)))
    series, left_out = available(tables, today=at.date(), told=lambda table: told(f"{table}…", len(every), len(every)))
    return Report(
        release=release, at=at, source=named, version=version, tables=dict(tables.rows), results=results, series=series,
        sites_left_out=left_out, seconds=perf_counter() - began, owners=owners or {},
    )  # fmt: skip
