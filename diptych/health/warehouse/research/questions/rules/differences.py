"""Differences: what changed in meaning between two versions of a question, card by card.

Cards are the same where their ids are. Does not count anybody, nor put it in words.
"""

from dataclasses import dataclass, replace

from ..terms import What
from .editing import walk

from diptych.health.warehouse.research.cohort import nodes as n


@dataclass(frozen=True)
class Difference:
    """One thing that changed; `old` and `new`: the card before and after, where it is one."""

    what: What
    old: n.Member | None = None
    new: n.Member | None = None


@dataclass(frozen=True)
class _Card:
    "What makes a card what it is, apart from what is inside it and how its members are related."

    member: n.Member
    inside: int | None
    concepts: tuple[n.Item, ...]


def differences(old: n.Request, new: n.Request) -> list[Difference]:
    """What changed from `old` to `new`, in reading order; nothing where both mean the same."""
    before, after = _cards(old), _cards(new)
    members_before, members_after = _members(old), _members(new)
    found = [Difference(What.PERIMETER)] if set(old.care_sites) != set(new.care_sites) else []
    for id_, card in after.items():
        if id_ not in before:
            found.append(Difference(What.ADDED, None, members_after[id_]))
        elif before[id_] != card:
            found.append(Difference(What.CHANGED, members_before[id_], members_after[id_]))
        elif _relations(members_before[id_]) != _relations(members_after[id_]):
            found.append(Difference(What.RELATIONS, members_before[id_], members_after[id_]))
    found += [Difference(What.REMOVED, members_before[id_]) for id_ in before if id_ not in after]
    return found


def _members(request: n.Request) -> dict[int, n.Member]:
    return {one.id: one for one in walk(request.member)} if request.member else {}


def _relations(one: n.Member) -> frozenset[n.Constraint]:
    return frozenset(one.constraints) if isinstance(one, n.Together) else frozenset()


def _cards(request: n.Request) -> dict[int, _Card]:
    sets = {one.id: one.items for one in request.concept_sets}
    inside = {
        inner.id: group.id for group in _members(request).values() if isinstance(group, n.Together) for inner in group.members
    }
    found = {}
    for id_, one in _members(request).items():
        concepts: tuple[n.Item, ...] = ()
        if isinstance(one, n.Basic) and isinstance(one.source, n.Criterion) and one.source.codeset is not None:
            concepts = sets.get(one.source.codeset, ())
        bare = replace(one, members=(), constraints=()) if isinstance(one, n.Together) else one
        found[id_] = _Card(bare, inside.get(id_), concepts)
    return found
