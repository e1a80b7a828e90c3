"""Walk: a definition's JSON gone through once, so that rules look at flat lists of its parts, each with its path.

Holds no rule. It takes what is there and passes over what is not of the right type: refusing that is `wire`'s.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.wire.attributes import ATTRIBUTES, DEMOGRAPHICS, Attribute

Object = Mapping[str, Any]


class Where(Enum):
    """What part a criterion plays."""

    ENTRY = "entry"
    ADDITIONAL = "additional criteria"
    RULE = "inclusion rule"
    CENSORING = "censoring"
    NESTED = "nested in another criterion"


@dataclass(frozen=True)
class Spot:
    """A criterion: its path (of its body), its type, its body, the part it plays."""

    path: str
    domain: str
    body: Object
    where: Where

    @property
    def attributes(self) -> Mapping[str, Attribute]:
        """Those that its type knows."""
        return ATTRIBUTES[self.domain]


@dataclass(frozen=True)
class Near:
    """A correlated criterion, with the criterion that it counts."""

    path: str
    body: Object
    spot: Spot | None
    where: Where


@dataclass(frozen=True)
class Gathering:
    """A group, with its correlated criteria."""

    path: str
    body: Object
    members: tuple[Near, ...]


@dataclass(frozen=True)
class Value:
    """An attribute that has a value: its path, how it is written, the value."""

    path: str
    form: str
    value: Any


class Walk:
    """The parts of a definition."""

    def __init__(self, value: Any) -> None:
        self.top = as_object(value)
        self.sets = [
            (f"$.ConceptSets[{place}]", as_object(one)) for place, one in enumerate(as_list(self.top.get("ConceptSets")))
        ]
        self.spots: list[Spot] = []
        self.nears: list[Near] = []
        self.groups: list[Gathering] = []
        self.demographics: list[tuple[str, Object]] = []
        self.primary = as_object(self.top.get("PrimaryCriteria"))
        for path, one in _within(self.primary, "$.PrimaryCriteria", "CriteriaList"):
            self._criterion(path, one, Where.ENTRY)
        if self.top.get("AdditionalCriteria") is not None:
            self._group("$.AdditionalCriteria", as_object(self.top["AdditionalCriteria"]), Where.ADDITIONAL)
        self.rules = list(_within(self.top, "$", "InclusionRules"))
        for path, one in self.rules:
            if one.get("expression") is not None:
                self._group(f"{path}.expression", as_object(one["expression"]), Where.RULE)
        for path, one in _within(self.top, "$", "CensoringCriteria"):
            self._criterion(path, one, Where.CENSORING)

    def _criterion(self, path: str, one: Object, where: Where) -> Spot | None:
        domain = next((key for key in one if key in DOMAINS), None)
        if domain is None:
            return None
        spot = Spot(f"{path}.{domain}", domain, as_object(one[domain]), where)
        self.spots.append(spot)
        if spot.body.get("CorrelatedCriteria") is not None:
            self._group(f"{spot.path}.CorrelatedCriteria", as_object(spot.body["CorrelatedCriteria"]), Where.NESTED)
        return spot

    def _group(self, path: str, one: Object, where: Where) -> None:
        members = []
        for at, member in _within(one, path, "CriteriaList"):
            spot = self._criterion(f"{at}.Criteria", as_object(member.get("Criteria")), where)
            members.append(Near(at, member, spot, where))
        self.nears += members
        self.demographics += _within(one, path, "DemographicCriteriaList")
        self.groups.append(Gathering(path, one, tuple(members)))
        for at, inner in _within(one, path, "Groups"):
            self._group(at, inner, where)

    def values(self) -> Iterator[Value]:
        """Every attribute that has a value, of criteria and of demographic criteria."""
        bodies = [(spot.path, spot.body, spot.attributes) for spot in self.spots]
        bodies += [(path, body, DEMOGRAPHICS) for path, body in self.demographics]
        for path, body, attributes in bodies:
            for key, attribute in attributes.items():
                if body.get(key) is not None:
                    yield Value(f"{path}.{key}", attribute.form, body[key])

    def windows(self) -> Iterator[tuple[str, Object]]:
        """The windows of correlated criteria."""
        for near in self.nears:
            for key in ("StartWindow", "EndWindow"):
                if near.body.get(key) is not None:
                    yield f"{near.path}.{key}", as_object(near.body[key])

    def limit(self, key: str) -> str:
        """Which events a limit keeps: `PrimaryCriteriaLimit`, `QualifiedLimit` or `ExpressionLimit`."""
        home = self.primary if key == "PrimaryCriteriaLimit" else self.top
        return str(as_object(home.get(key)).get("Type") or "First")

    def exit(self, key: str) -> Object | None:
        """The end strategy of one kind, `DateOffset` or `CustomEra`."""
        found = as_object(self.top.get("EndStrategy")).get(key)
        return None if found is None else as_object(found)


def _within(one: Object, path: str, key: str) -> Iterator[tuple[str, Object]]:
    for place, inner in enumerate(as_list(one.get(key))):
        yield f"{path}.{key}[{place}]", as_object(inner)


def as_object(value: Any) -> Object:
    """An object, or an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    """A list, or an empty one."""
    return value if isinstance(value, list) else []


def as_whole(value: Any, default: int = 0) -> int:
    """A whole number, or the default."""
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def as_id(value: Any) -> int | None:
    """The number of a set or of a concept, or none."""
    return value if isinstance(value, int) else None


def bare(value: Any) -> Any:
    """A value without what makes no difference (nulls, false, empty lists, names of concepts), so that two can be compared."""
    if isinstance(value, dict):
        if "CONCEPT_ID" in value:
            return ("concept", as_id(value["CONCEPT_ID"]))
        pruned = ((key, bare(inner)) for key, inner in value.items() if inner not in (None, [], {}) and inner is not False)
        return tuple(sorted(pruned, key=lambda pair: pair[0]))
    if isinstance(value, list):
        return tuple(bare(inner) for inner in value)
    return value
