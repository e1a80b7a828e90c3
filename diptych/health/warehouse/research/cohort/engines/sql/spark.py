"""Spark: the same steps over the same Parquet files, translated by sqlglot, computed where the data are.

Needs the extra `spark` (pyspark, sqlglot, a Java of 17 or later). Does not know the language.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from .answers import Rows, empty

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort.terms import NO_SPARK

INSTALL = ".tools/bin/uv sync --extra spark"


def translated(select: str) -> str:
    """A step in Spark's words. Refused (`cohort.no_spark`) where sqlglot is not installed."""
    try:
        import sqlglot  # of the extra `spark`
    except ImportError:
        deny(NO_SPARK, command=INSTALL)
    return str(sqlglot.transpile(select, read="duckdb", write="spark")[0])


class OnSpark:
    """A Spark session over the Parquet files of a release: each step a view that is kept while its question lasts."""

    def __init__(self, release: Path, *, master: str = "local[2]") -> None:
        try:
            from pyspark.sql import SparkSession  # of the extra `spark`
        except ImportError:
            deny(NO_SPARK, command=INSTALL)
        builder = SparkSession.builder.master(master).appName("diptych")
        for name, value in (
            ("spark.ui.enabled", "false"),
            ("spark.sql.session.timeZone", "UTC"),
            ("spark.sql.shuffle.partitions", "4"),
            ("spark.sql.ansi.enabled", "false"),
        ):
            builder = builder.config(name, value)
        self._session: Any = builder.getOrCreate()
        for name, shape in SHAPES.items():
            file = release / f"{name}.parquet"
            found = self._session.read.parquet(str(file)) if file.exists() else self._session.sql(translated(empty(shape)))
            found.createOrReplaceTempView(name)

    def answer(self, steps: Iterable[tuple[str, str]], last: str) -> Rows:
        """The rows of a SELECT over the steps."""
        made = []
        try:
            for name, select in steps:
                step = self._session.sql(translated(select)).cache()
                step.createOrReplaceTempView(name)
                made.append((name, step))
            return [tuple(row) for row in self._session.sql(translated(last)).collect()]
        finally:
            for name, step in made:
                self._session.catalog.dropTempView(name)
                step.unpersist()

    def stop(self) -> None:
        """End the session."""
        self._session.stop()
