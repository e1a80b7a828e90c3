"""What a group of persons looks like, as persons by cell."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from diptych.health.warehouse.research.cohort import portrait
from diptych.health.warehouse.research.index.columns import NULL, Index
from diptych.health.warehouse.research.index.store import Store
from tests.health.worlds import ASTHMA, DAY_ZERO, FLU, World, day

ON = date(2026, 1, 1)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """0: a man born in 1980, two visits, flu twice, a value. 1: a woman born in 1900, dead in 2020, asthma. 2: nothing."""
    world = World()
    first, second, _ = world.person(), world.person(born=1900, gender=8532), world.person(born=2020)
    for start in (5, 400):
        world.add(
            "visit_occurrence", person_id=first, visit_concept_id=0, visit_start_date=day(start), visit_end_date=day(start + 2)
        )
        world.condition(first, FLU, start, start + 1)
    world.condition(first, ASTHMA, 6)
    world.condition(second, ASTHMA, 9)
    world.add("measurement", person_id=first, measurement_concept_id=ASTHMA, measurement_date=day(7), value_as_number=1.5)
    world.add("death", person_id=second, death_date=day(30))
    del world.rows["death"][0]["death_id"]
    world.desk(tmp_path)
    return Index(Store(tmp_path / "store"))


EVERYBODY = np.arange(3)


def test_ages_and_sexes(index: Index) -> None:
    assert portrait.ages(index, EVERYBODY, day=ON).tolist() == [46, portrait.OLDEST, 6]
    bands = {first: (men.tolist(), women.tolist()) for first, men, women in portrait.pyramid(index, EVERYBODY, day=ON)}
    assert {first: both for first, both in bands.items() if any(both)} == {0: ([2], []), 40: ([0], []), 90: ([], [1])}


def test_when_they_came_and_what_they_have(index: Index) -> None:
    assert [(year, persons.tolist()) for year, persons in portrait.visits(index, EVERYBODY)] == [(2020, [0]), (2021, [0])]
    codes = list(portrait.top_codes(index, EVERYBODY, domain="ConditionOccurrence", count=1))
    assert [(concept, persons.tolist()) for concept, persons in codes] == [(ASTHMA, [0, 1])]
    counts, last = portrait.visit_counts(index, EVERYBODY).tolist()
    assert counts == [2, 0, 0]
    assert last == [(DAY_ZERO - date(1970, 1, 1)).days + 400, NULL, NULL]


def test_a_life(index: Index) -> None:
    told = portrait.timeline(index, 0)
    zero = (DAY_ZERO - date(1970, 1, 1)).days
    assert [(one.domain, one.day - zero) for one in told] == [
        ("VisitOccurrence", 400),
        ("ConditionOccurrence", 400),
        ("Measurement", 7),
        ("ConditionOccurrence", 6),
        ("VisitOccurrence", 5),
        ("ConditionOccurrence", 5),
    ]
    assert [one.end and one.end - zero for one in told] == [402, 401, None, None, 7, 6]
    assert [one.value for one in told] == [None, None, 1.5, None, None, None]
    assert [one.domain for one in portrait.timeline(index, 1)] == ["Death", "ConditionOccurrence"]


def test_years_are_the_stores_and_margins_are_persons(index: Index) -> None:
    assert portrait.years(index, least=1) == {2020, 2021}
    assert portrait.years(index, least=2) == frozenset()
    for margin, found in ((0, [ASTHMA]), (1, [ASTHMA]), (2, [ASTHMA, FLU])):
        told = portrait.top_codes(index, EVERYBODY, domain="ConditionOccurrence", count=1, margin=margin)
        assert [concept for concept, _ in told] == found
    every = list(portrait.top_codes(index, EVERYBODY, domain="ConditionOccurrence", count=9, margin=2))
    assert [concept for concept, _ in every] == [ASTHMA, FLU], "fewer than asked for"
    assert list(portrait.top_codes(index, np.array([2]), domain="ConditionOccurrence", count=9)) == []
