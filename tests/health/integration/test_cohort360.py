"""Cohort360's own cases, answered as expected, and written back as they were read."""

import json
from pathlib import Path
from random import Random

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import Handed, LocalEngine, Members
from diptych.health.warehouse.research.cohort.wire.cohort360 import read, write
from tests.health.drawn.worlds import DrawnIndex, world

CASES = (
    "exclusion",
    "nAmongM",
    "occurences",
    "patientAge",
    "simple",
    "temporalConstraintDirectChronologicalOrder",
    "temporalConstraintSameEncounter",
    "withRootNegation",
)


@pytest.mark.real_data
@pytest.mark.parametrize("case", CASES)
def test_as_expected(real_data: Path, case: str) -> None:
    folder = real_data / "cohorts" / "cohort360" / case
    request = read(json.loads((folder / "request.json").read_text()), origin=case).request
    expected = sorted(int(line) for line in (folder / "expected.csv").read_text().split()[1:])
    assert expected
    assert Members(Handed(folder), request).persons().tolist() == expected
    assert read(write(request), origin=case).request == request


def test_rows_that_are_not_there_or_wrong_are_named(tmp_path: Path) -> None:
    basic = {"_type": "basicResource", "_id": 1, "resourceType": "Condition"}
    request = read({"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": basic}, origin="x").request
    for content, code, said in (
        (None, "cohort.no_rows", "resource_1.csv does not exist"),
        ("patient;onsetDateTime\n1;2020-01-01T00:00:00Z\n2;soon\n", "cohort.wrong_rows", "3: «soon» is no onsetDateTime"),
        ("patient\n-1\n", "cohort.wrong_rows", "2: «-1» is no patient"),
        ("patient\n4294967296\n", "cohort.wrong_rows", "2: «4294967296» is no patient"),
        ("who\n1\n", "cohort.wrong_rows", "1: there is no column _subject or patient"),
    ):
        if content is not None:
            (tmp_path / "resource_1.csv").write_text(content)
        with pytest.raises(Refused) as refused:
            Members(Handed(tmp_path), request).persons()
        assert refused.value.code == code
        facts = refused.value.refusal.facts
        assert said in (facts["why"] if content is None else f"{facts['line']}: {facts['what']}")


def test_a_store_counts_patients_by_its_own_words_only() -> None:
    engine = LocalEngine(DrawnIndex(world(Random(1))))
    searched = n.Basic(1, n.Resource.CONDITION, n.Search("code=R26"))
    for request, code in (
        (n.Request((1,), searched), "cohort.no_rows"),
        (n.Request((1,), None, n.Resource.ENCOUNTER), "cohort.not_persons"),
    ):
        with pytest.raises(Refused) as refused:
            engine.persons(request)
        assert refused.value.code == code
