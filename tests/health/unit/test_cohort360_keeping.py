"""What a request says beside its meaning comes back where it stood, also after edits; what lost its place is told."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire.cohort360 import Reading, read, write
from diptych.health.warehouse.research.cohort.wire.document import parsed
from diptych.health.warehouse.research.cohort.wire.keeping import Dropped
from tests.health.drawn import requests
from tests.health.integration.test_cohort360 import CASES

Written = dict[str, Any]
GONE, OTHER = "its place is gone", "it now says something else"


def objects(value: Any, path: str = "$") -> Iterator[tuple[str, Written]]:
    if isinstance(value, dict):
        yield path, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from objects(one, f"{path}.{key}" if isinstance(value, dict) else f"{path}[{key}]")


def again(reading: Reading) -> Written:
    """Written with what was kept, which loses nothing."""
    dropped: list[Dropped] = []
    written = write(reading.request, kept=reading.kept, dropped=dropped)
    assert dropped == []
    return json.loads(json.dumps(written))  # type: ignore[no-any-return]  # JSON


@given(st.integers(0, 10**9), st.data())
def test_unknown_keys_come_back_wherever_they_stood(seed: int, data: st.DataObject) -> None:
    value = write(read(write(requests.request(Random(seed))), origin="drawn").request)
    assert read(value, origin="a").kept == ()
    homes = list(objects(value))
    chosen = data.draw(st.lists(st.sampled_from(range(len(homes))), min_size=1, max_size=4, unique=True))
    for at in chosen:
        homes[at][1]["Couleur"] = {"profonde": [at, None, {"_id": "é"}]}
    reading = read(deepcopy(value), origin="a")
    assert sorted(reading.unknown) == sorted(f"{homes[at][0]}.Couleur" for at in chosen)
    assert sorted(one.path for one in reading.kept) == sorted(homes[at][0] for at in chosen)
    assert again(reading) == value, "read, written: the same document"
    assert read(again(reading), origin="a") == reading


def basic(id_: int, **more: Any) -> Written:
    return {"_type": "basicResource", "_id": id_, "isInclusive": True, "resourceType": "Condition"} | more


def group(id_: int, *criteria: Written, kind: str = "andGroup", **more: Any) -> Written:
    return {"_type": kind, "_id": id_, "isInclusive": True, "criteria": list(criteria)} | more


def whole(member: Written, **more: Any) -> Written:
    return {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": member} | more


def order(*ids: int, **more: Any) -> Written:
    return {"idList": list(ids), "constraintType": "directChronologicalOrdering"} | more


def test_constraints_that_move_take_their_keys_along() -> None:
    """Reading moves a constraint to the group that holds its criteria: each of these goes elsewhere, one stays, two are twins."""
    low = group(5, basic(1), basic(2), temporalConstraints=[order(1, 2, mark="low"), order(1, 2, mark="twin")])
    high = group(6, basic(3), basic(4))
    every = {"idList": "tous", "constraintType": "sameEncounter", "mark": "every"}
    top = group(0, low, high, temporalConstraints=[order(3, 4, mark="to 6"), order(1, 2, mark="to 5"), every])
    reading = read(whole(top), origin="a")
    written = again(reading)["request"]
    marks = {
        held["_id"]: [one["mark"] for one in held["temporalConstraints"]] for _, held in objects(written) if "criteria" in held
    }
    assert marks == {0: ["every"], 5: ["to 5", "low", "twin"], 6: ["to 6"]}
    assert "$.request.temporalConstraints[0]" in {one.path for one in reading.kept}
    assert read(again(reading), origin="a") == replace(reading, unknown=read(again(reading), origin="a").unknown)


def test_known_keys_without_effect_come_back() -> None:
    card = basic(1, criteria=[], dateRangeList=[], occurrence={"n": 1, "operator": ">=", "timeDelayMin": 3}, uniqueFields=[])
    card |= {"omop": {"is": "Criterion", "domain": "Death", "hue": 1}, "filterFhir": "code=R26"}
    choice = [{"_id": 1, "occurrenceChoice": "any"}]
    constraint = order(1, 2, occurrenceChoiceList=choice, timeRelationMinDuration={"days": 0}, filteredCriteriaIdList=[1])
    top = group(0, card, basic(2), nAmongMOptions={"n": 2}, temporalConstraints=[constraint])
    value = whole(top, temporalConstraints=[{"idList": "all"}], instance_id="b4cd", resourceType="IPPList", nothing=None)
    reading = read(value, origin="a")
    written = again(reading)
    for path, held in objects(value):
        there = dict(objects(written))[path]
        assert {
            key: one for key, one in held.items() if not isinstance(one, dict | list) and one is not None
        }.items() <= there.items()
    assert written["request"]["nAmongMOptions"] == {"n": 2}
    assert written["request"]["temporalConstraints"][0]["occurrenceChoiceList"] == choice
    assert (written["temporalConstraints"], written["instance_id"]) == ([{"idList": "all"}], "b4cd")
    assert "nothing" not in written, "a null says nothing"
    assert read(written | {"nothing": None}, origin="a") == reading


def edited(value: Written, member: n.Member | None, **changes: Any) -> tuple[Written, list[Dropped]]:
    reading, dropped = read(value, origin="a"), list[Dropped]()
    return write(replace(reading.request, member=member, **changes), kept=reading.kept, dropped=dropped), dropped


def test_a_key_goes_with_its_criterion_and_is_gone_with_it() -> None:
    mark = {"mark": "one", "patientAge": {"minAge": "18-0-0", "mark": "age"}}
    value = whole(group(0, basic(1, **mark), basic(2), temporalConstraints=[order(1, 2, mark="order")]))
    top = read(value, origin="a").request.member
    assert isinstance(top, n.Together)
    first, second = top.members
    inner = n.Together(9, n.Join.OR, (second, first))
    written, dropped = edited(value, replace(top, members=(inner,), constraints=()))
    assert written["request"]["criteria"][0]["criteria"][1]["mark"] == "one", "moved to another group, with its keys"
    assert written["request"]["criteria"][0]["criteria"][1]["patientAge"]["mark"] == "age"
    assert dropped == [Dropped("$.request.temporalConstraints[0].mark", GONE)]
    _, dropped = edited(value, replace(top, members=(second,), constraints=()))
    assert [one.path.rpartition("]")[2] for one in dropped] == [".mark", ".patientAge.mark", ".mark"]
    assert {one.why for one in dropped} == {GONE}
    written, dropped = edited(value, None)
    assert (written.get("request"), len(dropped)) == (None, 3)


def test_meaning_wins_over_what_was_kept() -> None:
    value = whole(group(0, basic(1), basic(2), nAmongMOptions={"n": 2}))
    top = read(value, origin="a").request.member
    assert isinstance(top, n.Together)
    written, dropped = edited(value, replace(top, join=n.Join.N_AMONG_M, n=1))
    assert written["request"]["nAmongMOptions"] == {"n": 1, "operator": ">="}
    assert dropped == [Dropped("$.request.nAmongMOptions", OTHER)]
    same = write(read(value, origin="a").request, kept=(*read(value, origin="a").kept,) * 2)
    assert same["request"]["nAmongMOptions"] == {"n": 2}


@pytest.mark.real_data
@pytest.mark.parametrize("case", CASES)
def test_cohort360s_own_cases_lose_nothing(real_data: Any, case: str) -> None:
    """Every key of a published request is in the one that is written: what differs is a resource's name, and a moved constraint."""
    value = parsed(real_data / "cohorts" / "cohort360" / case / "request.json")
    reading = read(value, origin=case)
    assert read(again(reading), origin=case) == replace(reading, unknown=read(again(reading), origin=case).unknown)
    ids = {one["_id"]: one for _, one in objects(again(reading)) if "_type" in one and "_id" in one}
    for _, held in objects(value):
        if "_id" in held:
            assert held.keys() <= ids[held["_id"]].keys()
        assert held.get("id") == again(reading).get("id") or "caresiteCohortList" in held or "_type" not in held or "_id" in held
