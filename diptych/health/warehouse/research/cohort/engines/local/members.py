"""Members: which persons the groups of a Cohort360 request hold, with the constraints between their members.

Holds and, or, n among m, exclusion, and the constraints of time and encounter (field guide warehouse.md, §1.3), on persons as
dense numbers. Does not know where rows come from: a `Supply` hands them in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np

from .happenings import COMPARE, Happenings, joined, narrowed, numbered

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.index.columns import NULL, Ints

_SHIFT, _FAR = 39, 2**37
"""A person and a second in one number: seconds of the years 0 to 9999 keep within 2^38, persons within 2^24."""


class Supply(Protocol):
    """What a request is put to."""

    def population(self, care_sites: tuple[int, ...]) -> Ints:
        """The persons of care sites, ascending."""

    def rows(self, basic: n.Basic) -> Happenings:
        """The rows of a basic resource's source, for these persons."""


@dataclass(frozen=True)
class Found:
    """The persons that a member holds, ascending, and the rows by which it takes part in constraints."""

    persons: Ints
    rows: Happenings
    dating: tuple[n.Dating, ...]


class Members:
    """One request put to one supply."""

    def __init__(self, supply: Supply, request: n.Request) -> None:
        self._supply, self._request = supply, request
        self.population = supply.population(request.care_sites)
        self.found: dict[int, Found] = {}
        """By the member's id: what each of them holds, exclusion aside."""

    def persons(self) -> Ints:
        """The persons of the request, ascending."""
        member = self._request.member
        if member is None or (isinstance(member, n.Together) and member.empty):
            return self.population
        found = self.held(member, ()).persons
        return found if member.inclusive else self._without([found])

    def held(self, member: n.Member, inherited: tuple[n.Constraint, ...]) -> Found:
        """What a member holds, exclusion aside."""
        if isinstance(member, n.Basic):
            rows = narrowed(self._supply.rows(member), member)
            found = Found(np.unique(rows.person), rows, n.PREFERENCES[member.resource])
        else:
            found = self._together(member, inherited)
        self.found[member.id] = found
        return found

    def _without(self, excluded: Sequence[Ints]) -> Ints:
        left = self.population
        for persons in excluded:
            left = np.setdiff1d(left, persons, assume_unique=True)
        return left

    def _together(self, group: n.Together, inherited: tuple[n.Constraint, ...]) -> Found:
        members = [one for one in group.members if not (isinstance(one, n.Together) and one.empty)]
        lasting = tuple(one for one in (*inherited, *group.constraints) if one.ids is None)
        passed = lasting if group.join is n.Join.AND else ()
        included = {one.id: self.held(one, passed) for one in members if one.inclusive}
        excluded = [self.held(one, passed).persons for one in members if not one.inclusive]
        if not included:
            persons = self._without(excluded)
            return Found(persons, joined([]), n.GROUP_PREFERENCE)
        given = [found.persons for found in included.values()]
        if group.join is n.Join.AND:
            persons = given[0]
            for one in given[1:]:
                persons = np.intersect1d(persons, one, assume_unique=True)
            for one in excluded:
                persons = np.setdiff1d(persons, one, assume_unique=True)
            return self._constrained(persons, included, (*passed, *(one for one in group.constraints if one.ids is not None)))
        persons, count = np.unique(np.concatenate(given), return_counts=True)
        for one in excluded:
            count = count + ~np.isin(persons, one, assume_unique=True)
        compare, least = (n.Compare.GTE, 1) if group.join is n.Join.OR else (group.compare, group.n)
        persons = persons[COMPARE[compare](count, least)]
        return _grouped(persons, included)

    def _constrained(self, persons: Ints, included: Mapping[int, Found], constraints: Sequence[n.Constraint]) -> Found:
        kept: list[tuple[str, Ints]] = []
        for one in constraints:
            named = included if one.ids is None else {id_: included[id_] for id_ in one.ids if id_ in included}
            if isinstance(one, n.InOrder):
                satisfied = _in_order(named, one)
            elif one.tie is n.Tie.DIFFERENT_ENCOUNTER:
                satisfied = _different(list(named.values()))
            else:
                field = "visit" if one.tie is n.Tie.SAME_ENCOUNTER else "episode"
                satisfied = _same(list(named.values()), field, kept if one.ids is None else None)
            if satisfied is not None:
                persons = np.intersect1d(persons, satisfied)
        return _grouped(persons, included, kept)


def _grouped(persons: Ints, included: Mapping[int, Found], kept: Sequence[tuple[str, Ints]] = ()) -> Found:
    "A group takes part in its parent's constraints with the rows of its persons, of the shared encounters only."
    rows = joined(
        [found.rows for found in included.values() if found.rows.known & {"visit", "episode", "event", "entry", "exit"}]
    )
    rows = rows.take(np.isin(rows.person, persons))
    for field, pairs in kept:
        both = _pairs([rows.person, pairs[0]], [getattr(rows, field), pairs[1]])
        rows = rows.take(np.isin(both[0], both[1]))
    return Found(persons, rows, n.GROUP_PREFERENCE)


def _pairs(persons: Sequence[Ints], values: Sequence[Ints]) -> list[Ints]:
    "Numbers of pairs (person, value) that can be compared from one list to the next."
    numbers = numbered([np.concatenate(persons), np.concatenate(values)])
    return np.split(numbers, np.cumsum([len(one) for one in persons])[:-1])


def _same(members: Sequence[Found], field: str, kept: list[tuple[str, Ints]] | None) -> Ints | None:
    "Who has a row of each member with the same person and field; None where fewer than two members have the field."
    rows = [found.rows for found in members if field in found.rows.known]
    if len(rows) < 2:
        return None
    pairs = _pairs([one.person for one in rows], [getattr(one, field) for one in rows])
    common = pairs[0]
    for one in pairs[1:]:
        common = np.intersect1d(common, one)
    chosen = np.isin(pairs[0], common)
    person = rows[0].person[chosen]
    if kept is not None:
        kept.append((field, np.array([person, getattr(rows[0], field)[chosen]])))
    return np.unique(person)


def _different(members: Sequence[Found]) -> Ints | None:
    """Who has a row of each member, each of another encounter: by Hall's theorem, any k members span at least k encounters."""
    rows = [found.rows for found in members if "visit" in found.rows.known]
    if len(rows) < 2:
        return None
    pairs = _pairs([one.person for one in rows], [one.visit for one in rows])
    persons = np.unique(rows[0].person)
    for size in range(1, len(rows) + 1):
        for chosen in combinations(range(len(rows)), size):
            _, first = np.unique(np.concatenate([pairs[one] for one in chosen]), return_index=True)
            person = np.concatenate([rows[one].person for one in chosen])[first]
            found, encounters = np.unique(person, return_counts=True)
            persons = np.intersect1d(persons, found[encounters >= size])
    return persons


def _in_order(members: Mapping[int, Found], order: n.InOrder) -> Ints | None:
    "Who has a chain of rows, one of each member; None where fewer than two members have a date."
    wished = dict(order.dating)
    dated = []
    for id_, found in members.items():
        dating = wished.get(id_, found.dating)
        if found.rows.has_date(dating):
            dated.append((found.rows.person, found.rows.dated(dating), order.must_be_known(id_)))
    if len(dated) < 2:
        return None
    dated = [
        (person[date != NULL], date[date != NULL], True) if known else (person, date, False) for person, date, known in dated
    ]
    everyone = np.unique(dated[0][0])
    for person, _, _ in dated[1:]:
        everyone = np.intersect1d(everyone, person)
    free = np.concatenate([np.empty(0, np.int64), *(person[date == NULL] for person, date, known in dated if not known)])
    reached: Ints | None = None
    for everyones, dates, _ in dated:
        person, date = everyones[dates != NULL], dates[dates != NULL]
        if reached is not None:
            low = np.full(len(date), -_FAR) if order.most is None else date - order.most.total
            high = date - (0 if order.least is None else order.least.total)
            first = np.searchsorted(reached, _key(person, low), "left")
            last = np.searchsorted(reached, _key(person, high), "right")
            chained = last > first
            person, date = person[chained], date[chained]
        reached = np.sort(_key(person, date))
    ends = np.unique(np.asarray(reached) >> _SHIFT)
    return np.intersect1d(everyone, np.union1d(ends, free))


def _key(person: Ints, second: Ints) -> Ints:
    return (person << _SHIFT) + np.clip(second, -_FAR, _FAR - 1) + _FAR
