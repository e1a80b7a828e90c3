"""What is shown of a count: nothing under ten, the same answer for the same persons, little to learn by subtracting."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from diptych.health.warehouse.research.cohort.disclosure import BASE, THRESHOLD, Shown, die, rounded, shown

KEY = b"only for tests"
groups = st.sets(st.integers(0, 2**40), max_size=60)


def array(group):
    return np.array(list(group), dtype=np.int64)


@given(groups)
def test_under_the_threshold_nothing_is_said_zero_included(group):
    said = shown(array(group), key=KEY)
    assert (said.number is None) == (len(group) < THRESHOLD)
    assert not said.exact


@given(groups)
def test_what_is_said_is_a_multiple_less_than_one_step_away(group):
    said = shown(array(group), key=KEY).number
    if said is not None:
        assert said % BASE == 0 and said >= THRESHOLD and abs(said - len(group)) < BASE


@given(groups, st.randoms())
def test_the_same_persons_are_the_same_number_in_whatever_order(group, random):
    again = list(group)
    random.shuffle(again)
    assert shown(array(group), key=KEY) == shown(array(again), key=KEY)


@given(groups)
def test_who_may_know_is_told_exactly(group):
    assert shown(array(group), key=KEY, exact=True) == Shown(len(group), exact=True)


@given(st.integers(THRESHOLD, 10**7))
def test_over_all_dice_the_mean_is_the_count(count):
    assert sum(rounded(count, die=one) for one in range(BASE)) == BASE * count


def test_dice_are_even_and_depend_on_the_key():
    threw = [die(np.arange(n, n + 50), key=KEY) for n in range(2000)]
    counts = np.bincount(threw, minlength=BASE)
    assert counts.min() > 140 and counts.max() < 260
    assert threw != [die(np.arange(n, n + 50), key=b"another") for n in range(2000)]


def test_one_person_more_is_not_told_by_one_subtraction():
    """Differencing with the best padding against plain rounding (15 | 16 …): the answers say little of the one person."""
    told = {True: 0, False: 0}
    for n in range(1000):
        group = np.arange(1000 * n, 1000 * n + 44)
        first = shown(group, key=KEY).number
        for added in (True, False):
            other = np.append(group, 10**9 + n) if added else np.append(group[:-1], 10**9 + n)
            told[added] += shown(other, key=KEY).number > first
    assert abs(told[True] - told[False]) < 200  # plain rounding: 1000 and 0


def test_what_remains_is_as_the_module_says():
    """Of groups of one person who has a disease and others known not to have it, less that person: one in three tells, seven
    together nearly always; less nobody, none does."""
    differ = []
    for n in range(2000):
        group = np.arange(1000 * n, 1000 * n + 30 + n % 50)
        whole, again, less = (shown(one, key=KEY) for one in (group, group.copy(), group[1:]))
        assert whole == again
        differ.append(whole != less)
    assert 0.28 < sum(differ) / len(differ) < 0.40
    sevens = [any(differ[n : n + 7]) for n in range(0, 1994, 7)]
    assert sum(sevens) / len(sevens) > 0.9
