"""Groups: which index events have what must be around them.

Holds correlated criteria, demographics and nested groups (field guide warehouse.md, §2.2.6), all events at once.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .events import Events, Mask, holds, plus, select
from .memory import Memory

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.plan import name_of, sets_of
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, spans
from diptych.health.warehouse.research.index.vocabulary import Vocabulary

FAR = 2**30
"""Days beyond any date: the composite key of a person and a day keeps days under 2^31."""


@dataclass(frozen=True)
class Indexed:
    """Index events, each with its observation period.

    `same` numbers the events where one may stand several times, once for each of its periods that overlap; else None. The
    reference then pools their candidates and counts a group's members once for each copy, so that "all of 2" is met by one
    member seen in two periods. The published results hold it (definition 48 on `generated_24k`), so it is kept.
    """

    events: Events
    period_start: Ints
    period_end: Ints
    same: Ints | None = None

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


def key_of(person: Ints, day: Ints) -> Ints:
    """One number that sorts by person, then by day."""
    return (person << 32) + np.clip(day, -FAR, FAR) + FAR


class Asked:
    """One question put to one store: what it has selected already is kept."""

    def __init__(
        self, index: Index, vocabulary: Vocabulary, concept_sets: tuple[n.ConceptSet, ...], memory: Memory | None = None
    ) -> None:
        self.index = index
        self.given = sets_of(concept_sets)
        self._memory = Memory() if memory is None else memory
        self.sets: dict[int, Ints] = {}
        for one in concept_sets:
            sides = ([(i.concept_id, i.descendants, i.mapped) for i in one.items if i.excluded is side] for side in (False, True))
            included, excluded = sides
            self.sets[one.id] = vocabulary.resolve(included=included, excluded=excluded)

    def events(self, criterion: n.Criterion) -> Events:
        """A criterion's events, its own correlated group included."""
        return self._memory.kept(name_of(criterion, self.given), lambda: self._events(criterion))

    def _events(self, criterion: n.Criterion) -> Events:
        found = select(self.index, self.sets, criterion)
        if criterion.correlated is None:
            return found
        places, indexed = self.observed(found)
        indexed = replace(indexed, same=places)
        kept = np.zeros(len(found), dtype=bool)
        kept[places[self.group(indexed, criterion.correlated)]] = True
        return found.take(kept)

    def by_start(self, criterion: n.Criterion) -> Events:
        """The same, sorted by person and start."""
        return self._memory.kept(name_of(criterion, self.given, "by start"), lambda: self._by_start(criterion))

    def _by_start(self, criterion: n.Criterion) -> Events:
        found = self.events(criterion)
        keys = key_of(found.person, found.start)
        sorted_already = bool((keys[1:] >= keys[:-1]).all())
        return found if sorted_already else found.take(np.argsort(keys, kind="stable"))

    @cached_property
    def periods(self) -> tuple[Ints, Ints, Ints]:
        """Observation periods by person, start and id: person, first day, last day."""
        table = self.index.table("observation_period")
        rows = table.all_rows()
        return table.person(rows), *(table.take(f"observation_period_{side}_date", rows) for side in ("start", "end"))

    def observed(self, events: Events) -> tuple[Ints, Indexed]:
        """Each event with every observation period that contains its start; the place of the event, and the two."""
        person, period_start, period_end = self.periods
        first, last = np.searchsorted(person, events.person, "left"), np.searchsorted(person, events.person, "right")
        event = np.repeat(np.arange(len(events)), last - first)
        period = spans(first, last)
        start, end = period_start[period], period_end[period]
        inside = (start <= events.start[event]) & (events.start[event] <= end)
        places = event[inside]
        return places, Indexed(events.take(places), start[inside], end[inside])

    def group(self, indexed: Indexed, group: n.Group) -> Mask:
        """Which index events satisfy a group."""
        members = [
            *(self.correlated(indexed, one) for one in group.correlated),
            *(self._demographic(indexed.events, one) for one in group.demographics),
            *(self.group(indexed, one) for one in group.groups),
        ]
        if not members:
            return np.ones(len(indexed.events), dtype=bool)
        satisfied = indexed.pooled(np.sum(members, axis=0))
        count = group.count or 0
        return np.asarray(
            {
                n.Kind.ALL: satisfied == len(members),
                n.Kind.ANY: satisfied > 0,
                n.Kind.AT_LEAST: satisfied >= count,
                n.Kind.AT_MOST: satisfied <= count,
            }[group.kind]
        )

    def _demographic(self, events: Events, demographic: n.Demographic) -> Mask:
        kept = np.ones(len(events), dtype=bool)
        for one in demographic.filters:
            kept &= holds(one, self.index, self.sets, events)
        return kept

    def correlated(self, indexed: Indexed, one: n.Correlated) -> Mask:
        """Which index events have the criterion around them as often as asked."""
        count = self._counted(indexed, one)
        asked = one.occurrence
        return np.asarray(
            {
                n.Times.EXACTLY: count == asked.count,
                n.Times.AT_MOST: count <= asked.count,
                n.Times.AT_LEAST: count >= asked.count,
            }[asked.times]
        )

    def _counted(self, indexed: Indexed, one: n.Correlated) -> Ints:
        candidates = self.by_start(one.criterion)
        here = indexed.events
        low, high = np.full(len(here), -FAR), np.full(len(here), FAR)
        if not one.ignore_period:
            low, high = indexed.period_start, indexed.period_end
        simple = not one.start.of_event_end
        impossible = np.zeros(len(here), dtype=bool)
        if simple:
            lower, upper, impossible = _bounds(indexed, one.start, ignore=one.ignore_period)
            low, high = np.maximum(low, lower), np.minimum(high, upper)
        keys = key_of(candidates.person, candidates.start)
        first = np.searchsorted(keys, key_of(here.person, low), "left")
        last = np.searchsorted(keys, key_of(here.person, high), "right")
        last = np.where(impossible | (last < first), first, last)
        if simple and one.end is None and not one.same_visit and not one.occurrence.distinct:
            return indexed.pooled(last - first)
        event, candidate = np.repeat(np.arange(len(here)), last - first), spans(first, last)
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


def _bounds(indexed: Indexed, window: n.Window, *, ignore: bool) -> tuple[Ints, Ints, Mask]:
    "The first and last day of a window, and where it cannot be said (the index has no end)."
    origin = indexed.events.end if window.from_index_end else indexed.events.start
    unknown = np.zeros(len(origin), dtype=bool)
    found = []
    for bound in (window.start, window.end):
        if bound.days is None:
            edge = indexed.period_start if bound.coeff < 0 else indexed.period_end
            found.append(np.full(len(origin), bound.coeff * FAR) if ignore else edge)
        else:
            unknown |= origin == NULL
            found.append(np.where(origin == NULL, 0, plus(origin, bound.coeff * bound.days)))
    return found[0], found[1], unknown


def _within(indexed: Indexed, window: n.Window, event: Ints, date: Ints, *, ignore: bool) -> Mask:
    low, high, unknown = _bounds(indexed, window, ignore=ignore)
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
