"""Events: what a criterion selects, as parallel arrays.

Holds what rows say of events, read when asked for, and their dates by default (field guide warehouse.md, §2.2.3). Does not select
them: `criteria` does.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .memory import weights
from .order import key_of

from diptych.health.warehouse.research.cohort.domains import Domain
from diptych.health.warehouse.research.index.columns import NULL, Ints, Row, Table, numbers

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
    def weight(self) -> int:
        """The bytes that were read, and of the places to read at."""
        return weights((self._row, self._keys, *(self._of or ())[1:], *self._given.values()))

    @property
    def _rows(self) -> Row:
        if self._row is None:
            assert self._of is not None, (
                "events of several domains have no rows of one table: what is asked of them is asked of each"
            )
            self._row = picked_rows(self._of[0]._rows, self._of[1])
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
        return how(picked_rows(self._rows, places))

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


def picked_rows(row: Row, chosen: Ints) -> Ints:
    """Rows chosen by their places."""
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
    rows = picked_rows(rows, lacking)
    start = table.take(domain.start, rows)
    after = start + 1
    if domain.days_supply:
        supply = table.take(domain.days_supply, rows)
        after = np.where(supply == NULL, after, start + supply)
    end = end.copy()
    end[lacking] = after
    return end
