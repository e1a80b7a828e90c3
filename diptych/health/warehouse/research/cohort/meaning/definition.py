"""Definition: what a Circe definition means, person by person (field guide warehouse.md, §2.2.5 to §2.2.7).

Where the reference leaves ties open, events are ordered by start, end, domain and key.
"""

from collections.abc import Iterable
from functools import singledispatch
from typing import Any

from .events import Asked, Event, counted, holds, periods, select
from .world import World, days

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS

Interval = tuple[int, int]


def rows(world: World, cohort: n.Cohort) -> list[tuple[int, int, int]]:
    """The rows of a cohort: person, first and last day (from 1970-01-01), by person and first day."""
    asked = _asked(world, cohort.concept_sets)
    found = []
    for person in world.persons:
        kept = _stages(asked, cohort, person)[-1]
        lasting = [(event.start, end) for event in limited(kept, cohort.expression_limit) for end in _ends(asked, cohort, event)]
        found += [(person, start, end) for start, end in collapsed(cohort, lasting)]
    return found


def collapsed(cohort: n.Cohort, lasting: Iterable[Interval]) -> list[Interval]:
    """The eras of a person's events, within the censor window."""
    found = []
    for first, last in _merged((start, end + cohort.era_pad) for start, end in lasting):
        start, end = first, last - cohort.era_pad
        if (lowest := days(cohort.censor_start)) is not None:
            start = max(start, lowest)
        if (highest := days(cohort.censor_end)) is not None:
            end = min(end, highest)
        if start <= end:
            found.append((start, end))
    return found


def attrition(world: World, cohort: n.Cohort) -> list[tuple[int, int]]:
    """Persons and events at entry, after the additional criteria where there are any, and after each rule."""
    asked = _asked(world, cohort.concept_sets)
    stages = [_stages(asked, cohort, person) for person in world.persons]
    steps = zip(*stages, strict=True)
    return [(sum(bool(events) for events in step), sum(len(events) for events in step)) for step in steps]


def _asked(world: World, sets: Iterable[n.ConceptSet]) -> Asked:
    return Asked(world, {one.id: world.resolve(one) for one in sets})


def _stages(asked: Asked, cohort: n.Cohort, person: int) -> list[list[Event]]:
    "The person's events at entry, after the additional criteria, and after each rule."
    events = _entry(asked, cohort.primary, person)
    stages = [events]
    if cohort.additional is not None:
        held = [event for event in events if satisfied(cohort.additional, asked, [event])]
        events = limited(held, cohort.qualified_limit)
        stages.append(events)
    for rule in cohort.rules:
        events = [event for event in events if satisfied(rule.group, asked, [event])]
        stages.append(events)
    return stages


def _entry(asked: Asked, primary: n.Primary, person: int) -> list[Event]:
    events = [
        seen
        for criterion in primary.criteria
        for event in matching(asked, criterion, person)
        for seen in periods(asked, event)
        if seen.period and seen.period[0] + primary.prior_days <= seen.start and seen.start + primary.post_days <= seen.period[1]
    ]
    return entering(events, primary.limit)


def entering(events: list[Event], limit: n.Limit) -> list[Event]:
    """The entry events that their limit keeps, in its order."""
    sign = -1 if limit is n.Limit.LAST else 1
    ordered = sorted(events, key=lambda event: (sign * event.sort, event.key, _rank(event), _end(event)))
    return ordered if limit is n.Limit.ALL else ordered[:1]


def _rank(event: Event) -> int:
    return list(DOMAINS).index(event.domain.name)


def _end(event: Event) -> int:
    "An unknown end comes before any."
    return -(2**62) if event.end is None else event.end


def limited(events: list[Event], limit: n.Limit) -> list[Event]:
    """The events that a later limit keeps."""
    if limit is n.Limit.ALL:
        return events
    sign = -1 if limit is n.Limit.LAST else 1
    return sorted(events, key=lambda event: (sign * event.start, _end(event), _rank(event), event.key))[:1]


def matching(asked: Asked, criterion: n.Criterion, person: int) -> list[Event]:
    """The events of a criterion for a person, its correlated group included."""
    events = select(asked, criterion, person)
    if criterion.correlated is None:
        return events
    group = criterion.correlated
    return [event for event in events if (copies := periods(asked, event)) and satisfied(group, asked, copies)]


# ---- groups


@singledispatch
def satisfied(member: Any, asked: Asked, copies: list[Event]) -> bool:
    """Whether an index event satisfies a member of a group.

    `copies`: the event, once for each observation period in which it is seen. Beside the entry events there is one. In a
    criterion's own group there may be several where periods overlap: the reference counts their candidates together, and a
    group's members once for each copy (definition 48 on the published data).
    """
    raise TypeError(member)


@satisfied.register
def _(member: n.Group, asked: Asked, copies: list[Event]) -> bool:
    members = [*member.correlated, *member.demographics, *member.groups]
    if not members:
        return True
    found = len(copies) * sum(satisfied(one, asked, copies) for one in members)
    asked_for = member.count or 0
    return {
        n.Kind.ALL: found == len(members),
        n.Kind.ANY: found > 0,
        n.Kind.AT_LEAST: found >= asked_for,
        n.Kind.AT_MOST: found <= asked_for,
    }[member.kind]


@satisfied.register
def _(member: n.Demographic, asked: Asked, copies: list[Event]) -> bool:
    return all(holds(one, asked, copies[0]) for one in member.filters)


@satisfied.register
def _(member: n.Correlated, asked: Asked, copies: list[Event]) -> bool:
    candidates = matching(asked, member.criterion, copies[0].person)
    pairs = [one for index in copies for one in candidates if _around(index, one, member)]
    asked_for = member.occurrence
    if asked_for.distinct:
        found = len({value for one in pairs if (value := counted(asked_for.column, one)) is not None})
    else:
        found = len(pairs)
    return {
        n.Times.EXACTLY: found == asked_for.count,
        n.Times.AT_MOST: found <= asked_for.count,
        n.Times.AT_LEAST: found >= asked_for.count,
    }[asked_for.times]


def _around(index: Event, candidate: Event, member: n.Correlated) -> bool:
    ignore = member.ignore_period
    if not ignore and not (index.period and index.period[0] <= candidate.start <= index.period[1]):
        return False
    if member.same_visit and (index.visit is None or index.visit != candidate.visit):
        return False
    windows = [one for one in (member.start, member.end) if one is not None]
    return all(_inside(index, candidate, one, ignore=ignore) for one in windows)


def _inside(index: Event, candidate: Event, window: n.Window, *, ignore: bool) -> bool:
    date = candidate.end if window.of_event_end else candidate.start
    origin = index.end if window.from_index_end else index.start
    if date is None:
        return False
    for bound, within in ((window.start, _not_before), (window.end, _not_after)):
        if bound.days is not None:
            if origin is None or not within(date, origin + bound.coeff * bound.days):
                return False
        elif not ignore and index.period and not within(date, index.period[0] if bound.coeff < 0 else index.period[1]):
            return False
        elif ignore and bound.coeff > 0 and within is _not_before:
            return False  # from the end of time onward
        elif ignore and bound.coeff < 0 and within is _not_after:
            return False  # until the beginning of time
    return True


def _not_before(date: int, bound: int) -> bool:
    return date >= bound


def _not_after(date: int, bound: int) -> bool:
    return date <= bound


# ---- ends


def _ends(asked: Asked, cohort: n.Cohort, event: Event) -> list[int]:
    "The smallest candidate that is not before the event's start, alone; empty where there is none."
    assert event.period
    last = event.period[1]
    candidates = [last] if cohort.exit is None else candidate_ends(cohort.exit, asked, event)
    for criterion in cohort.censoring:
        starts = [one.start for one in matching(asked, criterion, event.person) if event.start <= one.start <= last]
        candidates += sorted(starts)[:1]
    return sorted(day for day in candidates if day >= event.start)[:1]


@singledispatch
def candidate_ends(strategy: Any, asked: Asked, event: Event) -> list[int]:
    """The days on which an event may end by an end strategy."""
    raise TypeError(strategy)


@candidate_ends.register
def _(strategy: n.FixedOffset, asked: Asked, event: Event) -> list[int]:
    assert event.period
    date = event.start if strategy.side is n.Side.START else event.end
    return [] if date is None else [min(date + strategy.offset, event.period[1])]


@candidate_ends.register
def _(strategy: n.CustomEra, asked: Asked, event: Event) -> list[int]:
    assert event.period
    concepts, exposures = asked.sets[strategy.codeset], []
    for one in select(asked, n.Criterion("DrugExposure"), event.person):
        if concepts & {one.row.get("drug_concept_id"), one.row.get("drug_source_concept_id")}:
            end = one.end if strategy.days_supply is None else one.start + strategy.days_supply
            assert end is not None
            exposures.append((one.start, end + strategy.gap_days + strategy.offset))
    eras = [(start, end - strategy.gap_days) for start, end in _merged(exposures)]
    return [event.period[1], *(end for start, end in eras if start <= event.start <= end)]


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    "Intervals joined where the next starts no later than the latest end so far."
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
