"""Explanations of the published definitions on the published data: five persons in and five out of each, as the engine says."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from diptych.health.warehouse.research.cohort.count import Desk, dates, definitions
from diptych.health.warehouse.research.cohort.explain import explain
from diptych.health.warehouse.research.index.person import Persons
from diptych.health.warehouse.research.index.store import Store, load
from tests.health.worlds import AT


@pytest.mark.real_data
def test_the_verdict_is_the_engines(real_data: Path, tmp_path: Path) -> None:
    load(source=real_data / "omop" / "generated_24k.duckdb", store=tmp_path / "store", strict=False, at=AT)
    desk, people = Desk(tmp_path / "store"), Persons(Store(tmp_path / "store"))
    everyone, told = range(1, 24_000, 997), 0
    for one in definitions([real_data / "cohorts" / "definitions"]):
        rows = desk.answer(one.cohort).rows
        found: dict[int, list[tuple[date, date]]] = defaultdict(list)
        for person, start, end in zip(rows.person.tolist(), dates(rows.start), dates(rows.end), strict=True):
            found[person].append((start, end))
        for person in [*sorted(found)[:5], *[other for other in everyone if other not in found][:5]]:
            said = explain(people, one.cohort, person=person)
            assert list(said.rows) == found[person], f"definition {one.name}, person {person}"
            assert said.holds is (said.failed is None)
            told += 1
    assert told > 1000
