"""Engines: all that answer the cohort language. A new engine is one more line of `ENGINES`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from .tables import Tables, write

from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine
from diptych.health.warehouse.research.cohort.engines.sql import OnDuckDB, OnSpark, Runner, SqlEngine
from diptych.health.warehouse.research.cohort.meaning.world import days
from diptych.health.warehouse.research.index.columns import Index
from diptych.health.warehouse.research.index.store import Store, load
from tests.health.drawn.worlds import DrawnIndex
from tests.health.generative.test_sql_and_meaning import database
from tests.health.generative.test_store_and_meaning import written
from tests.health.worlds import AT, DAY_ZERO

ZERO = days(DAY_ZERO) or 0


class Engine(Protocol):
    """What answers both kinds of question, days counted from 1970-01-01."""

    def rows(self, cohort: n.Cohort) -> list[tuple[int, int, int]]:
        """Person, first and last day."""

    def persons(self, request: n.Request) -> list[int]:
        """The persons."""


class Meaning:
    """The meaning itself."""

    def __init__(self, tables: Tables, folder: Path) -> None:
        self._world = meaning.World(tables)

    def rows(self, cohort: n.Cohort) -> list[tuple[int, int, int]]:
        """See `Engine`."""
        return meaning.rows(self._world, cohort)

    def persons(self, request: n.Request) -> list[int]:
        """See `Engine`."""
        return meaning.persons(self._world, request)


class Local:
    """The engine of one machine, on an index."""

    def __init__(self, index: Index) -> None:
        self._engine = LocalEngine(index)

    def rows(self, cohort: n.Cohort) -> list[tuple[int, int, int]]:
        """See `Engine`."""
        rows = self._engine.answer(cohort).rows
        return list(zip(*(getattr(rows, name).tolist() for name in ("person", "start", "end")), strict=True))

    def persons(self, request: n.Request) -> list[int]:
        """See `Engine`."""
        return list(self._engine.persons(request).tolist())


def stored(tables: Tables, folder: Path) -> Local:
    """The engine of one machine on a store that was loaded from files."""
    load(source=write(tables, folder / "source"), store=folder / "store", strict=True, at=AT)
    return Local(Index(Store(folder / "store")))


class Sql:
    """The engine for many, on DuckDB or on Spark."""

    def __init__(self, runner: Runner) -> None:
        self._engine = SqlEngine(runner)

    def rows(self, cohort: n.Cohort) -> list[tuple[int, int, int]]:
        """See `Engine`."""
        return self._engine.rows(cohort)

    def persons(self, request: n.Request) -> list[int]:
        """See `Engine`."""
        return self._engine.persons(request)


QUICK = {
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}
"""Spark for tables of ten rows: nothing is compiled, and no plan is thought over again as it runs."""


def on_spark(tables: Tables, folder: Path) -> Sql:
    """The engine for many on Spark, over Parquet files. All share this process's Spark."""
    return Sql(
        OnSpark(
            written({name: rows for name, rows in tables.items() if rows}, folder / "release"), master="local[2]", options=QUICK
        )
    )


ENGINES: Mapping[str, Callable[[Tables, Path], Engine]] = {
    "meaning": Meaning,
    "local, in memory": lambda tables, folder: Local(DrawnIndex(tables)),
    "local, from a store": stored,
    "SQL": lambda tables, folder: Sql(OnDuckDB(database(tables))),
    "Spark": on_spark,
}
