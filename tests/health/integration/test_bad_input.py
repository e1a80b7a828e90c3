"""Bad input, put to every verb: one line that names the file and the field, an exit status, and the store as it was."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.count import Desk
from diptych.health.warehouse.research.cohort.wire.cohort360 import read, write
from tests.health.integration.conftest import Run, as_it_is
from tests.health.worlds import ASTHMA, FLU, World, cohort, concepts, condition, group, near

Json = dict[str, Any]
BOUND = "$.InclusionRules[0].expression.CriteriaList[0].StartWindow.End.Days"


def soon(days: Any = 30, **more: Any) -> Json:
    return (
        cohort(condition(1), InclusionRules=[{"name": "soon", "expression": group(near(condition(2), (0, 1), (days, 1)))}]) | more
    )


def card(id_: int, **more: Any) -> Json:
    asked = {"is": "Criterion", "domain": "ConditionOccurrence"}
    return {"_type": "basicResource", "_id": id_, "resourceType": "Condition", "omop": asked} | more


def together(id_: int, *criteria: Json, **more: Any) -> Json:
    return {"_type": "andGroup", "_id": id_, "criteria": list(criteria)} | more


def request(member: Any, **more: Any) -> Json:
    return {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": member} | more


def order(**more: Any) -> Json:
    constraint = {"idList": [1, 2], "constraintType": "directChronologicalOrdering"} | more
    return request(together(0, card(1), card(2), temporalConstraints=[constraint]))


def nested(value: Json, opened: str, closed: str, depth: int) -> str:
    """A document whose «HERE» is so deep inside."""
    numbers = iter(range(100, 100 + depth))
    start = "".join(opened.replace("#", str(number)) for number in numbers)
    return json.dumps(value).replace('"HERE"', start + json.dumps(card(1)) + closed * depth)


def groups(depth: int) -> str:
    return nested(soon(AdditionalCriteria="HERE"), '{"Type": "ALL", "Groups": [', "]}", depth).replace(json.dumps(card(1)), "")


def requests(depth: int) -> str:
    return nested(request("HERE"), '{"_type": "andGroup", "_id": #, "criteria": [', "]}", depth)


def unknown(depth: int, value: Json) -> str:
    return nested(value | {"Colour": "HERE"}, '{"a": [', "]}", depth)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three persons."""
    world, folder = World(), tmp_path_factory.mktemp("made")
    for late in (5, 45, None):
        person = world.person()
        world.condition(person, FLU, 50)
        if late is not None:
            world.condition(person, ASTHMA, 50 + late)
    world.desk(folder)
    return folder / "store"


def refused(run: Run, code: str, said: str, *arguments: object) -> None:
    status, out, err = run(*arguments)
    assert (status, out, err.count("\n")) == (1 if code.startswith("omop.d") else 2, "", 1), err
    assert err.startswith(f"error {code}: "), err
    assert said in err


# ---- definitions and requests


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (json.dumps(soon(float("nan"))), "NaN"),
        (json.dumps(soon(float("-inf"))), "Infinity"),
        (json.dumps(soon()).replace("30", "1e999"), f"at {BOUND}, a whole number is expected, not Infinity"),
        (json.dumps(soon()).replace("30", "9" * 400), f"at {BOUND}, the number is too large"),
        (json.dumps(soon()).replace("30", "9" * 5000), "4300 digits"),
        (json.dumps(soon()).replace('"Days": 30', '"Days": 30, "Days": 31'), f'at {BOUND}, the key "Days" is there twice'),
        (json.dumps(soon("30")), f"at {BOUND}, a whole number"),
        (json.dumps(soon(Title="é"), ensure_ascii=False).encode("latin-1"), "its text is not UTF-8"),
        (json.dumps(soon()).encode("utf-16"), "its text is not UTF-8"),
        (json.dumps(soon(Title="\ud800")), "its text is not UTF-8"),
        (json.dumps(soon()) + "\0", "Extra data"),
        (json.dumps(soon())[:200], "char 200"),
        ("[]", "at $, an object is expected, not []"),
        (json.dumps(dict.fromkeys(soon())), "at $.PrimaryCriteria"),
        (json.dumps(soon(CensorWindow={"StartDate": "0000-01-01"})), "at $.CensorWindow.StartDate"),
        (json.dumps(soon(CensorWindow={"StartDate": "9999-12-31", "EndDate": "0001-01-01"})), "at $.CensorWindow.EndDate"),
        (json.dumps(cohort(condition(1), AdditionalCriteria=group(near(condition(2), (5, 1), (5, -1))))), "no day is between 5 and -5"),
        (groups(101), "nested"),
        (groups(10_000), "nested"),
        (requests(101), "nested"),
        (requests(10_000), "nested"),
        (unknown(60, soon()), "at $.Colour, it is nested more than 100 deep"),
        (unknown(60, request(None)), "at $.Colour, it is nested more than 100 deep"),
        (unknown(10_000, soon()), "nested"),
        (json.dumps(request(None) | {"sourcePopulation": None}), "at $.sourcePopulation"),
        (json.dumps(request(card(1), sourcePopulation={"caresiteCohortList": [2**70]})), "caresiteCohortList, a number is too large"),
        (json.dumps(request(card(1, patientAge={"datePreference": [[]]}))), "at $.request.patientAge.datePreference, one of"),
        (json.dumps(request(card(1, occurrence={"n": True, "operator": "="}))), "at $.request.occurrence.n"),
        (json.dumps(order(timeRelationMaxDuration={"days": -1})), "timeRelationMaxDuration.days, a number from 0"),
        (json.dumps(order(timeRelationMinDuration={"days": 2}, timeRelationMaxDuration={"days": 1})), "no time is between"),
        (json.dumps(order(idList=[2**70, 1])), "at $.request.temporalConstraints[0].idList, a number is too large"),
    ],
    ids=lambda value: str(value)[-40:],
)  # fmt: skip
def test_every_verb_refuses_it(run: Run, store: Path, tmp_path: Path, content: str | bytes, said: str) -> None:
    file, before, out = tmp_path / "bad.json", as_it_is(store), tmp_path / "out.parquet"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    code = "cohort.wrong" if " at " in f" {said}" or said.startswith("no ") or "too large" in said else "cohort."
    for verb in (("count",), ("attrition",), ("explain", "--person", 1), ("rows", "--out", out)):
        status, printed, err = run(*verb, file, "--store", store)
        assert (status, printed, err.count("\n")) == (2, "", 1), err
        assert err.startswith(f"error {code}"), err
        assert str(file) in err, "the file is named"
        assert said in err, err
    assert [run(verb, *[file] * times)[0] for verb, times in (("diff", 2), ("lint", 1))] == [2, 2]
    assert not out.exists()
    assert as_it_is(store) == before


@pytest.mark.parametrize(
    ("content", "persons", "notes"),
    [
        (b"\xef\xbb\xbf" + json.dumps(soon()).encode(), 1, 0),
        (json.dumps(soon(Colour={"deep": [[[[]]]]})), 1, 1),
        (json.dumps(request(card(1, Colour=1, criteria=[]), Moon=None)), 0, 3),
        (groups(90), 1, 0),
        (requests(90), 0, 0),
        (json.dumps(soon(2**30)), 2, 0),
        (json.dumps(soon(EndStrategy={"DateOffset": {"DateField": "EndDate", "Offset": 2**30}})), 1, 0),
        (json.dumps(soon(CensorWindow={"StartDate": "0001-01-01", "EndDate": "9999-12-31"})), 1, 0),
        (json.dumps(soon(CollapseSettings={"CollapseType": "ERA", "EraPad": 2**30})), 1, 0),
        (json.dumps(order(timeRelationMaxDuration=dict.fromkeys(("years", "months", "days", "seconds"), 10**9))), 0, 0),
        (json.dumps(cohort(condition(1), sets=(concepts(1, FLU, 2**61, -3, descendants=True),))), 3, 0),
        (json.dumps(soon(Title="x" * 4_000_000)), 1, 0),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_every_verb_answers_it(run: Run, store: Path, tmp_path: Path, content: str | bytes, persons: int, notes: int) -> None:
    """What is unusual and right: a byte order mark, unknown keys (told), the deepest nesting, the largest numbers."""
    file = tmp_path / "odd.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    status, out, err = run("count", file, "--store", store, "--json")
    assert (status, err.count("note: odd: $."), err.count("\n")) == (0, notes, notes), err
    assert json.loads(out)["persons"] == persons
    for verb in (("attrition",), ("explain", "--person", 1), ("rows", "--out", tmp_path / "out.parquet")):
        assert run(*verb, file, "--store", store)[0] == 0
    status, out, err = run("diff", file, file)
    assert (status, out) == (0, "Nothing changed in meaning.\n"), err
    status, out, err = run("lint", file, "--json")
    assert (status, sum(one["code"] == "unknown_key" for one in json.loads(out)["findings"])) == (0, notes), err


def test_sets_of_a_hundred_thousand_items_are_counted(run: Run, store: Path, tmp_path: Path) -> None:
    wide = tmp_path / "wide.json"
    wide.write_text(json.dumps(cohort(condition(1), sets=(concepts(1, *range(1, 100_001), descendants=True),))))
    items = [{"is": "Item", "concept_id": number, "descendants": True} for number in range(1, 100_001)]
    asked = request(card(1, omop={"is": "Criterion", "domain": "ConditionOccurrence", "codeset": 1}))
    many = tmp_path / "many.json"
    many.write_text(json.dumps(asked | {"omop": {"conceptSets": [{"is": "ConceptSet", "id": 1, "name": "", "items": items}]}}))
    assert min(file.stat().st_size for file in (wide, many)) > 4_000_000
    status, out, err = run("count", wide, many, "--store", store, "--json")
    assert (status, err) == (0, "")
    assert {one["definition"]: one["persons"] for one in map(json.loads, out.splitlines())} == {"wide": 3, "many": 0}


CRITERION = {
    "is": "Criterion", "domain": "ConditionOccurrence", "codeset": 1, "first": True, "adjust": {"is": "Adjust"},
    "filters": [
        {"is": "Day", "field": "start", "op": "bt", "value": "2020-01-01", "extent": "2020-02-01"},
        {"is": "Has", "field": "person.gender_concept_id", "concepts": [1]},
        {"is": "HasSet", "field": "person.gender_concept_id", "codeset": 1},
    ],
    "correlated": {"is": "Group", "kind": "AT_LEAST", "count": 1, "correlated": [
        {"is": "Correlated", "criterion": {"is": "Criterion", "domain": "Death"}, "start": {"is": "Window", "start": {
            "is": "Bound", "days": 1, "coeff": -1}, "end": {"is": "Bound", "days": 1, "coeff": 1}},
         "occurrence": {"is": "Occurrence", "times": "at least", "count": 1, "distinct": True, "column": "START_DATE"}}]},
}  # fmt: skip
PEOPLE = {"is": "People", "persons": [1], "filters": [{"is": "Number", "field": "person.year_of_birth", "op": "gt", "value": 1}]}
EVERYTHING = request(
    together(
        0,
        card(
            1, occurrence={"n": 2, "operator": "<=", "sameEncounter": True, "sameDay": True},
            patientAge={"minAge": "1-2-3", "maxAge": "9-0-0", "datePreference": ["event_date"], "dateIsNotNull": False},
            uniqueFields=[{"n": 2, "operator": ">", "name": "code"}],
        ),
        card(2, omop=CRITERION),
        {"_type": "nAmongM", "_id": 3, "criteria": [card(4)], "nAmongMOptions": {"n": 1, "operator": "<"}},
        card(5, resourceType="Patient", omop=PEOPLE),
        temporalConstraints=[
            {"idList": "all", "constraintType": "sameEncounter"},
            {"idList": [1, 2], "constraintType": "directChronologicalOrdering", "timeRelationMinDuration": {"hours": 2},
             "timeRelationMaxDuration": {"days": 9}, "datePreferenceList": [{"_id": 1, "datePreference": ["event_date"]}],
             "dateIsNotNullList": [{"_id": 2, "dateIsNotNull": True}], "occurrenceChoiceList": [{"_id": 1, "occurrenceChoice": "any"}]},
        ],
    ),
    resourceType="Patient",
    omop={"conceptSets": [{"is": "ConceptSet", "id": 1, "name": "x", "items": [{"is": "Item", "concept_id": FLU}]}]},
)  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (key,)
        yield from ((key, *rest) for rest in places(one))


@pytest.mark.parametrize("to", [None, True, -1, 1.5, "x", "", [], {}, [None], [{}], ["1"], {"x": None}, 10**30, 2**61], ids=repr)
def test_anything_anywhere_in_a_request(store: Path, to: Any) -> None:
    """Null everywhere, and every wrong type everywhere: an answer and a faithful copy, or a refusal with a place."""
    desk = Desk(store)
    assert read(EVERYTHING, origin="a").unknown == ()
    for place in places(EVERYTHING):
        value = deepcopy(EVERYTHING)
        home: Any = value
        for step in place[:-1]:
            home = home[step]
        home[place[-1]] = to
        try:
            reading = read(value, origin="a")
        except Refused as said:
            assert said.code == "cohort.wrong"
            assert said.refusal.facts["place"].startswith("$")
            continue
        assert read(write(reading.request, kept=reading.kept), origin="b").request == reading.request
        try:
            desk.select(reading.request)
        except Refused as said:
            assert said.code in {"cohort.not_persons", "cohort.no_rows"}


# ---- stores


def manifest(change: Callable[[Json], Any]) -> Callable[[Path, Path], object]:
    def changed(store: Path, release: Path) -> None:
        file = release / "manifest.json"
        file.write_text(json.dumps(change(json.loads(file.read_text()))))

    return changed


def table(**changes: Any) -> Callable[[Path, Path], object]:
    return manifest(lambda said: said | {"tables": said["tables"] | {"person": said["tables"]["person"] | changes}})


INDEX = "index/condition_occurrence.concept.npy"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (manifest(lambda said: []), "manifest.json"),
        (manifest(lambda said: said | {"tables": []}), "manifest.json"),
        (manifest(lambda said: said | {"tables": None}), "manifest.json"),
        (manifest(lambda said: said | {"tables": {"person": None}}), "manifest.json"),
        (manifest(lambda said: said | {"tables": said["tables"] | {"../person": said["tables"]["person"]}}), "manifest.json"),
        (manifest(lambda said: said | {"release": "other"}), "another release"),
        (manifest(lambda said: {key: said[key] for key in said if key != "findings"}), "manifest.json"),
        (manifest(lambda said: {key: said[key] for key in said if key != "made_at"}), "manifest.json"),
        (table(bytes="x"), "manifest.json"),
        (table(rows=None), "manifest.json"),
        (table(sha256=1), "manifest.json"),
        (lambda store, release: (release / "manifest.json").write_bytes(b"[" * 100_000), "manifest.json"),
        (lambda store, release: (release / "manifest.json").unlink(), "manifest.json"),
        (lambda store, release: (store / "CURRENT").write_text("../.."), "manifest.json"),
        (lambda store, release: (release / INDEX).unlink(), INDEX),
        (lambda store, release: (release / INDEX).write_bytes((release / INDEX).read_bytes()[:-8]), INDEX),
        (lambda store, release: (release / INDEX).write_bytes(b"\0" * (release / INDEX).stat().st_size), INDEX),
        (lambda store, release: (release / "index" / "index.json").write_text("{"), "index"),
        (lambda store, release: (release / "index" / "index.json").write_text('{"format": 1, "release": "other"}'), "index"),
        (lambda store, release: (release / "index" / "persons.npy").write_bytes(b""), "persons"),
        (lambda store, release: (release / "person.parquet").write_bytes(b"PAR1"), "person.parquet"),
    ],
)  # fmt: skip
def test_a_store_that_is_damaged(run: Run, store: Path, tmp_path: Path, spoil: Callable[[Path, Path], object], said: str) -> None:
    copy, file = tmp_path / "store", tmp_path / "a.json"
    copytree(store, copy)
    spoil(copy, next((copy / "releases").iterdir()))
    file.write_text(json.dumps(soon()))
    before = as_it_is(copy)
    for verb in ("count", "attrition"):
        refused(run, "omop.damaged", said, verb, file, "--store", copy)
    assert run("explain", file, "--store", copy, "--person", 1)[0] in {0, 1}, "a person is read from Parquet, not from the index"
    assert as_it_is(copy) == before
