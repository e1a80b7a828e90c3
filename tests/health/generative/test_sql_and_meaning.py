"""The engine for many says what the meaning says: as DuckDB's SQL on drawn worlds, and each step has a counterpart in Spark."""

from random import Random

import duckdb
import pyarrow as pa
import pytest

from .test_store_and_meaning import TYPES

from diptych.commons.refusal import Refused
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.sql import OnDuckDB, OnSpark, SqlEngine, translated
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import Tables, world
from tests.thoroughness import examples


class Noted(OnDuckDB):
    """DuckDB, which notes what it is asked."""

    def answer(self, steps, last):  # type: ignore[no-untyped-def] # as the runner's
        self.noted = [*(select for _, select in steps), last]
        return super().answer(steps, last)


def database(tables: Tables) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, rows in tables.items():
        schema = pa.schema([(column.name, TYPES[column.type]) for column in SHAPES[name].columns])
        full = [{column.name: row.get(column.name) for column in SHAPES[name].columns} for row in rows]
        connection.register("given", pa.Table.from_pylist(full, schema=schema))
        connection.execute(f"CREATE TABLE {name} AS FROM given")
        connection.unregister("given")
    return connection


@pytest.mark.parametrize("seed", range(examples(3)))
def test_drawn(seed: int) -> None:
    random = Random(seed)
    tables = world(random)
    runner = Noted(database(tables))
    engine, plain = SqlEngine(runner), meaning.World(tables)
    for _ in range(4):
        cohort, asked = definition(random), request(random)
        assert engine.rows(cohort) == meaning.rows(plain, cohort)
        assert all(translated(one) for one in runner.noted)
        assert engine.persons(asked) == meaning.persons(plain, asked)
        assert all(translated(one) for one in runner.noted)


def test_what_it_cannot_answer_is_refused() -> None:
    engine = SqlEngine(OnDuckDB(database({})))
    for asked, code in (
        (n.Request((1,), None, n.Resource.ENCOUNTER), "cohort.not_persons"),
        (n.Request((1,), n.Basic(1, n.Resource.CONDITION, n.Search("code=R26"))), "cohort.no_rows"),
    ):
        with pytest.raises(Refused) as refused:
            engine.persons(asked)
        assert refused.value.code == code
    try:
        import pyspark  # noqa: F401 # only whether it is there
    except ImportError:
        with pytest.raises(Refused) as refused:
            OnSpark(None, master="local[2]")  # type: ignore[arg-type] # it does not get so far
        assert refused.value.code == "cohort.no_spark"
