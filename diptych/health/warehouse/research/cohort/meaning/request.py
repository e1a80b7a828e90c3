"""Request: what a Cohort360 request means, row by row (field guide warehouse.md, §1.3)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from itertools import pairwise, product
from typing import Any

from .definition import matching
from .events import Asked, Event, holds
from .world import World, days

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS

EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 # OMOP times bear no zone


@dataclass(frozen=True)
class Row:
    """A row that a basic resource selects. Dates in seconds from 1970-01-01, the birth in days; None where unknown."""

    person: int
    visit: int | None = None
    episode: int | None = None
    code: int | None = None
    event: int | None = None
    entry: int | None = None
    exit: int | None = None
    birth: int | None = None


@dataclass(frozen=True)
class Held:
    """The persons of a member, the rows by which it takes part in constraints, the fields that such rows have at all."""

    persons: set[int]
    rows: tuple[Row, ...]
    fields: frozenset[str]
    dating: tuple[n.Dating, ...]


Rows = tuple[Sequence[Row], frozenset[str]]
Supply = Callable[[n.Basic], Rows]
"""Gives a basic resource's rows, before it narrows them, and the fields that they have at all."""

FIELDS = {n.Dating.EVENT: "event", n.Dating.ENTRY: "entry", n.Dating.EXIT: "exit"}
COMPARE: Mapping[n.Compare, Callable[[int, int], bool]] = {
    n.Compare.EQ: lambda found, asked: found == asked,
    n.Compare.LT: lambda found, asked: found < asked,
    n.Compare.GT: lambda found, asked: found > asked,
    n.Compare.LTE: lambda found, asked: found <= asked,
    n.Compare.GTE: lambda found, asked: found >= asked,
}


def persons(world: World, request: n.Request) -> list[int]:
    """The persons of a request, ascending."""
    asked = Asked(world, {one.id: world.resolve(one) for one in request.concept_sets})
    population = _population(world, request)

    def supply(basic: n.Basic) -> Rows:
        found, fields = rows(basic.source, asked)
        return tuple(row for row in found if row.person in population), fields

    return persons_of(request, population=population, supply=supply)


def persons_of(request: n.Request, *, population: Iterable[int], supply: Supply) -> list[int]:
    """The same, for rows that are handed in."""
    everyone, member = set(population), request.member
    if member is None or (isinstance(member, n.Together) and member.empty):
        return sorted(everyone)
    found = held(member, supply, everyone, ()).persons
    return sorted(found if member.inclusive else everyone - found)


def _population(world: World, request: n.Request) -> set[int]:
    known = set(world.persons)
    return {
        row["person_id"]
        for table in ("person", "visit_occurrence")
        for row in world.table(table)
        if row.get("care_site_id") in request.care_sites and row["person_id"] in known
    }


# ---- rows


@singledispatch
def rows(source: Any, asked: Asked) -> Rows:
    """The rows of a source, and the fields that they have at all. A `Search` has none here: its rows are handed in."""
    raise TypeError(source)


@rows.register
def _(source: n.People, asked: Asked) -> Rows:
    found = []
    for row in asked.world.table("person"):
        person = row["person_id"]
        event = Event(DOMAINS["Death"], row, person, 0, None, None, person, 0)
        listed = source.persons is None or person in source.persons
        if listed and all(holds(one, asked, event) for one in source.filters):
            found.append(Row(person, birth=_birth(asked.world, person)))
    return found, frozenset({"birth"})


@rows.register
def _(source: n.Criterion, asked: Asked) -> Rows:
    found, domain = [], DOMAINS[source.domain]
    for person in asked.world.persons:
        for event in matching(asked, source, person):
            visit = asked.world.one("visit_occurrence", event.visit)
            found.append(
                Row(
                    person,
                    visit=event.visit,
                    episode=_episode(asked.world, event.visit),
                    code=event.row.get(domain.concept) if domain.concept else None,
                    event=None if domain.name == "VisitOccurrence" else _second(event),
                    entry=_time(visit, "visit_start_date"),
                    exit=_time(visit, "visit_end_date"),
                    birth=_birth(asked.world, person),
                )
            )
    fields = {"birth"} | ({"code"} if domain.concept else set()) | ({"event"} if domain.name != "VisitOccurrence" else set())
    return found, frozenset(fields | ({"visit", "episode", "entry", "exit"} if domain.visit else set()))


def _birth(world: World, person: int) -> int | None:
    "The day of birth, the first day of what is known."
    row = world.one("person", person)
    year = row.get("year_of_birth")
    if year is None:
        return None
    first = days(dt.date(year, row.get("month_of_birth") or 1, 1))
    return None if first is None else first + (row.get("day_of_birth") or 1) - 1


def _episode(world: World, visit: int | None) -> int | None:
    "The first of the visits that a visit goes back to."
    row = world.one("visit_occurrence", visit)
    if not row:
        return None
    before = world.one("visit_occurrence", row.get("preceding_visit_occurrence_id"))
    return _episode(world, row["preceding_visit_occurrence_id"]) if before else visit


def _time(row: Any, date: str) -> int | None:
    "A row's time in seconds, its date's first moment where the time is unknown."
    time, day = row.get(date.removesuffix("date") + "datetime"), days(row.get(date))
    if time is not None:
        return int((time - EPOCH).total_seconds() // 1)
    return None if day is None else day * n.DAY


def _second(event: Event) -> int:
    "When an event starts; a date that was moved has no time."
    time = _time(event.row, event.domain.start)
    return time if time is not None and time // n.DAY == event.start else event.start * n.DAY


def narrowed(found: Rows, basic: n.Basic) -> tuple[Row, ...]:
    """The rows that are left after a resource's age, number of rows and repeated codes, in that order."""
    preference, kept = n.PREFERENCES[basic.resource], list(found[0])
    if (band := basic.age) is not None:
        kept = [row for row in kept if _of_age(row, band, preference)]
    often = basic.often

    def place(row: Row) -> tuple[Any, ...]:
        date = dated(row, preference)
        day = date // n.DAY if often.same_day and date is not None else None
        return (row.person, day, row.visit if often.same_encounter else None)

    if not often.always:
        counts = Counter(place(row) for row in kept)
        enough = {one for one, count in counts.items() if COMPARE[often.compare](count, often.n)}
        kept = [row for row in kept if place(row) in enough]
    for one in basic.repeated:
        if one.compare is n.Compare.GTE and one.n <= 1:
            continue
        codes = Counter((row.person, row.code) for row in kept if row.code is not None)
        chosen = {person for (person, _), count in codes.items() if COMPARE[one.compare](count, one.n)}
        kept = [row for row in kept if row.person in chosen]
    return tuple(kept)


def _of_age(row: Row, band: n.AgeBand, preference: tuple[n.Dating, ...]) -> bool:
    date = dated(row, band.dating or preference)
    if date is None:
        return band.nulls_pass
    if row.birth is None:
        return False
    age = date // n.DAY - row.birth
    return (band.least is None or age >= band.least.total) and (band.most is None or age <= band.most.total)


def dated(row: Row, dating: Iterable[n.Dating]) -> int | None:
    """The first known of several dates of a row."""
    return next((date for one in dating if (date := getattr(row, FIELDS[one])) is not None), None)


# ---- members


@singledispatch
def held(member: Any, supply: Supply, everyone: set[int], inherited: tuple[n.Constraint, ...]) -> Held:
    """What a member holds, exclusion aside. `everyone`: the source population; `inherited`: the parents' constraints on all."""
    raise TypeError(member)


@held.register
def _(member: n.Basic, supply: Supply, everyone: set[int], inherited: tuple[n.Constraint, ...]) -> Held:
    found = supply(member)
    kept = narrowed(found, member)
    return Held({row.person for row in kept}, kept, found[1], n.PREFERENCES[member.resource])


@held.register
def _(member: n.Together, supply: Supply, everyone: set[int], inherited: tuple[n.Constraint, ...]) -> Held:
    members = [one for one in member.members if not (isinstance(one, n.Together) and one.empty)]
    on_all = tuple(one for one in (*inherited, *member.constraints) if one.ids is None)
    passed = on_all if member.join is n.Join.AND else ()
    every = {one.id: held(one, supply, everyone, passed) for one in members}
    included = {one.id: every[one.id] for one in members if one.inclusive}
    excluded = [every[one.id].persons for one in members if not one.inclusive]
    if not included:
        found = everyone.difference(*excluded)
        return Held(found, (), frozenset(), n.GROUP_PREFERENCE)
    inside = [one.persons for one in included.values()]
    if member.join is not n.Join.AND:
        compare, least = (n.Compare.GTE, 1) if member.join is n.Join.OR else (member.compare, member.n)

        def enough(person: int) -> bool:
            count = sum(person in one for one in inside) + sum(person not in one for one in excluded)
            return COMPARE[compare](count, least)

        return _grouped({person for person in set().union(*inside) if enough(person)}, included, ())
    found = set.intersection(*inside).difference(*excluded)
    constraints = (*passed, *(one for one in member.constraints if one.ids is not None))
    for constraint in constraints:
        ids = included if constraint.ids is None else [id_ for id_ in constraint.ids if id_ in included]
        parts = {id_: included[id_] for id_ in ids if takes_part(constraint, id_, included[id_])}
        if len(parts) >= 2:
            found = {person for person in found if meets(constraint, parts, person)}
    return _grouped(found, included, passed)


def _grouped(found: set[int], included: Mapping[int, Held], constraints: Sequence[n.Constraint]) -> Held:
    "A group takes part with its members' rows, of its persons and of the encounters that its constraints on all accept."
    parts = [one for one in included.values() if one.fields & {"visit", "episode", "event", "entry", "exit"}]
    kept = [row for one in parts for row in one.rows if row.person in found]
    for constraint in constraints:
        if not isinstance(constraint, n.Tied) or constraint.tie is n.Tie.DIFFERENT_ENCOUNTER:
            continue
        field = TIES[constraint.tie]
        sharing = [{(row.person, getattr(row, field)) for row in one.rows} for one in included.values() if field in one.fields]
        if len(sharing) >= 2:
            shared = set.intersection(*sharing)
            kept = [row for row in kept if (row.person, getattr(row, field)) in shared]
    return Held(found, tuple(kept), frozenset[str]().union(*(one.fields for one in parts)), n.GROUP_PREFERENCE)


# ---- constraints

TIES = {n.Tie.SAME_ENCOUNTER: "visit", n.Tie.DIFFERENT_ENCOUNTER: "visit", n.Tie.SAME_EPISODE: "episode"}


def _dating(constraint: n.InOrder, id_: int, member: Held) -> tuple[n.Dating, ...]:
    return dict(constraint.dating).get(id_, member.dating)


@singledispatch
def takes_part(constraint: Any, id_: int, member: Held) -> bool:
    """Whether a member has the field that a constraint looks at."""
    raise TypeError(constraint)


@takes_part.register
def _(constraint: n.Tied, id_: int, member: Held) -> bool:
    return TIES[constraint.tie] in member.fields


@takes_part.register
def _(constraint: n.InOrder, id_: int, member: Held) -> bool:
    return any(FIELDS[one] in member.fields for one in _dating(constraint, id_, member))


@singledispatch
def meets(constraint: Any, parts: Mapping[int, Held], person: int) -> bool:
    """Whether a person has rows, one of each member, that satisfy a constraint."""
    raise TypeError(constraint)


@meets.register
def _(constraint: n.Tied, parts: Mapping[int, Held], person: int) -> bool:
    field = TIES[constraint.tie]
    values = [{getattr(row, field) for row in one.rows if row.person == person} for one in parts.values()]
    if constraint.tie is n.Tie.DIFFERENT_ENCOUNTER:
        return any(len(set(choice)) == len(choice) for choice in product(*values))
    return bool(set.intersection(*values))


@meets.register
def _(constraint: n.InOrder, parts: Mapping[int, Held], person: int) -> bool:
    least = 0 if constraint.least is None else constraint.least.total
    dates = []
    for id_, one in parts.items():
        found = {dated(row, _dating(constraint, id_, one)) for row in one.rows if row.person == person}
        dates.append(found - {None} if constraint.must_be_known(id_) else found)

    def follows(first: int, second: int) -> bool:
        return first + least <= second and (constraint.most is None or second <= first + constraint.most.total)

    def in_order(choice: tuple[int | None, ...]) -> bool:
        known = [date for date in choice if date is not None]
        return len(known) < len(choice) or all(follows(*pair) for pair in pairwise(known))

    return any(in_order(choice) for choice in product(*dates))
