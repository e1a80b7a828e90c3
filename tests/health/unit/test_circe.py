"""Reading Circe's JSON: what is wrong is refused at its place, what is unknown is noted."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import definitions
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.wire.attributes import ATTRIBUTES
from diptych.health.warehouse.research.cohort.wire.circe import read
from tests.health.worlds import FLU, cohort, concepts, condition, group, near


def _at(value: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    changed = deepcopy(value)
    place: Any = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return changed


WHOLE = cohort(condition(1, Age={"Value": 18, "Op": "gte"}), AdditionalCriteria=group(near(condition(2), (0, 1), (30, 1))))
BODY = ("PrimaryCriteria", "CriteriaList", 0, "ConditionOccurrence")
NEAR = ("AdditionalCriteria", "CriteriaList", 0)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], "$"),
        ({}, "$.PrimaryCriteria"),
        (_at(WHOLE, "PrimaryCriteria", "CriteriaList", to=[]), "$.PrimaryCriteria.CriteriaList"),
        (_at(WHOLE, "PrimaryCriteria", "CriteriaList", to={}), "$.PrimaryCriteria.CriteriaList"),
        (_at(WHOLE, "PrimaryCriteria", "PrimaryCriteriaLimit", "Type", to="Some"), "$.PrimaryCriteria.PrimaryCriteriaLimit.Type"),
        (_at(WHOLE, *BODY, "CodesetId", to=9), "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.CodesetId"),
        (_at(WHOLE, *BODY, "CodesetId", to=True), "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.CodesetId"),
        (_at(WHOLE, *BODY, "CodesetId", to=2**70), "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.CodesetId"),
        (
            _at(WHOLE, *BODY, "Age", to={"Value": "old", "Op": "gte"}),
            "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.Age.Value",
        ),
        (
            _at(WHOLE, *BODY, "Age", to={"Value": 1, "Op": "about"}),
            "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.Age.Op",
        ),
        (
            _at(WHOLE, *BODY, "Age", to={"Value": 1, "Op": "bt"}),
            "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.Age.Extent",
        ),
        (
            _at(WHOLE, *BODY, "OccurrenceStartDate", to={"Value": "0000-01-01", "Op": "gt"}),
            "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.OccurrenceStartDate.Value",
        ),
        (_at(WHOLE, *BODY, "First", to="yes"), "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.First"),
        (_at(WHOLE, "PrimaryCriteria", "CriteriaList", 0, to={"Wizardry": {}}), "$.PrimaryCriteria.CriteriaList[0]"),
        (_at(WHOLE, "PrimaryCriteria", "CriteriaList", 0, to={"LocationRegion": {}}), "$.PrimaryCriteria.CriteriaList[0]"),
        (_at(WHOLE, *NEAR, "Occurrence", "Type", to=3), "$.AdditionalCriteria.CriteriaList[0].Occurrence.Type"),
        (
            _at(WHOLE, *NEAR, "Occurrence", to={"IsDistinct": True, "CountColumn": "REFILLS"}),
            "$.AdditionalCriteria.CriteriaList[0].Occurrence.CountColumn",
        ),
        (
            _at(WHOLE, *NEAR, "StartWindow", "Start", "Coeff", to=0),
            "$.AdditionalCriteria.CriteriaList[0].StartWindow.Start.Coeff",
        ),
        (_at(WHOLE, "AdditionalCriteria", "Type", to="AT_LEAST"), "$.AdditionalCriteria.Count"),
        (_at(WHOLE, "EndStrategy", to={"CustomEra": {}}), "$.EndStrategy.CustomEra.DrugCodesetId"),
        (_at(WHOLE, "CollapseSettings", to={"EraPad": 2**40}), "$.CollapseSettings.EraPad"),
        (_at(WHOLE, "CollapseSettings", to={"CollapseType": "HEAP"}), "$.CollapseSettings.CollapseType"),
        (_at(WHOLE, "ConceptSets", to=[concepts(1, FLU), concepts(1, FLU)]), "$.ConceptSets[1].id"),
    ],
)
def test_a_fault_is_refused_at_its_place(value: Any, place: str) -> None:
    with pytest.raises(Refused) as refused:
        read(value, origin="a.json")
    assert refused.value.code == "cohort.wrong"
    assert refused.value.refusal.facts["place"] == place


def test_an_unknown_key_is_noted_with_its_path() -> None:
    value = _at(_at(WHOLE, "Authors", to="us"), *BODY, "Agee", to={"Value": 3})
    assert set(read(value, origin="a").unknown) == {"$.Authors", "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.Agee"}


def test_nesting_without_end_is_refused() -> None:
    value: dict[str, Any] = {"Type": "ALL"}
    for _ in range(200):
        value = {"Type": "ALL", "Groups": [value]}
    with pytest.raises(Refused) as refused:
        read(cohort(condition(1), AdditionalCriteria=value), origin="a")
    assert refused.value.code == "cohort.wrong"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text('{"PrimaryCriteria": ')
    for path, code in ((tmp_path / "bad.json", "cohort.not_json"), (tmp_path / "absent.json", "cohort.no_file")):
        with pytest.raises(Refused) as refused:
            definitions([path])
        assert refused.value.code == code
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused) as refused:
        definitions([tmp_path / "empty"])
    assert refused.value.code == "cohort.no_file"


def test_numbers_are_cut_or_rounded_as_the_reference_does() -> None:  # §2.2.1
    filters = {"Age": {"Value": 18.9, "Op": "gte"}, "ValueAsNumber": {"Value": 1.23456, "Op": "lt"}}
    asked = cohort({"Measurement": {"CodesetId": 1} | filters}, sets=(concepts(1, FLU),))
    criterion = read(asked, origin="a").cohort.primary.criteria[0]
    assert set(criterion.filters) == {n.Number("age_at_start", n.Op.GTE, 18), n.Number("value_as_number", n.Op.LT, 1.2346)}


def test_every_domain_has_its_attributes() -> None:
    assert set(ATTRIBUTES) == set(DOMAINS)


def test_a_set_of_a_hundred_thousand_items_is_read(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    file.write_text(json.dumps(cohort(condition(1), sets=(concepts(1, *range(1, 100_001)),))))
    assert len(definitions([file])[0].cohort.concept_sets[0].items) == 100_000
