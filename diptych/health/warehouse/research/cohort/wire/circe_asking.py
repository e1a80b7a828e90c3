"""Circe, asked by cards: a request of Cohort360's as a definition of Circe's that finds the same persons.

Holds the restating, node by node, and the refusals of what Circe has no words for, each naming its card: nothing is ever
approximated. A definition enters each person once, with their first observation period, and every card becomes a rule counted
at any time around it, observed or not. So both find the same wherever everybody has an observation period; and, where a card
is counted in one visit or on one day or stands in a relation, wherever its records lie inside such a period, bear a visit, and
say the day only (field guide warehouse.md, §2.2.5 and §2.2.6). Does not say whether a store is so: whoever exports compares.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from .circe import read
from .circe_writing import write

from diptych.commons.refusal import Reason, Refused, deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort import terms
from diptych.health.warehouse.research.cohort.domains import DOMAINS

EVER = n.Window(n.Bound(None, -1), n.Bound(None, 1))
SAME_DAY = n.Window(n.Bound(0, -1), n.Bound(0, 1))
ENTRY = n.Primary((n.Criterion("ObservationPeriod", first=True),))
"""Every person who was ever observed, once."""
ONCE = n.Occurrence(n.Times.AT_LEAST, 1)
NEVER = n.Occurrence(n.Times.EXACTLY, 0)
NOBODY = n.Group(n.Kind.AT_MOST, 0, groups=(n.Group(n.Kind.ALL),))
"""At most none of what everybody satisfies."""


def definition_of(request: n.Request, *, title: str | None = None, titles: Mapping[int, str] = MappingProxyType({})) -> n.Cohort:
    """The definition that asks what a request asks, its perimeter aside; `titles` names cards, by id, in rules and refusals.

    Refused where Circe has no words: `cohort.not_persons`, or one of `terms.UNSAYABLE_CARDS`, whose fact `card` says which.
    """
    if request.resource is not n.Resource.PATIENT:
        deny(terms.NOT_PERSONS, resource=request.resource.value)
    saying = _Saying(titles, tuple(replace(one, items=()) for one in request.concept_sets))
    member = request.member
    rules: list[n.Rule] = []
    if member is not None and not (isinstance(member, n.Together) and member.empty):
        rules = list(saying.rules(member))
    sets = tuple(replace(one, name=one.name or saying.looked_for(request, one.id)) for one in request.concept_sets)
    return n.Cohort(title, sets, ENTRY, rules=tuple(rules))


@dataclass(frozen=True)
class _Saying:
    "Circe's words for members; `titles` names them where they cannot be said."

    titles: Mapping[int, str]
    sets: tuple[n.ConceptSet, ...]

    def name(self, *ids: int) -> str:
        return " · ".join(self.titles.get(id_, str(id_)) for id_ in ids)

    def looked_for(self, request: n.Request, codeset: int) -> str:
        "A name for a concept set without one: the card that looks for it."
        members = [request.member] if request.member else []
        while members:
            one = members.pop()
            if isinstance(one, n.Together):
                members += one.members
            elif isinstance(one.source, n.Criterion) and one.source.codeset == codeset:
                return self.name(one.id)
        return str(codeset)

    def cannot(self, reason: Reason, *ids: int) -> Any:
        deny(reason, card=self.name(*ids))

    def rules(self, member: n.Member) -> Iterable[n.Rule]:
        "A rule a member of an outermost «all» group, and one a relation; else one for the whole."
        if not (isinstance(member, n.Together) and member.inclusive and member.join is n.Join.AND):
            yield n.Rule(self.name(member.id), "", self.taken(member))
            return
        for one in _there(member):
            yield n.Rule(self.name(one.id), "", self.taken(one))
        for ids, said in self.relations(member):
            yield n.Rule(self.name(*ids), "", said)

    def taken(self, member: n.Member) -> n.Group:
        "Whom a member lets through: those whom it holds, or, excluded, the others."
        held = self.held(member)
        return held if member.inclusive else _none((held,))

    def held(self, member: n.Member) -> n.Group:
        "Whom a member holds, exclusion aside."
        if isinstance(member, n.Together):
            return self.together(member)
        if isinstance(member.source, n.Search):
            self.cannot(terms.FOREIGN_CARD, member.id)
        return self.people(member, member.source) if isinstance(member.source, n.People) else self.counted(member)

    # ---- criteria

    def people(self, basic: n.Basic, people: n.People) -> n.Group:
        if people.persons is not None:
            self.cannot(terms.LISTED_CARD, basic.id)
        if any(isinstance(one, n.Number) and one.field == "person.year_of_birth" for one in people.filters):
            self.cannot(terms.BORN_CARD, basic.id)
        self.nothing_more(basic)
        if not people.filters:
            return n.Group(n.Kind.ALL)
        found = n.Group(n.Kind.ALL, demographics=(n.Demographic(people.filters),))
        self.sayable(basic, n.Cohort(None, self.sets, ENTRY, additional=found))
        return found

    def nothing_more(self, basic: n.Basic) -> None:
        "Refuse what Circe cannot ask of any criterion."
        if basic.age is not None:
            self.cannot(terms.AGED_CARD, basic.id)
        if any(not (one.compare is n.Compare.GTE and one.n <= 1) for one in basic.repeated):
            self.cannot(terms.REPEATED_CARD, basic.id)

    def sayable(self, basic: n.Basic, cohort: n.Cohort) -> None:
        "Refuse, by its card, what the writing has no words for or the reading finds contradictory."
        try:
            read(write(cohort), origin=self.name(basic.id))
        except Refused:
            self.cannot(terms.FILTERED_CARD, basic.id)

    def counted(self, basic: n.Basic) -> n.Group:
        row, often = self.row(basic), basic.often
        times = [ONCE] if often.same_encounter or often.same_day else _times(often)
        return n.Group(n.Kind.ALL, correlated=tuple(_ever(row, one) for one in times))

    def row(self, basic: n.Basic) -> n.Criterion:
        "The records by which a criterion counts: of a visit, or a day, that holds as many of them as it asks."
        self.nothing_more(basic)
        source, often = basic.source, basic.often
        assert isinstance(source, n.Criterion), "the others are said otherwise"
        self.sayable(basic, n.Cohort(None, self.sets, n.Primary((source,))))
        if often.always or not (often.same_encounter or often.same_day):
            return source
        if (often.same_day and not self.by_start(source, n.PREFERENCES[basic.resource])) or (
            often.same_encounter and DOMAINS[source.domain].visit is None
        ):
            self.cannot(terms.DATED_CARD, basic.id)
        window = SAME_DAY if often.same_day else EVER
        around = [n.Correlated(source, window, None, often.same_encounter, True, one) for one in _times(often)]
        return _narrowed(source, *around)

    def by_start(self, source: n.Criterion, dating: Sequence[n.Dating]) -> bool:
        "Whether the first date that its records have at all is their start, which each of them has."
        first = next(one for one in (*dating, n.Dating.EVENT, n.Dating.ENTRY) if FIELDS[one] in _fields(source))
        if source.domain == "VisitOccurrence":
            return first is n.Dating.ENTRY and source.adjust is None
        return first is n.Dating.EVENT

    # ---- groups

    def together(self, group: n.Together) -> n.Group:
        members = _there(group)
        inside = tuple(self.held(one) for one in members if one.inclusive)
        if not inside:
            return _none(self.held(one) for one in members)
        if group.join is n.Join.AND:
            taken = tuple(self.taken(one) for one in members)
            return n.Group(n.Kind.ALL, groups=(*taken, *(said for _, said in self.relations(group))))
        some = n.Group(n.Kind.ANY, groups=inside)
        if group.join is n.Join.OR:
            return some
        taken = tuple(self.taken(one) for one in members)
        return n.Group(n.Kind.ALL, groups=(some, *_among(taken, group.compare, group.n)))

    # ---- relations

    def relations(self, group: n.Together) -> Iterable[tuple[tuple[int, ...], n.Group]]:
        "Each relation of an «all» group, with the cards that take part; fewer than two of them ask nothing."
        members = {one.id: one for one in _there(group) if one.inclusive}
        if not members:
            return
        for one in group.constraints:
            if one.ids is None and any(isinstance(member, n.Together) for member in _there(group)):
                self.cannot(terms.UNRELATED_CARDS, *members)
            named = [members[id_] for id_ in dict.fromkeys(one.ids or members) if id_ in members]
            parts = [member for member in named if self.takes_part(one, member)]
            if len(parts) >= 2:
                ids = tuple(part.id for part in parts)
                yield ids, self.order(one, parts, ids) if isinstance(one, n.InOrder) else self.tie(one, parts, ids)

    def takes_part(self, one: n.Constraint, member: n.Member) -> bool:
        if isinstance(member, n.Together):
            self.cannot(terms.UNRELATED_CARDS, member.id)
        assert isinstance(member, n.Basic)
        if not isinstance(member.source, n.Criterion):
            return False
        wanted = {FIELDS[dating] for dating in _dating(one, member)} if isinstance(one, n.InOrder) else {TIES[one.tie]}
        return bool(wanted & _fields(member.source))

    def order(self, one: n.InOrder, parts: Sequence[Any], ids: tuple[int, ...]) -> n.Group:
        "Each after the one before: the last is looked for around the last but one, and so on."
        least, most = (None if held is None else held.total for held in (one.least, one.most))
        whole = all(held is None or held % n.DAY == 0 for held in (least, most))
        if not whole or not all(self.by_start(part.source, _dating(one, part)) for part in parts):
            self.cannot(terms.UNRELATED_CARDS, *ids)
        last = None if most is None else most // n.DAY
        window = n.Window(n.Bound((least or 0) // n.DAY, 1), n.Bound(last, 1))
        rows = [self.row(part) for part in parts]
        found = rows.pop()
        for row in reversed(rows):
            found = _narrowed(row, n.Correlated(found, window, None, False, True, ONCE))
        return n.Group(n.Kind.ALL, correlated=(_ever(found, ONCE),))

    def tie(self, one: n.Tied, parts: Sequence[Any], ids: tuple[int, ...]) -> n.Group:
        first, *others = [self.row(part) for part in parts]
        if one.tie is n.Tie.SAME_ENCOUNTER:
            here = [n.Correlated(row, EVER, None, True, True, ONCE) for row in others]
            return n.Group(n.Kind.ALL, correlated=(_ever(_narrowed(first, *here), ONCE),))
        # two of them are in different visits, unless all records of both are of a single one
        if one.tie is n.Tie.SAME_EPISODE or len(others) != 1 or first.correlated or others[0].correlated:
            self.cannot(terms.UNRELATED_CARDS, *ids)
        several = n.Occurrence(n.Times.AT_LEAST, 2, distinct=True, column="VISIT_ID")
        alone = _narrowed(first, n.Correlated(others[0], EVER, None, True, True, NEVER))
        return n.Group(n.Kind.ANY, correlated=(_ever(first, several), _ever(others[0], several), _ever(alone, ONCE)))


FIELDS: Mapping[n.Dating, str] = MappingProxyType({n.Dating.EVENT: "event", n.Dating.ENTRY: "visit", n.Dating.EXIT: "visit"})
TIES: Mapping[n.Tie, str] = MappingProxyType(dict.fromkeys(n.Tie, "visit"))
"""What a date or a tie looks at: the event itself, or its visit."""


def _fields(source: n.Criterion) -> set[str]:
    "What the records of a criterion have at all (§1.3): a visit is no event of its own."
    found = {"event"} if source.domain != "VisitOccurrence" else set[str]()
    return found | ({"visit"} if DOMAINS[source.domain].visit else set())


def _dating(one: n.InOrder, member: n.Basic) -> tuple[n.Dating, ...]:
    return dict(one.dating).get(member.id, n.PREFERENCES[member.resource])


def _there(group: n.Together) -> list[n.Member]:
    "The members that are not empty groups, which are dropped."
    return [one for one in group.members if not (isinstance(one, n.Together) and one.empty)]


def _none(groups: Iterable[n.Group]) -> n.Group:
    return n.Group(n.Kind.AT_MOST, 0, groups=tuple(groups))


def _ever(row: n.Criterion, times: n.Occurrence) -> n.Correlated:
    return n.Correlated(row, EVER, None, False, True, times)


def _narrowed(source: n.Criterion, *around: n.Correlated) -> n.Criterion:
    "A criterion with more to be found around each of its records."
    own = () if source.correlated is None else (source.correlated,)
    return replace(source, correlated=n.Group(n.Kind.ALL, correlated=around, groups=own))


def _times(often: n.Often) -> list[n.Occurrence]:
    "How often, for whoever has one record at least: zero is said by exclusion only (§1.3)."
    least, exactly, most = n.Times.AT_LEAST, n.Times.EXACTLY, n.Times.AT_MOST
    match often.compare:
        case n.Compare.GTE | n.Compare.GT:
            return [n.Occurrence(least, max(1, often.n + (often.compare is n.Compare.GT)))]
        case n.Compare.EQ if often.n >= 1:
            return [n.Occurrence(exactly, often.n)]
        case n.Compare.EQ:
            return [ONCE, NEVER]
        case _:
            return [ONCE, n.Occurrence(most, max(0, often.n - (often.compare is n.Compare.LT)))]


def _among(taken: tuple[n.Group, ...], compare: n.Compare, count: int) -> list[n.Group]:
    "How many members let somebody through."
    match compare:
        case n.Compare.GTE | n.Compare.GT:
            least = max(0, count + (compare is n.Compare.GT))
            return [n.Group(n.Kind.AT_LEAST, least, groups=taken) if least <= len(taken) else NOBODY]
        case n.Compare.EQ:
            return [*_among(taken, n.Compare.GTE, count), *_among(taken, n.Compare.LTE, count)]
        case _:
            most = count - (compare is n.Compare.LT)
            return [n.Group(n.Kind.AT_MOST, most, groups=taken) if most >= 0 else NOBODY]
