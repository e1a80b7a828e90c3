"""Compared: two questions walked side by side.

Holds what makes two concept sets, two members of a list, two nodes the same. Does not hold what a change is (`changes`), nor
what may be written in two ways (`plain`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from .changes import Change, How, Step
from .plain import plain

from diptych.health.warehouse.research.cohort import nodes as n

CODESETS = frozenset({"codeset", "source_codeset"})
"""The fields that name a concept set by its id."""
WORDS = frozenset({"title", "name", "description"})
"""The fields that mean nothing to an engine."""

Question = n.Cohort | n.Request


def difference(before: Question, after: Question) -> tuple[Change, ...]:
    """What changed from one question to another; nothing where they are the same. The two languages differ as a whole."""
    if type(before) is not type(after):
        told = [type(one).__name__ for one in (before, after)]
        return (Change(How.CHANGED, (Step("language"),), told[0], told[1]),)
    compared = _Compared(before, after)
    found = [*compared.concept_sets(), *compared.nodes(plain(before), plain(after), ())]
    if not found and before != after:
        return (Change(How.REWRITTEN, (), effect=False),)
    return tuple(found)


# ---- the comparison


class _Compared:
    def __init__(self, before: Question, after: Question) -> None:
        self._sides = (before, after)
        self._sets = tuple({one.id: one for one in side.concept_sets} for side in self._sides)
        self._pairs = self._paired_sets()
        self._texts: dict[Any, tuple[Any, str]] = {}
        self._ordered = any(_orders_all(side.member) for side in self._sides if isinstance(side, n.Request))
        self._members: tuple[dict[int, int], dict[int, int]] = ({}, {})
        self._pair_members(*(plain(side.member) if isinstance(side, n.Request) else None for side in self._sides))

    # ---- concept sets

    def _paired_sets(self) -> dict[int, int]:
        "The ids of one side by those of the other: same items, else same name, else same id."
        left, right = list(self._sides[0].concept_sets), list(self._sides[1].concept_sets)
        found: dict[int, int] = {}
        rounds: tuple[Callable[[n.ConceptSet], Any], ...] = (
            lambda one: (one.id, frozenset(one.items)),
            lambda one: (one.name, frozenset(one.items)),
            lambda one: frozenset(one.items),
            lambda one: one.name,
            lambda one: one.id,
        )
        for key in rounds:
            for one in left:
                other = next((other for other in right if key(other) == key(one)), None)
                if one.id not in found and other is not None:
                    found[one.id] = other.id
                    right.remove(other)
        return found

    def concept_sets(self) -> list[Change]:
        """Concept sets that gained or lost items, appeared or went."""
        left, right = self._sets
        used = [_codesets(side) for side in self._sides]
        found = []
        for id_, one in left.items():
            place = (Step("concept_sets", id_, one.name),)
            if id_ not in self._pairs:
                found.append(Change(How.REMOVED, place, before=[item_facts(item) for item in one.items], effect=id_ in used[0]))
                continue
            other = right[self._pairs[id_]]
            effect = id_ in used[0] or other.id in used[1]
            if one.name != other.name:
                found.append(Change(How.RENAMED, place, one.name, other.name, effect=False))
            mine, theirs = set(one.items), set(other.items)
            for item in [item for item in one.items if item not in theirs]:
                found.append(Change(How.REMOVED, (*place, Step("items")), before=item_facts(item), effect=effect))
            for item in [item for item in other.items if item not in mine]:
                found.append(Change(How.ADDED, (*place, Step("items")), after=item_facts(item), effect=effect))
            if mine == theirs and one.items != other.items:
                found.append(Change(How.REORDERED, (*place, Step("items")), effect=False))
        for id_ in right.keys() - self._pairs.values():
            place = (Step("concept_sets", id_, right[id_].name),)
            items = [item_facts(item) for item in right[id_].items]
            found.append(Change(How.ADDED, place, after=items, effect=id_ in used[1]))
        return found

    def _same_set(self, left: int | None, right: int | None) -> bool:
        if left is None or right is None:
            return left is right
        return self._pairs.get(left) == right or set(self._sets[0][left].items) == set(self._sets[1][right].items)

    # ---- the members of requests

    def _pair_members(self, left: n.Member | None, right: n.Member | None) -> None:
        "Give the members of both sides that stand for one another the same number: alike without constraints, else by id, else by kind."
        if left is None or right is None:
            return
        number = len(self._members[0])
        self._members[0][left.id] = self._members[1][right.id] = number
        sides = [one.members if isinstance(one, n.Together) else () for one in (left, right)]
        pairs: list[tuple[int, int]] = []
        for key in (
            lambda one, side: self.canonical(one, side, constraints=False),
            lambda one, side: one.id,
            lambda one, side: type(one),
        ):
            left_keys, right_keys = ([key(one, side) for one in many] for side, many in enumerate(sides))
            pairs = _paired(left_keys, right_keys, pairs)
        for a, b in pairs:
            self._pair_members(sides[0][a], sides[1][b])

    # ---- nodes

    def nodes(self, left: Any, right: Any, place: tuple[Step, ...]) -> list[Change]:
        """The changes between two values at a place."""
        if isinstance(left, tuple) and isinstance(right, tuple):
            return self._lists(left, right, place)
        if is_dataclass(left) and type(left) is type(right) and not isinstance(left, n.Bound | n.Duration | n.Age):
            found = []
            for field in fields(left):
                if field.name not in {"concept_sets", "id"}:
                    one, other = getattr(left, field.name), getattr(right, field.name)
                    found += self._field(field.name, one, other, (*place, Step(field.name)))
            return found
        if left == right:
            return []
        if left is None or right is None:
            return [Change(How.ADDED if left is None else How.REMOVED, place, self._told(left, 0), self._told(right, 1))]
        return [Change(How.CHANGED, place, self._told(left, 0), self._told(right, 1))]

    def _field(self, name: str, left: Any, right: Any, place: tuple[Step, ...]) -> list[Change]:
        if name in CODESETS:
            if self._same_set(left, right):
                return []
            return [Change(How.CHANGED, place, self._named(left, 0), self._named(right, 1))]
        if name in WORDS and isinstance(left or right, str):
            return [] if left == right else [Change(How.RENAMED, place, left, right, effect=False)]
        if name == "ids":
            told = [_refer(ids, self._members[side], ordered=True) for side, ids in enumerate((left, right))]
            return [] if told[0] == told[1] else [Change(How.CHANGED, place, left and list(left), right and list(right))]
        if name in {"dating", "known"} and isinstance(left, tuple | bool) and place[-2:-1] and place[-2].field == "constraints":
            told = [repr(self._by_member(value, side)) for side, value in enumerate((left, right))]
            return [] if told[0] == told[1] else [Change(How.CHANGED, place, _jsonable(left), _jsonable(right))]
        if name in {"concepts", "care_sites", "persons"} and left is not None and right is not None:
            if set(left) == set(right):
                return [] if left == right else [Change(How.REORDERED, place, effect=False)]
            return [Change(How.CHANGED, place, list(left), list(right))]
        return self.nodes(left, right, place)

    def _by_member(self, value: Any, side: int) -> Any:
        if isinstance(value, bool):
            return value
        return sorted((self._members[side].get(id_, -1), one) for id_, one in value)

    def _lists(self, left: Sequence[Any], right: Sequence[Any], place: tuple[Step, ...]) -> list[Change]:
        mine, theirs = ([self.canonical(one, side) for one in many] for side, many in enumerate((left, right)))
        pairs = _paired(mine, theirs, [])
        pairs = _paired([_likeness(self, one, 0) for one in left], [_likeness(self, one, 1) for one in right], pairs)
        pairs = _paired([type(one).__name__ for one in left], [type(one).__name__ for one in right], pairs)
        found = []
        for number, one in enumerate(left):
            at = (*place[:-1], Step(place[-1].field, number + 1, _name(one)))
            other = next((b for a, b in pairs if a == number), None)
            if other is None:
                found.append(Change(How.REMOVED, at, before=self._told(one, 0)))
            else:
                found += self.nodes(one, right[other], at)
        for number, one in enumerate(right):
            if number not in {b for _, b in pairs}:
                found.append(
                    Change(How.ADDED, (*place[:-1], Step(place[-1].field, number + 1, _name(one))), after=self._told(one, 1))
                )
        order = [b for _, b in sorted(pairs)]
        if order != sorted(order):
            told = [[_name(one) or number for number, one in enumerate(many, 1)] for many in (left, right)]
            found.append(Change(How.REORDERED, place, told[0], told[1], effect=self._order_counts(place, left)))
        return found

    def _order_counts(self, place: tuple[Step, ...], members: Sequence[Any]) -> bool:
        """Whether the order of a list has an effect: of dates to prefer; of members that follow one another without being named;
        of entry events whose periods a person dates (the same record may then start twice)."""
        if all(isinstance(one, n.Dating) for one in members):
            return True
        if place[-1].field == "members":
            return self._ordered
        return any(isinstance(one, n.Criterion) and one.period is not None for one in members)

    # ---- equality in meaning

    def canonical(self, node: Any, side: int, *, constraints: bool = True) -> str:
        """A text that is the same for nodes that mean the same, on either side."""
        key = (id(node), side, constraints)
        if key not in self._texts:  # kept with its node, whose number stays its own; asked for anew at every level of nesting
            self._texts[key] = (node, self._canonical(node, side, constraints=constraints))
        return self._texts[key][1]

    def _canonical(self, node: Any, side: int, *, constraints: bool) -> str:
        if isinstance(node, tuple):
            texts = [self.canonical(one, side, constraints=constraints) for one in node]
            kept = any(isinstance(one, n.Dating) for one in node) or self._members_in_order(node)
            return f"[{', '.join(texts if kept else sorted(texts))}]"
        if not is_dataclass(node) or isinstance(node, n.Bound | n.Duration | n.Age):
            return repr(node)
        parts = []
        for field in fields(node):
            value = getattr(node, field.name)
            if field.name in WORDS | {"id"} or (field.name == "constraints" and not constraints):
                continue
            if field.name in CODESETS:
                parts.append(f"{field.name}={self._set_text(value, side)}")
            elif field.name == "ids":
                parts.append(f"ids={_refer(value, self._members[side], ordered=isinstance(node, n.InOrder))}")
            elif isinstance(node, n.InOrder) and field.name in {"dating", "known"}:
                parts.append(f"{field.name}={self._by_member(value, side)!r}")
            else:
                parts.append(f"{field.name}={self.canonical(value, side, constraints=constraints)}")
        return f"{type(node).__name__}({', '.join(parts)})"

    def _members_in_order(self, node: tuple[Any, ...]) -> bool:
        return bool(node) and isinstance(node[0], n.Basic | n.Together) and self._order_counts((Step("members"),), node)

    def _set_text(self, codeset: int | None, side: int) -> str:
        if codeset is None:
            return "None"
        if side == 0 and codeset in self._pairs:
            side, codeset = 1, self._pairs[codeset]
        one = self._sets[side][codeset]
        if ("set", side, codeset) not in self._texts:
            items = sorted((item.concept_id, item.excluded, item.descendants, item.mapped) for item in set(one.items))
            self._texts["set", side, codeset] = (one, repr(items))
        return self._texts["set", side, codeset][1]

    # ---- what stands there, as data

    def _named(self, codeset: int | None, side: int) -> Any:
        if codeset is None:
            return None
        one = self._sets[side].get(codeset)
        return {"id": codeset, "name": one.name if one else ""}

    def _told(self, node: Any, side: int) -> Any:
        if isinstance(node, tuple):
            return [self._told(one, side) for one in node]
        if not is_dataclass(node):
            return node
        if isinstance(node, n.Bound):  # made plain: days after the index
            return node.days if node.days is not None else "period start" if node.coeff < 0 else "period end"
        found: dict[str, Any] = {"type": type(node).__name__}
        for field in fields(node):
            value = getattr(node, field.name)
            if value is None or value == () or value is False:
                continue
            found[field.name] = self._named(value, side) if field.name in CODESETS else self._told(value, side)
        return found


def item_facts(item: n.Item) -> dict[str, Any]:
    """An item of a concept set as data."""
    return {field.name: getattr(item, field.name) for field in fields(item) if getattr(item, field.name) is not False}


def _jsonable(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_jsonable(one) for one in value]
    return value


def _paired(left: Sequence[Any], right: Sequence[Any], pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    "Pairs of places whose keys are equal, first come first served, beside those there are."
    mine, theirs = {a for a, _ in pairs}, {b for _, b in pairs}
    found = list(pairs)
    for a, key in enumerate(left):
        b = next((b for b, other in enumerate(right) if b not in theirs and other == key), None) if a not in mine else None
        if b is not None:
            found.append((a, b))
            theirs.add(b)
    return found


def _likeness(compared: _Compared, node: Any, side: int) -> Any:
    "What makes two members of a list the same one, changed: their name, their kind and concept set, their field."
    if isinstance(node, n.Rule):
        return node.name
    if isinstance(node, n.Correlated):
        return _likeness(compared, node.criterion, side)
    if isinstance(node, n.Criterion):
        return node.domain, compared._set_text(node.codeset, side)
    if isinstance(node, n.Basic | n.Together):
        return type(node).__name__, node.id
    return type(node).__name__, getattr(node, "field", None)


def _name(node: Any) -> str | None:
    if isinstance(node, n.Correlated):
        return node.criterion.domain
    for field in ("name", "domain", "field", "resource", "join"):
        if isinstance(value := getattr(node, field, None), str):
            return str(value)
    return None


def _codesets(node: Any) -> set[int]:
    "The ids of the concept sets that a question uses."
    if isinstance(node, tuple):
        return set().union(*(_codesets(one) for one in node))
    if not is_dataclass(node) or isinstance(node, n.ConceptSet):
        return set()
    found: set[int] = set()
    for field in fields(node):
        value = getattr(node, field.name)
        found |= {value} - {None} if field.name in CODESETS else _codesets(value)
    return found


def _refer(ids: tuple[int, ...] | None, members: Mapping[int, int], *, ordered: bool) -> Any:
    if ids is None:
        return None
    told = [members.get(id_, -1) for id_ in ids]
    return told if ordered else sorted(told)


def _orders_all(member: n.Member | None) -> bool:
    if not isinstance(member, n.Together):
        return False
    return any(isinstance(one, n.InOrder) and one.ids is None for one in member.constraints) or any(
        map(_orders_all, member.members)
    )
