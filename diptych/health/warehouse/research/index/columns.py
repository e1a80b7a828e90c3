"""Columns: a store's tables as numpy arrays, in the store's order, each read when first asked for.

Nulls are NULL in whole numbers and days, NaN in decimals, None in texts. Days are counted from 1970-01-01.
Does not know what a question is.
"""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .store import Store

from diptych.health.warehouse.mart.shapes import SHAPES

Ints = npt.NDArray[np.int64]
NULL = -(2**62)
"""Stands for a null whole number or day: far from any, and sums with it do not overflow."""


class Table:
    """One event table. `person` is the dense number of each row's person; rows of unknown persons are left out."""

    def __init__(self, index: "Index", name: str) -> None:
        self.name = name
        self._index = index
        self._columns: dict[str, Any] = {}
        known = index.dense(index.read(name, "person_id"))
        self._kept = None if bool((known >= 0).all()) else np.flatnonzero(known >= 0)
        self.person: Ints = known if self._kept is None else known[self._kept]

    def __len__(self) -> int:
        return len(self.person)

    def column(self, name: str) -> Any:
        """A column's values: int64 (ids, whole numbers, days), float64, or objects (texts)."""
        if name not in self._columns:
            values = self._index.read(self.name, name)
            self._columns[name] = values if self._kept is None else values[self._kept]
        return self._columns[name]

    def rows_of(self, column: str, concepts: Ints) -> Ints:
        """The rows whose concept is one of `concepts` (sorted), found by search where the table is sorted by it."""
        values = self.column(column)
        if SHAPES[self.name].order[0] != column:
            return np.flatnonzero(among(values, concepts))
        first, last = np.searchsorted(values, concepts, "left"), np.searchsorted(values, concepts, "right")
        found = last > first
        return spans(first[found], last[found])


class Lookup:
    """Finds the row of a key: visits, providers, care sites."""

    def __init__(self, keys: Ints) -> None:
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]

    def __call__(self, keys: Ints) -> Ints:
        """The row of each key, -1 where there is none."""
        if not len(self._keys):
            return np.full(len(keys), -1)
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[place] == keys, self._order[place], -1)


class Index:
    """A store, seen as columns."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tables: dict[str, Table] = {}
        self._lookups: dict[str, Lookup] = {}
        self._read: dict[tuple[str, str], Any] = {}

    @cached_property
    def persons(self) -> Ints:
        """Person ids, ascending: a person's dense number is the place here.

        Whoever was observed counts, with or without a row in PERSON (some databases lack them): nothing is known of their
        age or sex, so that no filter on these is satisfied.
        """
        found: Ints = np.unique(np.concatenate([self.read(table, "person_id") for table in ("person", "observation_period")]))
        return found

    def dense(self, persons: Ints) -> Ints:
        """The dense number of each person id, -1 where the person is unknown."""
        if not len(self.persons):
            return np.full(len(persons), -1)
        place = np.minimum(np.searchsorted(self.persons, persons), len(self.persons) - 1)
        return np.where(self.persons[place] == persons, place, -1)

    def table(self, name: str) -> Table:
        """An event table; without rows where the release lacks it."""
        if name not in self._tables:
            self._tables[name] = Table(self, name)
        return self._tables[name]

    def lookup(self, name: str) -> Lookup:
        """Finds rows of a table by its key."""
        if name not in self._lookups:
            self._lookups[name] = Lookup(self.read(name, f"{name}_id"))
        return self._lookups[name]

    def read(self, table: str, column: str) -> Any:
        """A whole column of a table, unknown persons' rows included."""
        if (table, column) not in self._read:
            self._read[table, column] = self._fetch(table, column)
        return self._read[table, column]

    def _fetch(self, table: str, column: str) -> Any:
        shape = SHAPES[table].column(column)
        kind = shape.type if shape else "BIGINT"
        empty: dict[str, Any] = {"DOUBLE": np.float64, "VARCHAR": object}
        if shape is None or not self.store.rows(table):
            return (
                np.full(self.store.rows(table), NULL, dtype=np.int64) if shape is None else np.empty(0, empty.get(kind, np.int64))
            )
        quoted = f'"{column}"'
        sql = {
            "BIGINT": f"coalesce({quoted}, {NULL}::BIGINT)",
            "DOUBLE": f"coalesce({quoted}, 'nan'::DOUBLE)",
            "DATE": f"coalesce(date_diff('day', DATE '1970-01-01', {quoted}), {NULL}::BIGINT)",
            "TIMESTAMP": f"coalesce(epoch_us({quoted}), {NULL}::BIGINT)",
            "VARCHAR": quoted,
        }[kind]
        values = self.store.fetch(table, {"v": sql})["v"]
        if isinstance(values, np.ma.MaskedArray):
            if kind == "VARCHAR":
                values.data[np.ma.getmaskarray(values)] = None
            return values.data
        return values


def among(values: Ints, known: Ints) -> npt.NDArray[np.bool_]:
    """Which values are in `known`, which is sorted: a search each, far quicker than a sort of both."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    found: npt.NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, values), len(known) - 1)] == values
    return found


def spans(first: Ints, last: Ints) -> Ints:
    """All the numbers of the half-open spans [first, last), one span after the other."""
    lengths = last - first
    total = int(lengths.sum())
    if not total:
        return np.empty(0, np.int64)
    shift = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
    return np.arange(total, dtype=np.int64) + shift
