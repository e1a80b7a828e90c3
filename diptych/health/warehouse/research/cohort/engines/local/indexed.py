"""Indexed: events that others are looked for around, each with its observation period, and the window that is looked through.

Holds the first and last day of a window (field guide warehouse.md, §2.2.6). Does not look for anything.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .events import Events, plus
from .memory import weights
from .order import FAR
from .persons import Mask

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import NULL, Ints


@dataclass(frozen=True)
class Indexed:
    """Index events, each with its observation period.

    `same` numbers the events where one may stand several times, once for each of its periods that overlap; else None. The
    reference then pools their candidates and counts a group's members once for each copy, so that "all of 2" is met by one
    member seen in two periods. The published results hold it (definition 48 on `generated_24k`), so it is kept.
    `name`: the canonical name of these events, all of them and in this order, where they have one: what follows from them is kept.
    """

    events: Events
    period_start: Ints
    period_end: Ints
    same: Ints | None = None
    name: str = ""

    def __len__(self) -> int:
        return len(self.events)

    @property
    def weight(self) -> int:
        """The bytes of what it holds."""
        return weights((self.events, self.period_start, self.period_end, self.same))

    def take(self, chosen: Any) -> "Indexed":
        """Those of a mask or of places."""
        same = None if self.same is None else self.same[chosen]
        return Indexed(self.events.take(chosen), self.period_start[chosen], self.period_end[chosen], same)

    def pooled(self, count: Ints) -> Ints:
        """Numbers summed over the copies of an event, given to each copy."""
        if self.same is None:
            return count
        sums = np.zeros(len(self.same) and int(self.same.max()) + 1, dtype=np.int64)
        np.add.at(sums, self.same, count)
        return sums[self.same]


def bounds(indexed: Indexed, window: n.Window, *, ignore: bool) -> tuple[Ints, Ints, Mask]:
    """The first and last day of a window, and where it cannot be said (the index has no end)."""
    low, unsaid = bound(indexed, window, window.start, ignore=ignore)
    high, unsaid_too = bound(indexed, window, window.end, ignore=ignore)
    return low, high, unsaid | unsaid_too


def bound(indexed: Indexed, window: n.Window, one: n.Bound, *, ignore: bool) -> tuple[Ints, Mask]:
    """One day of a window, and where it cannot be said."""
    if one.days is None:
        edge = indexed.period_start if one.coeff < 0 else indexed.period_end
        day = np.full(len(edge), one.coeff * FAR) if ignore else edge
        return day, np.zeros(len(day), dtype=bool)
    origin = indexed.events.end if window.from_index_end else indexed.events.start
    unsaid = origin == NULL
    return np.where(unsaid, 0, plus(origin, one.coeff * one.days)), unsaid
