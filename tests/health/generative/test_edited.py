"""What was kept of a question never changes the answer to its edits: other windows, a card less, one more, in any order."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from pyroaring import BitMap

from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine, begun, blocks, chains, edits
from diptych.health.warehouse.research.cohort.engines.local.verdicts import Verdicts
from tests.health.drawn import wider
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import CONCEPTS, DAY_ZERO, DrawnIndex, world
from tests.thoroughness import examples

LENGTHS = (None, None, *(n.Duration(hours=hours) for hours in (0, 1, 23, 24, 48, 24 * 30, 24 * 31, 24 * 365)))


def _edited(part: Any, random: Random) -> Any:
    "A member with other windows, sometimes with a card less or taken out instead of in."
    if isinstance(part, n.InOrder):
        return replace(part, least=random.choice(LENGTHS), most=random.choice(LENGTHS))
    if isinstance(part, n.Together):
        members = [_edited(one, random) for one in part.members]
        if len(members) > 1 and random.random() < 0.2:
            members.pop(random.randrange(len(members)))
        elif random.random() < 0.2:
            members[-1:] = [replace(one, inclusive=not one.inclusive) for one in members[-1:]]
        constraints = tuple(_edited(one, random) for one in part.constraints)
        return replace(part, members=tuple(members), constraints=constraints)
    return part


@pytest.mark.parametrize("seed", range(examples(40)))
def test_edits_after_one_another(seed: int) -> None:
    random = Random(seed)
    tables = world(random)
    plain, engine = meaning.World(tables), LocalEngine(DrawnIndex(tables))
    drawn = [one(random) for one in (request, wider.request) for _ in range(3)]
    drawn += [_pair(one, random) for one in drawn]
    with patch.object(chains, "FEW", 0), patch.object(blocks, "BLOCK", 3):
        for asked in drawn:
            for _ in range(6):
                edited = replace(asked, member=_edited(asked.member, random))
                assert engine.persons(edited).tolist() == meaning.persons(plain, edited), edited


def _pair(asked: n.Request, random: Random) -> n.Request:
    "Two kinds of rows that all worlds have, one after the other, beside whatever was asked."
    cards = [n.Basic(9_000 + place, n.Resource.CONDITION, n.Criterion(random.choice(KINDS))) for place in range(2)]
    tie = random.choice((n.InOrder(), n.InOrder(), n.Tied(n.Tie.SAME_ENCOUNTER), n.Tied(n.Tie.DIFFERENT_ENCOUNTER)))
    beside = () if asked.member is None else (asked.member,)
    constraint = replace(tie, ids=(9_000, 9_001))
    return replace(asked, member=n.Together(9_100, n.Join.AND, (*cards, *beside), constraints=(constraint,)))


KINDS = ("ConditionOccurrence", "DrugExposure", "Measurement", "VisitOccurrence")


def test_only_those_are_asked_of_whom_it_is_not_known() -> None:
    asked: list[list[int]] = []

    def answer(*found: int) -> Any:
        def told(those: BitMap) -> BitMap:
            asked.append(list(those))
            return BitMap(found) & those

        return told

    known = Verdicts()
    assert known.satisfied(BitMap([1, 2, 3, 4]), answer(1, 2), most=30) == BitMap([1, 2])
    assert known.satisfied(BitMap([1, 3, 5]), answer(5), most=30) == BitMap([1, 5])
    assert known.satisfied(BitMap([1, 2, 3, 4]), answer(3), most=60) == BitMap([1, 2, 3])
    assert known.satisfied(BitMap([1, 2, 3, 4, 5]), answer(2), most=10) == BitMap([2])
    assert known.satisfied(BitMap([1, 2, 3, 4]), answer(), least=5, most=25) == BitMap()
    assert asked == [[1, 2, 3, 4], [5], [3, 4], [1, 2, 5], [1, 2]]
    assert known.weight > 0


def _other_codes(cohort: n.Cohort, random: Random) -> n.Cohort:
    "A definition in one of whose sets a code came, went, or is another."
    place, sets = random.randrange(len(cohort.concept_sets)), list(cohort.concept_sets)
    items = list(sets[place].items)
    if items and random.random() < 0.7:
        items.pop(random.randrange(len(items)))
    if random.random() < 0.7:
        items.append(n.Item(random.choice(CONCEPTS), random.random() < 0.2, random.random() < 0.5))
    sets[place] = replace(sets[place], items=tuple(items))
    return replace(cohort, concept_sets=tuple(sets))


@pytest.mark.parametrize("seed", range(examples(40)))
def test_codes_that_come_and_go(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "SHARE", 0)  # however many are touched, only they are asked again
    random = Random(seed)
    tables = world(random)
    plain, engine = meaning.World(tables), LocalEngine(DrawnIndex(tables))
    for _ in range(5):
        cohort = definition(random)
        for _ in range(5):
            answer = engine.answer(cohort)
            rows = [getattr(answer.rows, name).tolist() for name in ("person", "start", "end")]
            assert list(zip(*rows, strict=True)) == meaning.rows(plain, cohort), cohort
            assert [(step.persons, step.events) for step in answer.steps] == meaning.attrition(plain, cohort), cohort
            cohort = _other_codes(cohort, random)


def _other_windows(part: Any, random: Random) -> Any:
    "A definition, or a part of it, whose windows and numbers are sometimes others."
    if isinstance(part, tuple):
        return tuple(_other_windows(one, random) for one in part)
    if not hasattr(part, "__dataclass_fields__"):
        return part
    if isinstance(part, n.Occurrence) and random.random() < 0.5:
        return replace(part, times=random.choice(list(n.Times)), count=random.randrange(4))
    if isinstance(part, n.Window) and random.random() < 0.5:
        side, coeff = random.choice(("start", "end")), random.choice((-1, 1))
        return replace(part, **{side: n.Bound(random.choice((None, 0, 1, 3, 30)), coeff)})
    changed = {name: _other_windows(getattr(part, name), random) for name in part.__dataclass_fields__}
    return replace(part, **changed)


@pytest.mark.parametrize("seed", range(examples(40)))
def test_windows_and_numbers_that_change(seed: int) -> None:
    random = Random(seed)
    tables = world(random)
    plain, engine = meaning.World(tables), LocalEngine(DrawnIndex(tables))
    with patch.object(blocks, "BLOCK", 3):
        for _ in range(5):
            cohort = definition(random)
            for _ in range(5):
                rows = [getattr(engine.answer(cohort).rows, name).tolist() for name in ("person", "start", "end")]
                assert list(zip(*rows, strict=True)) == meaning.rows(plain, cohort), cohort
                rules = _other_windows((cohort.additional, cohort.rules), random)
                cohort = replace(cohort, additional=rules[0], rules=rules[1])


def test_another_window_or_number_is_told_by_where_the_candidates_begin() -> None:
    drugs = [
        {"person_id": 1, "drug_exposure_id": number, "drug_concept_id": 1, "drug_exposure_start_date": DAY_ZERO + timedelta(day)}
        for number, day in enumerate((0, 10, 20, 40), 1)
    ]
    lasting = {"observation_period_start_date": DAY_ZERO, "observation_period_end_date": DAY_ZERO + timedelta(400)}
    index = DrawnIndex(
        {name: [] for name in SHAPES}
        | {"drug_exposure": drugs, "concept": [{"concept_id": 1}]}
        | {"observation_period": [{"observation_period_id": 1, "person_id": 1} | lasting]}
    )
    engine, begins = LocalEngine(index), list[int]()

    def events(count: int, days: int) -> int:
        window = n.Window(n.Bound(0, 1), n.Bound(days, 1))
        one = n.Correlated(n.Criterion("DrugExposure", 1), window, occurrence=n.Occurrence(n.Times.AT_LEAST, count))
        rule = n.Rule("", "", n.Group(n.Kind.ALL, None, (one,)))
        sets = (n.ConceptSet(1, "", (n.Item(1),)),)
        primary = n.Primary((n.Criterion("DrugExposure", 1),), limit=n.Limit.ALL)
        return engine.answer(n.Cohort(None, sets, primary, rules=(rule,))).steps[-1].events

    found = begun.bound

    def noted(*given: Any, **more: Any) -> Any:
        begins.append(given[2].days)
        return found(*given, **more)

    with patch.object(begun, "bound", noted):
        assert [events(3, 20), events(3, 40), events(4, 40), events(2, 10), events(1, 0)] == [1, 2, 1, 2, 4]
    assert begins == [0, 20, 40, 40, 0, 10, 0, 0], "it is searched for again only where fewer are asked for than ever"


def test_whoever_has_none_of_the_codes_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {
            "person_id": person,
            "condition_occurrence_id": person,
            "condition_concept_id": concept,
            "condition_start_date": DAY_ZERO,
        }
        for person, concept in enumerate((1, 1, 1, 1, 2, 3, 4), 1)
    ]
    lasting = {f"observation_period_{side}_date": DAY_ZERO for side in ("start", "end")}
    index = DrawnIndex(
        {name: [] for name in SHAPES}
        | {"condition_occurrence": rows, "concept": [{"concept_id": one} for one in (1, 2, 3, 4)]}
        | {"observation_period": [{"observation_period_id": one, "person_id": one} | lasting for one in range(1, 8)]}
    )
    engine, asked = LocalEngine(index), list[list[int]]()
    answered = LocalEngine._answer

    def noted(self: LocalEngine, of: Any, cohort: n.Cohort) -> Any:
        found = answered(self, of, cohort)
        asked.append(found.who.tolist())
        return found

    monkeypatch.setattr(LocalEngine, "_answer", noted)

    def persons(*codes: int, domain: str = "ConditionOccurrence") -> list[int]:
        sets = (n.ConceptSet(1, "", tuple(map(n.Item, codes))),)
        return engine.answer(n.Cohort(None, sets, n.Primary((n.Criterion(domain, 1),)))).rows.person.tolist()

    assert persons(1, 2) == [1, 2, 3, 4, 5]
    assert persons(1, 3) == [1, 2, 3, 4, 6]
    assert persons(1, 2, 3) == [1, 2, 3, 4, 5, 6]
    assert persons(4) == [7], "more changed than stayed: everybody is asked"
    assert asked == [[0, 1, 2, 3, 4], [5], [4], [6]]
    asked.clear()
    everybody = persons(1, domain="ObservationPeriod")
    assert persons(2, domain="ObservationPeriod") == everybody == [1, 2, 3, 4, 5, 6, 7]
    assert asked == [[0, 1, 2, 3, 4, 5, 6], []], "no set narrows what has no concept"
    engine.memory.forget()
    assert persons(3, domain="ObservationPeriod") == everybody
    assert asked[2:] == [[0, 1, 2, 3, 4, 5, 6]], "what is forgotten is asked again"
