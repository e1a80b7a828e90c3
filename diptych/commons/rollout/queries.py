"""Reads of the roll-out: the plan in force, its history, and who would have a feature."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .rules.form import read
from .rules.opening import decide
from .terms import UNKNOWN_FEATURE, UNKNOWN_VERSION, Change, Crowd, Feature, Plan, Somebody, Version, Why

from diptych.commons.masking import masked
from diptych.commons.refusal import deny

_COLUMNS = 'feature, number, at, actor, reason, change, "of", plan::text'


def feature_of(declared: Mapping[str, Feature], name: str) -> Feature:
    """A feature by its name; refuses one that no service declares."""
    if name not in declared:
        deny(UNKNOWN_FEATURE, name=name, known=", ".join(sorted(declared)))
    return declared[name]


def versions_in_force(cursor: Any, *, declared: Mapping[str, Feature]) -> dict[str, Version]:
    """The latest version of every declared feature, in their order; version 0 where nobody set anything."""
    cursor.execute(f"select distinct on (feature) {_COLUMNS} from rollout_version order by feature, number desc")
    kept = {version.feature: version for version in map(_version, cursor.fetchall())}
    return {name: kept.get(name) or as_declared(feature) for name, feature in declared.items()}


def history(cursor: Any, *, feature: Feature) -> list[Version]:
    """Every version of a feature, the latest first; what the code declares comes last."""
    cursor.execute(f"select {_COLUMNS} from rollout_version where feature = %s order by number desc", (feature.name,))
    return [*map(_version, cursor.fetchall()), as_declared(feature)]


def version_of(cursor: Any, *, feature: Feature, number: int | None = None) -> Version:
    """One version of a feature, the latest where none is named. Refuses one that is not there."""
    cursor.execute(
        f"select {_COLUMNS} from rollout_version where feature = %(feature)s and (%(number)s::bigint is null or number = %(number)s)"
        " order by number desc limit 1",
        {"feature": feature.name, "number": number},
    )
    row = cursor.fetchone()
    if row is not None:
        return _version(row)
    if number:
        deny(UNKNOWN_VERSION, name=feature.name, number=number)
    return as_declared(feature)


def as_declared(feature: Feature) -> Version:
    """Version 0: what the code declares."""
    return Version(feature.name, 0, feature.plan, Change.DECLARED)


def _version(row: Any) -> Version:
    feature, number, at, actor, reason, change, of, plan = row
    return Version(feature, number, read(json.loads(plan), None)[0], Change(change), at, actor, reason, of)


@dataclass(frozen=True, slots=True)
class Share:
    """Of the people of one place or age: how many there are, how many would have it, as `masked` lets it be shown."""

    of: int | None
    open: int | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would have a feature. `total` adds what is shown of the départements only: at least so many."""

    departments: dict[str, Share]
    ages: dict[int | None, Share]
    total: Share
    nearest: dict[Why, int | None]
    """Of those who would not: how many for each reason. Those under SEAT may still come for what is left."""
    seats: dict[str, tuple[int, int]]
    """For each rule that opens to the first who come: how many seats are taken, of how many."""


def preview(
    feature: str, plan: Plan, *, crowds: Iterable[Crowd], at: datetime, taken: Mapping[str, int] | None = None
) -> Preview:
    """Put a plan to everybody, each crowd (people who are alike for it) once. `taken` are the seats taken, by rule."""
    of_place: Counter[str] = Counter()
    of_age: Counter[int | None] = Counter()
    in_place: Counter[str] = Counter()
    in_age: Counter[int | None] = Counter()
    whys: Counter[Why] = Counter()
    seats = {rule.name: ((taken or {}).get(rule.name, 0), rule.first) for rule in plan.rules if rule.first is not None}
    known: dict[Somebody, Why] = {}
    for crowd in crowds:
        who = crowd.who
        why = known.get(who)
        if why is None:
            answer = decide(feature, plan, who, at=at)
            full = answer.why is Why.SEAT and seats[answer.rule][0] >= seats[answer.rule][1]
            why = known[who] = Why.FULL if full else answer.why
        of_place[who.department] += crowd.people
        of_age[who.age] += crowd.people
        whys[why] += crowd.people
        if why is Why.OPEN:
            in_place[who.department] += crowd.people
            in_age[who.age] += crowd.people
    departments = {place: Share(masked(n), masked(in_place[place])) for place, n in sorted(of_place.items())}
    ages = {
        age: Share(masked(of_age[age]), masked(in_age[age])) for age in sorted(of_age, key=lambda age: (age is None, age or 0))
    }
    rows = departments.values()
    total = Share(sum(row.of or 0 for row in rows), sum(row.open or 0 for row in rows))
    return Preview(departments, ages, total, {why: masked(n) for why, n in whys.items() if why is not Why.OPEN}, seats)


def alike(people: Iterable[Somebody]) -> Iterable[Crowd]:
    """Each person as a crowd of one: the slow, obvious way to put a plan to everybody."""
    return (Crowd(who, 1) for who in people)


def cuts_of(plan: Plan) -> tuple[float, ...]:
    """The places in line at which a plan parts people, in order: two between the same cuts are alike for it."""
    return tuple(sorted({rule.share for rule in plan.rules if 0 < rule.share < 1}))


def seats_taken(cursor: Any, *, feature: str) -> dict[str, int]:
    """How many seats are taken under each rule of a feature."""
    cursor.execute("select rule, taken from rollout_seats where feature = %s", (feature,))
    return dict(cursor.fetchall())
