"""The engine says what the meaning says, on drawn worlds and questions.

Hypothesis draws; `DIPTYCH_WORLDS=10000` widens it, and `python -m tests.health.generative 0 10000` goes through numbered worlds,
which can be asked for again.
"""

import os
from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from .compared import compared
from .past import SEEDS

from tests.thoroughness import examples

WORLDS = int(os.environ.get("DIPTYCH_WORLDS") or examples(60))


@settings(max_examples=WORLDS, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_drawn_by_hypothesis(random: Random) -> None:
    assert list(compared(random)) == []


@pytest.mark.parametrize("seed", [*SEEDS, *range(examples(60))])
def test_numbered(seed: int) -> None:
    assert list(compared(Random(seed))) == []


def test_the_comparison_can_fail() -> None:
    """Enough of the drawn questions have an answer, so that the two agree about something."""
    found = [kind for seed in range(40) for kind in compared(Random(seed), count_answers=True)]
    assert found.count("definition") > 10
    assert found.count("request") > 40
