"""The clock: UTC, frozen or shifted for one thread only."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from diptych.commons import clock

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_it_tells_utc() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_frozen_clock_stands_still_then_runs_again() -> None:
    with clock.frozen(at=NOON):
        assert clock.now() == clock.now() == NOON
        with clock.frozen(at=NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_a_frozen_clock_is_in_utc_whatever_it_was_given() -> None:
    with clock.frozen(at=datetime(2026, 3, 29, 14, tzinfo=timezone(timedelta(hours=2)))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_an_instant_without_its_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"), clock.frozen(at=datetime(2026, 3, 29, 12)):
        pass


def test_it_thaws_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), clock.frozen(at=NOON):
        1 / 0  # noqa: B018  any error
    assert clock.now() != NOON


def test_a_shifted_clock_runs_ahead() -> None:
    with clock.shifted(by=timedelta(days=30)):
        first, second = clock.now(), clock.now()
    assert first <= second
    assert timedelta(days=29) < first - datetime.now(UTC) <= timedelta(days=30)


def test_other_threads_keep_their_own_time() -> None:
    with clock.frozen(at=NOON), ThreadPoolExecutor(1) as other:
        assert other.submit(clock.now).result() != NOON
