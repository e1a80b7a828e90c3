"""Spark: the same steps over the same Parquet files, translated by sqlglot, computed where the data are.

Needs the extra `spark` (pyspark, sqlglot) and a Java of 17 or later. Does not know the language.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .answers import Rows, empty

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort.terms import NO_SPARK, NOT_STARTED

INSTALL = "make spark"
OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "UTC",
        # What overflows or cannot be cast is an error, as it is in DuckDB, never a null or another number.
        "spark.sql.ansi.enabled": "true",
        # Nearly every step joins and groups within a person: rows that are where their person is need not move again.
        "spark.sql.requireAllClusterKeysForCoPartition": "false",
    }
)
_STEP = re.compile(r"\bs\d+_\w+")
_WORD = re.compile(r"\b[a-z_]+\b")
_TYPES = {"VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}


def translated(select: str) -> str:
    """A step in Spark's words. Refused (`cohort.no_spark`) where sqlglot is not installed."""
    try:
        import sqlglot  # of the extra `spark`
    except ImportError:
        deny(NO_SPARK, command=INSTALL)
    return str(sqlglot.transpile(select, read="duckdb", write="spark")[0])


def _why(error: Exception) -> str:
    "The line of an error that says what is wrong: Java's own, where it comes from there, follows a colon."
    lines = str(error).splitlines() or [type(error).__name__]
    return next((line.removeprefix(": ") for line in lines if line.startswith(": ")), lines[0]).rstrip(".")


class OnSpark:
    """A Spark session over the Parquet files of a release. One question at a time."""

    def __init__(self, release: Path, *, master: str, options: Mapping[str, str] = MappingProxyType({})) -> None:
        """Refused where pyspark is not installed (`cohort.no_spark`) or Spark does not start (`cohort.spark_not_started`).

        `options`: Spark's own, besides and before `OPTIONS`. The context is shared by all sessions of a process.
        """
        try:
            from pyspark.sql import SparkSession  # of the extra `spark`
        except ImportError:
            deny(NO_SPARK, command=INSTALL)
        given = {**OPTIONS, **options}
        builder = SparkSession.builder.master(master).appName("diptych")
        for name, value in given.items():
            builder = builder.config(name, value)
        try:
            self._session: Any = builder.getOrCreate().newSession()
        except Exception as error:  # py4j's, Java's or Spark's own: each is a Spark that does not start
            deny(NOT_STARTED, why=_why(error))
        for name, value in given.items():
            if name.startswith("spark.sql."):
                self._session.conf.set(name, value)
        self._release = release
        self._there: set[str] = set()

    def answer(self, steps: Iterable[tuple[str, str]], last: str) -> Rows:
        """The rows of a SELECT over the steps.

        A step that is read once is a view, which Spark plans with its reader. One that is read more often is computed once and
        kept while the question lasts, cut from its origin: plans would double with each such step below another.
        """
        steps = list(steps)
        selects = [*(select for _, select in steps), last]
        read = Counter(name for select in selects for name in _STEP.findall(select))
        self._look({word for select in selects for word in _WORD.findall(select)} & SHAPES.keys())
        before, made = set(self._kept()), []
        try:
            for name, select in steps:
                step = self._session.sql(translated(select))
                if read[name] > 1:
                    step = step.localCheckpoint(eager=True)
                step.createOrReplaceTempView(name)
                made.append(name)
            return [tuple(row) for row in self._session.sql(translated(last)).collect()]
        finally:
            for name in made:
                self._session.catalog.dropTempView(name)
            for number, rows in self._kept().items():
                if number not in before:
                    rows.unpersist()

    def _look(self, tables: set[str]) -> None:
        "Make tables known to the session, with the columns that they are known to have, so that no file is opened to find it out."
        for name in sorted(tables - self._there):
            shape, file = SHAPES[name], self._release / f"{name}.parquet"
            if file.exists():
                columns = ", ".join(f"{column.name} {_TYPES.get(column.type, column.type)}" for column in shape.columns)
                found = self._session.read.schema(columns).parquet(str(file))
            else:
                found = self._session.sql(translated(empty(shape)))
            found.createOrReplaceTempView(name)
            self._there.add(name)

    def _kept(self) -> dict[int, Any]:
        "What Spark keeps of steps, by its number."
        return dict(self._session.sparkContext._jsc.getPersistentRDDs())

    def stop(self) -> None:
        """End the context, and so every session of this process."""
        self._session.sparkContext.stop()
