"""Events: what a criterion selects, as parallel arrays.

Holds the rows of one criterion up to its filters (field guide warehouse.md, §2.2.3 and §2.2.4). Does not relate events
to one another: `groups` does.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS, Domain
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, Table, among

Mask = npt.NDArray[np.bool_]
EPOCH = np.datetime64("1970-01-01", "D").astype(object)


@dataclass(frozen=True)
class Events:
    """Events of one domain, as parallel arrays: dense person, days, visit, key, row in the table, day to sort by."""

    domain: Domain
    table: Table
    row: Ints
    person: Ints
    start: Ints
    end: Ints
    visit: Ints
    key: Ints
    sort: Ints

    def __len__(self) -> int:
        return len(self.row)

    def take(self, chosen: Any) -> "Events":
        """Those of a mask or of places."""
        names = ("row", "person", "start", "end", "visit", "key", "sort")
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def counted(self, column: str) -> Any:
        """The values that a distinct count looks at (§2.2.6); NULL or NaN where there is none."""
        if column == "START_DATE":
            return self.start
        if column == "END_DATE":
            return self.end
        if column == "DURATION":
            return np.ones(len(self), np.int64) if self.domain.end is None else minus(self.end, self.start)
        values = self.table.column(self.domain.counts[column])[self.row]
        if column == "DOMAIN_CONCEPT" and self.domain.name == "Death":
            return np.where(values == NULL, 0, values)
        return values


def minus(later: Ints, earlier: Ints) -> Ints:
    """Days from one date to another; NULL where either is."""
    return np.where((later == NULL) | (earlier == NULL), NULL, later - earlier)


def plus(day: Ints, days: int | Ints) -> Ints:
    """A date moved by days; NULL stays."""
    return np.where(day == NULL, NULL, day + days)


def day_of(date: Any) -> int:
    """A date as days from 1970-01-01."""
    return int((date - EPOCH).days)


def years(days: Ints) -> Ints:
    """The calendar year of each day; NULL where it is null."""
    found = np.where(days == NULL, 0, days).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.where(days == NULL, NULL, found)


def select(index: Index, sets: dict[int, Ints], criterion: n.Criterion) -> Events:
    """The events of a criterion, its correlated group aside."""
    domain = DOMAINS[criterion.domain]
    table = index.table(domain.table)
    if criterion.codeset is not None and domain.concept:
        rows = table.rows_of(domain.concept, sets[criterion.codeset])
    else:
        rows = np.arange(len(table), dtype=np.int64)
    if criterion.source_codeset is not None and domain.source_concept:
        rows = rows[among(table.column(domain.source_concept)[rows], sets[criterion.source_codeset])]
    if criterion.first:
        rows = _first(table, domain, rows)
    events = _dated(table, domain, rows, criterion)
    kept = np.ones(len(events), dtype=bool)
    if criterion.adjust is not None:
        kept &= (events.start != NULL) & (events.end != NULL) & (events.end >= events.start)
    if criterion.period is not None:
        real = table.column(domain.start)[rows], table.column(str(domain.end))[rows]
        for date in (criterion.period.start, criterion.period.end):
            if date is not None:
                kept &= (real[0] <= day_of(date)) & (day_of(date) <= real[1])
    view = (
        replace(events, start=table.column(domain.start)[rows], end=table.column(str(domain.end))[rows])
        if criterion.period
        else events
    )
    for one in criterion.filters:
        kept &= holds(one, index, sets, view)
    return events.take(kept)


def _first(table: Table, domain: Domain, rows: Ints) -> Ints:
    order = np.lexsort((table.column(domain.key)[rows], table.column(domain.start)[rows], table.person[rows]))
    person = table.person[rows][order]
    new = np.ones(len(rows), dtype=bool)
    new[1:] = person[1:] != person[:-1]
    first: Ints = rows[order[new]]
    return first


def default_end(table: Table, domain: Domain, rows: Ints) -> Ints:
    """When each row ends, by its domain's rule (§2.2.3)."""
    start: Ints = table.column(domain.start)[rows]
    if domain.end is None:
        return start + 1
    end: Ints = table.column(domain.end)[rows]
    if domain.end_may_be_null:
        return end
    after = start + 1
    if domain.days_supply:
        supply = table.column(domain.days_supply)[rows]
        after = np.where(supply == NULL, after, start + supply)
    return np.where(end == NULL, after, end)


def _dated(table: Table, domain: Domain, rows: Ints, criterion: n.Criterion) -> Events:
    start, end = table.column(domain.start)[rows], default_end(table, domain, rows)
    sort, period = start, criterion.period
    if period is not None:
        start = start if period.start is None else np.full(len(rows), day_of(period.start))
        end = end if period.end is None else np.full(len(rows), day_of(period.end))
    if (a := criterion.adjust) is not None:
        sides = {n.Side.START: start, n.Side.END: end}
        start, end = plus(sides[a.start_with], a.start_offset), plus(sides[a.end_with], a.end_offset)
        sort = start
    visit = table.column(domain.visit)[rows] if domain.visit else np.full(len(rows), NULL)
    return Events(domain, table, rows, table.person[rows], start, end, visit, table.column(domain.key)[rows], sort)


# ---- filters


def holds(one: n.Filter, index: Index, sets: dict[int, Ints], events: Events) -> Mask:
    """Which events satisfy a filter. A null satisfies none."""
    match one:
        case n.Abnormal():
            low, high, value = (events.table.column(name)[events.row] for name in ("range_low", "range_high", "value_as_number"))
            said = events.table.column("value_as_concept_id")[events.row]
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
        case n.HasSet():
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
        at = index.lookup("provider")(events.table.column("provider_id")[events.row])
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
        return _at(index.read("care_site", column), index.lookup("care_site")(events.table.column("care_site_id")[events.row]))
    if name in {"start", "end"}:
        return events.start if name == "start" else events.end
    if name in {"age_at_start", "age_at_end"}:
        return minus(
            years(events.start if name == "age_at_start" else events.end), person_column(index, "year_of_birth")[events.person]
        )
    if name == "length":
        return minus(events.end, events.start)
    if name in {"range_low_ratio", "range_high_ratio"}:
        bound = events.table.column(name.removesuffix("_ratio"))[events.row]
        value = events.table.column("value_as_number")[events.row]
        return np.divide(value, bound, out=np.full(len(events), np.nan), where=(bound != 0) & ~np.isnan(bound))
    return events.table.column(name)[events.row]


def person_column(index: Index, column: str) -> Ints:
    """A column of PERSON, by dense number."""
    place = index.dense(index.read("person", "person_id"))
    values = index.read("person", column)
    found = np.full(len(index.persons), NULL, dtype=np.int64)
    found[place] = values
    return found


def died(index: Index) -> Ints:
    """The day each person died, the first where several are told; NULL where none is."""
    table = index.table("death")
    found = np.full(len(index.persons), -NULL)
    np.minimum.at(found, table.person, table.column("death_date"))
    return np.where(found == -NULL, NULL, found)


def _at(values: Any, place: Ints) -> Any:
    if not len(values):
        return np.full(len(place), NULL)
    return np.where(place < 0, NULL, values[np.maximum(place, 0)])
