"""Rules of partners' calls: how long a system that fails is left alone, how often a debt is tried."""

from datetime import timedelta

import pytest

from diptych.culture.domain.bookings.rules import partners as rules
from diptych.culture.domain.bookings.rules.times import HOLD_FOR


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 0), (2, 2), (3, 2), (4, 8), (9, 8), (10, 20), (10_000, 20)])
def test_a_system_that_fails_is_left_alone_longer_each_time(failures, seconds):
    assert rules.rest_after(failures) == timedelta(seconds=seconds)


def test_a_place_is_asked_for_twice_at_least_while_it_is_held():
    longest = max(rest for _, rest in rules.RESTS)
    assert longest + timedelta(seconds=8) < HOLD_FOR / 2


@pytest.mark.parametrize(("failures", "calls"), [(0, rules.AT_ONCE), (1, 1), (50, 1)])
def test_a_system_that_failed_has_one_lane(failures, calls):
    assert rules.calls_at_once(failures) == calls


def test_a_debt_is_tried_again_later_each_time_then_given_up():
    waits = [rules.next_try_after(tries) for tries in range(1, len(rules.TRIES) + 1)]
    assert waits == sorted(waits, key=lambda wait: wait or timedelta.max)
    assert rules.next_try_after(len(rules.TRIES) + 1) is None
