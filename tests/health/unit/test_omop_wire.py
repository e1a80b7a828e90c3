"""Requests in OMOP's words come back from JSON as they went; what makes no sense is refused at its place."""

import json
from random import Random

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import cohort360
from tests.health.drawn import requests


@pytest.mark.parametrize("seed", range(300))
def test_a_drawn_request_comes_back(seed: int) -> None:
    request = requests.request(Random(seed))
    found = cohort360.read(json.loads(json.dumps(cohort360.write(request))), origin="test")
    assert found.unknown == ()
    again = cohort360.read(json.loads(json.dumps(cohort360.write(found.request))), origin="test").request
    assert again == found.request
    assert found.request.concept_sets == request.concept_sets
    assert [one.source for one in _basics(found.request)] == [one.source for one in _basics(request)]


def _basics(request: n.Request) -> list[n.Basic]:
    return [one for one in cohort360.walk(request.member) if isinstance(one, n.Basic)] if request.member else []


def _with(omop: object, sets: object = ()) -> dict[str, object]:
    card = {"_type": "basicResource", "_id": 1, "isInclusive": True, "resourceType": "Condition", "omop": omop}
    return {
        "_type": "request",
        "sourcePopulation": {"caresiteCohortList": [1]},
        "request": card,
        "omop": {"conceptSets": list(sets)},
    }


@pytest.mark.parametrize(
    "omop",
    [
        {"is": "Nothing"},
        {"is": "Item", "concept_id": 1},
        {"is": "Criterion"},
        {"is": "Criterion", "domain": 3},
        {"is": "Criterion", "domain": "Weather"},
        {"is": "Criterion", "domain": "Death", "codeset": 4},
        {"is": "Criterion", "domain": "Death", "first": "yes"},
        {"is": "Criterion", "domain": "Death", "filters": 1},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Abnormal"}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Number", "field": "password", "op": "gt", "value": 1}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Number", "field": "length", "op": "about", "value": 1}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Day", "field": "start", "op": "gt", "value": "tomorrow"}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "HasSet", "field": "person.gender_concept_id", "codeset": 4}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Has", "field": "person.gender_concept_id", "concepts": ["x"]}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Day", "field": "start", "op": "gt", "value": None}]},
        {"is": "Criterion", "domain": "Death", "filters": [{"is": "Day", "field": "start", "op": "gt", "value": ""}]},
        {"is": "Criterion", "domain": "Death", "correlated": {"is": "Group", "kind": "ALL", "groups": [
            {"is": "Group", "kind": "ALL", "demographics": [{"is": "Demographic", "filters": [{"is": "Abnormal"}]}]}]}},
        {"is": "People", "filters": [{"is": "Number", "field": "person.name", "op": "gt", "value": 1}]},
        {"is": "Criterion", "domain": "Death", "correlated": {"is": "Group", "kind": "ALL", "correlated": [
            {"is": "Correlated", "criterion": {"is": "Criterion", "domain": "Death"}, "start": {"is": "Window",
             "start": {"is": "Bound", "days": 1, "coeff": 1}, "end": {"is": "Bound", "days": 1, "coeff": 1}},
             "occurrence": {"is": "Occurrence", "times": "at least", "count": 1, "column": "NAME"}}]}},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(omop: object) -> None:
    with pytest.raises(Refused) as refused:
        cohort360.read(_with(omop), origin="test")
    assert refused.value.code == "cohort.wrong"
    assert "$.request.omop" in refused.value.refusal.facts["place"]


def test_two_sets_with_one_id_are_refused() -> None:
    one = {"is": "ConceptSet", "id": 1, "name": "", "items": []}
    with pytest.raises(Refused) as refused:
        cohort360.read(_with({"is": "Criterion", "domain": "Death"}, [one, one]), origin="test")
    assert refused.value.code == "cohort.wrong"
