"""The 110 published definitions, row for row as the reference implementation answers, on both databases."""

from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from diptych.health.warehouse.research.cohort.count import Desk, dates, definitions, write_rows
from diptych.health.warehouse.research.index.store import load
from tests.health.worlds import AT


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "source"), [("gibleed", "omop/gibleed"), ("generated_24k", "omop/generated_24k.duckdb")])
def test_row_for_row(real_data: Path, tmp_path: Path, name: str, source: str) -> None:
    load(source=real_data / source, store=tmp_path / "store", strict=False, at=AT)
    expected = defaultdict(list)
    for definition, *row in duckdb.sql(f"FROM '{real_data}/cohorts/expected_{name}.parquet' ORDER BY ALL").fetchall():
        expected[definition].append(tuple(row))
    desk, asked = Desk(tmp_path / "store"), definitions([real_data / "cohorts" / "definitions"])
    assert len(asked) == 110
    answers = {one.number(0): desk.answer(one.cohort) for one in asked}
    for number, answer in answers.items():
        rows = answer.rows
        found = sorted(zip(rows.person.tolist(), dates(rows.start), dates(rows.end), strict=True))
        assert found == expected[number], f"definition {number}"
    written = write_rows(answers, out=tmp_path / "rows.parquet")
    assert written == sum(map(len, expected.values())) > 7000
    kept = duckdb.sql(f"SELECT * FROM '{tmp_path}/rows.parquet' ORDER BY ALL").fetchall()
    assert kept == [(definition, *row) for definition in sorted(expected) for row in expected[definition]]
