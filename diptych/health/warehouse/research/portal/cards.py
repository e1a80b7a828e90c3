"""Cards: a request as its screen draws it, each with its count.

Holds what templates need, ready to print. Does not compute counts (`desk`) nor choose words (`words`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.translation import gettext

from . import words
from .desk import Looked, Open
from .showing import Showing, figures, having, unit

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.disclosure import Shown
from diptych.health.warehouse.research.index.columns import Ints


@dataclass
class Relation:
    """A relation of a group's, said; `place` is its own. An order that the screen can change has its `cards`, and its days."""

    text: str
    place: int
    cards: tuple[int, ...] = ()
    least: int | None = None
    most: int | None = None
    longer: bool = False
    """Whether there is a criterion left that it could hold too."""


@dataclass
class Card:
    """A criterion or a group, as it is drawn."""

    id: int
    group: bool
    title: str
    icon: str
    inclusive: bool
    figure: str
    unit: str
    details: list[str] = field(default_factory=list)
    editable: bool = False
    unknown: bool = False
    root: bool = False
    join: str = ""
    count: int = 1
    children: "list[Card]" = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    first: bool = False
    last: bool = False
    before: list[Relation] = field(default_factory=list)
    """The relations that lead to it, drawn between it and what stands before."""

    @property
    def related(self) -> "list[Card]":
        """The members that a relation in time may name."""
        return [one for one in self.children if one.inclusive]


@dataclass(frozen=True)
class Step:
    """One line of attrition: what was asked, and who is left."""

    title: str
    figure: str
    width: float


@dataclass(frozen=True)
class Board:
    """The whole screen: the cards, the count of the whole, and how it came down to it."""

    root: Card
    count: Shown | None
    figure: str
    unit: str
    steps: list[Step]
    titles: Mapping[int, str]


class Drawing:
    """A request, its answer and whoever looks, on their way to a board."""

    def __init__(self, *, request: n.Request, looked: Looked, opened: Open, showing: Showing) -> None:
        self._request, self._look, self._opened, self._showing = request, looked.look, opened, showing
        self.titles: dict[int, str] = {}

    def board(self) -> Board:
        """The board of an opened request."""
        member = self._request.member
        assert isinstance(member, n.Together), "the request was opened"
        root = self._group(member)
        root.root = True
        persons = self._look.persons
        count = None if persons is None else self._showing.of(persons)
        return Board(
            root,
            count,
            "—" if count is None else figures(count),
            "" if count is None else unit(count),
            list(self.steps()),
            self.titles,
        )

    def _figure(self, member: n.Member) -> tuple[str, str]:
        "Of what is excluded, who has it is counted, not whom the whole loses by it: the words say so."
        persons = self._look.members.get(member.id)
        if persons is None:
            return "—", ""
        count = self._showing.of(persons)
        return figures(count), unit(count) if member.inclusive else having(count)

    def _card(self, member: n.Member) -> Card:
        return self._group(member) if isinstance(member, n.Together) else self._criterion(member)

    def _criterion(self, basic: n.Basic) -> Card:
        kind = words.kind_of(basic)
        title = words.title(self._request, basic, self._opened)
        self.titles[basic.id] = title
        figure, said = self._figure(basic)
        return Card(
            basic.id, False, title, kind.icon if kind else "circle-help", basic.inclusive, figure, said,
            details=words.details(self._request, basic, self._opened), editable=kind is not None,
            unknown=isinstance(basic.source, n.Search),
        )  # fmt: skip

    def _group(self, group: n.Together) -> Card:
        children = [self._card(one) for one in group.members]
        if children:
            children[0].first = children[-1].last = True
        self.titles[group.id] = title = words.join_title(group)
        figure, counted = ("", "") if group.empty else self._figure(group)
        relations: list[Relation] = []
        for at, one in enumerate(group.constraints):
            said = self._relation(group, one, at)
            last = max((child for child in children if one.ids and child.id in one.ids), key=children.index, default=None)
            (relations if last is None else last.before).append(said)
        return Card(
            group.id, True, title, "brackets", group.inclusive, figure, counted,
            join=group.join.value, count=group.n, children=children, relations=relations,
        )  # fmt: skip

    def _relation(self, group: n.Together, one: n.Constraint, at: int) -> Relation:
        "Hours were imported: an order that has some is kept as it is."
        text = words.relation(one, self.titles)
        if not isinstance(one, n.InOrder) or not one.ids or any(held and held.total % n.DAY for held in (one.least, one.most)):
            return Relation(text, at)
        least, most = (None if held is None else held.total // n.DAY for held in (one.least, one.most))
        longer = any(member.inclusive and member.id not in one.ids for member in group.members)
        return Relation(text, at, one.ids, least, most, longer)

    def steps(self) -> Iterator[Step]:
        """How the perimeter comes down to the whole: card after card of an «all» group, then its relations in time."""
        look, showing, member = self._look, self._showing, self._request.member
        left = look.population
        most = max(1, showing.length(left))

        def step(title: str, persons: Ints) -> Step:
            return Step(title, showing.text(persons), 100 * showing.length(persons) / most)

        yield step(gettext("Perimeter"), left)
        if look.persons is None or not isinstance(member, n.Together) or member.empty:
            return
        if member.join is n.Join.AND:
            included = [one for one in member.members if one.inclusive]
            for one in (*included, *(one for one in member.members if not one.inclusive)):
                if isinstance(one, n.Together) and one.empty:
                    continue
                held = look.members[one.id]
                left = np.intersect1d(left, held) if one.inclusive else np.setdiff1d(left, held)
                name = self.titles[one.id]
                yield step(name if one.inclusive else gettext("except: {name}").format(name=name), left)
            if member.constraints:
                ordered = all(isinstance(one, n.InOrder) for one in member.constraints)
                yield step(gettext("in that order") if ordered else gettext("with these relations"), look.persons)
        else:
            yield step(self.titles[member.id], look.persons)


def sites_named(sites: Mapping[int, Any], chosen: tuple[int, ...]) -> str:
    """The places of a perimeter, in a few words."""
    names = [sites[one].name for one in chosen if one in sites]
    return ", ".join(names[:2]) + (f" + {len(names) - 2}" if len(names) > 2 else "") if names else "—"
