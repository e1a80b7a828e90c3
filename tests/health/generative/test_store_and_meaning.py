"""The same comparison by way of a real store: Parquet, mapped columns, bitmaps."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine, blocks, chains
from diptych.health.warehouse.research.index import columns
from diptych.health.warehouse.research.index.columns import Index
from diptych.health.warehouse.research.index.store import Store, load
from tests.health.drawn import related
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import Tables, world
from tests.thoroughness import examples

TYPES = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
}


def written(tables: Tables, folder: Path) -> Path:
    """Write a world as Parquet files, one a table."""
    folder.mkdir()
    for name, rows in tables.items():
        rows = [row | {"vocabulary_id": str(row["vocabulary_id"])} if name == "vocabulary" else row for row in rows]
        schema = pa.schema([(column.name, TYPES[column.type]) for column in SHAPES[name].columns])
        full = [{column.name: row.get(column.name) for column in SHAPES[name].columns} for row in rows]
        pq.write_table(pa.Table.from_pylist(full, schema=schema), folder / f"{name}.parquet")
    return folder


@pytest.mark.parametrize("whole", [10**9, 0])
@pytest.mark.parametrize("seed", range(examples(3)))
def test_by_way_of_a_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, whole: int) -> None:
    monkeypatch.setattr(columns, "WHOLE", whole)  # with 0, every table is a large one
    monkeypatch.setattr(chains, "FEW", 0)  # a drawn world has few persons: they are walked through, and in small parts
    monkeypatch.setattr(blocks, "BLOCK", 3)
    random = Random(seed)
    tables = world(random)
    load(source=written(tables, tmp_path / "source"), store=tmp_path / "store", strict=False, at=datetime(2026, 1, 1, tzinfo=UTC))
    engine, plain = LocalEngine(Index(Store(tmp_path / "store"))), meaning.World(tables)
    for _ in range(25):
        cohort, asked = definition(random), request(random)
        rows = engine.answer(cohort).rows
        assert list(zip(*(getattr(rows, name).tolist() for name in ("person", "start", "end")), strict=True)) == meaning.rows(
            plain, cohort
        )
        assert engine.persons(asked).tolist() == meaning.persons(plain, asked)
        for edited in related.requests(random):
            assert engine.persons(edited).tolist() == meaning.persons(plain, edited)
    assert engine.memory.hits
