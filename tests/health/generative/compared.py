"""One drawn world with a few questions, put to the meaning and to the engine."""

from collections.abc import Iterator
from random import Random
from typing import Any
from unittest.mock import patch

from pyroaring import BitMap

from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine, Members, blocks, chains
from diptych.health.warehouse.research.cohort.engines.local.happenings import Happenings
from diptych.health.warehouse.research.cohort.meaning.request import persons_of
from tests.health.drawn import related, wider
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import DrawnIndex, world


def compared(random: Random, *, questions: int = 3, count_answers: bool = False) -> Iterator[str]:
    """What the engine says otherwise than the meaning. With `count_answers`: the kind of each question that has an answer.

    What was thought of later is drawn last, so that a past failure's seed still draws what it drew. Parts are small and few persons enough to be
    walked through, since a drawn world has few.
    """
    with patch.object(chains, "FEW", 0), patch.object(blocks, "BLOCK", 3):
        yield from _compared(random, questions, count_answers)


def _compared(random: Random, questions: int, count_answers: bool) -> Iterator[str]:
    tables = world(random)
    plain, engine = meaning.World(tables), LocalEngine(DrawnIndex(tables))
    for _ in range(questions):
        cohort = definition(random)
        means, answer = meaning.rows(plain, cohort), engine.answer(cohort)
        said = list(zip(*(getattr(answer.rows, name).tolist() for name in ("person", "start", "end")), strict=True))
        if said != means:
            yield f"{cohort}: {said} instead of {means}"
        steps = [(step.persons, step.events) for step in answer.steps]
        if steps != (meant := meaning.attrition(plain, cohort)):
            yield f"{cohort}: steps {steps} instead of {meant}"
        asked = request(random)
        persons, found = meaning.persons(plain, asked), engine.persons(asked).tolist()
        if persons != found:
            yield f"{asked}: {found} instead of {persons}"
        if count_answers:
            yield from (kind for kind, some in (("definition", means), ("request", persons)) if some)
    asked = wider.request(random)
    if (persons := meaning.persons(plain, asked)) != (found := engine.persons(asked).tolist()):
        yield f"{asked}: {found} instead of {persons}"
    for _ in range(questions):
        asked, rows = wider.handed(random)
        found = Members(Drawn(rows), asked).persons().tolist()
        persons = persons_of(asked, population=wider.POPULATION, supply=lambda basic, rows=rows: rows[basic.id])
        if persons != found:
            yield f"{asked} on {rows}: {found} instead of {persons}"
    for asked in (one for _ in range(questions) for one in related.requests(random)):
        if (persons := meaning.persons(plain, asked)) != (found := engine.persons(asked).tolist()):
            yield f"{asked}: {found} instead of {persons}"


class Drawn:
    """Rows that are handed in; persons are their own dense numbers."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows

    def population(self, care_sites: tuple[int, ...]) -> BitMap:
        """Everyone."""
        return BitMap(wider.POPULATION)

    def persons(self, basic: n.Basic) -> None:
        """There are rows only."""

    def cost(self, basic: n.Basic) -> int:
        """As many as there are rows."""
        return len(self._rows[basic.id][0])

    def rows(self, basic: n.Basic) -> Happenings:
        """Those drawn for a basic resource."""
        return wider.columns(*self._rows[basic.id])
