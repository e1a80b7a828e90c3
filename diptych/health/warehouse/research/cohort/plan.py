"""Plan: what a question needs of an engine, told from the question alone.

Holds which members are answered by sets of persons and which need rows, and the canonical name of each part of a question, by
which its answer is kept: parts that mean the same have the same name, whatever their numbers and the order they stand in.
Does not open anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from hashlib import blake2b
from typing import Any

from . import nodes as n

Sets = Mapping[int, n.ConceptSet]
CODESETS = frozenset({"codeset", "source_codeset"})
NAMES = frozenset({"id", "name", "title", "description"})
"""Fields that name a thing and change no answer."""


def sets_of(concept_sets: Iterable[n.ConceptSet]) -> Sets:
    """The concept sets of a question by their number."""
    return {one.id: one for one in concept_sets}


def is_set(basic: n.Basic) -> bool:
    """Whether the persons of a resource are those who ever had a concept: no row needs to be looked at."""
    source = basic.source
    if not isinstance(source, n.Criterion) or source.codeset is None:
        return False
    return source == n.Criterion(source.domain, source.codeset) and basic.often.always and basic.age is None and not counts(basic)


def counts(basic: n.Basic) -> bool:
    """Whether codes that repeat are asked for."""
    return any(one.compare is not n.Compare.GTE or one.n > 1 for one in basic.repeated)


def lone_ancestor(one: n.ConceptSet) -> int | None:
    """The concept of a set that is one concept with all that is below it; else None."""
    if len(one.items) != 1 or one.items[0].excluded or one.items[0].mapped or not one.items[0].descendants:
        return None
    return one.items[0].concept_id


def name_of(part: Any, sets: Sets, *more: Any) -> str:
    """The canonical name of a part of a question. Concept sets count by what they hold, members by what they ask."""
    return blake2b(repr((_plain(part, sets), _plain(more, sets))).encode(), digest_size=16).hexdigest()


def _plain(part: Any, sets: Sets) -> Any:
    match part:
        case n.Together():
            return _group(part, sets)
        case n.Basic():
            bare = {
                one.name: _plain(getattr(part, one.name), sets) for one in fields(part) if one.name not in {"id", "inclusive"}
            }
            handed_in = part.id if isinstance(part.source, n.Search) else None
            return "rows", bare, handed_in
        case n.ConceptSet():
            return sorted((one.concept_id, one.excluded, one.descendants, one.mapped) for one in set(part.items))
        case Enum():
            return part.value
        case tuple() | list():
            return [_plain(one, sets) for one in part]
        case _ if is_dataclass(part):
            found = {one.name: getattr(part, one.name) for one in fields(part) if one.name not in NAMES}
            return type(part).__name__, {key: _named(key, value, sets) for key, value in found.items()}
    return part


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
