"""Rows: from a cohort definition to the persons in it and their dates.

Holds entry, limits, inclusion rules, ends, eras and censoring (field guide warehouse.md, §2.2.5 and §2.2.7). Where the
reference leaves ties open, events are ordered by start, end, domain and key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from . import edits
from .edits import Past, mixed
from .events import Events, day_of, default_end, plus
from .groups import Asked
from .indexed import Indexed
from .members import Members
from .memory import Memory, weights
from .order import FAR, key_of, picked, sorting
from .persons import Mask, heads, how_many
from .supplies import Stored, population

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.plan import name_of
from diptych.health.warehouse.research.cohort.terms import NOT_PERSONS
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, among, numbers
from diptych.health.warehouse.research.index.vocabulary import Vocabulary

Ranks = npt.NDArray[np.int8]
"""The rank of each event's domain, among all domains."""


@dataclass(frozen=True)
class Rows:
    """A cohort: person ids and the days (from 1970-01-01) of entry and exit, one row an era, by person and entry."""

    person: Ints
    start: Ints
    end: Ints

    @property
    def persons(self) -> int:
        """How many persons have a row."""
        return how_many(self.person)


@dataclass(frozen=True)
class Step:
    """What is left after one rule: persons, and events (a person may have several)."""

    name: str
    persons: int
    events: int


@dataclass(frozen=True)
class Answer:
    """The rows of a cohort, and how each rule narrowed it."""

    rows: Rows
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Kept:
    "An answer without the names of its rules, which change nothing: its rows by dense person; who is left by each, event by event."

    who: Ints
    rows: Rows
    left: tuple[Ints, ...]

    @property
    def weight(self) -> int:
        return weights((self.who, self.rows.person, self.rows.start, self.rows.end, *self.left))

    @cached_property
    def counts(self) -> tuple[tuple[int, int], ...]:
        return tuple((how_many(person), len(person)) for person in self.left)

    def but_for(self, again: "_Kept", asked_again: Mask) -> "_Kept":
        "The same, but for those who were asked again."
        places, order = mixed(self.who, again.who, asked_again)

        def both(mine: Ints, theirs: Ints) -> Ints:
            return np.concatenate([mine[places], theirs])[order]

        rows = (both(getattr(self.rows, name), getattr(again.rows, name)) for name in ("person", "start", "end"))
        left = (
            np.sort(np.concatenate([a[~asked_again[a]], b]), kind="stable") for a, b in zip(self.left, again.left, strict=True)
        )
        return _Kept(both(self.who, again.who), Rows(*rows), tuple(left))


@dataclass(frozen=True)
class _Stage:
    "Entry events, with the rank of their domain for ties, by person."

    entry: Indexed
    domain: Ranks

    @property
    def weight(self) -> int:
        return weights((self.domain, self.entry))

    def satisfying(self, asked: Asked, group: n.Group, name: str) -> "_Stage":
        kept = asked.group(replace(self.entry, name=name), group)
        if bool(kept.all()):
            return self
        places = np.flatnonzero(kept)
        return _Stage(self.entry.take(places), self.domain[places])

    def limited(self, limit: n.Limit) -> "_Stage":
        places = _limited(self.entry, self.domain, limit)
        return self if places is None else _Stage(self.entry.take(places), self.domain[places])


NOWHERE = np.iinfo(np.int64).max
"""Stands for an end that no candidate gives."""


class LocalEngine:
    """Answers cohort definitions on one machine, from a store's columns. It keeps what it has read."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.vocabulary = Vocabulary(index)
        self.memory = Memory()
        self._populations: dict[tuple[int, ...], BitMap] = {}
        self._past = Past()

    def answer(self, cohort: n.Cohort) -> Answer:
        """The rows of a definition, exactly, with its attrition."""
        self.memory.settle()
        asked = Asked(self.index, self.vocabulary, cohort.concept_sets, self.memory)
        bare = replace(cohort, title=None, concept_sets=())
        this = edits.Asked(bare, asked.given, asked.sets, name_of(bare, asked.given))
        found = self.memory.kept(this.name, lambda: self._edited(asked, this) or self._answer(asked, bare))
        self._past.add(this)
        names = ("", *(["+"] if cohort.additional is not None else []), *(rule.name for rule in cohort.rules))
        return Answer(found.rows, tuple(Step(name, *left) for name, left in zip(names, found.counts, strict=True)))

    def _edited(self, asked: Asked, this: edits.Asked) -> "_Kept | None":
        "The answer to a definition that was asked with other concept sets: only those are asked whom these touch."
        for before in self._past.like(this):
            kept: _Kept | None = self.memory.known(before.name)
            if kept is None:
                continue
            touched = edits.touched(self.index, before, this, beside=kept.counts[0][0])
            if touched is not None:
                return kept.but_for(self._answer(asked.of_some(touched), this.bare), touched)
        return None

    def _answer(self, asked: Asked, cohort: n.Cohort) -> "_Kept":
        stages = list(self._stages(asked, cohort))
        entry, domain = stages[-1].entry, stages[-1].domain
        limited = _limited(entry, domain, cohort.expression_limit)
        entry = entry if limited is None else entry.take(limited)
        end = _ends(asked, cohort, entry)
        person, start = entry.events.person, entry.events.start
        lasting = end != NOWHERE
        if not bool(lasting.all()):
            person, start, end = person[lasting], start[lasting], end[lasting]
        person, start, end = merged(person, start, end + cohort.era_pad)
        end = end - cohort.era_pad
        if cohort.censor_start is not None:
            start = np.maximum(start, day_of(cohort.censor_start))
        if cohort.censor_end is not None:
            end = np.minimum(end, day_of(cohort.censor_end))
        kept = start <= end
        if not bool(kept.all()):
            person, start, end = person[kept], start[kept], end[kept]
        left = tuple(stage.entry.events.person for stage in stages)
        return _Kept(person, Rows(self.index.persons[person], start, end), left)

    def _stages(self, asked: Asked, cohort: n.Cohort) -> Iterator["_Stage"]:
        "The entry events, and what is left of them after each rule; each is kept by what was asked so far."

        # A stage is named by the one before it and by its own rule, so that a thousand rules are each named once.
        name = ""

        def kept(part: Any, answer: Callable[[], _Stage]) -> _Stage:
            nonlocal name
            name = name_of((name, part), asked.given, "stage")
            return asked.memory.kept(name, answer)

        stage = kept(cohort.primary, lambda: _Stage(*_entry(asked, cohort.primary)))
        yield stage
        if (additional := cohort.additional) is not None:
            before, named = stage, name
            qualified = (additional, cohort.qualified_limit)
            stage = kept(qualified, lambda: before.satisfying(asked, additional, named).limited(cohort.qualified_limit))
            yield stage
        for rule in cohort.rules:
            satisfying = partial(stage.satisfying, asked, rule.group, name)
            stage = kept(rule.group, satisfying)
            yield stage

    def persons(self, request: n.Request) -> Ints:
        """The person ids of a request, ascending. Refused (`cohort.not_persons`) where it asks for something else."""
        return self.index.persons[self.members(request).persons()]

    def members(self, request: n.Request, *, every: bool = False) -> Members:
        """A request put to the store; with `every`, what each of its members holds can be asked for."""
        if request.resource is not n.Resource.PATIENT:
            deny(NOT_PERSONS, resource=request.resource.value)
        self.memory.settle()
        asked = Asked(self.index, self.vocabulary, request.concept_sets, self.memory)
        sites = tuple(sorted(set(request.care_sites)))
        if sites not in self._populations:
            self._populations[sites] = population(self.index, sites)
        return Members(Stored(asked, self._populations[sites]), request, memory=self.memory, every=every)


def _entry(asked: Asked, primary: n.Primary) -> tuple[Indexed, Ranks]:
    "The entry events, each with its period, and the rank of their domain for ties, by person and day to sort by."
    parts, ranks = [], []
    for criterion in primary.criteria:
        _, indexed = asked.observed(asked.by_start(criterion))
        if primary.prior_days or primary.post_days:
            start = indexed.events.start
            indexed = indexed.take(
                (indexed.period_start + primary.prior_days <= start) & (start + primary.post_days <= indexed.period_end)
            )
        parts.append(indexed)
        ranks.append(np.full(len(indexed.events), list(DOMAINS).index(criterion.domain), dtype=np.int8))
    entry, domain = _joined(parts), np.concatenate(ranks)
    events = entry.events
    keys = key_of(events.person, -events.sort) if primary.limit is n.Limit.LAST else events.sort_keys
    order = sorting(keys, events.key_at, domain.__getitem__, events.end_at)
    if primary.limit is n.Limit.ALL:
        return (entry, domain) if order is None else (entry.take(order), domain[order])
    person = picked(events.person, order)
    kept = picked(np.arange(len(person)), order)[heads(person)]
    return entry.take(kept), domain[kept]


def _joined(parts: list[Indexed]) -> Indexed:
    if len(parts) == 1:
        return parts[0]
    start, end = (np.concatenate([getattr(part, f"period_{side}") for part in parts]) for side in ("start", "end"))
    return Indexed(Events.joined([part.events for part in parts]), start, end)


def _limited(entry: Indexed, domain: Ranks, limit: n.Limit) -> Ints | None:
    "The places of the events that a limit keeps, by person and start; None where they are all, as they stand."
    events = entry.events
    keys = key_of(events.person, -events.start) if limit is n.Limit.LAST else events.keys
    order = sorting(keys, events.end_at, domain.__getitem__, events.key_at)
    if limit is n.Limit.ALL:
        return order
    person = picked(events.person, order)
    return picked(np.arange(len(person)), order)[heads(person)]


def _ends(asked: Asked, cohort: n.Cohort, entry: Indexed) -> Ints:
    "Each event's end: the smallest candidate that is not before its start; NOWHERE where there is none."
    events = entry.events
    candidates = []
    match cohort.exit:
        case n.FixedOffset(side=side, offset=offset):
            date = plus(events.start if side is n.Side.START else events.end, offset)
            candidates.append(np.where(date == NULL, NOWHERE, np.minimum(date, entry.period_end)))
        case n.CustomEra() as era:
            candidates += [entry.period_end, _era_end(asked, era, events)]
        case None:  # pragma: no branch — mypy: there is no other
            candidates.append(entry.period_end)
    for criterion in cohort.censoring:
        found = asked.by_start(criterion)
        place = np.searchsorted(found.keys, events.keys, "left")
        date = np.append(found.start, 0)[np.minimum(place, len(found))]
        same = np.append(found.person, -1)[np.minimum(place, len(found))] == events.person
        candidates.append(np.where(same & (date <= entry.period_end), date, NOWHERE))
    earliest: Ints = np.min([np.where(date >= events.start, date, NOWHERE) for date in candidates], axis=0)
    return earliest


def _era_end(asked: Asked, era: n.CustomEra, events: Events) -> Ints:
    "The end of the era of exposures that holds each event's start."
    domain = DOMAINS["DrugExposure"]
    table = asked.index.table(domain.table)
    concepts = asked.sets[era.codeset]
    everything = table.every()
    columns = (table.take(name, everything) for name in ("drug_concept_id", "drug_source_concept_id"))
    rows = numbers(everything)[np.any([among(column, concepts) for column in columns], axis=0)]
    start = table.take(domain.start, rows)
    end = default_end(table, domain, rows) if era.days_supply is None else start + era.days_supply
    person, start, end = merged(table.person(rows), start, end + era.gap_days + era.offset)
    end = end - era.gap_days
    if not len(person):
        return np.full(len(events), NOWHERE)
    place = np.searchsorted(key_of(person, start), events.keys, "right") - 1
    at = np.maximum(place, 0)
    held = (place >= 0) & (person[at] == events.person) & (events.start <= end[at])
    return np.where(held, end[at], NOWHERE)


def merged(person: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Intervals of each person, joined where the next starts no later than the latest end so far."""
    if not len(person):
        return person, start, end
    order = sorting(key_of(person, start))
    person, start, end = (picked(values, order) for values in (person, start, end))
    base = (person << 32) + FAR
    latest = np.maximum.accumulate(base + end)
    latest -= base
    new = heads(person)
    new[1:] |= start[1:] > latest[:-1]
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(person)) - 1
    return person[first], start[first], latest[last]
