"""Happenings: what a basic resource of Cohort360's selects, as parallel arrays with dates to the second.

Holds the rows of a basic resource up to its age, its number of rows and its repeated codes (field guide warehouse.md, §1.3).
Does not relate resources to one another: `members` does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .events import Mask

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import NULL, Ints

FIELDS = ("visit", "episode", "code", "event", "entry", "exit", "birth")
DATES = {n.Dating.EVENT: "event", n.Dating.ENTRY: "entry", n.Dating.EXIT: "exit"}


@dataclass(frozen=True)
class Happenings:
    """Rows. `person` is a dense number; dates are seconds from 1970-01-01 UTC, `birth` days; NULL where unknown.

    `known`: the fields that rows of this kind have at all.
    """

    person: Ints
    visit: Ints
    episode: Ints
    code: Ints
    event: Ints
    entry: Ints
    exit: Ints
    birth: Ints
    known: frozenset[str]

    def __len__(self) -> int:
        return len(self.person)

    def take(self, chosen: Any) -> "Happenings":
        """Those of a mask or of places."""
        return replace(self, **{name: getattr(self, name)[chosen] for name in ("person", *FIELDS)})

    def dated(self, dating: Sequence[n.Dating]) -> Ints:
        """The first known of several dates of each row; NULL where all are unknown."""
        found = np.full(len(self), NULL)
        for one in dating:
            found = np.where(found == NULL, getattr(self, DATES[one]), found)
        return found

    def has_date(self, dating: Sequence[n.Dating]) -> bool:
        """Whether rows of this kind have one of these dates at all."""
        return any(DATES[one] in self.known for one in dating)


def happenings(person: Ints, **fields: Ints) -> Happenings:
    """Rows with some fields; the others are unknown to this kind."""
    unknown = np.full(len(person), NULL)
    return Happenings(person, **{name: fields.get(name, unknown) for name in FIELDS}, known=frozenset(fields))


def joined(parts: Sequence[Happenings]) -> Happenings:
    """Rows one after the other."""
    known = frozenset[str]().union(*(part.known for part in parts))
    if not parts:
        return happenings(np.empty(0, np.int64))
    return Happenings(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in ("person", *FIELDS)}, known=known
    )


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
    if not basic.often.always:
        often = basic.often
        by = [rows.person]
        if often.same_day:
            date = rows.dated(preference)
            by.append(np.where(date == NULL, NULL, date // n.DAY))
        if often.same_encounter:
            by.append(rows.visit)
        enough = COMPARE[often.compare](sizes(by), often.n)
        rows = rows.take(enough if len(by) > 1 else np.isin(rows.person, rows.person[enough]))
    for one in basic.repeated:
        if one.compare is n.Compare.GTE and one.n <= 1:
            continue
        enough = COMPARE[one.compare](sizes([rows.person, rows.code]), one.n) & (rows.code != NULL)
        rows = rows.take(np.isin(rows.person, rows.person[enough]))
    return rows


def _aged(rows: Happenings, age: n.AgeBand, preference: Sequence[n.Dating]) -> Mask:
    date = rows.dated(age.dating or preference)
    unknown = (date == NULL) | (rows.birth == NULL)
    days = np.where(unknown, 0, date // n.DAY - rows.birth)
    kept = np.ones(len(rows), dtype=bool)
    if age.least is not None:
        kept &= days >= age.least.total
    if age.most is not None:
        kept &= days <= age.most.total
    return np.where(unknown, (date == NULL) & age.nulls_pass, kept)


def sizes(by: Sequence[Ints]) -> Ints:
    """For each row, how many rows are equal to it in all of `by`."""
    if not len(by[0]):
        return np.empty(0, np.int64)
    order = np.lexsort(tuple(by))
    new = np.zeros(len(order), dtype=bool)
    new[0] = True
    for column in by:
        new[1:] |= column[order][1:] != column[order][:-1]
    group = np.cumsum(new) - 1
    found = np.empty(len(order), np.int64)
    found[order] = np.bincount(group)[group]
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
