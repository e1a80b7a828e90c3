"""Editing: from a question and one gesture to another question. Pure: each function gives a new question or refuses.

Holds the gestures of the screen on Cohort360's nodes. A question being edited always has an outermost group. Constraints
that name a criterion which left their group, and concept sets that nobody uses, go with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..terms import (
    MISORDERED,
    MOST_CARDS,
    NO_CARD,
    NO_ORDER,
    NO_PERIMETER,
    NOT_A_GROUP,
    ROOT,
    ROOT_STAYS,
    TOO_MANY_CARDS,
)

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n


def walk(member: n.Member) -> Iterator[n.Member]:
    """A member and all those inside it, in reading order."""
    yield member
    if isinstance(member, n.Together):
        for one in member.members:
            yield from walk(one)


def opened(request: n.Request) -> n.Request:
    """The same question with an outermost group that an edit can work in."""
    member = request.member
    if isinstance(member, n.Together) and member.inclusive:
        return request
    if member is None:
        return replace(request, member=n.Together(ROOT, n.Join.AND, ()))
    return replace(request, member=n.Together(_free(request), n.Join.AND, (member,)))


def root(request: n.Request) -> n.Together:
    """The outermost group of an opened question."""
    member = request.member
    assert isinstance(member, n.Together), "the question was opened"
    return member


def find(request: n.Request, *, card: int) -> n.Member:
    """A card by its id. Refused (`questions.no_card`) where it is gone."""
    for one in walk(root(request)):
        if one.id == card:
            return one
    deny(NO_CARD)


def parent(request: n.Request, *, card: int) -> n.Together:
    """The group that holds a card. Refused for the outermost group (`questions.root_stays`) or a card that is gone."""
    find(request, card=card)
    for one in walk(root(request)):
        if isinstance(one, n.Together) and any(inner.id == card for inner in one.members):
            return one
    deny(ROOT_STAYS)


def group(request: n.Request, *, card: int) -> n.Together:
    """A group by its id. Refused (`questions.not_a_group`) where it is a criterion."""
    found = find(request, card=card)
    if not isinstance(found, n.Together):
        deny(NOT_A_GROUP)
    return found


def _free(request: n.Request) -> int:
    "The least id from 1 that no card has."
    used = {one.id for one in walk(request.member)} if request.member else set[int]()
    return next(id_ for id_ in range(1, 2**15) if id_ not in used)


def _changed(request: n.Request, card: int, change: Callable[[n.Member], n.Member]) -> n.Request:
    "One card changed, whatever its depth."

    def rebuilt(one: n.Member) -> n.Member:
        if one.id == card:
            return change(one)
        return replace(one, members=tuple(rebuilt(inner) for inner in one.members)) if isinstance(one, n.Together) else one

    return tidy(replace(request, member=rebuilt(root(request))))


def tidy(request: n.Request) -> n.Request:
    """Without the constraints and concept sets that mean nothing any more."""

    def rebuilt(one: n.Member) -> n.Member:
        if isinstance(one, n.Basic):
            return one
        ids = {inner.id for inner in one.members}
        kept = (
            tuple(held for held in one.constraints if held.ids is None or set(held.ids) <= ids) if one.join is n.Join.AND else ()
        )
        return replace(one, members=tuple(rebuilt(inner) for inner in one.members), constraints=kept)

    found = replace(request, member=rebuilt(root(request)))
    used = {id_ for one in walk(root(found)) for id_ in _codesets(one)}
    return replace(found, concept_sets=tuple(one for one in found.concept_sets if one.id in used))


def _codesets(one: n.Member) -> Iterator[int]:
    "Every concept set that a card names, those of its inner criteria included."
    if isinstance(one, n.Basic) and not isinstance(one.source, n.Search):
        yield from _named(one.source)


def _named(node: object) -> Iterator[int]:
    match node:
        case n.Criterion():
            yield from (id_ for id_ in (node.codeset, node.source_codeset) if id_ is not None)
            yield from (id_ for held in (*node.filters, node.correlated) for id_ in _named(held))
        case n.People() | n.Demographic():
            yield from (id_ for held in node.filters for id_ in _named(held))
        case n.HasSet():
            yield from (id_ for id_ in (node.codeset,) if id_ is not None)
        case n.Group():
            inner = (*(member.criterion for member in node.correlated), *node.demographics, *node.groups)
            yield from (id_ for held in inner for id_ in _named(held))
        case _:
            return


# ---- gestures


def within(request: n.Request, *, sites: tuple[int, ...]) -> n.Request:
    """Another perimeter. Refused (`questions.no_perimeter`) without any place."""
    if not sites:
        deny(NO_PERIMETER)
    return replace(request, care_sites=tuple(sorted(set(sites))))


def added(request: n.Request, *, to: int, card: n.Basic | n.Together, items: tuple[n.Item, ...] = ()) -> n.Request:
    """A card at the end of a group, numbered anew, with the concepts that it looks for."""
    group(request, card=to)
    if sum(1 for _ in walk(root(request))) >= MOST_CARDS:
        deny(TOO_MANY_CARDS)
    card = replace(card, id=_free(request))
    if isinstance(card, n.Basic):
        card, request = _looking_for(request, card, items)

    def longer(one: n.Member) -> n.Member:
        assert isinstance(one, n.Together), "looked at above"
        return replace(one, members=(*one.members, card))

    return _changed(request, to, longer)


def replaced(request: n.Request, *, card: n.Basic, items: tuple[n.Item, ...] = ()) -> n.Request:
    """A criterion in the place of the one with its id, with the concepts that it looks for."""
    old = find(request, card=card.id)
    card, request = _looking_for(request, replace(card, inclusive=old.inclusive), items)
    return _changed(request, card.id, lambda _: card)


def _looking_for(request: n.Request, card: n.Basic, items: tuple[n.Item, ...]) -> tuple[n.Basic, n.Request]:
    "A criterion with a concept set of its own; without items it looks for anything."
    if not isinstance(card.source, n.Criterion):
        return card, request
    if not items:
        return replace(card, source=replace(card.source, codeset=None)), request
    others = {id_ for one in walk(root(request)) if one.id != card.id for id_ in _codesets(one)}
    known = {one.id for one in request.concept_sets}
    old = card.source.codeset
    id_ = old if old is not None and old not in others else max({0, *known, *others}) + 1
    sets = (*(one for one in request.concept_sets if one.id != id_), n.ConceptSet(id_, "", items))
    return replace(card, source=replace(card.source, codeset=id_)), replace(request, concept_sets=sets)


def removed(request: n.Request, *, card: int) -> n.Request:
    """Without a card and all inside it."""
    home = parent(request, card=card)

    def shorter(one: n.Member) -> n.Member:
        assert isinstance(one, n.Together), "a parent is a group"
        return replace(one, members=tuple(inner for inner in one.members if inner.id != card))

    return _changed(request, home.id, shorter)


def turned(request: n.Request, *, card: int) -> n.Request:
    """A card excluded that was included, or the other way."""
    parent(request, card=card)
    return _changed(request, card, lambda one: replace(one, inclusive=not one.inclusive))


def moved(request: n.Request, *, card: int, by: int) -> n.Request:
    """A card before or after its neighbours, `by` places; at the end it stays there."""
    home = parent(request, card=card)
    members = list(home.members)
    at = next(place for place, one in enumerate(members) if one.id == card)
    members.insert(max(0, min(len(members) - 1, at + by)), members.pop(at))
    return _changed(request, home.id, lambda one: replace(home, members=tuple(members)))


def wrapped(request: n.Request, *, card: int) -> n.Request:
    """A card in a new «any» group of its own, to which others can be added."""
    parent(request, card=card)
    id_ = _free(request)

    def around(one: n.Member) -> n.Member:
        return n.Together(id_, n.Join.OR, (replace(one, inclusive=True),), inclusive=one.inclusive)

    return _changed(request, card, around)


def joined(request: n.Request, *, card: int, join: n.Join, count: int = 1) -> n.Request:
    """A group whose members are put together otherwise. `count`: of n among m, at least that many."""
    held = group(request, card=card)
    count = max(1, count) if join is n.Join.N_AMONG_M else 1
    return _changed(request, card, lambda _: replace(held, join=join, n=count, compare=n.Compare.GTE))


def related(
    request: n.Request, *, cards: tuple[int, ...], tie: n.Tie | None, least: int | None = None, most: int | None = None
) -> n.Request:
    """A relation between criteria of one «all» group: of one encounter, or (`tie` None) each after the one before by so many
    days. Each is dated by its own event; rows without a date do not count. Refused (`questions.no_order`,
    `questions.misordered`) where they cannot be related so."""
    home = parent(request, card=cards[0]) if cards else root(request)
    made = n.Tied(tie, cards) if tie is not None else _in_order(home, n.InOrder(known=True), cards, least, most)
    _relatable(home, cards)
    others = tuple(one for one in home.constraints if one != made)
    return _changed(request, home.id, lambda one: replace(home, constraints=(*others, made)))


def reordered(
    request: n.Request, *, card: int, relation: int, cards: tuple[int, ...], least: int | None, most: int | None
) -> n.Request:
    """An order of a group's, by its place among its relations, over other criteria or times: longer, shorter, turned round.

    A criterion that stays keeps its dates. Refused as `related` is, and (`questions.no_card`) where there is no such order.
    """
    home = group(request, card=card)
    if not 0 <= relation < len(home.constraints) or not isinstance(old := home.constraints[relation], n.InOrder):
        deny(NO_CARD)
    made = _in_order(home, old, cards, least, most)
    _relatable(home, cards)
    kept = (*home.constraints[:relation], made, *home.constraints[relation + 1 :])
    return _changed(request, card, lambda _: replace(home, constraints=kept))


def _relatable(home: n.Together, cards: tuple[int, ...]) -> None:
    "Refuse fewer than two cards, one twice, or one that is not a member taken."
    taken = {one.id for one in home.members if one.inclusive}
    if home.join is not n.Join.AND or len(set(cards)) < max(2, len(cards)) or not set(cards) <= taken:
        deny(NO_ORDER)


def _in_order(home: n.Together, old: n.InOrder, cards: tuple[int, ...], least: int | None, most: int | None) -> n.InOrder:
    "An order over these cards; those that were in it keep the dates that stood for them."
    if least is not None and most is not None and least > most:
        deny(MISORDERED)
    low, high = (None if days is None else n.Duration(days=days) for days in (least, most))
    members = {one.id: one for one in home.members}
    dated = {id_: _dating(members[id_]) for id_ in cards if id_ in members}
    dated |= {id_: dating for id_, dating in old.dating if id_ in dated}
    known = old.known if isinstance(old.known, bool) else tuple((id_, old.must_be_known(id_)) for id_ in cards)
    return n.InOrder(cards, low, high, tuple(dated.items()), known=known)


def _dating(one: n.Member) -> tuple[n.Dating, ...]:
    "An event is dated by itself; a stay, or what a group holds, by its beginning."
    if isinstance(one, n.Basic) and one.resource is not n.Resource.ENCOUNTER:
        return (n.Dating.EVENT, n.Dating.ENTRY)
    return (n.Dating.ENTRY, n.Dating.EVENT)


def unrelated(request: n.Request, *, card: int, relation: int) -> n.Request:
    """A group without one of its relations, by its place among them."""
    held = group(request, card=card)
    kept = tuple(one for at, one in enumerate(held.constraints) if at != relation)
    return _changed(request, card, lambda _: replace(held, constraints=kept))
