"""Request: why a person is, or is not, selected by a request of Cohort360's, member by member (field guide warehouse.md, §1.3).

A member's finding holds where it speaks for the person: an exclusive one, where it does not hold the person.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatchmethod
from typing import Any

from .criteria import Inquiry, beyond
from .findings import Code, Explanation, Finding, resting

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.meaning.events import Event
from diptych.health.warehouse.research.cohort.meaning.request import (
    COMPARE,
    TIES,
    Held,
    Row,
    Supply,
    dated,
    held,
    meets,
    takes_part,
)

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 # OMOP times bear no zone
_OPS = {n.Compare.EQ: n.Op.EQ, n.Compare.LT: n.Op.LT, n.Compare.GT: n.Op.GT, n.Compare.LTE: n.Op.LTE, n.Compare.GTE: n.Op.GTE}


def explained(
    request: n.Request, *, person: int, population: Iterable[int], supply: Supply, inquiry: Inquiry | None = None
) -> Explanation:
    """The findings of a request for a person. `inquiry`: their world, where there is one, so that records can be looked at."""
    told = _Told(person, set(population) & {person}, supply, inquiry)
    member = request.member
    if member is None or (isinstance(member, n.Together) and member.empty):
        finding = told.population(request.care_sites)
    else:
        finding = told.member(member, ())
        if not member.inclusive and finding.holds:
            inside = told.population(request.care_sites)
            finding = Finding(finding.code, inside.holds, finding.facts, (*finding.parts, inside))
    return Explanation(person, finding.holds, (), (finding,))


def outside(request: n.Request, *, person: int) -> Explanation:
    """That the person is not of the source population of a store: nothing of theirs is looked at."""
    finding = Finding(Code.POPULATION, False, {"inside": False, "care_sites": list(request.care_sites)})
    return Explanation(person, False, (), (finding,))


class _Told:
    def __init__(self, person: int, everyone: set[int], supply: Supply, inquiry: Inquiry | None) -> None:
        self._person, self._everyone, self._inquiry = person, everyone, inquiry
        self._supply: Supply = lambda basic: _own(supply(basic), person)

    def population(self, care_sites: Sequence[int] | None = None) -> Finding:
        """Whether the person is of the source population."""
        facts: dict[str, Any] = {"inside": bool(self._everyone)}
        return Finding(
            Code.POPULATION, facts["inside"], facts if care_sites is None else facts | {"care_sites": list(care_sites)}
        )

    def _held(self, member: n.Member, inherited: tuple[n.Constraint, ...]) -> Held:
        return held(member, self._supply, self._everyone, inherited)

    @singledispatchmethod
    def member(self, member: Any, inherited: tuple[n.Constraint, ...]) -> Finding:
        """What speaks for or against the person in a member."""
        raise TypeError(member)

    # ---- a basic resource

    @member.register
    def _(self, member: n.Basic, inherited: tuple[n.Constraint, ...]) -> Finding:
        rows, kept = list(self._supply(member)[0]), list(self._held(member, inherited).rows)
        facts: dict[str, Any] = {"id": member.id, "resource": member.resource, "inclusive": member.inclusive}
        facts |= {"held": bool(kept), "records": len(rows), "kept": len(kept)}
        parts: list[Finding] = []
        if isinstance(member.source, n.Criterion) and self._inquiry is not None:
            facts |= self._inquiry.described(member.source)
            parts += [one.finding() for one in self._inquiry.examined(member.source) if one.misses or kept]
        elif isinstance(member.source, n.People) and self._inquiry is not None:
            parts += _person(member.source, self._inquiry)
        elif isinstance(member.source, n.Search):
            facts["search"] = member.source.fhir or member.source.solr
            parts += [_row(one, one in kept) for one in rows]
        if rows:
            parts += _narrowing(member, rows)
        return resting(Code.BASIC, bool(kept) is member.inclusive, parts, **facts)

    # ---- a group

    @member.register
    def _(self, member: n.Together, inherited: tuple[n.Constraint, ...]) -> Finding:
        members = [one for one in member.members if not (isinstance(one, n.Together) and one.empty)]
        on_all = tuple(one for one in (*inherited, *member.constraints) if one.ids is None)
        passed = on_all if member.join is n.Join.AND else ()
        parts = [self.member(one, passed) for one in members]
        included = {one.id: self._held(one, passed) for one in members if one.inclusive}
        if not included:
            parts.append(self.population())
        elif member.join is n.Join.AND:
            for constraint in (*passed, *(one for one in member.constraints if one.ids is not None)):
                parts += self._constraint(constraint, included)
        holds = self._person in self._held(member, inherited).persons
        facts = {"id": member.id, "join": member.join, "inclusive": member.inclusive, "held": holds, "of": len(members)}
        facts["found"] = sum(one.holds for one in parts[: len(members)])
        if member.join is n.Join.N_AMONG_M:
            facts |= {"compare": member.compare, "n": member.n}
        return Finding(Code.TOGETHER, holds is member.inclusive, facts, tuple(parts))

    # ---- constraints

    def _constraint(self, constraint: n.Constraint, included: Mapping[int, Held]) -> list[Finding]:
        ids = included if constraint.ids is None else [id_ for id_ in constraint.ids if id_ in included]
        parts = {id_: included[id_] for id_ in ids if takes_part(constraint, id_, included[id_])}
        if len(parts) < 2 or not all(one.rows for one in parts.values()):
            return []  # it says nothing, or a member without rows has said so already
        holds = meets(constraint, parts, self._person)
        if isinstance(constraint, n.Tied):
            field = TIES[constraint.tie]
            values = {str(id_): sorted({str(getattr(row, field)) for row in one.rows}) for id_, one in parts.items()}
            return [Finding(Code.TIED, holds, {"tie": constraint.tie, "ids": list(parts), "values": values})]
        facts: dict[str, Any] = {"ids": list(parts), "by": None if holds else _shortest(constraint, parts)}
        facts["least_seconds"] = None if constraint.least is None else constraint.least.total
        facts["most_seconds"] = None if constraint.most is None else constraint.most.total
        return [Finding(Code.IN_ORDER, holds, facts)]


def _own(rows: tuple[Sequence[Row], frozenset[str]], person: int) -> tuple[Sequence[Row], frozenset[str]]:
    return [row for row in rows[0] if row.person == person], rows[1]


def _time(second: int | None) -> str | None:
    return None if second is None else (_EPOCH + dt.timedelta(seconds=second)).isoformat(sep=" ")


def _row(row: Row, holds: bool) -> Finding:
    facts = {"event": _time(row.event), "entry": _time(row.entry), "exit": _time(row.exit), "encounter": row.visit}
    return Finding(Code.ROW, holds, {name: value for name, value in facts.items() if value is not None})


def _person(people: n.People, inquiry: Inquiry) -> list[Finding]:
    "The list and the filters of a resource of persons."
    found = []
    if people.persons is not None:
        found.append(Finding(Code.LISTED, inquiry.person in people.persons, {"listed": len(people.persons)}))
    rows = inquiry.asked.world.rows("person", inquiry.person)
    for row in rows[:1]:
        event = Event(DOMAINS["Death"], row, inquiry.person, 0, None, None, inquiry.person, 0)
        found += [inquiry.filtered(one, event) for one in people.filters]
    return found


def _narrowing(basic: n.Basic, rows: list[Row]) -> list[Finding]:
    "Age, number of rows and repeated codes, in that order, up to the first that leaves nothing."
    preference, found, kept = n.PREFERENCES[basic.resource], [], rows

    def left(**narrowing: Any) -> list[Row]:
        alone = n.Basic(basic.id, basic.resource, basic.source, **narrowing)
        return list(held(alone, lambda _: (kept, frozenset()), set(), ()).rows)

    if basic.age is not None:
        found.append(_age(basic.age, kept, preference))
        kept = left(age=basic.age)
    if kept and not basic.often.always:
        found.append(_often(basic.often, kept, preference))
        kept = left(often=basic.often)
    for one in basic.repeated:
        if kept:
            found.append(_repeated(one, kept))
            kept = left(repeated=(one,))
    return found


def _age(band: n.AgeBand, rows: list[Row], preference: tuple[n.Dating, ...]) -> Finding:
    misses: list[float] = []
    ages, enough = [], False
    for row in rows:
        date = dated(row, band.dating or preference)
        if date is None:
            enough |= band.nulls_pass
        elif row.birth is not None:
            age = date // n.DAY - row.birth
            ages.append(age)
            misses.append(
                max(0, (0 if band.least is None else band.least.total - age), (0 if band.most is None else age - band.most.total))
            )
    least, most = (None if one is None else f"{one.years}-{one.months}-{one.days}" for one in (band.least, band.most))
    nearest = min(misses, default=None)
    facts = {"least": least, "most": most, "ages_days": sorted(set(ages))[:10], "undated": len(rows) - len(ages)}
    holds = enough or nearest == 0
    return Finding(Code.AGE, holds, facts | {"by": None if holds else nearest})


def _often(often: n.Often, rows: list[Row], preference: tuple[n.Dating, ...]) -> Finding:
    def place(row: Row) -> tuple[Any, ...]:
        date = dated(row, preference)
        day = date // n.DAY if often.same_day and date is not None else None
        return day, row.visit if often.same_encounter else None

    facts = {"compare": often.compare, "n": often.n, "same_day": often.same_day, "same_encounter": often.same_encounter}
    return _sized(Code.OFTEN, Counter(place(row) for row in rows), often.compare, often.n, facts)


def _repeated(one: n.Repeated, rows: list[Row]) -> Finding:
    codes = Counter(row.code for row in rows if row.code is not None)
    if one.compare is n.Compare.GTE and one.n <= 1:
        return Finding(Code.REPEATED, True, {"compare": one.compare, "n": one.n, "found": max(codes.values(), default=0)})
    return _sized(Code.REPEATED, codes, one.compare, one.n, {"compare": one.compare, "n": one.n})


def _sized(code: Code, sizes: Counter[Any], compare: n.Compare, count: int, facts: dict[str, Any]) -> Finding:
    "Whether one of several sizes compares; else the nearest, and by how much it does not."
    misses = {
        size: 0 if COMPARE[compare](size, count) else beyond(size, _OPS[compare], count, None) or 1 for size in sizes.values()
    }
    nearest = min(misses, key=lambda size: misses[size], default=None)
    holds = nearest is not None and misses[nearest] == 0
    return Finding(code, holds, facts | {"found": nearest or 0, "by": None if holds or nearest is None else misses[nearest]})


def _shortest(order: n.InOrder, parts: Mapping[int, Held]) -> int | None:
    "Seconds by which the nearest chain of rows, one of each member, misses its order; None where a member has no date."
    least = 0 if order.least is None else order.least.total
    wished = dict(order.dating)
    chains: dict[int, int] = {}
    for place, (id_, one) in enumerate(parts.items()):
        dates = {date for row in one.rows if (date := dated(row, wished.get(id_, one.dating))) is not None}
        before, chains = chains, {}
        for date in dates:
            gaps = [
                miss + max(0, last + least - date, date - last - order.most.total if order.most is not None else 0)
                for last, miss in before.items()
            ]
            if place == 0 or gaps:
                chains[date] = min(gaps, default=0)
    return min(chains.values(), default=None)
