"""Sets of persons, order and look-ups of the engine on one machine, beside the obvious way."""

import numpy as np
import pytest
from pyroaring import BitMap

from diptych.health.warehouse.research.cohort.engines.local.memory import Memory
from diptych.health.warehouse.research.cohort.engines.local.order import key_of, sorting
from diptych.health.warehouse.research.cohort.engines.local.persons import array, bitmap, heads, how_many, table
from diptych.health.warehouse.research.index.columns import Lookup


@pytest.mark.parametrize(
    "persons",
    [
        [],
        [0],
        [65_535, 65_536, 65_535],
        [3, 3, 1],
        list(range(4096)),
        list(range(4097)),
        list(range(0, 200_000, 7)),
        [5, 70_000, *range(131_072, 140_000)],
        [2**32 - 2, 0],
    ],
)
def test_a_set_of_persons_there_and_back(persons: list[int]) -> None:
    found = bitmap(np.array(persons, dtype=np.int64))
    assert found == BitMap(persons)
    assert array(found).tolist() == sorted(set(persons))
    assert np.flatnonzero(table(found, 70_000)).tolist() == sorted({one for one in persons if one < 70_000})
    assert how_many(np.sort(np.array(persons, dtype=np.int64))) == len(set(persons)) == len(found)


def test_heads() -> None:
    assert heads(np.array([], dtype=np.int64)).tolist() == []
    assert heads(np.array([2, 2, 5, 5, 5, 9])).tolist() == [True, False, True, False, False, True]


@pytest.mark.parametrize("seed", range(6))
def test_sorting_is_what_a_sort_of_all_columns_gives(seed: int) -> None:
    random = np.random.default_rng(seed)
    person, day, tie, other = (random.integers(0, high, 300) for high in (12, 5, 3, 2))
    if seed % 2:
        by = np.lexsort((other, tie, day, person) if seed == 1 else (day, person))
        person, day, tie, other = (values[by] for values in (person, day, tie, other))
    order = sorting(key_of(person, day), tie.__getitem__, other.__getitem__)
    expected = np.lexsort((other, tie, day, person))
    assert (list(range(300)) if order is None else order.tolist()) == expected.tolist()
    assert (order is None) == (seed == 1)


@pytest.mark.parametrize("keys", [[], [4, 2, 9, 2], [10**12, 5, 7, 5]])
def test_a_look_up_finds_the_first_row_of_a_key(keys: list[int]) -> None:
    lookup = Lookup(np.array(keys, dtype=np.int64))
    sought = [*keys, -(2**62), 3, 10**13]
    expected = [keys.index(one) if one in keys else -1 for one in sought]
    assert lookup(np.array(sought, dtype=np.int64)).tolist() == expected


def test_memory_counts_bytes_and_drops_what_was_asked_for_longest_ago() -> None:
    memory = Memory(room=10_000)
    first = memory.kept("first", lambda: np.zeros(500))
    memory.kept("second", lambda: np.zeros(500))
    assert memory.held > 8_000
    assert memory.kept("first", lambda: np.ones(1)) is first
    memory.kept("third", lambda: np.zeros(500))
    assert memory.kept("first", lambda: np.ones(1)) is first
    assert memory.hits == 2
    assert len(memory.kept("second", lambda: np.ones(1))) == 1  # it was dropped, and is answered anew


def test_memory_weighs_again_what_grew_since() -> None:
    class Growing:
        weight = 10

    memory = Memory(room=10_000)
    grown = memory.kept("growing", Growing)
    memory.kept("other", lambda: BitMap(range(100)))
    before = memory.held
    grown.weight = 5_000
    memory.settle()
    assert memory.held == before + 4_990
    grown.weight = 20_000
    memory.kept("growing", Growing)
    memory.settle()
    assert memory.kept("growing", Growing) is grown  # the last one is kept, however large
    memory.forget()
    assert memory.held == 0
