"""Happenings: what a basic resource of Cohort360's selects, as parallel arrays with dates to the second.

Holds the rows of a basic resource up to its age, its number of rows and its repeated codes (field guide warehouse.md, §1.3).
Does not relate resources to one another: `members` does.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap

from .memory import weights
from .order import ascending, key_of, sorting
from .persons import Mask, heads, table

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import NULL, Ints, among

FIELDS = ("visit", "episode", "code", "event", "entry", "exit", "birth")
DATES = {n.Dating.EVENT: "event", n.Dating.ENTRY: "entry", n.Dating.EXIT: "exit"}
Reader = Callable[[str, Any], Ints]
"""Reads a field at places."""


class Happenings:
    """Rows; a field is read when asked for. `person` is a dense number; dates are seconds from 1970-01-01 UTC, births days.

    `known`: the fields that rows of this kind have at all; the others are NULL, as is what is unknown. `day`, the day of
    `event`, is among them only where it is known of each row.
    `sorted_`: whether they are known to stand by person and `day`; they may, where they are not.
    """

    def __init__(self, person: Ints, known: frozenset[str], read: Reader, place: Any = None, *, sorted_: bool = False) -> None:
        self.person, self.known = person, known
        self._read, self._place, self._sorted = read, place, sorted_
        self._values: dict[str, Ints] = {}
        self._by_time: Happenings | None = None

    def __len__(self) -> int:
        return len(self.person)

    @property
    def weight(self) -> int:
        """The bytes that were read, and of the places to read at."""
        return weights((self.person, self._place, self._by_time, *self.__dict__.get("runs", ()), *self._values.values()))

    def value(self, field: str) -> Ints:
        """The values of a field."""
        if field not in self._values:
            there = self._place if self._place is not None else slice(None)
            self._values[field] = self._read(field, there) if field in self.known else np.full(len(self), NULL)
        return self._values[field]

    def at(self, field: str, places: Ints) -> Ints:
        """The values of a field at places; where it has not been read, nothing else is."""
        if field in self._values:
            return self._values[field][places]
        return self._read(field, places if self._place is None else self._place[places])

    def take(self, chosen: Any, *, sorted_: bool = False) -> "Happenings":
        """Those of a mask or of places; `sorted_`: they then stand by person and day."""
        if chosen.dtype == np.bool_:
            chosen = np.flatnonzero(chosen)
        place = chosen if self._place is None else self._place[chosen]
        sorted_ = sorted_ or (self._sorted and ascending(chosen))
        found = Happenings(self.person[chosen], self.known, self._read, place, sorted_=sorted_)
        found._values = {name: values[chosen] for name, values in self._values.items()}
        return found

    def dated(self, dating: Sequence[n.Dating]) -> Ints:
        """The first known of several dates of each row; NULL where all are unknown."""
        found: Ints | None = None
        for one in dating:
            if DATES[one] in self.known:
                values = self.value(DATES[one])
                found = values if found is None else np.where(found == NULL, values, found)
                if bool((found != NULL).all()):
                    break
        return np.full(len(self), NULL) if found is None else found

    def has_days(self, dating: Sequence[n.Dating]) -> bool:
        """Whether the day of each row's date is known, and told without the moment."""
        first = next((DATES[one] for one in dating if DATES[one] in self.known), None)
        return first == "event" and "day" in self.known

    def in_time(self) -> "Happenings":
        """The rows by person and day, which each must have."""
        if self._sorted:
            return self
        if self._by_time is None:
            order = sorting(key_of(self.person, self.value("day")))
            self._by_time = self.take(np.arange(len(self)) if order is None else order, sorted_=True)
        return self._by_time

    @cached_property
    def runs(self) -> tuple[Ints, Ints]:
        """Of rows by person: the persons, ascending; and the place of each one's first row, with the number of rows at the end."""
        first = np.flatnonzero(heads(self.person))
        return self.person[first], np.append(first, len(self))

    def has_date(self, dating: Sequence[n.Dating]) -> bool:
        """Whether rows of this kind have one of these dates at all."""
        return any(DATES[one] in self.known for one in dating)


def happenings(person: Ints, **fields: Ints) -> Happenings:
    """Rows whose fields are at hand; the others are unknown to this kind."""
    return Happenings(person, frozenset(fields), lambda name, place: np.asarray(fields[name][place]))


def joined(parts: Sequence[Happenings]) -> Happenings:
    """Rows one after the other."""
    known = frozenset[str]().union(*(part.known for part in parts))
    kept: dict[str, Ints] = {}

    def read(name: str, place: Any) -> Ints:
        if name not in kept:
            kept[name] = np.concatenate([part.value(name) for part in parts])
        values: Ints = kept[name][place]
        return values

    return Happenings(np.concatenate([np.empty(0, np.int64), *(part.person for part in parts)]), known, read)


def only(rows: Happenings, persons: BitMap) -> Happenings:
    """The rows of some persons."""
    if not len(rows):
        return rows
    found = table(persons, int(rows.person.max()) + 1)[rows.person]
    return rows if bool(found.all()) else rows.take(np.flatnonzero(found))


COMPARE: dict[n.Compare, Callable[[Any, int], Mask]] = {
    n.Compare.EQ: lambda size, count: size == count,
    n.Compare.LT: lambda size, count: size < count,
    n.Compare.GT: lambda size, count: size > count,
    n.Compare.LTE: lambda size, count: size <= count,
    n.Compare.GTE: lambda size, count: size >= count,
}


def narrowed(rows: Happenings, basic: n.Basic) -> Happenings:
    """The rows that are left after a resource's age, number of rows and repeated codes, in that order."""
    preference = n.PREFERENCES[basic.resource]
    if basic.age is not None:
        rows = rows.take(_aged(rows, basic.age, preference))
    often = basic.often
    if not often.always and len(rows):
        by = [rows.person]
        if often.same_day:
            date = rows.dated(preference)
            by.append(np.where(date == NULL, NULL, date // n.DAY))
        if often.same_encounter:
            by.append(rows.value("visit"))
        counted = sizes(by) if len(by) > 1 else np.bincount(rows.person)[rows.person]
        rows = rows.take(COMPARE[often.compare](counted, often.n))
    for one in basic.repeated:
        if one.compare is n.Compare.GTE and one.n <= 1:
            continue
        enough = COMPARE[one.compare](sizes([rows.person, rows.value("code")]), one.n) & (rows.value("code") != NULL)
        rows = rows.take(np.flatnonzero(among(rows.person, np.sort(rows.person[enough]))))
    return rows


def _aged(rows: Happenings, age: n.AgeBand, preference: Sequence[n.Dating]) -> Mask:
    date, birth = rows.dated(age.dating or preference), rows.value("birth")
    unknown = (date == NULL) | (birth == NULL)
    days = np.where(unknown, 0, date // n.DAY - birth)
    kept = np.ones(len(rows), dtype=bool)
    if age.least is not None:
        kept &= days >= age.least.total
    if age.most is not None:
        kept &= days <= age.most.total
    return np.where(unknown, (date == NULL) & age.nulls_pass, kept)


def sizes(by: Sequence[Ints]) -> Ints:
    """For each row, how many rows are equal to it in all of `by`."""
    group = numbered(by)
    found: Ints = np.bincount(group)[group] if len(group) else group
    return found


def numbered(by: Sequence[Ints]) -> Ints:
    """Numbers that are equal where rows are equal in all of `by`."""
    if not len(by[0]):
        return np.empty(0, np.int64)
    order = np.lexsort(tuple(by))
    new = np.zeros(len(order), dtype=bool)
    for column in by:
        new[1:] |= column[order][1:] != column[order][:-1]
    found = np.empty(len(order), np.int64)
    found[order] = np.cumsum(new)
    return found
