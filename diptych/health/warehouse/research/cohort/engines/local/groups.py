"""Groups: which index events have what must be around them.

Holds correlated criteria, demographics and nested groups (field guide warehouse.md, §2.2.6), all events at once.
"""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from .begun import Begun, having
from .blocks import in_blocks
from .criteria import Concepts, holds, select
from .events import Events
from .indexed import Indexed, bounds
from .memory import Memory
from .order import FAR, key_of, sorting
from .persons import Mask

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.plan import Sets, name_of, sets_of
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, spans
from diptych.health.warehouse.research.index.vocabulary import Vocabulary


class _Resolved:
    "The concepts of each set, ascending: resolved when first asked for."

    def __init__(self, memory: Memory, vocabulary: Vocabulary, given: Sets) -> None:
        self._memory, self._vocabulary, self._given = memory, vocabulary, given
        self._known: dict[int, Ints] = {}

    def __getitem__(self, number: int) -> Ints:
        if number not in self._known:
            one = self._given[number]
            self._known[number] = self._memory.kept(name_of(one, self._given, "concepts"), lambda: self._resolved(one))
        return self._known[number]

    def _resolved(self, one: n.ConceptSet) -> Ints:
        included, excluded = (
            [(item.concept_id, item.descendants, item.mapped) for item in one.items if item.excluded is side]
            for side in (False, True)
        )
        return self._vocabulary.resolve(included=included, excluded=excluded)


class Asked:
    """One question put to one store: what it has selected already is kept."""

    def __init__(self, index: Index, vocabulary: Vocabulary, concept_sets: tuple[n.ConceptSet, ...], memory: Memory) -> None:
        self.index, self.memory = index, memory
        self.given = sets_of(concept_sets)
        self.sets: Concepts = _Resolved(memory, vocabulary, self.given)
        self._whole: Memory | None = None
        self._inside: Mask | None = None

    def of_some(self, inside: Mask) -> "Asked":
        """The same question put to some persons only. What it selects is not kept, and taken from what is kept of all."""
        found = copy(self)
        found.memory, found._whole, found._inside = Memory(), self.memory, inside
        return found

    def events(self, criterion: n.Criterion) -> Events:
        """A criterion's events, its own correlated group included."""
        return self.memory.kept(name_of(criterion, self.given), lambda: self._events(criterion))

    def _events(self, criterion: n.Criterion) -> Events:
        found = select(self.index, self.sets, criterion, inside=self._inside)
        if criterion.correlated is None:
            return found
        places, indexed = self.observed(found)
        if bool((places[1:] == places[:-1]).any()):
            indexed = replace(indexed, same=places)
        kept = np.zeros(len(found), dtype=bool)
        kept[places[self.group(indexed, criterion.correlated)]] = True
        return found if bool(kept.all()) else found.take(kept)

    def by_start(self, criterion: n.Criterion) -> Events:
        """The same, sorted by person and start."""
        name = name_of(criterion, self.given, "by start")
        return self.memory.kept(name, lambda: self._by_start(criterion, name))

    def _by_start(self, criterion: n.Criterion, name: str) -> Events:
        if self._whole is not None and self._inside is not None and (whole := self._whole.known(name)) is not None:
            return whole.take(self._inside[whole.person])  # type: ignore[no-any-return] # events are kept under this name
        found = self.events(criterion)
        order = sorting(found.keys)
        return found if order is None else found.take(order)

    @cached_property
    def periods(self) -> "Periods":
        """Who was observed when."""
        return self.index.once("periods", lambda: Periods(self.index))

    def observed(self, events: Events) -> tuple[Ints, Indexed]:
        """Each event with every observation period that contains its start; the place of the event, and the two."""
        periods, person = self.periods, events.person
        if periods.single:
            start, end = periods.start[person], periods.end[person]
            inside = (start <= events.start) & (events.start <= end)
            if bool(inside.all()):
                return np.arange(len(events)), Indexed(events, start, end)
            places = np.flatnonzero(inside)
            return places, Indexed(events.take(places), start[places], end[places])
        first, last = periods.first[person], periods.first[person + 1]
        event = np.repeat(np.arange(len(events)), last - first)
        period = spans(first, last)
        start, end = periods.start[period], periods.end[period]
        inside = (start <= events.start[event]) & (events.start[event] <= end)
        places = event[inside]
        return places, Indexed(events.take(places), start[inside], end[inside])

    def group(self, indexed: Indexed, group: n.Group) -> Mask:
        """Which index events satisfy a group."""
        members: list[Callable[[Indexed], Mask]] = [
            *(partial(self._demographic, demographic=one) for one in group.demographics),
            *(partial(self.correlated, one=one) for one in group.correlated),
            *(partial(self.group, group=one) for one in group.groups),
        ]
        if not members:
            return np.ones(len(indexed), dtype=bool)
        if indexed.same is None and group.kind in {n.Kind.ALL, n.Kind.ANY}:
            return _until_settled(indexed, members, sought=group.kind is n.Kind.ANY)
        satisfied = indexed.pooled(np.sum([member(indexed) for member in members], axis=0))
        count = group.count or 0
        return np.asarray(
            {
                n.Kind.ALL: satisfied == len(members),
                n.Kind.ANY: satisfied > 0,
                n.Kind.AT_LEAST: satisfied >= count,
                n.Kind.AT_MOST: satisfied <= count,
            }[group.kind]
        )

    def _demographic(self, indexed: Indexed, demographic: n.Demographic) -> Mask:
        kept = np.ones(len(indexed), dtype=bool)
        for one in demographic.filters:
            kept &= holds(one, self.index, self.sets, indexed.events)
        return kept

    def correlated(self, indexed: Indexed, one: n.Correlated) -> Mask:
        """Which index events have the criterion around them as often as asked."""
        candidates, asked = self.by_start(one.criterion), one.occurrence
        if indexed.same is not None:
            return _as_often(self._counted(indexed, one, candidates), asked)
        if one.end is None and not (one.start.of_event_end or one.same_visit or asked.distinct):
            return self._told_by_start(indexed, one, candidates)
        # How many candidates the person has at all says enough of most events.
        fewest = asked.count + (asked.times is n.Times.AT_MOST)
        enough = having(fewest, candidates, len(self.index.persons)) if fewest else None
        # What the parts share is read before they are worked on.
        assert len(candidates.keys) == len(candidates), "each candidate has a key"
        assert len(indexed.events.keys) == len(indexed), "and each event"

        def of_some(low: int, high: int) -> Mask:
            part = indexed if high - low == len(indexed) else indexed.take(np.arange(low, high))
            found = np.full(len(part), asked.times is n.Times.AT_MOST)
            open_ = np.arange(len(part)) if enough is None else np.flatnonzero(enough[part.events.person])
            if len(open_):
                part = part if len(open_) == len(part) else part.take(open_)
                found[open_] = _as_often(self._counted(part, one, candidates), asked)
            return found

        return np.concatenate([np.empty(0, dtype=bool), *in_blocks(len(indexed), of_some)])

    def _told_by_start(self, indexed: Indexed, one: n.Correlated, candidates: Events) -> Mask:
        "The same where the day a candidate starts is all that counts: whether there are so many is told by where they begin."
        asked, count = one.occurrence, one.occurrence.count
        exactly, fewest = asked.times is n.Times.EXACTLY, max(count + (asked.times is n.Times.AT_MOST), 1)
        name = (one.criterion, one.start.start, one.start.from_index_end, one.ignore_period)
        begun = self.memory.kept(name_of((indexed.name, *name), self.given, "begun"), Begun) if indexed.name else Begun()
        begun.begin(indexed, one, candidates, fewest, len(self.index.persons))
        if asked.times is n.Times.AT_MOST:
            return ~begun.at_least(count + 1, one)
        found = begun.at_least(count, one) if count else np.ones(len(indexed), dtype=bool)
        return found & ~begun.at_least(count + 1, one) if exactly else found

    def _counted(self, indexed: Indexed, one: n.Correlated, candidates: Events) -> Ints:
        "How many candidates are around each index event."
        here = indexed.events
        low, high = np.full(len(here), -FAR), np.full(len(here), FAR)
        if not one.ignore_period:
            low, high = indexed.period_start, indexed.period_end
        simple = not one.start.of_event_end
        plain = one.end is None and not one.same_visit and not one.occurrence.distinct
        impossible = np.zeros(len(here), dtype=bool)
        if simple:
            lower, upper, impossible = bounds(indexed, one.start, ignore=one.ignore_period)
            low, high = np.maximum(low, lower), np.minimum(high, upper)
        # Only these persons' candidates are searched among: they are few beside all, and near one another.
        persons = np.array([here.person.min(), here.person.max() + 1]) << 32
        place, beyond = np.searchsorted(candidates.keys, persons)
        keys = candidates.keys[place:beyond]
        first = np.searchsorted(keys, key_of(here.person, low), "left")
        last = np.searchsorted(keys, key_of(here.person, high), "right")
        last = np.where(impossible | (last < first), first, last)
        if simple and plain:
            return indexed.pooled(last - first)
        event, candidate = np.repeat(np.arange(len(here)), last - first), place + spans(first, last)
        kept = np.ones(len(event), dtype=bool)
        if not simple:
            kept &= _within(indexed, one.start, event, candidates.end[candidate], ignore=one.ignore_period)
        if one.end is not None:
            date = candidates.end if one.end.of_event_end else candidates.start
            kept &= _within(indexed, one.end, event, date[candidate], ignore=one.ignore_period)
        if one.same_visit:
            visit = here.visit[event]
            kept &= (visit != NULL) & (visit == candidates.visit[candidate])
        event, candidate = event[kept], candidate[kept]
        if not one.occurrence.distinct:
            return indexed.pooled(np.bincount(event, minlength=len(here)))
        group = event if indexed.same is None else indexed.same[event]
        group = _distinct(group, candidates.counted(one.occurrence.column)[candidate])
        size = len(here) if indexed.same is None else int(indexed.same.max(initial=0)) + 1
        count = np.bincount(group, minlength=size)
        return count if indexed.same is None else count[indexed.same]


def _as_often(count: Ints, asked: n.Occurrence) -> Mask:
    return np.asarray(
        {
            n.Times.EXACTLY: count == asked.count,
            n.Times.AT_MOST: count <= asked.count,
            n.Times.AT_LEAST: count >= asked.count,
        }[asked.times]
    )


def _until_settled(indexed: Indexed, members: Sequence[Callable[[Indexed], Mask]], *, sought: bool) -> Mask:
    "Which events satisfy all members, or with `sought` any: each member is asked of those only that are still open."
    if len(members) == 1:
        return members[0](indexed)
    found = np.full(len(indexed), not sought)
    places, left = np.arange(len(indexed)), indexed
    for member in members:
        settled = member(left) == sought
        found[places[settled]] = sought
        if not len(places := places[~settled]):
            break
        if bool(settled.any()):
            left = left.take(~settled)
    return found


class Periods:
    """The observation periods, by person, start and id. `first`: the place of each person's first, with their number at the end.

    `single`: nobody has two. Then `start` and `end` are by person, and nothing is between them where there is no period.
    """

    def __init__(self, index: Index) -> None:
        table = index.table("observation_period")
        rows, persons = table.all_rows(), len(index.persons)
        person = table.person(rows)
        self.start, self.end = (table.take(f"observation_period_{side}_date", rows) for side in ("start", "end"))
        self.first = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=persons))])
        self.single = len(rows) == int(np.count_nonzero(np.diff(self.first)))
        if self.single:
            start, end = np.full(persons, FAR), np.full(persons, -FAR)
            start[person], end[person] = self.start, self.end
            self.start, self.end = start, end


def _within(indexed: Indexed, window: n.Window, event: Ints, date: Ints, *, ignore: bool) -> Mask:
    low, high, unknown = bounds(indexed, window, ignore=ignore)
    return np.asarray((date != NULL) & ~unknown[event] & (low[event] <= date) & (date <= high[event]))


def _distinct(event: Ints, values: Any) -> Ints:
    "One event number for each distinct known value of it."
    known = values != NULL if values.dtype.kind == "i" else ~np.isnan(values)
    event, values = event[known], values[known]
    order = np.lexsort((values, event))
    event, values = event[order], values[order]
    new = np.ones(len(event), dtype=bool)
    new[1:] = (event[1:] != event[:-1]) | (values[1:] != values[:-1])
    return event[new]
