"""Answers: scripts run, step by step, by DuckDB or by Spark.

Holds the two runners. With Spark the same steps are translated by sqlglot and are views, computed where the data are.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import duckdb

from . import definition, request
from .script import Script

from diptych.health.warehouse.mart.shapes import SHAPES, Shape
from diptych.health.warehouse.research.cohort import nodes as n

Rows = list[tuple[Any, ...]]


class Runner(Protocol):
    """Runs the steps of a script."""

    def answer(self, steps: Iterable[tuple[str, str]], last: str) -> Rows:
        """The rows of a SELECT over the steps."""


def empty(shape: Shape) -> str:
    """A table without rows, for one that the release lacks."""
    columns = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in shape.columns)
    return f"SELECT {columns} WHERE 1 = 0"


class OnDuckDB:
    """DuckDB over a connection whose tables have OMOP's names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        there = {row[0] for row in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
        for name, shape in SHAPES.items():
            if name not in there:
                connection.execute(f"CREATE VIEW {name} AS {empty(shape)}")

    @classmethod
    def over(cls, release: Path) -> "OnDuckDB":
        """Over the Parquet files of a release."""
        connection = duckdb.connect()
        for file in sorted(release.glob("*.parquet")):
            quoted = str(file).replace("'", "''")
            connection.execute(f"CREATE VIEW {file.stem} AS FROM read_parquet('{quoted}')")
        return cls(connection)

    def answer(self, steps: Iterable[tuple[str, str]], last: str) -> Rows:
        """Each step a temporary table, all dropped at the end."""
        made = []
        try:
            for name, select in steps:
                self._connection.execute(f"CREATE TEMP TABLE {name} AS {select}")
                made.append(name)
            return self._connection.execute(last).fetchall()
        finally:
            for name in made:
                self._connection.execute(f"DROP TABLE {name}")


class SqlEngine:
    """Answers definitions and requests through a runner."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def rows(self, cohort: n.Cohort) -> list[tuple[int, int, int]]:
        """The rows of a cohort: person, first and last day (from 1970-01-01), by person and first day."""
        script = Script(cohort.concept_sets)
        last = definition.rows(script, cohort)
        return self._runner.answer(
            script.steps, f"SELECT person_id, start_day, end_day FROM {last} ORDER BY person_id, start_day"
        )

    def persons(self, asked: n.Request) -> list[int]:
        """The persons of a request, ascending."""
        script = Script(asked.concept_sets)
        last = request.persons(script, asked)
        return [row[0] for row in self._runner.answer(script.steps, f"SELECT person_id FROM {last} ORDER BY person_id")]
