"""Plan: what a question needs of an engine, told from the question alone.

Holds which members are answered by sets of persons and which need rows, and the canonical name of each part of a question, by
which its answer is kept: parts that mean the same have the same name, whatever their numbers and the order they stand in.
Does not open anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import Any

from . import nodes as n

CODESETS = frozenset({"codeset", "source_codeset"})
NAMES = frozenset({"id", "name", "title", "description"})
"""Fields that name a thing and change no answer."""
_PLAIN = frozenset({type(None), bool, int, float, str})
"""What is told as it is: most of what a question is made of, so that it is asked for first."""


class Sets(dict[int, n.ConceptSet]):
    """The concept sets of a question by their number, and what has been named of it: each part is named once."""

    def __init__(self, concept_sets: Iterable[n.ConceptSet]) -> None:
        super().__init__({one.id: one for one in concept_sets})
        self.named: dict[int, tuple[Any, str]] = {}


def sets_of(concept_sets: Iterable[n.ConceptSet]) -> Sets:
    """The concept sets of a question by their number."""
    return Sets(concept_sets)


def is_set(basic: n.Basic) -> bool:
    """Whether the persons of a resource are those who ever had a concept: no row needs to be looked at."""
    source = basic.source
    if not isinstance(source, n.Criterion) or source.codeset is None:
        return False
    return source == n.Criterion(source.domain, source.codeset) and basic.often.always and basic.age is None and not counts(basic)


def counts(basic: n.Basic) -> bool:
    """Whether codes that repeat are asked for."""
    return any(one.compare is not n.Compare.GTE or one.n > 1 for one in basic.repeated)


def codesets(part: Any) -> Iterator[tuple[int, str | None]]:
    """Each concept set that a part names, with the domain whose concept must be in it; None where it is asked of something else."""
    if isinstance(part, tuple):
        for one in part:
            yield from codesets(one)
        return
    for name in _telling(type(part)) or ():  # type: ignore[arg-type] # a class can be hashed
        value = getattr(part, name)
        if name not in CODESETS:
            yield from codesets(value)
        elif value is not None:
            yield value, part.domain if name == "codeset" and isinstance(part, n.Criterion) else None


def lone_ancestor(one: n.ConceptSet) -> int | None:
    """The concept of a set that is one concept with all that is below it; else None."""
    if len(one.items) != 1 or one.items[0].excluded or one.items[0].mapped or not one.items[0].descendants:
        return None
    return one.items[0].concept_id


def name_of(part: Any, sets: Sets, *more: Any) -> str:
    """The canonical name of a part of a question. Concept sets count by what they hold, members by what they ask."""
    return _digest((_plain(part, sets), _plain(more, sets)) if more else _plain(part, sets))


def _digest(plain: Any) -> str:
    return blake2b(repr(plain).encode(), digest_size=16).hexdigest()


@cache
def _telling(kind: type) -> tuple[str, ...] | None:
    "The fields of a node that its answer depends on; None where it is no node."
    return tuple(one.name for one in fields(kind) if one.name not in NAMES) if is_dataclass(kind) else None


@cache
def _is_word(kind: type) -> bool:
    return issubclass(kind, Enum)


def _plain(part: Any, sets: Sets) -> Any:
    "A part as plain words and lists of them; a node as one word, its name."
    kind = type(part)
    if kind in _PLAIN:
        return part
    if kind is tuple or kind is list:
        return [one if type(one) in _PLAIN else _plain(one, sets) for one in part]
    if _is_word(kind):  # type: ignore[arg-type] # a class can be hashed
        return part.value
    telling = _telling(kind)  # type: ignore[arg-type] # the same
    if telling is None:
        return part
    known = sets.named.get(id(part))
    if known is None:  # the part is kept beside its name, so that its identity is nobody else's
        known = sets.named[id(part)] = (part, _digest(_node(part, telling, sets)))
    return known[1]


def _node(part: Any, telling: tuple[str, ...], sets: Sets) -> Any:
    match part:
        case n.Together():
            return _group(part, sets)
        case n.Basic():
            bare = [_plain(getattr(part, name), sets) for name in telling if name != "inclusive"]
            return "rows", bare, part.id if isinstance(part.source, n.Search) else None
        case n.ConceptSet():
            return sorted((one.concept_id, one.excluded, one.descendants, one.mapped) for one in set(part.items))
    return type(part).__name__, [_named(name, getattr(part, name), sets) for name in telling]


def _named(key: str, value: Any, sets: Sets) -> Any:
    if key in CODESETS and value is not None:
        return _plain(sets[value], sets)
    return _plain(value, sets)


def _group(group: n.Together, sets: Sets) -> Any:
    "Members stand in the order of their names, and constraints name them so."
    named = {one.id: repr((one.inclusive, _plain(one, sets))) for one in group.members}
    in_order = any(isinstance(one, n.InOrder) and one.ids is None for one in group.constraints)
    members = list(named.values()) if in_order else sorted(named.values())
    compare = (group.compare.value, group.n) if group.join is n.Join.N_AMONG_M else ()
    return "group", group.join.value, compare, members, [_constraint(one, named) for one in group.constraints]


def _constraint(one: n.Constraint, named: Mapping[int, str]) -> Any:
    if isinstance(one, n.Tied):
        return one.tie.value, None if one.ids is None else sorted(named.get(id_, "") for id_ in one.ids)
    bare = replace(one, ids=None, dating=(), known=False)
    by_member = [
        (named.get(id_, ""), [day.value for day in dict(one.dating).get(id_, ())], one.must_be_known(id_))
        for id_ in (named if one.ids is None else one.ids)
    ]
    return "in order", one.ids is None, repr(bare), by_member
