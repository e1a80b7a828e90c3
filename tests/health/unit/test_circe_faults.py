"""Bad definitions: what cannot be, and what contradicts itself, is refused at its place; nothing is a surprise."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.lint import lint
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.cohort.wire.document import parsed
from tests.health.worlds import FLU, cohort, concepts, condition, group, near

RULE = group(near(condition(2), (0, 1), (30, 1), EndWindow={"Start": {"Days": 3, "Coeff": -1}, "End": {"Coeff": 1}}))
WHOLE = cohort(
    condition(
        1,
        First=True,
        Age={"Value": 18, "Op": "bt", "Extent": 30},
        OccurrenceStartDate={"Value": "2020-01-31", "Op": "bt", "Extent": "2020-02-29"},
        StopReason={"Text": "cured", "Op": "contains"},
        Gender=[{"CONCEPT_ID": 8507, "CONCEPT_NAME": "MALE"}],
        GenderCS={"CodesetId": 1, "IsExclusion": True},
        ConditionSourceConcept=2,
        DateAdjustment={"StartWith": "END_DATE", "StartOffset": 1, "EndWith": "END_DATE", "EndOffset": 2},
        CorrelatedCriteria=group(DemographicCriteriaList=[{"Age": {"Value": 1, "Op": "gt"}}]),
    ),
    {
        "DrugEra": {
            "GapDays": {"Value": 1, "Op": "gt"},
            "EraLength": {"Value": 1, "Op": "gt"},
            "OccurrenceCount": {"Value": 1, "Op": "lt"},
        }
    },
    {
        "Measurement": {
            "Abnormal": True,
            "ValueAsNumber": {"Value": 1.5, "Op": "!bt", "Extent": 2},
            "MeasurementTypeExclude": True,
        }
    },
    {"PayerPlanPeriod": {"PayerConcept": 1}},
    {"Specimen": {"SpecimenSourceConcept": 1, "DateAdjustment": {"StartOffset": 1}}},
    {"ObservationPeriod": {"UserDefinedPeriod": {"StartDate": "2020-01-01", "EndDate": "2020-12-31"}}},
    AdditionalCriteria=group(near(condition(2), (0, 1), (30, 1)), kind="AT_LEAST", Count=1, Groups=[group()]),
    InclusionRules=[{"name": "rule", "description": "", "expression": RULE}],
    CensoringCriteria=[condition(2)],
    EndStrategy={"CustomEra": {"DrugCodesetId": 1, "GapDays": 2, "Offset": 1, "DaysSupplyOverride": 3}},
    CollapseSettings={"CollapseType": "ERA", "EraPad": 3},
    CensorWindow={"StartDate": "2019-01-01", "EndDate": "2021-01-01"},
    QualifiedLimit={"Type": "All"},
    Title="all",
)
BODY = "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence"
GROUP = "$.AdditionalCriteria"
WINDOW = f"{GROUP}.CriteriaList[0].StartWindow"
ERA = "$.EndStrategy.CustomEra"


def _steps(path: str) -> list[Any]:
    parts = path.removeprefix("$").replace("[", ".[").split(".")[1:]
    return [int(part[1:-1]) if part.startswith("[") else part for part in parts]


def _with(path: str, to: Any) -> dict[str, Any]:
    changed = deepcopy(WHOLE)
    place: Any = changed
    *steps, last = _steps(path)
    for step in steps:
        place = place[step]
    place[last] = to
    return changed


def _refused(value: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        read(value, origin="a.json")
    return refused.value.code, refused.value.refusal.facts["place"]


def test_the_whole_is_right() -> None:
    assert read(WHOLE, origin="a").unknown == ()


@pytest.mark.parametrize(
    "date", ["2020-13-01", "0000-01-01", "2020-02-30", "20200101", "2020-W01-1", "01/02/2020", "2020-01-01Z9"]
)
def test_a_date_that_is_none(date: str) -> None:
    path = f"{BODY}.OccurrenceStartDate.Value"
    assert _refused(_with(path, date)) == ("cohort.wrong", path)
    assert _refused(_with("$.CensorWindow.StartDate", date)) == ("cohort.wrong", "$.CensorWindow.StartDate")


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "2020-01-01T00:00:00.000Z"])
def test_a_date_that_is_one(date: str) -> None:
    read(_with(f"{BODY}.OccurrenceStartDate", {"Value": date, "Op": "gt"}), origin="a")


@pytest.mark.parametrize(
    ("path", "to", "place"),
    [
        # contradictions: what no event can satisfy
        (f"{BODY}.Age.Extent", 17, f"{BODY}.Age.Extent"),
        (f"{BODY}.OccurrenceStartDate.Extent", "2020-01-30", f"{BODY}.OccurrenceStartDate.Extent"),
        (f"{WINDOW}.Start", {"Days": 31, "Coeff": 1}, WINDOW),
        (f"{WINDOW}.End", {"Days": 1, "Coeff": -1}, WINDOW),
        ("$.InclusionRules[0].expression.CriteriaList[0].EndWindow.End", {"Days": 4, "Coeff": -1},
         "$.InclusionRules[0].expression.CriteriaList[0].EndWindow"),
        (f"{GROUP}.Count", 3, f"{GROUP}.Count"),
        ("$.CensorWindow.EndDate", "2018-12-31", "$.CensorWindow.EndDate"),
        ("$.PrimaryCriteria.CriteriaList[5].ObservationPeriod.UserDefinedPeriod.EndDate", "2019-12-31",
         "$.PrimaryCriteria.CriteriaList[5].ObservationPeriod.UserDefinedPeriod.EndDate"),
        # half of a range
        (f"{BODY}.Age.Extent", None, f"{BODY}.Age.Extent"),
        (f"{BODY}.OccurrenceStartDate.Extent", None, f"{BODY}.OccurrenceStartDate.Extent"),
        (f"{BODY}.OccurrenceStartDate.Value", "", f"{BODY}.OccurrenceStartDate.Value"),
        # sets that are not there, or twice
        (f"{BODY}.GenderCS.CodesetId", 9, f"{BODY}.GenderCS.CodesetId"),
        (f"{BODY}.ConditionSourceConcept", 9, f"{BODY}.ConditionSourceConcept"),
        (f"{ERA}.DrugCodesetId", 9, f"{ERA}.DrugCodesetId"),
        ("$.ConceptSets", [concepts(1, FLU), concepts(2, FLU), concepts(1, FLU)], "$.ConceptSets[2].id"),
        # operators, numbers
        (f"{BODY}.StopReason.Op", "like", f"{BODY}.StopReason.Op"),
        (f"{BODY}.OccurrenceStartDate.Op", "==", f"{BODY}.OccurrenceStartDate.Op"),
        (f"{BODY}.Age.Value", float("nan"), f"{BODY}.Age.Value"),
        (f"{BODY}.Age.Extent", float("inf"), f"{BODY}.Age.Extent"),
        (f"{BODY}.Age.Extent", 10**400, f"{BODY}.Age.Extent"),
        # counts below nothing
        (f"{GROUP}.Count", -1, f"{GROUP}.Count"),
        (f"{GROUP}.CriteriaList[0].Occurrence.Count", -1, f"{GROUP}.CriteriaList[0].Occurrence.Count"),
        ("$.CollapseSettings.EraPad", -1, "$.CollapseSettings.EraPad"),
        (f"{ERA}.GapDays", -1, f"{ERA}.GapDays"),
        (f"{ERA}.DaysSupplyOverride", -1, f"{ERA}.DaysSupplyOverride"),
        ("$.PrimaryCriteria.CriteriaList[0]", {"ConditionOccurrence": None}, "$.PrimaryCriteria.CriteriaList[0]"),
        ("$.ConceptSets[0].expression.items[0].concept", {}, "$.ConceptSets[0].expression.items[0].concept.CONCEPT_ID"),
        ("$.ConceptSets[0].id", None, "$.ConceptSets[0].id"),
        (f"{BODY}.Gender[0].CONCEPT_ID", None, f"{BODY}.Gender[0].CONCEPT_ID"),
        (f"{GROUP}.CriteriaList[0].Criteria", None, f"{GROUP}.CriteriaList[0].Criteria"),
        ("$.EndStrategy", {"DateOffset": {"DateField": "Middle"}}, "$.EndStrategy.DateOffset.DateField"),
        ("$.PrimaryCriteria.CriteriaList[0]", {"DrugEra": {"GapDays": [1], "EraLength": {"Value": 1, "Op": "gt"}}},
         "$.PrimaryCriteria.CriteriaList[0].DrugEra.GapDays"),
        ("$.PrimaryCriteria.CriteriaList[0]", {"DrugEra": {"GapDays": {"Value": 1, "Op": "gt"}}},
         "$.PrimaryCriteria.CriteriaList[0].DrugEra.GapDays"),
    ],
    ids=lambda value: str(value)[-60:],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_place(path: str, to: Any, place: str) -> None:
    assert _refused(_with(path, to)) == ("cohort.wrong", place)


def test_a_window_may_be_one_day_and_between_one_value() -> None:
    read(_with(f"{WINDOW}.Start", {"Days": 30, "Coeff": 1}), origin="a")
    read(_with(f"{BODY}.Age.Extent", 18), origin="a")
    read(_with(f"{GROUP}.Count", 2), origin="a")


def _paths(value: Any, path: str = "$") -> Iterator[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        here = f"{path}.{key}" if isinstance(value, dict) else f"{path}[{key}]"
        yield here
        yield from _paths(one, here)


@pytest.mark.parametrize("to", [None, True, -1, 1.5, "x", "", [], {}, [None], {"x": None}, 10**30], ids=repr)
def test_anything_anywhere_is_read_or_refused(to: Any) -> None:
    """Null everywhere, and every wrong type everywhere: an answer or a refusal with a place, never a surprise."""
    for path in _paths(WHOLE):
        value = _with(path, to)
        try:
            reading = read(value, origin="a")
        except Refused as refused:
            assert refused.code == "cohort.wrong"
            assert refused.refusal.facts["place"].startswith("$")
        else:
            assert isinstance(reading.kept, tuple)
        lint(value)


def test_all_null_is_refused() -> None:
    assert _refused(dict.fromkeys(WHOLE)) == ("cohort.wrong", "$.PrimaryCriteria")


# ---- files


def _file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "definition.json"
    path.write_bytes(content)
    return path


def _code(path: Path) -> tuple[str, Any]:
    with pytest.raises(Refused) as refused:
        parsed(path)
    return refused.value.code, refused.value.refusal.facts.get("place")


def test_a_key_said_twice(tmp_path: Path) -> None:
    text = json.dumps(WHOLE).replace('"Coeff": 1}', '"Coeff": 1, "Days": 5}', 1)
    assert _code(_file(tmp_path, text.encode())) == ("cohort.wrong", f"{WINDOW}.Start.Days")
    assert _code(_file(tmp_path, b'{"a": {"b": 1, "b": 1}, "a": 2}')) == ("cohort.wrong", "$.a")


@pytest.mark.parametrize(
    "content",
    [b"", b"null,", b"[1, NaN]", b'{"a": Infinity}', b'{"a": -Infinity}', '{"Title": "é"}'.encode("latin-1"), b'"\\ud800"', b"1" * 5000],
    ids=repr,
)  # fmt: skip
def test_what_is_no_json(tmp_path: Path, content: bytes) -> None:
    assert _code(_file(tmp_path, content)) == ("cohort.not_json", None)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert parsed(_file(tmp_path, b"\xef\xbb\xbf" + json.dumps(WHOLE).encode())) == WHOLE
    assert parsed(_file(tmp_path, '{"Title": "é\\ud83d\\ude00"}'.encode())) == {"Title": "é😀"}


@pytest.mark.parametrize("depth", [101, 330, 1000, 100_000])
def test_nesting_without_end_is_an_error(tmp_path: Path, depth: int) -> None:
    definition = json.dumps(WHOLE | {"AdditionalCriteria": "HERE"})
    nested = '{"Type": "ALL", "Groups": [' * depth + "]}" * depth
    path = _file(tmp_path, definition.replace('"HERE"', nested).encode())
    with pytest.raises(Refused) as refused:
        read(parsed(path), origin="a")
    assert refused.value.code in {"cohort.wrong", "cohort.not_json"}


def test_the_deepest_nesting_is_read_written_and_linted() -> None:
    value: dict[str, Any] = group(near(condition(2), (0, 1), (1, 1)))
    for _ in range(23):
        value = group(near(condition(2, CorrelatedCriteria=value), (0, 1), (1, 1)))
    asked = cohort(condition(1), AdditionalCriteria=value)
    assert read(asked, origin="a").kept == ()
    assert len(lint(asked)) > 23


def test_large_files(tmp_path: Path) -> None:
    """A set of 100,000 items, in more than 4 MB, read about as fast as it is parsed."""
    sets = concepts(1, *range(1, 100_001), descendants=True)
    for item in sets["expression"]["items"]:
        item["concept"]["CONCEPT_NAME"] = f"concept {item['concept']['CONCEPT_ID']}"
    path = _file(tmp_path, json.dumps(cohort(condition(1), sets=(sets,))).encode())
    assert path.stat().st_size > 4_000_000
    reading = read(parsed(path), origin="a")
    assert len(reading.cohort.concept_sets[0].items) == 100_000
    assert len(reading.kept) == 100_000
