"""What a view says, in plain Python: the slow and obvious answer, which the engine's must be. After the guide's own algorithm.

Also finds the elements of `repeat` for the engine: how deep they lie is known from the data alone. Reads no definition.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from .nodes import (
    At,
    Binary,
    Column,
    Exists,
    Expr,
    Join,
    Literal,
    Member,
    Moment,
    Not,
    ReferenceKey,
    Root,
    RowIndex,
    Selection,
    Text,
    This,
    View,
    Where,
)
from .terms import SEVERAL, Fault
from .values import REFERENCE, Unfit, before, is_number, same, text_of, typed

from diptych.commons.refusal import deny

Row = dict[str, Any]
UNFIT = "_unfit"
"""The column beside a row that says which column of it has no value, and why."""


@dataclass(frozen=True, slots=True)
class _Focus:
    root: Any
    node: Any
    index: int
    view: str


def rows(view: View, resource: Any) -> list[Row]:
    """The rows that a view makes of a resource; of one of another type, none. Refused: `views_on_fhir.several`."""
    if not isinstance(resource, dict) or resource.get("resourceType") != view.resource:
        return []
    focus, unfit = _Focus(resource, resource, 0, view.name), ""
    for criterion in view.where:
        found = _answer(criterion, focus)
        if found and (len(found) > 1 or not isinstance(found[0], bool)):
            unfit = unfit or f"where: {Fault.NOT_BOOLEAN}"
        elif not found or not found[0]:
            return []
    return [row | {UNFIT: unfit or row[UNFIT]} for row in _select(view.select, focus)]


def _select(select: Selection, focus: _Focus) -> Iterator[Row]:
    found: list[Any] | None = None
    if select.repeat:
        found = list(below(select.repeat, focus.node, root=focus.root, view=focus.view))
    elif select.each is not None:
        found = _answer(select.each, focus)
    foci = [focus] if found is None else [replace(focus, node=node, index=index) for index, node in enumerate(found)]
    for one in foci:
        parts = [[_cell(column, one)] for column in select.columns]
        parts += [list(_select(below, one)) for below in select.selects]
        if select.union:
            parts.append([row for branch in select.union for row in _select(branch, one)])
        for chosen in product(*parts):
            row: Row = {UNFIT: None}
            for part in chosen:
                row |= part | {UNFIT: row[UNFIT] or part[UNFIT]}
            yield row
    if not foci and select.or_null:
        empty: Row = {one.name: [] if one.collection else None for one in select.names()}
        yield empty | {one.name: 0 for one in select.names() if isinstance(one.path, RowIndex)} | {UNFIT: None}


def _cell(column: Column, focus: _Focus) -> Row:
    found = [typed(value, column.type) for value in _answer(column.path, focus)]
    fault = Fault.SEVERAL if len(found) > 1 and not column.collection else Fault.NOT_OF_TYPE if Unfit in found else None
    value = ([] if fault else found) if column.collection else None if fault or not found else found[0]
    return {column.name: value, UNFIT: f"{column.name}: {fault}" if fault else None}


def below(ways: tuple[Expr, ...], node: Any, *, root: Any, view: str) -> Iterator[Any]:
    """The elements that ways lead to, those of which they lead on to, and so on: each before what is within it."""
    for way in ways:
        for child in _answer(way, _Focus(root, node, 0, view)):
            yield child
            yield from below(ways, child, root=root, view=view)


def _items(value: Any) -> list[Any]:
    "What JSON has there as a collection: a list's items, or the one; an item that is null has no value."
    return [one for one in (value if isinstance(value, list) else [value]) if one is not None]


def _answer(path: Expr, focus: _Focus) -> list[Any]:
    "The collection that an expression gives."
    match path:
        case Literal(value):
            return [value]
        case Moment(text):
            return [text]
        case This():
            return [focus.node]
        case Root():
            return [focus.root]
        case RowIndex():
            return [focus.index]
        case Member(of):
            return [one for item in _answer(of, focus) if isinstance(item, dict) for one in _member(item, path)]
        case At(of, place):
            return _answer(of, focus)[place : place + 1]
        case Where(of, criterion):
            items = _answer(of, focus)
            return [one for one in items if _truth(criterion, replace(focus, node=one))]
        case Exists(of):
            return [bool(_answer(of, focus))]
        case Not(of):
            truth = _truth(of, focus)
            return [] if truth is None else [not truth]
        case Join(of, separator):
            return [separator.join(text_of(one) for one in _answer(of, focus))]
        case Text(of):
            one = _one(of, focus)
            return [] if one is None else [text_of(one)]
        case ReferenceKey(of, type_):
            keys = [_key(item, type_) for item in _answer(of, focus)]
            return [key for key in keys if key is not None]
        case Binary(sign, left, right):
            return _both(sign, left, right, focus)
    raise AssertionError(path)


def _member(item: dict[str, Any], path: Member) -> list[Any]:
    found = _items(item.get(path.key))
    if path.type:
        found += [one for one in _items(item.get(path.name)) if isinstance(one, dict) and one.get("resourceType") == path.type]
    return found


def _key(reference: Any, type_: str) -> str | None:
    said = reference.get("reference") if isinstance(reference, dict) else None
    found = re.match(REFERENCE, said) if isinstance(said, str) else None
    return found[2] if found and type_ in ("", found[1]) else None


def _one(path: Expr, focus: _Focus) -> Any:
    found = _answer(path, focus)
    if len(found) > 1:
        deny(SEVERAL, view=focus.view)
    return found[0] if found else None


def _truth(path: Expr, focus: _Focus) -> bool | None:
    "An expression as a truth: one item that is no truth is true for being there."
    found = _one(path, focus)
    return found if isinstance(found, bool) or found is None else True


_ORDERED: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0, "!=": lambda order: order != 0,
    "<": lambda order: order < 0, "<=": lambda order: order <= 0, ">": lambda order: order > 0, ">=": lambda order: order >= 0,
}  # fmt: skip
_COUNTED: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b if b else None,
}  # fmt: skip


def _both(sign: str, left: Expr, right: Expr, focus: _Focus) -> list[Any]:
    if sign in ("and", "or"):
        one, other = _truth(left, focus), _truth(right, focus)
        decided = sign == "or"  # a truth that settles it, whatever the other is
        if decided in (one, other):
            return [decided]
        return [] if one is None or other is None else [not decided]
    if sign in ("=", "!=") and not isinstance(left, Moment) and not isinstance(right, Moment):
        first, second = _answer(left, focus), _answer(right, focus)
        if not first or not second:
            return []
        equal = len(first) == len(second) and all(map(same, first, second))
        return [equal == (sign == "=")]
    one, other = _one(left, focus), _one(right, focus)
    if sign in _ORDERED:
        order = before(one, other)
        return [] if order is None else [_ORDERED[sign](order)]
    if sign == "+" and isinstance(one, str) and isinstance(other, str):
        return [one + other]
    if not (is_number(one) and is_number(other)):
        return []
    counted = _COUNTED[sign](float(one), float(other))
    return [] if counted is None else [counted]
