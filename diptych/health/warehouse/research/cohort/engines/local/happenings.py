"""Happenings: what a basic resource of Cohort360's selects, as parallel arrays with dates to the second.

Holds the rows of a basic resource up to its age, its number of rows and its repeated codes (field guide warehouse.md, §1.3).
Does not relate resources to one another: `members` does.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .persons import Mask

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import NULL, Ints, among

FIELDS = ("visit", "episode", "code", "event", "entry", "exit", "birth")
DATES = {n.Dating.EVENT: "event", n.Dating.ENTRY: "entry", n.Dating.EXIT: "exit"}
Reader = Callable[[str, Any], Ints]
"""Reads a field at places."""


class Happenings:
    """Rows; a field is read when asked for. `person` is a dense number; dates are seconds from 1970-01-01 UTC, births days.

    `day` is the day of `event`, which some kinds tell sooner than the moment.

    `known`: the fields that rows of this kind have at all; the others are NULL, as is what is unknown.
    """

    def __init__(self, person: Ints, known: frozenset[str], read: Reader, place: Any = None) -> None:
        self.person, self.known = person, known
        self._read, self._place = read, place
        self._values: dict[str, Ints] = {}

    def __len__(self) -> int:
        return len(self.person)

    def value(self, field: str) -> Ints:
        """The values of a field."""
        if field not in self._values:
            there = self._place if self._place is not None else slice(None)
            self._values[field] = self._read(field, there) if field in self.known else np.full(len(self), NULL)
        return self._values[field]

    def take(self, chosen: Any) -> "Happenings":
        """Those of a mask or of places."""
        if chosen.dtype == np.bool_:
            chosen = np.flatnonzero(chosen)
        place = chosen if self._place is None else self._place[chosen]
        found = Happenings(self.person[chosen], self.known, self._read, place)
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

    def days(self, dating: Sequence[n.Dating]) -> Ints | None:
        """The day of each row's date, where the kind tells it without the moment, and each row has one; else None."""
        first = next((DATES[one] for one in dating if DATES[one] in self.known), None)
        if first != "event" or "day" not in self.known:
            return None
        days = self.value("day")
        return None if bool((days == NULL).any()) else days

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
