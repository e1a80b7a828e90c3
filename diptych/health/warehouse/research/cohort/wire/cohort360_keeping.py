"""Keeping, of requests: what Cohort360's JSON says beside its meaning, taken out of it and put back where it stood.

Holds the places of that format. A criterion is found again by its number; a constraint by its group, its type and those whom
it names, since reading moves it to the group that holds them; what stands in another list by what it is. What has lost its
place is dropped and told.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .keeping import Dropped, Identity, Kept, put_into, ranked

Address = tuple[Any, ...]
NAMES = ("_id", "constraintType", "id", "concept_id", "field", "domain", "name")
"""What tells an element of a list from the others: the first of these that it has."""


class _Inner(NamedTuple):
    "An object inside a written one: under which key, at which place of a list (None: of no list), its address."

    key: str
    at: int | None
    address: Address
    written: dict[str, Any]


class _Group(NamedTuple):
    "A group as it was read, and as it is written."

    path: str
    value: dict[str, Any]
    written: dict[str, Any]


def keep(value: dict[str, Any], written: dict[str, Any]) -> tuple[Kept, ...]:
    """What `value` says that `written`, the same request written from its meaning, does not. Nulls say nothing."""
    found: list[Kept] = []
    groups: list[_Group] = []
    _keep(value, written, "$", (), found, groups)
    for path, one, address, constraint in _constraints(groups):
        _keep(one, constraint, path, address, found, groups)
    return tuple(found)


def _keep(
    value: dict[str, Any], written: dict[str, Any], path: str, address: Address, found: list[Kept], groups: list[_Group]
) -> None:
    extra = {key: inner for key, inner in value.items() if inner is not None and key not in written}
    if extra:
        found.append(Kept(path, address, extra))
    if _is_group(written):
        groups.append(_Group(path, value, written))
    for inner in _inside(written, address):
        if inner.key == "temporalConstraints":
            continue
        held = value.get(inner.key)
        if inner.at is not None and held is not None:
            held = held[inner.at]
        if held is not None:
            place = "" if inner.at is None else f"[{inner.at}]"
            _keep(held, inner.written, f"{path}.{inner.key}{place}", inner.address, found, groups)


def _constraints(groups: list[_Group]) -> Iterator[tuple[str, dict[str, Any], Address, dict[str, Any]]]:
    "Each constraint as it was read, with its path, beside the one that is written, with its address."
    written = {
        group.written["_id"]: (inner for inner in _inside(group.written, ()) if inner.key == "temporalConstraints")
        for group in groups
    }
    members = {group.written["_id"]: {one["_id"] for one in group.written["criteria"]} for group in groups}
    for group in groups:
        for at, one in enumerate(group.value.get("temporalConstraints") or ()):
            ids = one.get("idList")
            home = group.written["_id"]
            if not isinstance(ids, str | None):
                home = next(id_ for id_, held in members.items() if set(ids) <= held)
            inner = next(written[home])  # in the order in which reading moves them
            yield f"{group.path}.temporalConstraints[{at}]", one, _address_in(home, inner), inner.written


def put_back(written: dict[str, Any], kept: Iterable[Kept]) -> tuple[Dropped, ...]:
    """Put what was kept back into a written request, which is changed. Never over what is written: meaning wins."""
    kept = tuple(kept)
    homes = dict(_homes(written, ())) if kept else {}
    return tuple(lost for one in kept for lost in put_into(homes.get(one.steps), one))


def _homes(written: dict[str, Any], address: Address) -> Iterator[tuple[Address, dict[str, Any]]]:
    yield address, written
    for inner in _inside(written, address):
        moved = inner.key == "temporalConstraints"
        yield from _homes(inner.written, _address_in(written["_id"], inner) if moved else inner.address)


def _inside(written: dict[str, Any], address: Address) -> Iterator[_Inner]:
    for key, held in written.items():
        if isinstance(held, dict):
            yield _Inner(key, None, _address(held, (*address, key)), held)
        elif isinstance(held, list) and held and isinstance(held[0], dict):
            for at, (one, place) in enumerate(zip(held, ranked([_identity(one) for one in held]), strict=True)):
                yield _Inner(key, at, _address(one, (*address, key, place)), one)


def _address(written: dict[str, Any], otherwise: Address) -> Address:
    "A criterion is wherever its number is, so that it may move from group to group."
    return ("criterion", written["_id"]) if "_type" in written and "_id" in written else otherwise


def _address_in(group: int, constraint: _Inner) -> Address:
    return ("constraint", group, constraint.address[-1])


def _identity(one: dict[str, Any]) -> Identity:
    name = next((key for key in NAMES if key in one), None)
    ids = one.get("idList")
    return (one.get("is"), name, one[name] if name else None, tuple(ids) if isinstance(ids, list) else ids)


def _is_group(written: dict[str, Any]) -> bool:
    return "temporalConstraints" in written and "criteria" in written
