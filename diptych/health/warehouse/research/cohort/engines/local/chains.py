"""Chains: who has rows of several members in a direct order, each so long after the one before.

Holds the constraint of order (field guide warehouse.md, §1.3). Two members whose days are known are walked through side by side,
a person at a time and all persons at once, until a pair of rows settles it; whoever is left, and every other chain, is answered
to the second by keys that sort. Does not know where rows come from.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from pyroaring import BitMap

from .blocks import in_blocks
from .happenings import Happenings, only
from .order import ascending
from .persons import Mask, array, bitmap, table

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import NULL, Ints, spans

SHIFT, _FAR = 39, 2**37
"""A person and a second in one number: seconds of the years 0 to 9999 keep within 2^38, persons within 2^24."""
_LONG = 2**36
"""Seconds or days that no two moments are apart: a window that is longer has no end, and one that is shorter ends in the person."""
NO_LIMIT = _LONG * n.DAY
"""Seconds of a window without an end."""
ROUNDS, FEW = 32, 400
"""Steps of a walk, and persons on it, at which keys are quicker."""
RARE = 48
"""Persons who are this many times fewer than rows are searched for; others are told from all the rows."""


class Member(Protocol):
    """What takes part: its rows, and the dates by which it is placed in time."""

    @property
    def rows(self) -> Happenings:
        """The rows."""

    @property
    def dating(self) -> tuple[n.Dating, ...]:
        """The dates, the first known of which counts."""


Link = tuple[Happenings, Sequence[n.Dating], bool]
"""A member's rows, its dates, and whether they must be known."""


def in_order(members: Mapping[int, Member], order: n.InOrder, persons: BitMap) -> BitMap | None:
    """Who of some persons has a chain of rows, one of each member; None where fewer than two members have a date."""
    wished = dict(order.dating)
    links: list[Link] = []
    for id_, found in members.items():
        dating = wished.get(id_, found.dating)
        if found.rows.has_date(dating):
            links.append((found.rows, dating, order.must_be_known(id_)))
    if len(links) < 2:
        return None
    if len(links) == 2 and all(rows.has_days(dating) for rows, dating, _ in links):
        return _walked(links[0][0].in_time(), links[1][0].in_time(), order, persons)
    return _to_the_second([(only(rows, persons), dating, known) for rows, dating, known in links], order, persons)


def limits(order: n.InOrder) -> tuple[int, int]:
    """The seconds that a row is at least and at most after the one before; no two moments are as far apart as no limit is."""
    return 0 if order.least is None else order.least.total, NO_LIMIT if order.most is None else order.most.total


# ---- two members, by days


def _walked(before: Happenings, after: Happenings, order: n.InOrder, persons: BitMap) -> BitMap:
    "Who has a pair, of rows in the order of time. Moments are read of those pairs only whose days do not tell."
    who = array(persons)
    walk = _Walk(before, after, *limits(order))
    places = [*_spans(before, who, persons), *_spans(after, who, persons), who]
    done = in_blocks(len(who), lambda low, high: walk.through([one[low:high] for one in places]))
    found = BitMap.union(*(bitmap(settled) for settled, _ in done)) if done else BitMap()
    return found | BitMap.union(*(walk.rest(left) for _, left in done)) if done else found


def _spans(rows: Happenings, who: Ints, persons: BitMap) -> tuple[Ints, Ints]:
    "The places of the first row of each person, and beyond the last."
    if len(who) * RARE < len(rows):
        return np.searchsorted(rows.person, who, "left"), np.searchsorted(rows.person, who, "right")
    every, first = rows.runs
    if len(every) == len(who):
        return first[:-1], first[1:]
    chosen = np.flatnonzero(table(persons, int(every[-1]) + 1)[every])
    return first[chosen], first[chosen + 1]


class _Walk:
    "A walk through the rows of two members, of some persons at once."

    def __init__(self, before: Happenings, after: Happenings, least: int, most: int) -> None:
        self._before, self._after, self._least, self._most = before, after, least, most
        near = n.DAY - 1
        self._days = -(-(least - near) // n.DAY), (most + near) // n.DAY
        self._sure = -(-(least + near) // n.DAY), (most - near) // n.DAY

    def through(self, places: list[Ints]) -> tuple[Ints, list[Ints]]:
        """The persons who have a pair, and what is left of the walk (a place and the last, on both sides, and the person).

        A row that is too late for the one before it is too late for all that are before; so the one before moves on, or else
        the one after does, and no pair is passed by.
        """
        low, high = self._days
        settled, left = [], []
        for _ in range(ROUNDS):
            first, first_end, second, second_end, who = places
            if len(who) <= FEW:
                break
            gap = self._after.at("day", second) - self._before.at("day", first)
            early, late = gap < low, gap > high
            apart = early | late
            met = np.flatnonzero(~apart)
            if len(met):
                sure = self._tell(met, gap[met], first, second)
                settled.append(who[met[sure]])
                if not bool(sure.all()):
                    left.append([one[met[~sure]] for one in places])
            first, second = first + late, second + early
            going = np.flatnonzero(apart & (first < first_end) & (second < second_end))
            places = [one[going] for one in (first, first_end, second, second_end, who)]
        left.append(places)
        return np.concatenate([places[4][:0], *settled]), [np.concatenate(parts) for parts in zip(*left, strict=True)]

    def _tell(self, met: Ints, gap: Ints, first: Ints, second: Ints) -> Mask:
        "Which pairs whose days are near enough are so to the second."
        sure = (gap >= self._sure[0]) & (gap <= self._sure[1])
        unsure = np.flatnonzero(~sure)
        if len(unsure):
            there = met[unsure]
            exact = self._after.at("event", second[there]) - self._before.at("event", first[there])
            sure[unsure] = (exact >= self._least) & (exact <= self._most)
        return sure

    def rest(self, places: list[Ints]) -> BitMap:
        """Who has a pair among the rows that are left, to the second."""
        first, first_end, second, second_end, who = places
        if not len(who):
            return BitMap()
        keys = []
        for rows, at, end in ((self._before, first, first_end), (self._after, second, second_end)):
            there = spans(at, end)
            keys.append(_key(np.repeat(who, end - at), rows.at("event", there)))
        return bitmap(_chained(keys, self._least, self._most))


# ---- any chain, to the second


def _to_the_second(links: Sequence[Link], order: n.InOrder, persons: BitMap) -> BitMap:
    "Who of some persons has a chain, whose moments may be unknown."
    everyone, free, keys = persons, BitMap(), []
    for mine, dating, must_be_known in links:
        person, date = mine.person, mine.dated(dating)
        known = date != NULL
        if not bool(known.all()):
            if not must_be_known:
                free |= bitmap(person[~known])
                everyone = everyone & bitmap(person)
            person, date = person[known], date[known]
            if must_be_known:
                everyone = everyone & bitmap(person)
        else:
            everyone = everyone & bitmap(person)
        keys.append(_key(person, date))
    return everyone & (bitmap(_chained(keys, *limits(order))) | free)


def _chained(links: Sequence[Ints], least: int, most: int) -> Ints:
    "The persons of the last links of chains: each link at least and at most so long after the one before."
    reached, *others = links
    for keys in others:
        reached = keys[_follows(reached, keys, least, most)]
    return reached >> SHIFT


def _follows(before: Ints, keys: Ints, least: int, most: int) -> Mask:
    "Which links have one before them in time: the latest that is early enough must not be too early."
    if not ascending(before):
        before = np.sort(before)
    place = np.searchsorted(before, keys - least if least else keys, "right") - 1
    if not len(before):
        return np.zeros(len(keys), dtype=bool)
    low = (keys >> SHIFT) << SHIFT if most > _LONG else keys - most
    return np.asarray((place >= 0) & (before[np.maximum(place, 0)] >= low))


def _key(person: Ints, when: Ints) -> Ints:
    found = np.clip(when, -_FAR, _FAR - 1)
    found += _FAR
    found += person << SHIFT
    return found
