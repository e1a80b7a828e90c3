"""The clock: one UTC time for everything, handed to whoever decides by it.

Holds the clock that portals, jobs and commands read. Does not hold rules: below those three, the instant is an
argument named `at`. The database's own `now()` decides nothing, so that a test, a demo or a replay can live at any date.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
"""The clock by which the law's days, months and years are counted wherever no département says otherwise."""

_shift: ContextVar[timedelta] = ContextVar("_shift", default=timedelta(0))
_frozen: ContextVar[datetime | None] = ContextVar("_frozen", default=None)


def now() -> datetime:
    """The present instant, in UTC. Read it at the door (portal, job, command) and pass it down as `at`."""
    frozen = _frozen.get()
    return frozen if frozen is not None else datetime.now(UTC) + _shift.get()


@contextmanager
def frozen(*, at: datetime) -> Iterator[None]:
    """Hold the clock still at `at`, an aware datetime, for the length of the block (this thread or task only)."""
    if at.tzinfo is None:
        raise ValueError(f"the clock wants an instant with its offset, not {at.isoformat()}")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def shifted(*, by: timedelta) -> Iterator[None]:
    """Let the clock run `by` ahead (or behind) for the length of the block (this thread or task only)."""
    token = _shift.set(by)
    try:
        yield
    finally:
        _shift.reset(token)
