"""Rows: from a cohort definition to the persons in it and their dates.

Holds entry, limits, inclusion rules, ends, eras and censoring (field guide warehouse.md, §2.2.5 and §2.2.7). Where the
reference leaves ties open, events are ordered by start, end, domain and key.
"""

from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from .events import Events, Mask, day_of, default_end, plus
from .groups import FAR, Asked, Indexed, key_of
from .members import Members
from .memory import Memory
from .supplies import Stored, population

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.terms import NOT_PERSONS
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, among
from diptych.health.warehouse.research.index.vocabulary import Vocabulary


@dataclass(frozen=True)
class Rows:
    """A cohort: person ids and the days (from 1970-01-01) of entry and exit, one row an era, by person and entry."""

    person: Ints
    start: Ints
    end: Ints


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


NOWHERE = np.iinfo(np.int64).max
"""Stands for an end that no candidate gives."""


class LocalEngine:
    """Answers cohort definitions on one machine, from a store's columns. It keeps what it has read."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.vocabulary = Vocabulary(index)
        self.memory = Memory()
        self._populations: dict[tuple[int, ...], BitMap] = {}

    def answer(self, cohort: n.Cohort) -> Answer:
        """The rows of a definition, exactly, with its attrition."""
        asked = Asked(self.index, self.vocabulary, cohort.concept_sets, self.memory)
        entry, order = _entry(asked, cohort.primary)
        steps = [_step("", entry)]
        if cohort.additional is not None:
            kept = asked.group(entry, cohort.additional)
            entry, order = entry.take(kept), order[kept]
            limited = _limited(entry, order, cohort.qualified_limit)
            entry, order = entry.take(limited), order[limited]
            steps.append(_step("+", entry))
        included = np.ones(len(entry.events), dtype=bool)
        for rule in cohort.rules:
            included &= asked.group(entry, rule.group)
            steps.append(_step(rule.name, entry.take(included)))
        entry, order = entry.take(included), order[included]
        entry = entry.take(_limited(entry, order, cohort.expression_limit))
        end = _ends(asked, cohort, entry)
        lasting = end != NOWHERE
        person, start, end = entry.events.person[lasting], entry.events.start[lasting], end[lasting]
        person, start, end = merged(person, start, end + cohort.era_pad)
        end = end - cohort.era_pad
        if cohort.censor_start is not None:
            start = np.maximum(start, day_of(cohort.censor_start))
        if cohort.censor_end is not None:
            end = np.minimum(end, day_of(cohort.censor_end))
        kept = start <= end
        return Answer(Rows(self.index.persons[person[kept]], start[kept], end[kept]), tuple(steps))

    def persons(self, request: n.Request) -> Ints:
        """The person ids of a request, ascending. Refused (`cohort.not_persons`) where it asks for something else."""
        return self.index.persons[self.members(request).persons()]

    def members(self, request: n.Request, *, every: bool = False) -> Members:
        """A request put to the store; with `every`, what each of its members holds can be asked for."""
        if request.resource is not n.Resource.PATIENT:
            deny(NOT_PERSONS, resource=request.resource.value)
        asked = Asked(self.index, self.vocabulary, request.concept_sets, self.memory)
        sites = tuple(sorted(set(request.care_sites)))
        if sites not in self._populations:
            self._populations[sites] = population(self.index, sites)
        return Members(Stored(asked, self._populations[sites]), request, memory=self.memory, every=every)


def _step(name: str, entry: Indexed) -> Step:
    return Step(name, len(np.unique(entry.events.person)), len(entry.events))


def _entry(asked: Asked, primary: n.Primary) -> tuple[Indexed, Ints]:
    "The entry events, each with its period, and the rank of their domain, key and end for ties."
    parts, ranks = [], []
    for criterion in primary.criteria:
        _, indexed = asked.observed(asked.events(criterion))
        start = indexed.events.start
        kept = (indexed.period_start + primary.prior_days <= start) & (start + primary.post_days <= indexed.period_end)
        parts.append(indexed.take(kept))
        ranks.append(np.full(int(kept.sum()), list(DOMAINS).index(criterion.domain)))
    entry, domain = _joined(parts), np.concatenate(ranks)
    events = entry.events
    descending = primary.limit is n.Limit.LAST
    order = np.lexsort((events.end, domain, events.key, -events.sort if descending else events.sort, events.person))
    entry = entry.take(order)
    if primary.limit is not n.Limit.ALL:
        kept = _heads(entry.events.person)
        entry, order = entry.take(kept), order[kept]
    return entry, domain[order]


def _joined(parts: list[Indexed]) -> Indexed:
    first = parts[0].events

    def all_of(name: str) -> Ints:
        return np.concatenate([getattr(part.events, name) for part in parts])

    names = ("person", "start", "end", "visit", "key", "sort")
    events = Events(first.domain, first.table, all_of("row"), **{name: all_of(name) for name in names})
    return Indexed(events, *(np.concatenate([getattr(part, f"period_{side}") for part in parts]) for side in ("start", "end")))


def _heads(person: Ints) -> Mask:
    "The first of each run of equal persons."
    first = np.ones(len(person), dtype=bool)
    first[1:] = person[1:] != person[:-1]
    return first


def _limited(entry: Indexed, domain: Ints, limit: n.Limit) -> Ints:
    "The places of the events that a limit keeps, by person and start."
    events = entry.events
    start = -events.start if limit is n.Limit.LAST else events.start
    order = np.lexsort((events.key, domain, events.end, start, events.person))
    return order if limit is n.Limit.ALL else order[_heads(events.person[order])]


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
        case None:
            candidates.append(entry.period_end)
    for criterion in cohort.censoring:
        found = asked.by_start(criterion)
        keys = key_of(found.person, found.start)
        place = np.searchsorted(keys, key_of(events.person, events.start), "left")
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
    everything = table.all_rows()
    columns = (table.take(name, everything) for name in ("drug_concept_id", "drug_source_concept_id"))
    rows = everything[np.any([among(column, concepts) for column in columns], axis=0)]
    start = table.take(domain.start, rows)
    end = default_end(table, domain, rows) if era.days_supply is None else start + era.days_supply
    person, start, end = merged(table.person(rows), start, end + era.gap_days + era.offset)
    end = end - era.gap_days
    if not len(person):
        return np.full(len(events), NOWHERE)
    place = np.searchsorted(key_of(person, start), key_of(events.person, events.start), "right") - 1
    at = np.maximum(place, 0)
    held = (place >= 0) & (person[at] == events.person) & (events.start <= end[at])
    return np.where(held, end[at], NOWHERE)


def merged(person: Ints, start: Ints, end: Ints) -> tuple[Ints, Ints, Ints]:
    """Intervals of each person, joined where the next starts no later than the latest end so far."""
    if not len(person):
        return person, start, end
    order = np.lexsort((end, start, person))
    person, start, end = person[order], start[order], end[order]
    latest = np.maximum.accumulate((person << 32) + end + FAR) - (person << 32) - FAR
    new = np.ones(len(person), dtype=bool)
    new[1:] = (person[1:] != person[:-1]) | (start[1:] > latest[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(person)) - 1
    return person[first], start[first], latest[last]
