"""Which identities are one person: the identity office's decisions, then what their own numbers say.

Pure: facts in, decision out. Source: field guide, `warehouse.md`; issue 6, part C.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from .terms import Decision, Kept

Identity = tuple[str, str]
"""A source and its number of a patient."""

_NEVER = datetime.min.replace(tzinfo=UTC)


def _pair(one: Identity, other: Identity) -> tuple[Identity, Identity]:
    return (one, other) if one <= other else (other, one)


def in_force(decisions: Sequence[Decision]) -> dict[tuple[Identity, Identity], Kept]:
    """The last decision on each two identities, the earliest decided first. One without an instant is the oldest."""
    dated = sorted(decisions, key=lambda one: one.at.replace(tzinfo=UTC) if one.at is not None else _NEVER)
    last: dict[tuple[Identity, Identity], Kept] = {}
    for one in dated:
        pair = _pair(one.one, one.other)
        last.pop(pair, None)
        last[pair] = one.kind
    return last


def persons(decisions: Sequence[Decision], alike: Iterable[tuple[Identity, Identity]]) -> dict[Identity, frozenset[Identity]]:
    """The identities of each person who has several, by each of them.

    `alike`: pairs whose numbers say that they are one person, the surest first. Merges come before them. A pair that was split is
    never of one person, whoever else would bring it together: what would is left out.
    """
    last = in_force(decisions)
    apart: dict[Identity, set[Identity]] = {}
    for (one, other), kind in last.items():
        if kind is Kept.SPLIT:
            apart.setdefault(one, set()).add(other)
            apart.setdefault(other, set()).add(one)
    merges = [pair for pair, kind in last.items() if kind is Kept.MERGE]
    found: dict[Identity, set[Identity]] = {}
    for one, other in [*merges, *alike]:
        here, there = found.setdefault(one, {one}), found.setdefault(other, {other})
        if here is there or any(apart.get(identity, set()) & there for identity in here):
            continue
        here |= there
        for identity in there:
            found[identity] = here
    return {identity: frozenset(together) for identity, together in found.items() if len(together) > 1}
