"""Keeping: what a definition's JSON says beside its meaning, taken out of it and put back where it stood.

Holds Circe's places; those of a request are in `cohort360_keeping`. A place is found again by what stands there (a set by its id, a concept by its own, a rule by its name), so
that a question may be edited between the two; what has lost its place is dropped and told.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Identity = tuple[Any, ...]
UNNAMED = frozenset({"DemographicCriteriaList", "Groups"})
"""Lists whose elements are told apart by their rank only."""
LABELS = frozenset(
    {
        "CONCEPT_NAME",
        "CONCEPT_CODE",
        "CONCEPT_CLASS_ID",
        "DOMAIN_ID",
        "VOCABULARY_ID",
        "STANDARD_CONCEPT",
        "STANDARD_CONCEPT_CAPTION",
        "INVALID_REASON",
        "INVALID_REASON_CAPTION",
        "VALID_START_DATE",
        "VALID_END_DATE",
    }
)
"""What describes a concept: it goes with its concept, and nobody needs to be told."""


class Place(NamedTuple):
    """An element of a list: what it is, its rank among those that are the same, and how many of them there are."""

    identity: Identity
    rank: int
    among: int


class Kept(NamedTuple):
    """Keys of one object that its meaning does not hold, with their values; `steps` lead to it, `path` names it."""

    path: str
    steps: tuple[Any, ...]
    values: dict[str, Any]


@dataclass(frozen=True)
class Dropped:
    """A key that could not be put back, by its path."""

    path: str
    why: str


def keep(value: Any, written: Any) -> tuple[Kept, ...]:
    """What `value` says that `written`, the same document written from its meaning, does not. Nulls say nothing."""
    found: list[Kept] = []
    _keep(value, written, "$", (), found)
    return tuple(found)


def _keep(value: Any, written: Any, path: str, steps: tuple[str | Place, ...], found: list[Kept]) -> None:
    if isinstance(value, dict) and isinstance(written, dict):
        extra = {key: inner for key, inner in value.items() if inner is not None and key not in written}
        if extra:
            found.append(Kept(path, steps, extra))
        for key, inner in value.items():
            if key in written and isinstance(inner, dict | list):
                _keep(inner, written[key], f"{path}.{key}", (*steps, key), found)
    elif isinstance(value, list) and isinstance(written, list):  # not so inside GapDays, whose values are EraLength's
        for at, (inner, place) in enumerate(zip(value, _places(written, steps[-1]), strict=True)):
            _keep(inner, written[at], f"{path}[{at}]", (*steps, place), found)


def put_back(written: Any, kept: Iterable[Kept]) -> tuple[Dropped, ...]:
    """Put what was kept back into a written document, which is changed. Never over what is written: meaning wins."""
    dropped: list[Dropped] = []
    known: dict[int, dict[Place, Any]] = {}
    for one in kept:
        home = _at(written, one.steps, known)
        values = one.values if home is not None else {key: value for key, value in one.values.items() if key not in LABELS}
        dropped += put_into(home, one._replace(values=values))
    return tuple(dropped)


def put_into(home: dict[str, Any] | None, one: Kept) -> Iterator[Dropped]:
    """Put what was kept into the object where it stood (None: it is gone), and say which keys could not be."""
    for key, value in one.values.items():
        if home is None:
            yield Dropped(f"{one.path}.{key}", "its place is gone")
        elif key not in home:
            home[key] = copy.deepcopy(value)
        elif home[key] != value:
            yield Dropped(f"{one.path}.{key}", "it now says something else")


def _at(written: Any, steps: tuple[str | Place, ...], known: dict[int, dict[Place, Any]]) -> dict[str, Any] | None:
    here = written
    for step, last in zip(steps, ("", *steps), strict=False):
        if here is None:
            return None
        if isinstance(step, str):
            here = here.get(step)
        else:
            if id(here) not in known:  # lists live as long as the document: their ids stay theirs
                known[id(here)] = dict(zip(_places(here, last), here, strict=True))
            here = known[id(here)].get(step)
    found: dict[str, Any] | None = here
    return found


def _places(elements: list[Any], key: str | Place) -> list[Place]:
    "The place of each element of a list, which stands under a key."
    return ranked([() if key in UNNAMED else _identity(one) for one in elements])


def ranked(identities: Sequence[Identity]) -> list[Place]:
    """The place of each element of a list, by what each is."""
    among: dict[Identity, int] = {}
    ranks = []
    for identity in identities:
        ranks.append(among.get(identity, 0))
        among[identity] = ranks[-1] + 1
    return [Place(identity, rank, among[identity]) for identity, rank in zip(identities, ranks, strict=True)]


def _identity(one: dict[str, Any]) -> Identity:
    "What an element of a list is, whatever else it says: a set, a concept, a rule, else a criterion under its type."
    for key in ("id", "CONCEPT_ID", "name"):
        if key in one:
            return (key, one[key])
    for key in ("concept", "Criteria"):
        if key in one:
            return _identity(one[key])
    ((type_, body),) = one.items()
    return (type_, body.get("CodesetId"))
