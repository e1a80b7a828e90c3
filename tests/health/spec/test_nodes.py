"""Every node of the language has a spec, a meaning, an engine, and is drawn in more ways than one."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from random import Random
from typing import Any, get_args

import numpy as np
import pytest

from .asking import SETS, basic, cohort, condition, parts, request
from .chapters import CHAPTERS
from .engines import ENGINES
from .tables import day, tables

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine
from diptych.health.warehouse.research.cohort.meaning import definition as circe
from diptych.health.warehouse.research.cohort.meaning import events
from diptych.health.warehouse.research.cohort.meaning import request as cohort360
from diptych.health.warehouse.research.cohort.terms import NO_ROWS, NOT_PERSONS
from tests.health.drawn import definitions, requests, wider
from tests.health.drawn.worlds import DrawnIndex

EVERY = [getattr(n, name) for name in n.__all__]
NODES = [one for one in EVERY if isinstance(one, type) and is_dataclass(one)]
ENUMS = [one for one in EVERY if isinstance(one, type) and issubclass(one, Enum)]
SPECS = [spec for chapter in CHAPTERS for spec in chapter.specs]
COVERED = {one for spec in SPECS for one in spec.covers}
ASKED = [part for spec in SPECS for case in spec.cases for part in parts(case.question)]

WITHOUT_A_SPEC: dict[Any, str] = {
    n.Search: "its rows are handed in: tests/health/integration/test_cohort360.py runs Cohort360's own cases",
    n.Resource.PATIENT: "persons have no date to prefer; it is asked for wherever `People` is",
}
DRAWN_ALIKE: dict[tuple[type, str], str] = {
    (n.Request, "resource"): "anything but persons is refused before it is answered",
}
"""Fields that need not be drawn twice, each with its reason."""

GROUP = n.Group(n.Kind.ALL)
MEMBERS_OF_UNIONS: dict[Any, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "filters": (events.holds, get_args(n.Filter)),
    "members of a group": (circe.satisfied, (n.Group, n.Demographic, n.Correlated)),
    "strategies": (circe.candidate_ends, (n.FixedOffset, n.CustomEra)),
    "sources": (cohort360.rows, (n.People, n.Criterion)),
    "members of a request": (cohort360.held, get_args(n.Member)),
    "constraints, who takes part": (cohort360.takes_part, get_args(n.Constraint)),
    "constraints, who meets them": (cohort360.meets, get_args(n.Constraint)),
}


@pytest.mark.parametrize("node", [*NODES, *(value for enum in ENUMS for value in enum)], ids=str)
def test_a_word_has_a_spec(node: Any) -> None:
    assert (node in COVERED) is not (node in WITHOUT_A_SPEC)


def test_every_domain_and_column_that_can_be_counted_has_a_spec() -> None:
    criteria = [one for one in ASKED if isinstance(one, n.Criterion)]
    assert {one.domain for one in criteria} == set(DOMAINS)
    counted = {one.occurrence.column for one in ASKED if isinstance(one, n.Correlated) and one.occurrence.distinct}
    assert counted == {"START_DATE", "END_DATE", "DURATION", *(name for one in DOMAINS.values() for name in one.counts)}


@pytest.mark.parametrize("union", MEMBERS_OF_UNIONS)
def test_a_word_has_a_meaning(union: str) -> None:
    meaning, members = MEMBERS_OF_UNIONS[union]
    assert [one.__name__ for one in members if one not in meaning.registry] == []  # type: ignore[attr-defined] # singledispatch


@pytest.mark.parametrize("union", MEMBERS_OF_UNIONS)
def test_another_word_has_none(union: str) -> None:
    meaning, _ = MEMBERS_OF_UNIONS[union]
    with pytest.raises(TypeError):
        meaning(object(), *[None] * {"sources": 1, "members of a request": 3}.get(union, 2))


def test_the_unions_are_those_of_the_language() -> None:
    told = {one for _, members in MEMBERS_OF_UNIONS.values() for one in members}
    exits = {one for one in get_args(_kind(n.Cohort, "exit")) if is_dataclass(one)}
    assert {*get_args(n.Filter), *get_args(n.Member), *get_args(n.Constraint), *exits, *get_args(n.Source)} - told == {n.Search}


def _kind(node: type, name: str) -> Any:
    return next(field.type for field in fields(node) if field.name == name)


ONE = "condition_occurrence\n| person | start | concept |\n| 1 | 5 | flu |"
FILTERS: tuple[n.Filter, ...] = (
    n.Number("length", n.Op.GTE, 0),
    n.Day("start", n.Op.GTE, day(0)),
    n.Like("stop_reason", n.Match.CONTAINS, ""),
    n.Has("condition_concept_id", (1,)),
    n.HasSet("condition_concept_id", None),
)
STRATEGIES = (n.FixedOffset(), n.CustomEra(4), None)
CONSTRAINTS = (n.Tied(n.Tie.SAME_ENCOUNTER), n.InOrder())


def test_every_member_of_a_union_goes_through_the_engines() -> None:
    """The engines match on classes: one that they forgot would come out as an error, or as nothing at all (None)."""
    measured = n.Criterion("Measurement", filters=(n.Abnormal(),))
    questions = [
        *(cohort(condition(1, one)) for one in FILTERS),
        cohort(measured),
        *(cohort(exit=one) for one in STRATEGIES),
        cohort(additional=n.Group(n.Kind.ALL, None, (), (n.Demographic(()),), (GROUP,))),
    ]
    told = {type(part) for question in questions for part in parts(question)}
    assert {*get_args(n.Filter), n.FixedOffset, n.CustomEra} <= told
    wanted = [
        request(n.Together(9, n.Join.AND, (basic(1), basic(2, n.People(), n.Resource.PATIENT), basic(3)), constraints=(one,)))
        for one in CONSTRAINTS
    ]
    for name, make in ENGINES.items():
        if "store" not in name and name != "Spark":  # which goes through the same steps as SQL
            engine = make(tables(ONE), None)  # type: ignore[arg-type] # nothing is written
            assert all(isinstance(engine.rows(one), list) for one in questions)
            assert [engine.persons(one) for one in wanted] == [[1], [1]]


def test_an_engine_refuses_what_only_another_system_can_answer() -> None:
    engine = LocalEngine(DrawnIndex(tables(ONE)))
    for question, reason in (
        (request(basic(1, n.Search("code=1"))), NO_ROWS),
        (request(basic(1), resource=n.Resource.ENCOUNTER), NOT_PERSONS),
    ):
        with pytest.raises(Refused) as refused:
            engine.persons(question)
        assert refused.value.refusal.reason is reason


# ---- drawing


@cache
def _drawn() -> dict[tuple[type, str], set[Any]]:
    found: dict[tuple[type, str], set[Any]] = defaultdict(set)

    def look(node: Any) -> None:
        if isinstance(node, tuple):
            for one in node:
                look(one)
        elif is_dataclass(node):
            for field in fields(node):
                value = getattr(node, field.name)
                found[type(node), field.name].add(value)
                look(value)

    for seed in range(300):
        random = Random(seed)
        look(definitions.definition(random))
        look(requests.request(random))
        look(wider.definition(random))
        look(wider.request(random))
        look(wider.handed(random)[0])
    return found


@pytest.mark.parametrize("node", NODES, ids=lambda node: node.__name__)
def test_every_field_is_drawn_in_more_ways_than_one(node: type) -> None:
    alike = [field.name for field in fields(node) if len(_drawn()[node, field.name]) < 2]
    assert alike == [name for kind, name in DRAWN_ALIKE if kind is node]


def test_every_value_of_an_enum_is_drawn() -> None:
    drawn = {value for values in _drawn().values() for value in values}
    drawn |= {one for value in drawn if isinstance(value, tuple) for one in parts(value)}
    assert [str(value) for enum in ENUMS for value in enum if value not in drawn] == []


def test_the_sets_of_specs_are_numbered_in_turn() -> None:
    assert [one.id for one in SETS] == np.arange(1, len(SETS) + 1).tolist()
