"""Every spec on every engine; the page that they print."""

import os
from pathlib import Path

import pytest

from .asking import Case, Spec, parts
from .chapters import CHAPTERS
from .engines import ENGINES, ZERO
from .page import PATH, covered, text
from .tables import tables

from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.explain import explain_in
from tests.health.sparks import ON_SPARK

SPECS = [spec for chapter in CHAPTERS for spec in chapter.specs]
SLOW = {"local, from a store": 4, "SQL": 2, "Spark": 8}
"""Engines for which one spec in so many is run, the first of each chapter among them: a store takes half a second to load, SQL as
much to plan, Spark a second a question. DIPTYCH_EVERY_SPEC runs all: `make test-spark` does."""
RUNS = [
    pytest.param(spec, engine, id=f"{spec.title}-{engine}", marks=ON_SPARK if engine == "Spark" else ())
    for engine in ENGINES
    for chapter in CHAPTERS
    for number, spec in enumerate(chapter.specs)
    if os.environ.get("DIPTYCH_EVERY_SPEC") or number % SLOW.get(engine, 1) == 0
]


@pytest.mark.parametrize(("spec", "engine"), RUNS)
def test_spec(spec: Spec, engine: str, tmp_path: Path) -> None:
    asked = ENGINES[engine](tables(spec.tables), tmp_path)

    def said(case: Case) -> list[object]:
        if isinstance(case.question, n.Request):
            return list(asked.persons(case.question))
        return [(person, start - ZERO, end - ZERO) for person, start, end in asked.rows(case.question)]

    found = [said(case) for case in spec.cases]
    assert found == [list(case.answer) for case in spec.cases]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_whoever_is_told_why_is_told_right(spec: Spec) -> None:
    world = meaning.World(tables(spec.tables))
    for case in spec.cases:
        answer = {one if isinstance(one, int) else one[0] for one in case.answer}
        for person in world.persons:
            assert explain_in(world, case.question, person=person).holds == (person in answer), (person, case.question)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_a_spec_is_about_what_it_says(spec: Spec) -> None:
    inside = [part for case in spec.cases for part in parts(case.question)]
    there = {part if not hasattr(part, "__dataclass_fields__") else type(part) for part in inside}
    assert [covered(one) for one in spec.covers if one not in there] == []


def test_titles_are_told_apart() -> None:
    titles = [spec.title for spec in SPECS]
    assert len(set(titles)) == len(titles)


def test_the_page_is_current() -> None:
    assert PATH.exists() and PATH.read_text() == text(), "run: make docs"
