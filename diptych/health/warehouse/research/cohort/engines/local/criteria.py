"""Criteria: the events that a criterion selects, and the filters that it does so by.

Holds field guide warehouse.md, §2.2.3 and §2.2.4, for all rows at once. Does not relate events to one another: `groups` does.
"""

import re
from typing import Any, Protocol

import numpy as np

from .events import Events, day_of, minus, picked_rows, plus
from .order import picked, sorting
from .persons import Mask, heads

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS, Domain
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, Row, Table, among


class Concepts(Protocol):
    """The concepts of each set, by the set's number."""

    def __getitem__(self, number: int, /) -> Ints:
        """Ascending."""


def select(index: Index, sets: Concepts, criterion: n.Criterion, *, inside: Mask | None = None) -> Events:
    """The events of a criterion, its correlated group aside; with `inside`, of the persons who are marked there."""
    domain = DOMAINS[criterion.domain]
    table = index.table(domain.table)
    rows: Row
    if criterion.codeset is not None and domain.concept:
        rows = table.rows_of(sets[criterion.codeset])
    else:
        rows = table.every()
    if inside is not None:
        rows = picked_rows(rows, np.flatnonzero(inside[table.person(rows)]))
    if criterion.source_codeset is not None and domain.source_concept:
        found = among(table.take(domain.source_concept, rows), sets[criterion.source_codeset])
        rows = picked_rows(rows, np.flatnonzero(found))
    if criterion.first:
        rows = _first(table, domain, rows)
    real = Events(domain, table, rows)
    events = _dated(real, criterion)
    kept = None
    if criterion.adjust is not None:
        kept = (events.start != NULL) & (events.end != NULL) & (events.end >= events.start)
    if criterion.period is not None:
        kept = np.ones(len(events), dtype=bool) if kept is None else kept
        for date in (criterion.period.start, criterion.period.end):
            if date is not None:
                kept &= (real.start <= day_of(date)) & (day_of(date) <= real.end)
    for one in criterion.filters:
        held = holds(one, index, sets, real if criterion.period else events)
        kept = held if kept is None else kept & held
    return events if kept is None else events.take(kept)


def _first(table: Table, domain: Domain, rows: Row) -> Ints:
    events = Events(domain, table, rows)
    order = sorting(events.keys, events.key_at)
    first = heads(picked(events.person, order))
    return picked_rows(rows, np.flatnonzero(first) if order is None else order[first])


def _dated(real: Events, criterion: n.Criterion) -> Events:
    "The events with the dates that the criterion gives them; the day to sort by stays the real one, unless they are moved."
    events, period = real, criterion.period
    if period is not None:
        dates = {name: day for name, day in (("start", period.start), ("end", period.end)) if day is not None}
        events = events.given(sort=real.start, **{name: np.full(len(real), day_of(day)) for name, day in dates.items()})
    if (a := criterion.adjust) is not None:
        sides = {n.Side.START: events.start, n.Side.END: events.end}
        start, end = plus(sides[a.start_with], a.start_offset), plus(sides[a.end_with], a.end_offset)
        events = events.given(start=start, end=end, sort=start)
    return events


# ---- filters


def years(days: Ints) -> Ints:
    """The calendar year of each day; NULL where it is null."""
    known = np.where(days == NULL, 0, days)
    low, high = (int(known.min()), int(known.max())) if len(known) else (0, 0)
    few = high - low < len(known)
    of = np.arange(low, high + 1) if few else known
    year = of.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where(days == NULL, NULL, year[known - low] if few else year)


def holds(one: n.Filter, index: Index, sets: Concepts, events: Events) -> Mask:
    """Which events satisfy a filter. A null satisfies none."""
    match one:
        case n.Abnormal():
            low, high, value = (events.read(name) for name in ("range_low", "range_high", "value_as_number"))
            said = events.read("value_as_concept_id")
            return np.asarray((value < low) | (value > high) | np.isin(said, (4155142, 4155143)))
        case n.Number():
            return compare(field(one.field, index, events), one.op, one.value, one.extent)
        case n.Day():
            extent = None if one.extent is None else day_of(one.extent)
            return compare(field(one.field, index, events), one.op, day_of(one.value), extent)
        case n.Like():
            return _like(field(one.field, index, events), one)
        case n.Has():
            values = field(one.field, index, events)
            inside = among(values, np.unique(np.array(one.concepts, dtype=np.int64)))
            return np.asarray((values != NULL) & (inside != one.excluded))
        case n.HasSet():  # pragma: no branch — mypy: there is no other
            values = field(one.field, index, events)
            if one.codeset is None:
                return np.asarray((values != NULL) != one.excluded)
            concepts = sets[one.codeset]
            if one.excluded and not len(concepts):
                return np.ones(len(events), dtype=bool)
            return np.asarray((values != NULL) & (among(values, concepts) != one.excluded))


def compare(values: Any, op: n.Op, value: float, extent: float | None) -> Mask:
    """Compare numbers or days with a value; null (NULL, NaN) is never satisfied."""
    known = values != NULL if values.dtype.kind == "i" else ~np.isnan(values)
    high = value if extent is None else extent
    found = {
        n.Op.LT: lambda: values < value,
        n.Op.LTE: lambda: values <= value,
        n.Op.EQ: lambda: values == value,
        n.Op.NE: lambda: values != value,
        n.Op.GT: lambda: values > value,
        n.Op.GTE: lambda: values >= value,
        n.Op.BETWEEN: lambda: (values >= value) & (values <= high),
        n.Op.NOT_BETWEEN: lambda: ~((values >= value) & (values <= high)),
    }[op]()
    return np.asarray(known & found)


def _like(values: Any, one: n.Like) -> Mask:
    wild = "".join({"%": ".*", "_": "."}.get(letter, re.escape(letter)) for letter in one.text)
    bare = one.match.value.removeprefix("!")
    pattern = {"contains": f".*{wild}.*", "startsWith": f"{wild}.*", "endsWith": f".*{wild}"}[bare]
    sought = re.compile(pattern, re.DOTALL)
    negated = one.match.value.startswith("!")
    answers = {text: (sought.fullmatch(text) is not None) != negated for text in {v for v in values if v is not None}}
    return np.array([value is not None and answers[value] for value in values], dtype=bool)


def field(name: str, index: Index, events: Events) -> Any:
    """The values of a field for each event: its own columns, its dates, the person's, the visit's, the provider's."""
    space, _, column = name.rpartition(".")
    if space == "person":
        return person_column(index, column)[events.person]
    if space == "death":
        return died(index)[events.person]
    if space == "provider":
        at = index.lookup("provider")(events.read("provider_id"))
        return _at(index.read("provider", column), at)
    if space == "visit":
        at = index.lookup("visit_occurrence")(events.visit)
        if column == "place_of_service_concept_id":
            return _at(
                index.read("care_site", column),
                index.lookup("care_site")(_at(index.read("visit_occurrence", "care_site_id"), at)),
            )
        return _at(index.read("visit_occurrence", column), at)
    if space == "care_site":
        return _at(index.read("care_site", column), index.lookup("care_site")(events.read("care_site_id")))
    if name in {"start", "end"}:
        return events.start if name == "start" else events.end
    if name in {"age_at_start", "age_at_end"}:
        return minus(
            years(events.start if name == "age_at_start" else events.end), person_column(index, "year_of_birth")[events.person]
        )
    if name == "length":
        return minus(events.end, events.start)
    if name in {"range_low_ratio", "range_high_ratio"}:
        bound = events.read(name.removesuffix("_ratio"))
        value = events.read("value_as_number")
        return np.divide(value, bound, out=np.full(len(events), np.nan), where=(bound != 0) & ~np.isnan(bound))
    return events.read(name)


def person_column(index: Index, column: str) -> Ints:
    """A column of PERSON, by dense number."""
    return index.once(f"person.{column}", lambda: _person_column(index, column))


def _person_column(index: Index, column: str) -> Ints:
    place = index.dense(index.read("person", "person_id"))
    values = index.read("person", column)
    found = np.full(len(index.persons), NULL, dtype=np.int64)
    found[place] = values
    return found


def died(index: Index) -> Ints:
    """The day each person died, the first where several are told; NULL where none is."""
    return index.once("died", lambda: _died(index))


def _died(index: Index) -> Ints:
    table = index.table("death")
    found, rows = np.full(len(index.persons), -NULL), table.all_rows()
    np.minimum.at(found, table.person(rows), table.take("death_date", rows))
    return np.where(found == -NULL, NULL, found)


def _at(values: Any, place: Ints) -> Any:
    if not len(values):
        return np.full(len(place), NULL)
    return np.where(place < 0, NULL, values[np.maximum(place, 0)])
