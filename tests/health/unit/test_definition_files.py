"""Which files stand for a folder, in which order; what is reported of each; a key that is there twice."""

import json
from pathlib import Path

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.count import definitions, numbered, questions
from diptych.health.warehouse.research.cohort.explain.findings import date_of
from diptych.health.warehouse.research.cohort.lint.reports import reports
from diptych.health.warehouse.research.cohort.wire.document import parsed
from tests.health.worlds import cohort, condition

REQUEST = {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "colour": 1}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two definitions by number and one by name, and a request."""
    for name, value in (("10", cohort(condition(1))), ("9", cohort(condition(1), Colour="red")), ("flu", REQUEST)):
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    return tmp_path


def test_a_folder_stands_for_its_files_by_number_then_by_name(folder: Path) -> None:
    asked = questions([folder])
    assert [(one.name, len(one.unknown)) for one in asked] == [("9", 1), ("10", 0), ("flu", 1)]
    assert list(numbered(asked)) == [9, 10, 3]
    assert [one.name for one in definitions([folder / "9.json"])] == ["9"]
    with pytest.raises(Refused) as refused:
        numbered([*asked, *asked])
    assert refused.value.code == "cohort.same_number"
    (folder / "empty").mkdir()
    with pytest.raises(Refused) as refused:
        questions([folder / "empty"])
    assert refused.value.code == "cohort.no_file"


def test_a_report_of_each(folder: Path) -> None:
    (folder / "wrong.json").write_text("{")
    told = {one.name: ([found.code for found in one.findings], one.refused and one.refused.code) for one in reports([folder])}
    assert told["flu"] == (["unknown_key"], None)
    assert "unknown_key" in told["9"][0]
    assert told["wrong"] == ([], "cohort.not_json")


def test_a_key_that_is_there_twice_is_named_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "twice.json"
    file.write_text('{"a": 1, "b": [{"c": 1, "c": 2}], "d": 2}')
    with pytest.raises(Refused) as refused:
        parsed(file)
    assert refused.value.refusal.facts["place"] == "$.b[0].c"


def test_a_day_beyond_the_calendar_is_told_as_days() -> None:
    assert date_of(10**7) == "1970-01-01 +10000000 days"
    assert date_of(None) is None
