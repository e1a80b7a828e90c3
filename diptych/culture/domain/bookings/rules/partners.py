"""When a partner's system that fails is called again.

Pure arithmetic. Does not hold how long one call may take (the gateway), nor how long a place is held (times).
"""

from datetime import timedelta
from typing import Final

RESTS: Final = ((0, timedelta(0)), (2, timedelta(seconds=2)), (4, timedelta(seconds=8)), (10, timedelta(seconds=20)))
"""Ours: failures in a row, and how long the system is then left alone. Never so long that a place held for a minute is not
asked for again."""
AT_ONCE: Final = 4
"""Ours: calls to one system at the same time while it answers; one, once it has failed."""
FIRST_TRY_AFTER: Final = timedelta(seconds=60)
"""Guide §6.1: barcodes obtained for a booking that failed are cancelled from a queue after 60 s."""
TRIES: Final = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 6 * 3600, 24 * 3600))
"""Ours: how long to wait after each failed try of what must be told."""


def rest_after(failures: int) -> timedelta:
    """How long a system is left alone after so many failures in a row."""
    return next(rest for least, rest in reversed(RESTS) if failures >= least)


def calls_at_once(failures: int) -> int:
    """How many calls a system gets at the same time."""
    return 1 if failures else AT_ONCE


def next_try_after(tries: int) -> timedelta | None:
    """How long to wait after so many failed tries; None: give up."""
    return TRIES[tries - 1] if tries <= len(TRIES) else None
