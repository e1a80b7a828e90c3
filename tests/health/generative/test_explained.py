"""An explanation never says otherwise than the meaning: for every person of 200 drawn worlds, both languages."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random

import pytest

from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort.explain import Code, Explanation, Finding, explain_in
from tests.health.drawn.definitions import definition
from tests.health.drawn.requests import request
from tests.health.drawn.worlds import world
from tests.thoroughness import examples

NARROWING = {Code.AGE, Code.OFTEN, Code.REPEATED}


def _all(findings: Iterable[Finding]) -> Iterator[Finding]:
    for one in findings:
        yield one
        yield from _all(one.parts)


def _told(explanation: Explanation) -> None:
    "Whoever is out is told by something that does not hold; everything in it is plain data."
    assert explanation.holds is (explanation.failed is None)
    assert explanation.data()["in"] is explanation.holds
    for one in _all(explanation.findings):
        if one.code is Code.BASIC and "left_off" not in one.facts:
            narrowed = all(part.holds for part in one.parts if part.code in NARROWING)
            assert one.facts["held"] is (bool(one.facts["records"]) and narrowed)
        if one.code in {Code.TOO_EARLY, Code.TOO_LATE, Code.OBSERVED_BEFORE, Code.OBSERVED_AFTER}:
            assert one.facts["by"] is None or one.facts["by"] > 0


@pytest.mark.parametrize("seed", range(examples(30)))
def test_the_verdict_is_the_meanings(seed: int) -> None:
    random = Random(seed)
    plain = meaning.World(world(random))
    for _ in range(3):
        cohort, asked = definition(random), request(random)
        means, selected = meaning.rows(plain, cohort), meaning.persons(plain, asked)
        for person in plain.persons:
            said = explain_in(plain, cohort, person=person)
            _told(said)
            rows = [(person, *((day - date(1970, 1, 1)) // timedelta(days=1) for day in row)) for row in said.rows]
            assert rows == [row for row in means if row[0] == person], cohort
            said = explain_in(plain, asked, person=person)
            _told(said)
            assert said.holds is (person in selected), asked
