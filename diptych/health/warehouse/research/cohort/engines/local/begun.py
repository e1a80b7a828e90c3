"""Begun: where, for each index event, the candidates begin that lie in its window.

Of candidates by person and day, the first one in the window tells whether there are so many: the one so many places further is
still in it, or is not. So another number, or another end of the window, is answered without a search. Does not know criteria.
"""

import numpy as np

from .blocks import in_blocks
from .events import Events
from .indexed import Indexed, bound
from .memory import weights
from .order import FAR, key_of
from .persons import Mask

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import Ints


def having(count: int, candidates: Events, persons: int) -> Mask:
    """Whether each person has so many candidates, which stand by person; at least one is asked for."""
    person, found = candidates.person, np.zeros(persons, dtype=bool)
    nth = person[count - 1 :]
    found[nth[nth == person[: len(nth)]]] = True
    return found


class Begun:
    """Of index events, a kind of candidates and the start of a window: the place of the first candidate not before it."""

    def __init__(self) -> None:
        self._fewest = 0
        self._size = 0
        self._keys: Ints
        self._open: Indexed
        self._places: Ints | None = None
        self._first: Ints = np.empty(0, np.int64)

    @property
    def weight(self) -> int:
        """The bytes of what it holds, candidates aside."""
        return weights((self._open, self._places, self._first)) if self._fewest else 0

    def begin(self, indexed: Indexed, one: n.Correlated, candidates: Events, fewest: int, persons: int) -> None:
        """Find the places, unless they are known: of events whose persons have at least so many candidates, no less than one."""
        if self._fewest and self._fewest <= fewest:
            return
        places = np.flatnonzero(having(fewest, candidates, persons)[indexed.events.person])
        every = len(places) == len(indexed)
        self._size, self._keys, self._places = len(indexed), candidates.keys, None if every else places
        self._open = indexed if every else indexed.take(places)
        # What the parts share is read before they are worked on.
        person, start = self._open.events.person, self._open.period_start
        low, unsaid = bound(self._open, one.start, one.start.start, ignore=one.ignore_period)

        def of_some(begin: int, end: int) -> Ints:
            here, day = person[begin:end], low[begin:end]
            day = np.maximum(day, -FAR if one.ignore_period else start[begin:end])
            # Only these persons' candidates are searched among: they are few beside all, and near one another.
            ends = np.array([here.min(), here.max() + 1]) << 32
            place, beyond = np.searchsorted(self._keys, ends)
            found: Ints = place + np.searchsorted(self._keys[place:beyond], key_of(here, day), "left")
            found[unsaid[begin:end]] = len(self._keys)
            return found

        self._first = np.concatenate([np.empty(0, np.int64), *in_blocks(len(person), of_some)])
        self._fewest = fewest

    def at_least(self, count: int, one: n.Correlated) -> Mask:
        """Which events have at least so many candidates in a window that starts there; no fewer than were looked for."""
        opened, keys, first = self._open, self._keys, self._first
        person, last = opened.events.person, opened.period_end
        high, unsaid = bound(opened, one.start, one.start.end, ignore=one.ignore_period)

        def of_some(begin: int, end: int) -> Mask:
            day = np.minimum(high[begin:end], FAR if one.ignore_period else last[begin:end])
            nth = first[begin:end] + (count - 1)
            there = (nth < len(keys)) & ~unsaid[begin:end]
            there &= keys[np.minimum(nth, len(keys) - 1)] <= key_of(person[begin:end], day)
            return there

        told = np.concatenate([np.empty(0, dtype=bool), *in_blocks(len(first), of_some)])
        if self._places is None:
            return told
        found = np.zeros(self._size, dtype=bool)
        found[self._places[told]] = True
        return found
