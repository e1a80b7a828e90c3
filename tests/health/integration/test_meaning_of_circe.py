"""What a definition means, on tables small enough to check by eye. Section numbers are the field guide's (warehouse.md)."""

from pathlib import Path

import pytest

from tests.health.worlds import ASTHMA, FLU, VIRAL, World, ask, cohort, concepts, condition, day, group, near

ENTRY = condition(1)


def test_a_set_takes_its_descendants_when_asked(tmp_path: Path) -> None:  # §2.2.2
    world = World()
    world.condition(world.person(), FLU, 5)
    desk = world.desk(tmp_path)
    assert ask(desk, cohort(ENTRY, sets=(concepts(1, VIRAL),))) == []
    assert ask(desk, cohort(ENTRY, sets=(concepts(1, VIRAL, descendants=True),))) == [(1, 5, 5)]


def test_first_is_the_first_record_even_if_it_then_fails(tmp_path: Path) -> None:  # §2.2.3, step 2
    world = World()
    person = world.person(born=2000)
    world.condition(person, FLU, 5)
    world.condition(person, FLU, 400)
    older = {"Age": {"Value": 21, "Op": "gte"}}
    desk = world.desk(tmp_path)
    assert ask(desk, cohort(condition(1, **older))) == [(1, 400, 400)]
    assert ask(desk, cohort(condition(1, First=True, **older))) == []


def test_whoever_is_not_observed_long_enough_is_left_out(tmp_path: Path) -> None:  # §2.2.5
    world = World()
    world.condition(world.person(), FLU, 10)
    desk = world.desk(tmp_path)
    asked = cohort(ENTRY)
    for prior, rows in ((10, [(1, 10, 10)]), (11, [])):
        asked["PrimaryCriteria"]["ObservationWindow"] = {"PriorDays": prior, "PostDays": 990}
        assert ask(desk, asked) == rows


@pytest.mark.parametrize(("second", "kept"), [(9, False), (10, True), (40, True), (41, False)])
def test_both_ends_of_a_window_are_in_it(tmp_path: Path, second: int, kept: bool) -> None:  # §2.2.6
    world = World()
    person = world.person()
    world.condition(person, FLU, 10)
    world.condition(person, ASTHMA, second)
    rule = {"name": "asthma within 30 days", "expression": group(near(condition(2), (0, 1), (30, 1)))}
    assert ask(world.desk(tmp_path), cohort(ENTRY, InclusionRules=[rule])) == ([(1, 10, 10)] if kept else [])


@pytest.mark.parametrize(("times", "count", "kept"), [(0, 0, [1]), (0, 1, [2]), (1, 1, [1, 2]), (2, 1, [2, 3]), (2, 2, [3])])
def test_how_often(tmp_path: Path, times: int, count: int, kept: list[int]) -> None:  # §2.2.6
    world = World()
    for times_seen in range(3):
        person = world.person()
        world.condition(person, FLU, 10)
        for _ in range(times_seen):
            world.condition(person, ASTHMA, 12)
    rule = {"name": "rule", "expression": group(near(condition(2), (0, 1), (30, 1), times=times, count=count))}
    assert [row[0] for row in ask(world.desk(tmp_path), cohort(ENTRY, InclusionRules=[rule]))] == kept


def test_distinct_values_are_counted_once(tmp_path: Path) -> None:  # §2.2.6
    world = World()
    for days in ((12, 12), (12, 13)):
        person = world.person()
        world.condition(person, FLU, 10)
        for at in days:
            world.condition(person, ASTHMA, at)
    distinct = {"IsDistinct": True, "CountColumn": "START_DATE"}
    rule = {"name": "two days", "expression": group(near(condition(2), (0, 1), (30, 1), count=2, occurrence=distinct))}
    assert ask(world.desk(tmp_path), cohort(ENTRY, InclusionRules=[rule])) == [(2, 10, 10)]


def test_the_same_visit(tmp_path: Path) -> None:  # §2.2.6: a row without a visit shares none
    world = World()
    for first, second in ((1, 1), (1, 2), ("", "")):
        person = world.person()
        world.condition(person, FLU, 10, visit_occurrence_id=first)
        world.condition(person, ASTHMA, 10, visit_occurrence_id=second)
    rule = {"name": "rule", "expression": group(near(condition(2), (0, 1), (0, 1), RestrictVisit=True))}
    assert ask(world.desk(tmp_path), cohort(ENTRY, InclusionRules=[rule])) == [(1, 10, 10)]


@pytest.mark.parametrize(
    ("kind", "count", "kept"),
    [("ALL", None, [3]), ("ANY", None, [2, 3]), ("AT_LEAST", 1, [2, 3]), ("AT_MOST", 1, [1, 2]), ("AT_LEAST", 0, [1, 2, 3])],
)
def test_groups(tmp_path: Path, kind: str, count: int | None, kept: list[int]) -> None:  # §2.2.6
    world = World()
    for extra in ((), (ASTHMA,), (ASTHMA, VIRAL)):
        person = world.person()
        world.condition(person, FLU, 10)
        for concept in extra:
            world.condition(person, concept, 11)
    sets = (concepts(1, FLU), concepts(2, ASTHMA), concepts(3, VIRAL))
    members = [near(condition(codeset), (0, 1), (5, 1)) for codeset in (2, 3)]
    rule = {"name": "rule", "expression": group(*members, kind=kind, Count=count)}
    assert [row[0] for row in ask(world.desk(tmp_path), cohort(ENTRY, sets=sets, InclusionRules=[rule]))] == kept


def test_an_end_is_the_earliest_that_is_not_before_the_start(tmp_path: Path) -> None:  # §2.2.7, step 4
    world = World()
    person = world.person()
    world.condition(person, FLU, 10, 20)
    world.condition(person, ASTHMA, 15)
    desk = world.desk(tmp_path)
    whole = cohort(ENTRY)
    del whole["EndStrategy"]
    assert ask(desk, whole) == [(1, 10, 1000)]
    after = {"EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": 3}}}
    assert ask(desk, cohort(ENTRY, **after)) == [(1, 10, 23)]
    assert ask(desk, cohort(ENTRY, **after, CensoringCriteria=[condition(2)])) == [(1, 10, 15)]
    assert ask(desk, cohort(ENTRY, EndStrategy={"DateOffset": {"DateField": "StartDate", "Offset": -1}})) == []


@pytest.mark.parametrize(("gap", "rows"), [(0, [(1, 10, 12), (1, 13, 15)]), (1, [(1, 10, 15)])])
def test_eras_that_touch_are_one(tmp_path: Path, gap: int, rows: list[tuple[int, int, int]]) -> None:  # §2.2.7, step 5
    world = World()
    person = world.person()
    world.condition(person, FLU, 10, 12)
    world.condition(person, FLU, 13, 15)
    ends = {
        "EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": 0}},
        "CollapseSettings": {"CollapseType": "ERA", "EraPad": gap},
    }
    assert ask(world.desk(tmp_path), cohort(ENTRY, **ends)) == rows


def test_an_era_of_exposures(tmp_path: Path) -> None:  # §2.2.7, step 4
    world = World()
    person = world.person()
    world.condition(person, FLU, 10)
    for start, supply in ((5, 10), (17, 10), (60, 10)):
        world.add(
            "drug_exposure", person_id=person, drug_concept_id=ASTHMA, drug_exposure_start_date=day(start), days_supply=supply
        )
    ends = {"EndStrategy": {"CustomEra": {"DrugCodesetId": 2, "GapDays": 2, "Offset": 1}}}
    assert ask(world.desk(tmp_path), cohort(ENTRY, **ends)) == [(1, 10, 28)]


def test_a_censor_window_cuts(tmp_path: Path) -> None:  # §2.2.7, step 6
    world = World()
    person = world.person()
    for start in (5, 50, 100):
        world.condition(person, FLU, start, start + 20)
    ends = {
        "EndStrategy": {"DateOffset": {"DateField": "EndDate", "Offset": 0}},
        "CensorWindow": {"StartDate": day(20), "EndDate": day(60)},
    }
    assert ask(world.desk(tmp_path), cohort(ENTRY, **ends)) == [(1, 20, 25), (1, 50, 60)]


def test_limits(tmp_path: Path) -> None:  # §2.2.5 and §2.2.7
    world = World()
    person = world.person()
    for start in (5, 50, 100):
        world.condition(person, FLU, start)
    desk = world.desk(tmp_path)
    assert ask(desk, cohort(ENTRY, limit="First")) == [(1, 5, 5)]
    assert ask(desk, cohort(ENTRY, limit="Last")) == [(1, 100, 100)]
    assert ask(desk, cohort(ENTRY, ExpressionLimit={"Type": "Last"})) == [(1, 100, 100)]


def test_two_periods_that_overlap_count_a_nested_member_twice(tmp_path: Path) -> None:
    """An oddity of the reference: see `Indexed.same`."""
    world = World()
    person = world.person(observed=((0, 100), (5, 90)))
    world.condition(person, FLU, 10)
    world.condition(person, ASTHMA, 11)
    sets = (concepts(1, FLU), concepts(2, ASTHMA), concepts(3, VIRAL))
    both = group(*(near(condition(codeset), (0, 1), (5, 1)) for codeset in (2, 3)))
    assert ask(world.desk(tmp_path), cohort(condition(1, CorrelatedCriteria=both), sets=sets)) == [(1, 10, 10)]


def test_nulls_satisfy_no_filter(tmp_path: Path) -> None:  # §2.2.4
    world = World()
    for said in ("", "cured"):
        world.condition(world.person(), FLU, 10, stop_reason=said)
    desk = world.desk(tmp_path)
    for op, rows in (("contains", []), ("!contains", [(2, 10, 10)])):
        assert ask(desk, cohort(condition(1, StopReason={"Text": "died", "Op": op}))) == rows
    for op, value, rows in (("bt", 30, []), ("!bt", 30, [(1, 10, 10), (2, 10, 10)])):
        assert ask(desk, cohort(condition(1, Age={"Value": value, "Op": op, "Extent": 35}))) == rows
