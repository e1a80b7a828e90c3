"""What was kept of a question never changes the answer to its edits: other windows, a card less, one more, in any order."""

from dataclasses import replace
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from pyroaring import BitMap

from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine, blocks, chains
from diptych.health.warehouse.research.cohort.engines.local.verdicts import Verdicts
from tests.health.drawn import wider
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import DrawnIndex, world
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
