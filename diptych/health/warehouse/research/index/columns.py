"""Columns: a store's tables as numpy arrays, in the store's order, each read when first asked for.

Nulls are NULL in whole numbers and days, NaN in decimals, None in texts. Days are counted from 1970-01-01.
Does not know what a question is.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyroaring import BitMap

from .postings import DAY, NOBODY, NULL, Ints, Postings, by_concept, clock, dense, plain, starts
from .store import Store
from .terms import DAMAGED

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES

__all__ = ["NULL", "Index", "Ints", "Lookup", "Row", "Table", "among", "numbers", "spans"]

T = TypeVar("T")
WHOLE = 4_000_000
"""A column of a table with fewer rows is read whole and kept; of a larger one, only what is asked for is read."""
DENSE = 4
"""Keys whose span is at most this many times their number are found in a table, others by search."""
CHUNKS = 512
"""How many parts of columns of large tables are kept."""


Row = Ints | slice
"""Numbers of rows; a slice where they follow one another."""


class Table:
    """One event table. Rows are numbered in the store's order; those of persons whom the release does not know are left out."""

    def __init__(self, index: "Index", name: str) -> None:
        self.name, self.shape = name, SHAPES[name]
        self._index = index
        self._mapped = index.postings if index.postings is not None and index.postings.holds(name) else None
        self._size = len(index.read(name, "person_id")) if self._mapped is None else len(self._mapped.person(name))

    def __len__(self) -> int:
        return self._size

    @cached_property
    def _person(self) -> Any:
        if self._mapped is not None:
            return self._mapped.person(self.name)
        return dense(self._index.persons, self._index.read(self.name, "person_id"), nobody=NOBODY)

    @cached_property
    def _all_known(self) -> bool:
        return self._mapped.all_known(self.name) if self._mapped is not None else not bool((self._person == NOBODY).any())

    @cached_property
    def _directory(self) -> tuple[Ints, Ints]:
        if self._mapped is not None:
            return self._mapped.directory(self.name)
        concepts, first = np.unique(self._index.read(self.name, self.shape.order[0]), return_index=True)
        return concepts, np.append(first, self._size)

    def known(self, rows: Row) -> Row:
        """Those of `rows` whose person the release knows."""
        return rows if self._all_known else numbers(rows)[self._person[rows] != NOBODY]

    def every(self) -> Row:
        """Every row whose person the release knows."""
        return self.known(slice(0, self._size))

    def all_rows(self) -> Ints:
        """The same, one by one."""
        return numbers(self.every())

    def person(self, rows: Row) -> Ints:
        """The dense number of each row's person."""
        found: Ints = self._person[rows].astype(np.int64)
        return found

    def take(self, name: str, rows: Row) -> Any:
        """The values of a column at rows: int64 (ids, whole numbers, days), float64, or objects (texts)."""
        if self._mapped is None:
            return self._index.read(self.name, name)[rows]
        if name == self.shape.order[0] and by_concept(self.shape):
            concepts, first = self._directory
            rows = numbers(rows)
            return concepts[np.searchsorted(first, rows, "right") - 1] if len(rows) else np.empty(0, np.int64)
        if self._mapped.is_mapped(self.name, name):
            found = self._mapped.column(self.name, name)
            if found is None:
                return np.full(len(numbers(rows)), NULL)
            values, null = found
            taken = values[rows]
            wide = taken.astype(np.int64)
            if not self._mapped.whole(self.name, name):
                wide[taken == null] = NULL
            return wide
        return self._index.cold(self.name, name, numbers(rows), size=self._size)

    @cached_property
    def all_dated(self) -> bool:
        """Whether the day that rows start at is known of each."""
        day, _ = starts(self.shape) or (None, None)
        if day is None or self._mapped is not None:
            return day is not None and self._mapped is not None and self._mapped.whole(self.name, day)
        return not bool((self._index.read(self.name, day) == NULL).any())

    def moment(self, rows: Row) -> Ints:
        """When each row starts, in seconds from 1970-01-01: to the second where its time is known and on its day, else at midnight."""
        day, time = starts(self.shape) or ("", None)
        days = self.take(day, rows)
        found: Ints = np.where(days == NULL, NULL, days * DAY) if not self.all_dated else days * DAY
        if self._mapped is None:
            return found if time is None else found + clock(days, self.take(time, rows))
        seconds = self._mapped.clock(self.name)
        if seconds is not None:
            found += seconds[rows]
        return found

    def places_of(self, concepts: Ints) -> Ints:
        """The places in the directory of those of `concepts` (ascending) that a row has."""
        known, _ = self._directory
        if not len(known):
            return np.empty(0, np.int64)
        place = np.searchsorted(known, concepts)
        found: Ints = place[known[np.minimum(place, len(known) - 1)] == concepts]
        return found

    def rows_of(self, concepts: Ints) -> Row:
        """The rows whose concept is one of `concepts` (ascending)."""
        _, first = self._directory
        place = self.places_of(concepts)
        if len(place) and place[-1] - place[0] + 1 == len(place):
            return self.known(slice(int(first[place[0]]), int(first[place[-1] + 1])))
        return self.known(spans(first[place], first[place + 1]))

    def count_of(self, concepts: Ints) -> int:
        """How many rows have one of the concepts, unknown persons included: what a question will cost."""
        _, first = self._directory
        place = self.places_of(concepts)
        return int((first[place + 1] - first[place]).sum())

    def persons_of(self, concepts: Ints) -> BitMap:
        """Who has one of the concepts, as dense numbers."""
        if self._mapped is not None:
            return self._mapped.persons_of(self.name, concepts)
        return BitMap(self.person(self.rows_of(concepts)).astype(np.uint32))

    def persons_below(self, ancestor: int) -> BitMap | None:
        """Who has a concept below an ancestor, itself not among them unless the vocabulary says so; None where it is not kept."""
        return None if self._mapped is None else self._mapped.persons_below(self.name, ancestor)


class Lookup:
    """Finds the row of a key: visits, providers, care sites. Of rows with one key, the first."""

    def __init__(self, keys: Ints) -> None:
        self._low = int(keys.min()) if len(keys) else 0
        span = int(keys.max()) - self._low + 1 if len(keys) else 0
        self._table: Ints | None = None
        if span <= DENSE * len(keys):
            self._table = np.full(span + 2, -1)  # a place more at each end, for keys beyond
            self._table[keys[::-1] - self._low + 1] = np.arange(len(keys))[::-1]
        else:
            self._order = np.argsort(keys, kind="stable")
            self._keys = keys[self._order]

    def __call__(self, keys: Ints) -> Ints:
        """The row of each key, -1 where there is none."""
        if self._table is not None:
            found: Ints = self._table[np.clip(keys - self._low + 1, 0, len(self._table) - 1)]
            return found
        place = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[place] == keys, self._order[place], -1)


class Index:
    """A store, seen as columns."""

    def __init__(self, store: Store | None) -> None:
        self.store = store
        self.postings = None if store is None else Postings(store.folder, release=store.release)
        self._tables: dict[str, Table] = {}
        self._lookups: dict[str, Lookup] = {}
        self._read: dict[tuple[str, str], Any] = {}
        self._chunks: dict[tuple[str, str, int], Any] = {}
        self._files: dict[str, tuple[pq.ParquetFile, Ints]] = {}
        self._once: dict[str, Any] = {}

    def once(self, name: str, made: Callable[[], T]) -> T:
        """What follows from the columns, whatever is asked: made when first asked for, and kept under a name."""
        if name not in self._once:
            self._once[name] = made()
        return self._once[name]  # type: ignore[no-any-return] # what was made under this name

    @cached_property
    def persons(self) -> Ints:
        """Person ids, ascending: a person's dense number is the place here.

        Whoever was observed counts, with or without a row in PERSON (some databases lack them): nothing is known of their
        age or sex, so that no filter on these is satisfied.
        """
        if self.postings is not None:
            return self.postings.persons
        found: Ints = np.unique(np.concatenate([self.read(table, "person_id") for table in ("person", "observation_period")]))
        return found

    def dense(self, persons: Ints) -> Ints:
        """The dense number of each person id, -1 where the person is unknown."""
        return dense(self.persons, persons, nobody=-1)

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

    def _file(self, table: str) -> tuple[pq.ParquetFile, Ints]:
        "A table's file, and the first row of each of its groups."
        assert self.store is not None, "a world without a store overrides _fetch"
        if table not in self._files:
            path = self.store.folder / f"{table}.parquet"
            try:
                file = pq.ParquetFile(path)
            except (OSError, pa.ArrowException) as error:
                deny(DAMAGED, path=str(path), table=table, why=type(error).__name__)
            sizes = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
            self._files[table] = (file, np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64))
        return self._files[table]

    def _part(self, table: str, column: str, groups: list[int] | None) -> Any:
        file, _ = self._file(table)
        try:
            found = file.read([column]) if groups is None else file.read_row_groups(groups, [column])
        except (OSError, pa.ArrowException) as error:
            deny(DAMAGED, path=f"{table}.parquet", table=table, why=type(error).__name__)
        return plain(found.column(0).combine_chunks())

    def cold(self, table: str, column: str, rows: Ints, *, size: int) -> Any:
        """The values at rows of a column that is not mapped: read whole where the table is small, else the parts that are asked for."""
        if size <= WHOLE or SHAPES[table].column(column) is None or column not in self._file(table)[0].schema_arrow.names:
            return self.read(table, column)[rows]
        first = self._file(table)[1]
        order = None if bool((rows[1:] >= rows[:-1]).all()) else np.argsort(rows)
        by_row = rows if order is None else rows[order]
        once = bool((by_row[1:] > by_row[:-1]).all())
        ends = np.searchsorted(by_row, first)
        parts = []
        for one in np.flatnonzero(ends[1:] > ends[:-1]).tolist():
            key = (table, column, one)
            if key not in self._chunks:
                while len(self._chunks) >= CHUNKS:
                    del self._chunks[next(iter(self._chunks))]
                self._chunks[key] = self._part(table, column, [one])
            values = self._chunks[key]
            here = by_row[ends[one] : ends[one + 1]]
            low, high = int(here[0] - first[one]), int(here[-1] - first[one]) + 1
            parts.append(values[low:high] if once and high - low == len(here) else values[here - first[one]])
        if not parts:
            return self._empty(table, column, 0)
        found = np.concatenate(parts)
        if order is None:
            return found
        again = np.empty_like(found)
        again[order] = found
        return again

    def _empty(self, table: str, column: str, size: int) -> Any:
        shape = SHAPES[table].column(column)
        kind = shape.type if shape else "BIGINT"
        if kind == "VARCHAR":
            return np.full(size, None, dtype=object)
        return np.full(size, np.nan) if kind == "DOUBLE" else np.full(size, NULL, dtype=np.int64)

    def _fetch(self, table: str, column: str) -> Any:
        assert self.store is not None, "a world without a store overrides this"
        rows = self.store.rows(table)
        if not rows or SHAPES[table].column(column) is None or column not in self._file(table)[0].schema_arrow.names:
            return self._empty(table, column, rows)
        return self._part(table, column, None)


def numbers(rows: Row) -> Ints:
    """The numbers of rows, one by one."""
    return np.arange(rows.start, rows.stop, dtype=np.int64) if isinstance(rows, slice) else rows


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
