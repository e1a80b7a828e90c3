"""Events: what a criterion selects, as parallel arrays.

Holds the rows of one criterion up to its filters (field guide warehouse.md, §2.2.3 and §2.2.4). Does not relate events
to one another: `groups` does.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .order import key_of, picked, sorting
from .persons import Mask, heads

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS, Domain
from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, Row, Table, among, numbers

EPOCH = np.datetime64("1970-01-01", "D").astype(object)


class Events:
    """Events of one domain, as parallel arrays: dense person, days, visit, key, day to sort by; each is read when asked for.

    `given`: arrays that stand for what the rows say, dates that were moved. Events taken from others gather what is asked of them.
    """

    def __init__(self, domain: Domain, table: Table, row: Row, **given: Ints) -> None:
        self.domain, self.table = domain, table
        self._row: Row | None = row
        self._size = row.stop - row.start if isinstance(row, slice) else len(row)
        self._given = given
        self._keys: Ints | None = None
        self._of: tuple[Events, Ints] | None = None
        self._parts: Sequence[Events] = ()

    @classmethod
    def joined(cls, parts: Sequence["Events"]) -> "Events":
        """Events of several domains, one after the other; what they are read for is told by the first."""
        found = cls(parts[0].domain, parts[0].table, slice(0, sum(map(len, parts))))
        found._row, found._parts = None, parts
        return found

    def __len__(self) -> int:
        return self._size

    @property
    def _rows(self) -> Row:
        if self._row is None and self._of is not None:
            self._row = _picked(self._of[0]._rows, self._of[1])
        elif self._row is None:
            self._row = np.concatenate([part.row for part in self._parts])
        return self._row

    @property
    def row(self) -> Ints:
        """The number of each event's row."""
        self._row = numbers(self._rows)
        return self._row

    def read(self, column: str) -> Any:
        """The values of a column of the table."""
        return self.table.take(column, self._rows)

    def _held(self, name: str) -> bool:
        "Whether what these were taken from says it, which the rows do not or would have to be read for again."
        return name in self._given or bool(self._parts) or (self._of is not None and self._of[0]._held(name))

    def _read(self, name: str, how: Callable[[Row], Ints], places: Ints | None = None) -> Ints:
        if name in self._given:
            return self._given[name] if places is None else self._given[name][places]
        if places is None:
            if self._of is not None and self._of[0]._held(name):
                self._given[name] = self._of[0]._read(name, how, self._of[1])
            elif self._parts:
                self._given[name] = np.concatenate([getattr(part, name) for part in self._parts])
            else:
                self._given[name] = how(self._rows)
            return self._given[name]
        if self._of is not None and self._of[0]._held(name):
            return self._of[0]._read(name, how, self._of[1][places])
        if self._parts:
            return self._read(name, how)[places]
        return how(_picked(self._rows, places))

    @property
    def person(self) -> Ints:
        """Each event's person, as a dense number."""
        return self._read("person", self.table.person)

    @property
    def start(self) -> Ints:
        """The first day."""
        return self._read("start", lambda rows: self.table.take(self.domain.start, rows))

    def start_at(self, places: Ints) -> Ints:
        """The first day at places; where it has not been read, nothing else is."""
        return self._read("start", lambda rows: self.table.take(self.domain.start, rows), places)

    @property
    def moment(self) -> Ints:
        """When each row starts, in seconds, whatever dates it was given."""
        return self.table.moment(self._rows)

    @property
    def end(self) -> Ints:
        """The last day, by the domain's rule where it is unknown."""
        return self._read("end", lambda rows: default_end(self.table, self.domain, rows))

    def end_at(self, places: Ints) -> Ints:
        """The last day at places; where it has not been read, nothing else is."""
        return self._read("end", lambda rows: default_end(self.table, self.domain, rows), places)

    @property
    def visit(self) -> Ints:
        """The visit; NULL where there is none."""
        return self._read("visit", self._visits)

    def visit_at(self, places: Ints) -> Ints:
        """The visit at places; where it has not been read, nothing else is."""
        return self._read("visit", self._visits, places)

    def _visits(self, rows: Row) -> Ints:
        found: Ints = self.table.take(self.domain.visit, rows) if self.domain.visit else np.full(len(numbers(rows)), NULL)
        return found

    @property
    def key(self) -> Ints:
        """The key in its table."""
        return self._read("key", lambda rows: self.table.take(self.domain.key, rows))

    def key_at(self, places: Ints) -> Ints:
        """The key at places; where it has not been read, nothing else is."""
        return self._read("key", lambda rows: self.table.take(self.domain.key, rows), places)

    @property
    def sort(self) -> Ints:
        """The day by which the first and the last are told."""
        return self._read("sort", lambda rows: self.start) if self._held("sort") else self.start

    @property
    def keys(self) -> Ints:
        """One number for each event, that sorts by person and start."""
        if self._keys is None:
            whole = None if self._of is None else self._of[0]._keys
            self._keys = key_of(self.person, self.start) if self._of is None or whole is None else whole[self._of[1]]
        return self._keys

    @property
    def sort_keys(self) -> Ints:
        """One number for each event, that sorts by person and the day to sort by."""
        return key_of(self.person, self.sort) if self._held("sort") and self.sort is not self.start else self.keys

    def take(self, chosen: Any) -> "Events":
        """Those of a mask or of places."""
        if chosen.dtype == np.bool_:
            chosen = np.flatnonzero(chosen)
        found = Events(self.domain, self.table, chosen)
        found._row, found._of = None, (self, chosen)
        return found

    def given(self, **arrays: Ints) -> "Events":
        """The same rows, with other dates."""
        found = Events(self.domain, self.table, self._rows, **(self._given | arrays))
        found._of, found._parts = self._of, self._parts
        return found

    def counted(self, column: str) -> Any:
        """The values that a distinct count looks at (§2.2.6); NULL or NaN where there is none."""
        if column == "START_DATE":
            return self.start
        if column == "END_DATE":
            return self.end
        if column == "DURATION":
            return np.ones(len(self), np.int64) if self.domain.end is None else minus(self.end, self.start)
        values = self.read(self.domain.counts[column])
        if column == "DOMAIN_CONCEPT" and self.domain.name == "Death":
            return np.where(values == NULL, 0, values)
        return values


def _picked(row: Row, chosen: Ints) -> Ints:
    return chosen + row.start if isinstance(row, slice) else row[chosen]


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
    rows: Row
    if criterion.codeset is not None and domain.concept:
        rows = table.rows_of(sets[criterion.codeset])
    else:
        rows = table.every()
    if criterion.source_codeset is not None and domain.source_concept:
        inside = among(table.take(domain.source_concept, rows), sets[criterion.source_codeset])
        rows = _picked(rows, np.flatnonzero(inside))
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
    return _picked(rows, np.flatnonzero(first) if order is None else order[first])


def default_end(table: Table, domain: Domain, rows: Row) -> Ints:
    """When each row ends, by its domain's rule (§2.2.3)."""
    if domain.end is None:
        return np.asarray(table.take(domain.start, rows) + 1)
    end: Ints = table.take(domain.end, rows)
    if domain.end_may_be_null:
        return end
    lacking = np.flatnonzero(end == NULL)
    if not len(lacking):
        return end
    rows = _picked(rows, lacking)
    start = table.take(domain.start, rows)
    after = start + 1
    if domain.days_supply:
        supply = table.take(domain.days_supply, rows)
        after = np.where(supply == NULL, after, start + supply)
    end = end.copy()
    end[lacking] = after
    return end


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


def holds(one: n.Filter, index: Index, sets: dict[int, Ints], events: Events) -> Mask:
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
