"""Reading Cohort360's JSON: what is wrong is refused at its place, what is unknown is noted."""

import json
import re
from copy import deepcopy
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire.cohort360 import is_request, read, write


def basic(id_: int, **more: Any) -> dict[str, Any]:
    return {"_type": "basicResource", "_id": id_, "isInclusive": True, "resourceType": "conditionAphp"} | more


def group(id_: int, *criteria: dict[str, Any], kind: str = "andGroup", **more: Any) -> dict[str, Any]:
    return {"_type": kind, "_id": id_, "isInclusive": True, "criteria": list(criteria)} | more


def whole(member: dict[str, Any]) -> dict[str, Any]:
    return {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": member}


def ordered(*ids: int, **more: Any) -> dict[str, Any]:
    return {"idList": list(ids), "constraintType": "directChronologicalOrdering"} | more


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], r"\$, an object is expected"),
        ({"_type": "question"}, r"\$._type, a request has"),
        ({"_type": "request"}, r"\$.sourcePopulation, a request needs"),
        ({"_type": "request", "sourcePopulation": {"caresiteCohortList": []}}, "at least one care site"),
        ({"_type": "request", "sourcePopulation": {"caresiteCohortList": ["1"]}}, "a list of whole numbers"),
        ({"_type": "request", "sourcePopulation": {"caresiteCohortList": None}}, "at least one care site"),
        ({"_type": "request", "sourcePopulation": {"caresiteCohortList": [2**63]}}, "a number is too large"),
        (whole(basic(1)) | {"note": json.loads("[" * 200 + "]" * 200)}, r"\$.note, it is nested more than 100 deep"),
        (whole({"_type": "basicResource", "resourceType": "Condition"}), r"\$.request._id, a criterion needs"),
        (whole(basic(40000)), "16 bits"),
        (whole({"_type": "xorGroup", "_id": 1}), "one of andGroup"),
        (whole(basic(1, resourceType="Spaceship")), "resourceType, one of Patient"),
        (whole(basic(1, occurrence={"n": -1, "operator": "="})), "0 or more"),
        (whole(basic(1, occurrence={"n": 1, "operator": "; DROP"})), "one of =, <, >"),
        (whole(basic(1, patientAge={"minAge": "18"})), "years-months-days"),
        (whole(basic(1, patientAge={"minAge": "20-0-0", "maxAge": "18-0-0"})), "no age is between"),
        (whole(basic(1, resourceType="Patient", patientAge={"minAge": "20-0-0"})), "no date"),
        (whole(basic(1, patientAge={"datePreference": ["birthday"]})), "one of event_date"),
        (whole(basic(1, patientAge={"datePreference": "event_date"})), "a list is expected"),
        (whole(group(0, basic(1), basic(1))), "two criteria have the id 1"),
        (whole(group(0, basic(1), kind="nAmongM")), "needs its number"),
        (whole(group(0, basic(1), basic(2), temporalConstraints=[ordered(1)])), "at least two criteria"),
        (whole(group(0, basic(1), basic(2), temporalConstraints=[ordered(1, 9)])), "1, 9, which are not of one group"),
        (whole(group(0, basic(1), group(3, basic(2)), temporalConstraints=[ordered(1, 2)])), "not of one group"),
        (
            whole(group(0, group(3, basic(1), basic(2), kind="orGroup"), temporalConstraints=[ordered(1, 2)])),
            "a group of type orGroup",
        ),
        (
            whole(group(0, basic(1), basic(2), temporalConstraints=[ordered(1, 2, constraintType="sameMoon")])),
            "one of sameEncounter",
        ),
        (
            whole(
                group(
                    0,
                    basic(1),
                    basic(2),
                    temporalConstraints=[
                        ordered(1, 2, timeRelationMinDuration={"days": 2}, timeRelationMaxDuration={"hours": 3})
                    ],
                )
            ),
            "no time is between",
        ),
        (
            whole(group(0, basic(1), basic(2), temporalConstraints=[ordered(1, 2, timeRelationMinDuration={"days": -2})])),
            "from 0 to",
        ),
        (
            whole(
                group(
                    0,
                    basic(1),
                    basic(2),
                    temporalConstraints=[ordered(1, 2, occurrenceChoiceList=[{"_id": 1, "occurrenceChoice": "first"}])],
                )
            ),
            "only «any»",
        ),
        (whole(group(0, basic(1), basic(2), temporalConstraints=[ordered(1, 2, datePreferenceList=[{}])])), "the number of"),
        (
            whole(
                group(
                    0,
                    *(basic(one) for one in range(1, 15)),
                    temporalConstraints=[ordered(*range(1, 15), constraintType="differentEncounter")],
                )
            ),
            "no more than 12",
        ),
    ],
)
def test_a_fault_is_named_by_its_place(value: Any, said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(value, origin="file.json")
    assert refused.value.code == "cohort.wrong"
    assert re.search(said, "{place}, {what}".format(**refused.value.refusal.facts))


def test_keys_that_mean_nothing_are_noted() -> None:
    asked = whole(group(0, basic(1, dateRangeList=[], occurrence={"n": 1, "operator": ">=", "timeDelayMin": 3})))
    found = read(asked | {"id": 4}, origin="x")
    assert set(found.unknown) == {"$.id", "$.request.criteria[0].dateRangeList", "$.request.criteria[0].occurrence.timeDelayMin"}


def test_a_list_constraint_moves_to_the_group_that_holds_its_members() -> None:
    inner = group(5, basic(1), basic(2))
    found = read(whole(group(0, inner, temporalConstraints=[ordered(1, 2)])), origin="x").request.member
    assert isinstance(found, n.Together)
    assert found.constraints == ()
    assert isinstance(found.members[0], n.Together)
    assert found.members[0].constraints == (n.InOrder((1, 2)),)


def test_what_is_read_can_be_written() -> None:
    rich = basic(
        1,
        isInclusive=False,
        filterFhir="code=R26",
        occurrence={"n": 2, "operator": "<=", "sameEncounter": True, "sameDay": True},
        patientAge={"minAge": "1-2-3", "datePreference": ["event_date"], "dateIsNotNull": False},
        uniqueFields=[{"n": 2, "operator": ">"}, {"n": 3, "operator": "=", "name": "code"}],
    )
    order = ordered(
        1,
        2,
        timeRelationMinDuration={"hours": 2},
        timeRelationMaxDuration={"years": 1, "months": 2, "days": 3, "minutes": 4, "seconds": 5},
        datePreferenceList=[{"_id": 1, "datePreference": ["encounter_end_date"]}],
        dateIsNotNullList=[{"_id": 2, "dateIsNotNull": True}],
    )
    tied = {"idList": "all", "constraintType": "sameEncounter"}
    among = group(3, basic(4), kind="nAmongM", nAmongMOptions={"n": 1, "operator": "<"})
    asked = whole(group(0, rich, basic(2), among, temporalConstraints=[order, tied])) | {"resourceType": "Encounter"}
    found = read(asked, origin="x")
    assert found.unknown == ()
    assert read(deepcopy(write(found.request)), origin="x") == found
    assert is_request(write(found.request))
    assert found.request.resource is n.Resource.ENCOUNTER


def test_a_request_without_criteria_is_the_whole_population() -> None:
    asked = {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}}
    assert write(read(asked, origin="x").request) == asked
