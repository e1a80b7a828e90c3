"""Events: what a criterion means for one person, up to its filters (field guide warehouse.md, §2.2.3 and §2.2.4).

Does not relate events to one another: `definition` does.
"""

import datetime as dt
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import singledispatch
from typing import Any

from .world import Row, World, days

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS, Domain


@dataclass(frozen=True)
class Event:
    """A row seen as an event. Days from 1970-01-01; an end may be unknown. `period`: an observation period that holds its start."""

    domain: Domain
    row: Row
    person: int
    start: int
    end: int | None
    visit: int | None
    key: int
    sort: int
    period: tuple[int, int] | None = None


@dataclass(frozen=True)
class Asked:
    """A world, and the concepts of each set of the question put to it."""

    world: World
    sets: dict[int, set[int]]


def select(asked: Asked, criterion: n.Criterion, person: int) -> list[Event]:
    """The events of a criterion for a person, its correlated group aside."""
    domain = DOMAINS[criterion.domain]
    rows = asked.world.rows(domain.table, person)
    if criterion.codeset is not None and domain.concept:
        rows = [row for row in rows if row.get(domain.concept) in asked.sets[criterion.codeset]]
    if criterion.source_codeset is not None and domain.source_concept:
        rows = [row for row in rows if row.get(domain.source_concept) in asked.sets[criterion.source_codeset]]
    if criterion.first:
        rows = sorted(rows, key=lambda row: (row[domain.start], row[domain.key]))[:1]
    found = []
    for row in rows:
        told = real(domain, row, person)
        event = moved(told, criterion)
        if criterion.adjust is not None and (event.end is None or event.end < event.start):
            continue
        if criterion.period is not None and not holds_period(criterion.period, told):
            continue
        seen = told if criterion.period is not None else event
        if all(holds(one, asked, seen) for one in criterion.filters):
            found.append(event)
    return found


def real(domain: Domain, row: Row, person: int) -> Event:
    """A row as an event with its own dates (§2.2.3)."""
    start = days(row[domain.start])
    assert start is not None
    end = days(row.get(domain.end)) if domain.end else start + 1
    if end is None and not domain.end_may_be_null:
        supply = row.get(domain.days_supply) if domain.days_supply else None
        end = start + (1 if supply is None else supply)
    visit = row.get(domain.visit) if domain.visit else None
    return Event(domain, row, person, start, end, visit, row[domain.key], start)


def moved(event: Event, criterion: n.Criterion) -> Event:
    """An event with the dates that a criterion gives it."""
    if (period := criterion.period) is not None:
        start, end = days(period.start), days(period.end)
        event = replace(event, start=event.start if start is None else start, end=event.end if end is None else end)
    if (adjust := criterion.adjust) is None:
        return event
    sides = {n.Side.START: event.start, n.Side.END: event.end}
    start, end = sides[adjust.start_with], sides[adjust.end_with]
    if start is None:
        return replace(event, end=None)
    start += adjust.start_offset
    return replace(event, start=start, end=None if end is None else end + adjust.end_offset, sort=start)


def holds_period(period: n.Period, event: Event) -> bool:
    """Whether an event with its own dates contains those of a user's period."""
    given = [days(date) for date in (period.start, period.end) if date is not None]
    return all(event.end is not None and day is not None and event.start <= day <= event.end for day in given)


def periods(asked: Asked, event: Event) -> list[Event]:
    """The event once for each observation period that contains its start."""
    found = [one for one in asked.world.periods(event.person) if one[0] <= event.start <= one[1]]
    return [replace(event, period=one) for one in found]


# ---- filters


@singledispatch
def holds(one: Any, asked: Asked, event: Event) -> bool:
    """Whether an event satisfies a filter. A null satisfies none."""
    raise TypeError(one)


@holds.register
def _(one: n.Number, asked: Asked, event: Event) -> bool:
    return _compared(value(one.field, asked.world, event), one.op, one.value, one.extent)


@holds.register
def _(one: n.Day, asked: Asked, event: Event) -> bool:
    return _compared(value(one.field, asked.world, event), one.op, days(one.value), days(one.extent))


@holds.register
def _(one: n.Like, asked: Asked, event: Event) -> bool:
    text = value(one.field, asked.world, event)
    if text is None:
        return False
    wild = "".join({"%": "*", "_": "?"}.get(letter, f"[{letter}]" if letter in "*?[" else letter) for letter in one.text)
    bare = one.match.value.removeprefix("!")
    pattern = {"contains": f"*{wild}*", "startsWith": f"{wild}*", "endsWith": f"*{wild}"}[bare]
    return fnmatchcase(text, pattern) is not one.match.value.startswith("!")


@holds.register
def _(one: n.Has, asked: Asked, event: Event) -> bool:
    concept = value(one.field, asked.world, event)
    return concept is not None and (concept in one.concepts) is not one.excluded


@holds.register
def _(one: n.HasSet, asked: Asked, event: Event) -> bool:
    concept = value(one.field, asked.world, event)
    if one.codeset is None:
        return (concept is None) is one.excluded
    concepts = asked.sets[one.codeset]
    if one.excluded and not concepts:
        return True
    return concept is not None and (concept in concepts) is not one.excluded


@holds.register
def _(one: n.Abnormal, asked: Asked, event: Event) -> bool:
    low, high, number = (event.row.get(name) for name in ("range_low", "range_high", "value_as_number"))
    below = number is not None and low is not None and number < low
    above = number is not None and high is not None and number > high
    return below or above or event.row.get("value_as_concept_id") in {4155142, 4155143}


def _compared(found: Any, op: n.Op, given: Any, extent: Any) -> bool:
    if found is None:
        return False
    high = given if extent is None else extent
    answers: dict[n.Op, bool] = {
        n.Op.LT: found < given,
        n.Op.LTE: found <= given,
        n.Op.EQ: found == given,
        n.Op.NE: found != given,
        n.Op.GT: found > given,
        n.Op.GTE: found >= given,
        n.Op.BETWEEN: given <= found <= high,
        n.Op.NOT_BETWEEN: not given <= found <= high,
    }
    return answers[op]


def value(field: str, world: World, event: Event) -> Any:
    """The value of a field: a column of the row, a date, an age, a length, a ratio; or of the person, visit, provider, site."""
    space, _, column = field.rpartition(".")
    if space == "person":
        return world.one("person", event.person).get(column)
    if space == "death":
        told = [days(row.get("death_date")) for row in world.rows("death", event.person)]
        return min((day for day in told if day is not None), default=None)
    if space == "provider":
        return world.one("provider", event.row.get("provider_id")).get(column)
    if space == "visit":
        visit = world.one("visit_occurrence", event.visit)
        if column == "place_of_service_concept_id":
            return world.one("care_site", visit.get("care_site_id")).get(column)
        return visit.get(column)
    if space == "care_site":
        return world.one("care_site", event.row.get("care_site_id")).get(column)
    if field in {"start", "end"}:
        return event.start if field == "start" else event.end
    if field in {"age_at_start", "age_at_end"}:
        day, born = event.start if field == "age_at_start" else event.end, world.one("person", event.person).get("year_of_birth")
        return None if day is None or born is None else _year(day) - born
    if field == "length":
        return None if event.end is None else event.end - event.start
    if field in {"range_low_ratio", "range_high_ratio"}:
        bound, number = event.row.get(field.removesuffix("_ratio")), event.row.get("value_as_number")
        return None if number is None or not bound else number / bound
    return event.row.get(field)


def _year(day: int) -> int:
    "The calendar repeats every 400 years, so that a date that was moved far may leave Python's."
    cycles, rest = divmod(day, 146_097)
    return 400 * cycles + (dt.date(1970, 1, 1) + dt.timedelta(days=rest)).year


def counted(column: str, event: Event) -> Any:
    """The value that a distinct count looks at (§2.2.6)."""
    if column == "START_DATE":
        return event.start
    if column == "END_DATE":
        return event.end
    if column == "DURATION":
        return 1 if event.domain.end is None else None if event.end is None else event.end - event.start
    found = event.row.get(event.domain.counts[column])
    return 0 if found is None and column == "DOMAIN_CONCEPT" and event.domain.name == "Death" else found
