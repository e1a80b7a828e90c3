"""The 110 published definitions, read and written: the same questions, and the same JSON but for what says nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from diptych.health.warehouse.research.cohort.lint import lint
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.cohort.wire.circe_writing import write
from diptych.health.warehouse.research.cohort.wire.document import parsed
from diptych.health.warehouse.research.cohort.wire.keeping import Dropped


def normal(value: Any) -> Any:
    """A document without what this test forgives: the order of keys (dicts compare without), nulls, and
    `UseIndexEnd: false`, which old definitions leave out. Nothing else."""
    if isinstance(value, dict):
        return {
            key: normal(inner)
            for key, inner in value.items()
            if inner is not None and (key, inner) != ("UseIndexEnd", False)
        }  # fmt: skip
    return [normal(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.real_data
def test_there_and_back(real_data: Path) -> None:
    files = sorted((real_data / "cohorts" / "definitions").glob("*.json"))
    assert len(files) == 110
    for file in files:
        value = parsed(file)
        reading, dropped = read(value, origin=file.name), list[Dropped]()
        assert reading.unknown == (), file.name
        assert read(write(reading.cohort), origin=file.name).cohort == reading.cohort, file.name
        written = write(reading.cohort, kept=reading.kept, dropped=dropped)
        assert dropped == []
        assert normal(json.loads(json.dumps(written))) == normal(value), file.name


@pytest.mark.real_data
def test_they_are_linted_without_a_grave_finding(real_data: Path) -> None:
    found = {
        finding.severity.value
        for file in (real_data / "cohorts" / "definitions").glob("*.json")
        for finding in lint(parsed(file))
    }  # fmt: skip
    assert found == {"warning", "information"}
