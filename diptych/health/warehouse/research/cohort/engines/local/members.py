"""Members: which persons the groups of a Cohort360 request hold, with the constraints between their members.

Holds and, or, n among m, exclusion, and the constraints of time and encounter (field guide warehouse.md, §1.3), on persons as
dense numbers: sets of persons wherever sets suffice, rows where time or counts matter. Does not know where rows come from: a
`Supply` hands them in.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Protocol

import numpy as np
from pyroaring import BitMap

from .chains import SHIFT, in_order, limits
from .happenings import Happenings, joined, narrowed, numbered, only
from .memory import Memory, weight
from .order import ascending
from .persons import array, bitmap
from .verdicts import Verdicts

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.plan import is_set, name_of, sets_of
from diptych.health.warehouse.research.index.columns import NULL, Ints, among

_IN_TIME = frozenset({"visit", "episode", "event", "entry", "exit"})


class Supply(Protocol):
    """What a request is put to."""

    def population(self, care_sites: tuple[int, ...]) -> BitMap:
        """The persons of care sites."""

    def rows(self, basic: n.Basic) -> Happenings:
        """The rows of a basic resource's source, for these persons."""

    def persons(self, basic: n.Basic) -> BitMap | None:
        """The persons of a resource for which a set suffices; None where there is no such set."""

    def cost(self, basic: n.Basic) -> int:
        """About how many rows are to be looked at."""


class Found:
    """The persons that a member holds, and the rows by which it takes part in constraints, read when asked for."""

    def __init__(self, persons: BitMap, rows: Callable[[], Happenings], dating: tuple[n.Dating, ...]) -> None:
        self.persons, self.dating = persons, dating
        self._rows: Happenings | Callable[[], Happenings] = rows

    @property
    def rows(self) -> Happenings:
        """The rows."""
        if not isinstance(self._rows, Happenings):
            self._rows = self._rows()
        return self._rows

    @property
    def weight(self) -> int:
        """The bytes of what it holds."""
        return weight(self.persons) + (weight(self._rows) if isinstance(self._rows, Happenings) else 0)


class Members:
    """One request put to one supply. With `memory`, the answers of its parts are kept for the next one.

    With `every`, each member is answered; without, those that can no longer change the answer are not.
    """

    def __init__(self, supply: Supply, request: n.Request, *, memory: Memory | None = None, every: bool = False) -> None:
        self._supply, self._request, self._every = supply, request, every
        self._memory = Memory() if memory is None else memory
        self._sets = sets_of(request.concept_sets)
        self._where = name_of(sorted(set(request.care_sites)), self._sets)
        self.population = supply.population(request.care_sites)
        self.found: dict[int, Found] = {}
        """By the member's id: what each of them holds, exclusion aside."""
        self._names: dict[int, str] = {}

    def persons(self) -> Ints:
        """The persons of the request, ascending."""
        member = self._request.member
        if member is None or (isinstance(member, n.Together) and member.empty):
            return array(self.population)
        found = self.held(member, ()).persons
        return array(found if member.inclusive else self.population - found)

    def held(self, member: n.Member, inherited: tuple[n.Constraint, ...]) -> Found:
        """What a member holds, exclusion aside."""
        if isinstance(member, n.Basic):
            name = name_of(member, self._sets, self._where)
            found = self._memory.kept(name, lambda: self._basic(member))
        else:
            name = name_of(member, self._sets, inherited, self._where)
            if self._every:
                found = self._together(member, inherited)
            else:
                found = self._memory.kept(name, lambda: self._together(member, inherited))
        self.found[member.id], self._names[member.id] = found, name
        return found

    def _basic(self, basic: n.Basic) -> Found:
        dating = n.PREFERENCES[basic.resource]
        persons = self._supply.persons(basic) if is_set(basic) else None
        if persons is not None:
            return Found(persons, lambda: self._supply.rows(basic), dating)
        rows = narrowed(self._supply.rows(basic), basic)
        return Found(bitmap(rows.person), lambda: rows, dating)

    def _cost(self, member: n.Member) -> int:
        if isinstance(member, n.Together):
            return sum(self._cost(one) for one in member.members)
        return 0 if is_set(member) else self._supply.cost(member)

    def _together(self, group: n.Together, inherited: tuple[n.Constraint, ...]) -> Found:
        members = [one for one in group.members if not (isinstance(one, n.Together) and one.empty)]
        lasting = tuple(one for one in (*inherited, *group.constraints) if one.ids is None)
        passed = lasting if group.join is n.Join.AND else ()
        if group.join is n.Join.AND and any(one.inclusive for one in members):
            constraints = (*passed, *(one for one in group.constraints if one.ids is not None))
            return self._all(members, passed, constraints)
        inside = {one.id: self.held(one, passed) for one in members if one.inclusive}
        outside = [self.held(one, passed).persons for one in members if not one.inclusive]
        if not inside:
            return Found(self.population.difference(*outside), lambda: joined([]), n.GROUP_PREFERENCE)
        everyone = BitMap.union(*(one.persons for one in inside.values()))
        if group.join is n.Join.OR:
            persons = everyone
        else:
            given = [*(one.persons for one in inside.values()), *(everyone - one for one in outside)]
            persons = _among(given, everyone, group.compare, group.n)
        return Found(persons, lambda: _grouped(persons, inside), n.GROUP_PREFERENCE)

    def _all(self, members: Sequence[n.Member], passed: tuple[n.Constraint, ...], constraints: Sequence[n.Constraint]) -> Found:
        "An and-group: cheapest first, and no further where nobody is left, unless every member is wanted."
        persons: BitMap | None = None
        inside: dict[int, Found] = {}
        for one in sorted(members, key=lambda one: (not one.inclusive, self._cost(one))):
            if persons is not None and not persons and not self._every:
                return Found(persons, lambda: joined([]), n.GROUP_PREFERENCE)
            found = self.held(one, passed)
            if one.inclusive:
                inside[one.id] = found
                persons = found.persons if persons is None else persons & found.persons
            else:
                assert persons is not None, "inclusive members come first"
                persons = persons - found.persons
        assert persons is not None, "there is an inclusive member"
        inside = {one.id: inside[one.id] for one in members if one.inclusive}
        kept: list[Shared] = []
        for constraint in constraints:
            ids = inside if constraint.ids is None else [id_ for id_ in constraint.ids if id_ in inside]
            persons = self._constrained(persons, {id_: inside[id_] for id_ in ids}, constraint, kept)
        left = persons
        return Found(left, lambda: _grouped(left, inside, kept), n.GROUP_PREFERENCE)

    def _constrained(
        self, persons: BitMap, members: Mapping[int, Found], constraint: n.Constraint, kept: list["Shared"]
    ) -> BitMap:
        "Those of some persons who satisfy a constraint."
        known = self._memory.kept(self._verdicts(members, constraint), Verdicts)
        found = list(members.values())
        if isinstance(constraint, n.InOrder):
            order, (least, most) = constraint, limits(constraint)
            return known.satisfied(persons, lambda those: _or_all(in_order(members, order, those), those), least=least, most=most)
        if constraint.tie is n.Tie.DIFFERENT_ENCOUNTER:
            return known.satisfied(persons, lambda those: _or_all(_different(found, those), those))
        field = "visit" if constraint.tie is n.Tie.SAME_ENCOUNTER else "episode"
        if constraint.ids is None:
            kept.append((field, lambda: _shared(found, field, persons)))

        def sharing(those: BitMap) -> BitMap:
            shared = _shared(found, field, those)
            return those if shared is None else bitmap(shared.person)

        return known.satisfied(persons, sharing)

    def _verdicts(self, members: Mapping[int, Found], constraint: n.Constraint) -> str:
        "The name of a constraint between these members, whatever its limits of time."
        names = [self._names[id_] for id_ in members]
        if isinstance(constraint, n.Tied):
            return name_of((constraint.tie, sorted(names)), self._sets, "verdicts")
        wished = dict(constraint.dating)
        told = [(name, wished.get(id_), constraint.must_be_known(id_)) for id_, name in zip(members, names, strict=True)]
        return name_of(("in order", told), self._sets, "verdicts")


Shared = tuple[str, Callable[[], Happenings | None]]
"""A field, and the rows whose values of it are shared by all members, where there are several."""


def _or_all(found: BitMap | None, those: BitMap) -> BitMap:
    "Where a constraint has nothing to compare, all satisfy it."
    return those if found is None else found


def _among(given: Sequence[BitMap], everyone: BitMap, compare: n.Compare, count: int) -> BitMap:
    "Those whose number of sets compares with `count`: a running record of who is in at least 1, 2, … of them."
    count = min(count, len(given) + 1)  # nobody is in more sets than there are: what is asked beyond is asked once
    most = count + 1
    at_least = [everyone, *(BitMap() for _ in range(most))]
    for one in given:
        for k in range(most, 0, -1):
            at_least[k] |= at_least[k - 1] & one if k > 1 else one
    return {
        n.Compare.EQ: lambda: at_least[count] - at_least[most],
        n.Compare.LT: lambda: everyone - at_least[count],
        n.Compare.GT: lambda: at_least[most],
        n.Compare.LTE: lambda: everyone - at_least[most],
        n.Compare.GTE: lambda: at_least[count],
    }[compare]() & everyone


def _grouped(persons: BitMap, inside: Mapping[int, Found], kept: Sequence[Shared] = ()) -> Happenings:
    "A group takes part in its parent's constraints with the rows of its persons, of the shared encounters only."
    rows = joined([found.rows for found in inside.values() if found.rows.known & _IN_TIME])
    rows = only(rows, persons)
    for field, sharing in kept:
        shared = sharing()
        if shared is None:
            continue
        both = _pairs([rows, shared], field)
        rows = rows.take(np.flatnonzero(among(both[0], np.sort(both[1]))))
    return rows


def _pairs(parts: Sequence[Happenings], field: str) -> list[Ints]:
    "Numbers of pairs (person, value of the field) that can be compared from one part to the next."
    values = [part.value(field) for part in parts]
    known = np.concatenate(values)
    known = known[known != NULL]
    low, high = (int(known.min()), int(known.max())) if len(known) else (0, 0)
    if high - low < 2**SHIFT - 1:
        return [
            (part.person << SHIFT) + np.where(value == NULL, 0, value - low + 1)
            for part, value in zip(parts, values, strict=True)
        ]
    numbers = numbered([np.concatenate([part.person for part in parts]), np.concatenate(values)])
    return np.split(numbers, np.cumsum([len(part) for part in parts])[:-1])


def _shared(members: Sequence[Found], field: str, persons: BitMap) -> Happenings | None:
    "Rows of one member whose person and field every other has too; None where fewer than two members have the field."
    rows = [found.rows for found in members if field in found.rows.known]
    if len(rows) < 2:
        return None
    rows = [only(one, persons) for one in rows]
    rows.sort(key=len)
    pairs = _pairs(rows, field)
    chosen = np.arange(len(rows[0]))
    for one in pairs[1:]:
        chosen = chosen[among(pairs[0][chosen], one if ascending(one) else np.sort(one))]
    return rows[0].take(chosen)


def _different(members: Sequence[Found], persons: BitMap) -> BitMap | None:
    """Who has a row of each member, each of another encounter: by Hall's theorem, any k members span at least k encounters."""
    rows = [only(found.rows, persons) for found in members if "visit" in found.rows.known]
    if len(rows) < 2:
        return None
    pairs = _pairs(rows, "visit")
    left = persons
    for size in range(1, len(rows) + 1):
        for chosen in combinations(range(len(rows)), size):
            _, first = np.unique(np.concatenate([pairs[one] for one in chosen]), return_index=True)
            person = np.concatenate([rows[one].person for one in chosen])[first]
            found, encounters = np.unique(person, return_counts=True)
            left = left & bitmap(found[encounters >= size])
    return left
