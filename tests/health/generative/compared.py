"""One drawn world with a few questions, put to the meaning and to the engine."""

from collections.abc import Iterator
from random import Random

from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort.engines.local import LocalEngine
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import DrawnIndex, world


def compared(random: Random, *, questions: int = 3, count_answers: bool = False) -> Iterator[str]:
    """What the engine says otherwise than the meaning. With `count_answers`: the kind of each question that has an answer."""
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
