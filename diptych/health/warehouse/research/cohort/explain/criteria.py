"""Criteria: which of a person's records a criterion selects, and what each of the others lacks.

Holds filters, criteria, and the group around an event, each with its measure (field guide warehouse.md, §2.2.3 to §2.2.6). A
finding holds exactly where the meaning says so: the drawn worlds compare the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import singledispatchmethod
from typing import Any

from .findings import Code, Finding, date_of, resting

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.meaning.events import (
    Asked,
    Event,
    counted,
    holds,
    holds_period,
    moved,
    periods,
    real,
    value,
)
from diptych.health.warehouse.research.cohort.meaning.world import days


@dataclass(frozen=True)
class Examined:
    """A record of a criterion's concept set, as an event, and what it lacks (nothing: it is selected)."""

    event: Event
    misses: tuple[Finding, ...]
    grounds: tuple[Finding, ...] = ()

    def finding(self) -> Finding:
        """The record, with what it lacks or what its own group rests on."""
        return event_finding(self.event, not self.misses, *(self.misses or self.grounds))


def event_finding(event: Event, holds: bool, *parts: Finding, itself: bool = False) -> Finding:
    """An event as a finding. `itself`: the one from which it is seen."""
    domain = event.domain
    concept = event.row.get(domain.concept) if domain.concept else None
    facts: dict[str, Any] = {"domain": domain.name, "table": domain.table, "id": event.key, "concept": concept}
    facts |= {"start": date_of(event.start), "end": date_of(event.end)} | ({"itself": True} if itself else {})
    return Finding(Code.EVENT, holds, facts, parts)


@dataclass
class Inquiry:
    """One question put to one person's world; what it has examined is kept."""

    asked: Asked
    person: int
    names: dict[int, str]
    """The names of concept sets."""
    _kept: dict[n.Criterion, list[Examined]] = field(default_factory=dict)

    def set_named(self, codeset: int | None) -> dict[str, Any] | None:
        """A concept set as a fact."""
        return None if codeset is None else {"id": codeset, "name": self.names.get(codeset, "")}

    # ---- one criterion

    def examined(self, criterion: n.Criterion) -> list[Examined]:
        """The person's records of the criterion's concept sets, by start."""
        if criterion not in self._kept:
            self._kept[criterion] = sorted(self._examine(criterion), key=lambda one: (one.event.start, one.event.key))
        return self._kept[criterion]

    def selected(self, criterion: n.Criterion) -> list[Event]:
        """Those that the criterion selects."""
        return [one.event for one in self.examined(criterion) if not one.misses]

    def _examine(self, criterion: n.Criterion) -> Iterator[Examined]:
        domain, sets = DOMAINS[criterion.domain], self.asked.sets
        rows = self.asked.world.rows(domain.table, self.person)
        for codeset, column in ((criterion.codeset, domain.concept), (criterion.source_codeset, domain.source_concept)):
            if codeset is not None and column:
                rows = [row for row in rows if row.get(column) in sets[codeset]]
        first = min(rows, key=lambda row: (row[domain.start], row[domain.key]), default=None)
        for row in rows:
            told = real(domain, row, self.person)
            event = moved(told, criterion)
            misses = []
            if criterion.first and row is not first and first is not None:
                misses.append(Finding(Code.NOT_FIRST, False, {"first": first[domain.start], "id": first[domain.key]}))
            if criterion.adjust is not None and (event.end is None or event.end < event.start):
                misses.append(Finding(Code.UNDATED, False, {"start": date_of(event.start), "end": date_of(event.end)}))
            if (period := criterion.period) is not None and not holds_period(period, told):
                misses.append(Finding(Code.OTHER_PERIOD, False, {"start": period.start, "end": period.end}))
            seen = told if criterion.period is not None else event
            filters = [self.filtered(one, seen) for one in criterion.filters]
            misses += [one for one in filters if not one.holds]
            grounds = tuple(filters)
            if not misses and criterion.correlated is not None:
                copies = periods(self.asked, event)
                if not copies:
                    misses.append(self.unobserved(event))
                else:
                    around = self.around(criterion.correlated, copies)
                    grounds = (*grounds, around)
                    misses += [] if around.holds else [around]
            yield Examined(event, tuple(misses), grounds)

    def unobserved(self, event: Event) -> Finding:
        """That no observation period holds the event's start, and how far the nearest is."""
        gaps = [
            start - event.start if event.start < start else event.start - end
            for start, end in self.asked.world.periods(self.person)
        ]
        return Finding(Code.UNOBSERVED, False, {"by": min(gaps, default=None)})

    def described(self, criterion: n.Criterion) -> dict[str, Any]:
        """A criterion as facts."""
        return {
            "domain": criterion.domain,
            "concept_set": self.set_named(criterion.codeset),
            "source_concept_set": self.set_named(criterion.source_codeset),
        }

    # ---- filters

    def filtered(self, one: n.Filter, event: Event) -> Finding:
        """Whether an event satisfies a filter, and by how much it does not."""
        held = holds(one, self.asked, event)
        if isinstance(one, n.Abnormal):
            columns = ("value_as_number", "range_low", "range_high", "value_as_concept_id")
            return Finding(Code.FILTER, held, {"field": "abnormal", **{name: event.row.get(name) for name in columns}})
        found = value(one.field, self.asked.world, event)
        facts: dict[str, Any] = {"field": one.field, "value": found}
        match one:
            case n.Number():
                facts |= {"op": one.op, "needs": one.value, "extent": one.extent}
                facts["by"] = None if found is None or held else beyond(found, one.op, one.value, one.extent)
            case n.Day():
                facts |= {"value": date_of(found), "op": one.op, "needs": one.value, "extent": one.extent}
                facts["by"] = None if found is None or held else beyond(found, one.op, days(one.value), days(one.extent))
            case n.Like():
                facts |= {"op": one.match, "needs": one.text}
            case n.Has():
                facts |= {"op": "not in" if one.excluded else "in", "needs": list(one.concepts)}
            case n.HasSet():  # pragma: no branch — mypy: there is no other
                facts |= {"op": "not in" if one.excluded else "in", "concept_set": self.set_named(one.codeset)}
        return Finding(Code.FILTER, held, facts)

    # ---- around an event

    @singledispatchmethod
    def around(self, member: Any, copies: list[Event]) -> Finding:
        """Whether an event satisfies a member of a group. `copies`: the event, once for each observation period (`meaning`)."""
        raise TypeError(member)

    @around.register
    def _(self, member: n.Group, copies: list[Event]) -> Finding:
        parts = tuple(self.around(one, copies) for one in (*member.correlated, *member.demographics, *member.groups))
        found = len(copies) * sum(one.holds for one in parts)
        count = member.count or 0
        kinds = {
            n.Kind.ALL: found == len(parts),
            n.Kind.ANY: found > 0,
            n.Kind.AT_LEAST: found >= count,
            n.Kind.AT_MOST: found <= count,
        }
        held = kinds[member.kind] or not parts
        return Finding(Code.GROUP, held, {"kind": member.kind, "count": member.count, "found": found, "of": len(parts)}, parts)

    @around.register
    def _(self, member: n.Demographic, copies: list[Event]) -> Finding:
        parts = tuple(self.filtered(one, copies[0]) for one in member.filters)
        return Finding(Code.DEMOGRAPHIC, all(one.holds for one in parts), {}, parts)

    @around.register
    def _(self, member: n.Correlated, copies: list[Event]) -> Finding:
        examined, asked = self.examined(member.criterion), member.occurrence
        pairs, parts = [], []
        for one in examined:
            apart = [_apart(index, one.event, member) for index in copies]
            nearest = min(apart, key=lambda misses: (len(misses), sum(miss.miss() for miss in misses)))
            if not one.misses:
                pairs += [one.event for misses in apart if not misses]
            lacking = (*one.misses, *nearest)
            itself = (one.event.domain, one.event.key) == (copies[0].domain, copies[0].key)
            parts.append(event_finding(one.event, not lacking, *(lacking or one.grounds), itself=itself))
        values = {counted(asked.column, one) for one in pairs} - {None} if asked.distinct else set()
        found = len(values) if asked.distinct else len(pairs)
        held = {
            n.Times.EXACTLY: found == asked.count,
            n.Times.AT_MOST: found <= asked.count,
            n.Times.AT_LEAST: found >= asked.count,
        }[asked.times]
        facts = self.described(member.criterion) | {
            "times": asked.times,
            "count": asked.count,
            "found": found,
            "distinct": asked.column if asked.distinct else None,
            "records": len(examined),
            "windows": [window_facts(one) for one in (member.start, member.end) if one is not None],
            "same_visit": member.same_visit,
            "ignore_period": member.ignore_period,
            "by": None if held else abs(found - asked.count),
        }
        return resting(Code.CORRELATED, held, parts, **facts)


def beyond(found: Any, op: n.Op, given: Any, extent: Any) -> Any:
    """How far a value that does not satisfy a comparison is from one that would; for strict ones, from the bound."""
    high = given if extent is None else extent
    if op is n.Op.BETWEEN:
        return given - found if found < given else found - high
    if op is n.Op.NOT_BETWEEN:
        return min(found - given, high - found)
    return abs(found - given)


def window_facts(window: n.Window) -> dict[str, Any]:
    """A window as facts: bounds in days from the index, negative before it; null where the observation period bounds it."""
    bounds = [None if one.days is None else one.coeff * one.days for one in (window.start, window.end)]
    open_ = [None if one.days is not None else "start" if one.coeff < 0 else "end" for one in (window.start, window.end)]
    return {
        "of": "end" if window.of_event_end else "start",
        "from": "end" if window.from_index_end else "start",
        "least": bounds[0],
        "most": bounds[1],
        "least_period": open_[0],
        "most_period": open_[1],
    }


def _apart(index: Event, candidate: Event, member: n.Correlated) -> tuple[Finding, ...]:
    "Why a candidate does not count for an index event; nothing where it counts."
    misses, ignore = [], member.ignore_period
    if not ignore:
        misses += _bounded(candidate.start, index.period and index.period[0], index.period and index.period[1], "period")
    if member.same_visit and (index.visit is None or index.visit != candidate.visit):
        misses.append(Finding(Code.OTHER_VISIT, False, {"visit": candidate.visit, "needs": index.visit}))
    for window in (member.start, member.end):
        if window is not None:
            misses += _outside(index, candidate, window, ignore=ignore)
    return tuple(misses)


def _bounded(date: int, low: int | None, high: int | None, of: str) -> list[Finding]:
    found = []
    if low is not None and date < low:
        found.append(Finding(Code.TOO_EARLY, False, {"of": of, "by": low - date, "bound": date_of(low)}))
    if high is not None and date > high:
        found.append(Finding(Code.TOO_LATE, False, {"of": of, "by": date - high, "bound": date_of(high)}))
    return found


def _outside(index: Event, candidate: Event, window: n.Window, *, ignore: bool) -> list[Finding]:
    of = "end" if window.of_event_end else "start"
    date = candidate.end if window.of_event_end else candidate.start
    origin = index.end if window.from_index_end else index.start
    if date is None:
        return [Finding(Code.NO_DATE, False, {"of": of, "whose": "event"})]
    bounds: list[int | None] = []
    for bound in (window.start, window.end):
        if bound.days is not None and origin is None:
            return [Finding(Code.NO_DATE, False, {"of": "end", "whose": "index"})]
        if bound.days is not None:
            bounds.append((origin or 0) + bound.coeff * bound.days)
        elif not ignore:
            bounds.append(None if not index.period else index.period[0] if bound.coeff < 0 else index.period[1])
        else:
            bounds.append(None)
    found = _bounded(date, bounds[0], bounds[1], of)
    if ignore and window.start.days is None and window.start.coeff > 0:
        found.append(Finding(Code.TOO_EARLY, False, {"of": of, "by": None, "bound": None}))  # from the end of time onward
    if ignore and window.end.days is None and window.end.coeff < 0:
        found.append(Finding(Code.TOO_LATE, False, {"of": of, "by": None, "bound": None}))  # until the beginning of time
    return found
