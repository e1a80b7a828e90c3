"""Chains of two members: the walk and the keys, beside every pair tried."""

from itertools import product

import numpy as np
import numpy.typing as npt
import pytest
from pyroaring import BitMap

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import blocks, chains
from diptych.health.warehouse.research.cohort.engines.local.happenings import Happenings, happenings
from diptych.health.warehouse.research.cohort.engines.local.members import Found

DATING = (n.Dating.EVENT,)
Ints = npt.NDArray[np.int64]


def _drawn(random: np.random.Generator, size: int, persons: int) -> tuple[Ints, Ints]:
    "Persons and moments: days that often coincide, hours that often decide."
    moment = random.integers(0, 70, size) * n.DAY + random.choice([0, 0, 3_600, 80_000, 86_399], size)
    return random.integers(0, persons, size), moment


def _rows(person: Ints, moment: Ints) -> Happenings:
    return happenings(person, event=moment, day=moment // n.DAY)


@pytest.mark.parametrize("rare", [0, 10**9])
@pytest.mark.parametrize("few", [0, 3, 10**9])
@pytest.mark.parametrize(
    ("least", "most"),
    [
        (None, n.Duration(days=30)),
        (None, None),
        (n.Duration(days=2), None),
        (n.Duration(days=1, hours=3), n.Duration(days=9, hours=1)),
        (None, n.Duration(hours=5)),
        (n.Duration(days=5), n.Duration(days=5)),
        (n.Duration(days=5), n.Duration(days=3)),
    ],
)
def test_who_has_a_pair(
    monkeypatch: pytest.MonkeyPatch, least: n.Duration | None, most: n.Duration | None, few: int, rare: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 16)
    for name, value in (("FEW", few), ("RARE", rare)):
        monkeypatch.setattr(chains, name, value)
    for seed in range(8):
        random = np.random.default_rng(seed)
        sides = [_drawn(random, size, 60) for size in random.integers(0, 400, 2)]
        low, high = 0 if least is None else least.total, 10**12 if most is None else most.total
        first, second = (list(zip(person.tolist(), moment.tolist(), strict=True)) for person, moment in sides)
        expected = {who for (who, a), (other, b) in product(first, second) if who == other and a + low <= b <= a + high}
        found = [
            Found(BitMap(person), lambda person=person, moment=moment: _rows(person, moment), DATING) for person, moment in sides
        ]  # type: ignore[misc] # bound now
        both = found[0].persons & found[1].persons
        said = chains.in_order(dict(enumerate(found)), n.InOrder(None, least, most), both)
        assert said == BitMap(expected)


def test_a_person_with_many_rows_is_left_to_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk gives up after so many steps: a row a day for years, and the other member only at the end."""
    monkeypatch.setattr(chains, "FEW", 0)
    days = np.arange(900) * n.DAY
    before, after = _rows(np.zeros(900, np.int64), days), _rows(np.zeros(2, np.int64), np.array([880 * n.DAY, 2_000 * n.DAY]))
    both = {place: Found(BitMap([0]), lambda rows=rows: rows, DATING) for place, rows in enumerate((before, after))}  # type: ignore[misc] # bound now
    for hours, expected in ((5, [0]), (0, [0])):
        said = chains.in_order(both, n.InOrder(None, None, n.Duration(hours=hours)), BitMap([0]))
        assert said == BitMap(expected)
    assert (
        chains.in_order(both, n.InOrder(None, n.Duration(days=1_999, hours=1), n.Duration(days=1_999, hours=2)), BitMap([0]))
        == BitMap()
    )
