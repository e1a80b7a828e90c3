"""Rules about criteria and groups: those that ask nothing, say a thing twice, or say two things that cannot both hold.

Field guide warehouse.md, §2.2.10.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from .rule import Both, Found, Rule, Severity, at
from .walk import Gathering, Near, Object, Walk, as_list, as_object, as_whole, bare

from diptych.health.warehouse.research.cohort.wire.attributes import DEMOGRAPHICS

MEMBERS = ("CriteriaList", "DemographicCriteriaList", "Groups")
EXACTLY, AT_MOST, AT_LEAST = range(3)
"""How often, by Circe's number."""


def no_entry(walk: Walk) -> Iterator[Found]:
    """A definition that no event enters."""
    if not as_list(walk.primary.get("CriteriaList")):
        yield at("$.PrimaryCriteria.CriteriaList")


def rule_without_criteria(walk: Walk) -> Iterator[Found]:
    """Inclusion rules that ask nothing: everybody passes."""
    for path, rule in walk.rules:
        group = as_object(rule.get("expression"))
        if not any(as_list(group.get(key)) for key in MEMBERS):
            yield at(path, name=rule.get("name") or path)


def empty_demographic(walk: Walk) -> Iterator[Found]:
    """Demographic criteria without an attribute."""
    for path, body in walk.demographics:
        if all(body.get(key) is None for key in DEMOGRAPHICS):
            yield at(path)


def at_least_zero(walk: Walk) -> Iterator[Found]:
    """«At least 0», which always holds."""
    for near in walk.nears:
        times = as_object(near.body.get("Occurrence"))
        if times.get("Type") == AT_LEAST and not times.get("Count"):
            yield at(f"{near.path}.Occurrence")


def duplicate_criteria(walk: Walk) -> Iterator[Found]:
    """Criteria that an earlier one of the same list says already."""
    lists: list[list[tuple[str, Any]]] = [[(near.path, near.body) for near in group.members] for group in walk.groups]
    for key, home, path in (("CriteriaList", walk.primary, "$.PrimaryCriteria"), ("CensoringCriteria", walk.top, "$")):
        lists.append([(f"{path}.{key}[{place}]", one) for place, one in enumerate(as_list(home.get(key)))])
    for members in lists:
        seen: dict[Any, str] = {}
        for path, body in members:
            meaning = bare(body)
            if meaning in seen:
                yield at(path, other=seen[meaning])
            seen.setdefault(meaning, path)


def contradiction(walk: Walk) -> Iterator[Found]:
    """In a group that wants all its members: the same criterion, counts that no number meets."""
    for group in walk.groups:
        if str(group.body.get("Type") or "ALL") == "ALL":
            yield from _contradictions(group)


def _contradictions(group: Gathering) -> Iterator[Found]:
    same: dict[Any, list[Near]] = {}
    for near in group.members:
        same.setdefault(bare({key: value for key, value in near.body.items() if key != "Occurrence"}), []).append(near)
    for members in same.values():
        for one, other in combinations(members, 2):
            ranges = [_counts(as_object(near.body.get("Occurrence"))) for near in (one, other)]
            if not _meet(ranges) and bare(as_object(one.body.get("Occurrence")).get("IsDistinct")) == bare(
                as_object(other.body.get("Occurrence")).get("IsDistinct")
            ):
                yield at(other.path, other=one.path)


def _counts(times: Object) -> tuple[float, float]:
    count = as_whole(times.get("Count"))
    return {EXACTLY: (count, count), AT_MOST: (0, count)}.get(as_whole(times.get("Type"), AT_LEAST), (count, float("inf")))


def _meet(ranges: Sequence[tuple[float, float]]) -> bool:
    return max(low for low, _ in ranges) <= min(high for _, high in ranges)


RULES = (
    Rule(
        "no_entry",
        Severity.CRITICAL,
        Both("No entry event is asked for.", "Aucun évènement d’entrée n’est demandé."),
        no_entry,
    ),
    Rule(
        "rule_without_criteria",
        Severity.CRITICAL,
        Both("The inclusion rule «{name}» asks nothing.", "La règle d’inclusion « {name} » ne demande rien."),
        rule_without_criteria,
    ),
    Rule(
        "empty_demographic",
        Severity.WARNING,
        Both("This demographic criterion asks nothing.", "Ce critère démographique ne demande rien."),
        empty_demographic,
    ),
    Rule(
        "at_least_zero",
        Severity.WARNING,
        Both(
            "«At least 0» always holds: exactly 0, or at least 1, is probably meant.",
            "« Au moins 0 » est toujours vrai : on veut sans doute dire exactement 0, ou au moins 1.",
        ),
        at_least_zero,
    ),
    Rule(
        "duplicate_criteria",
        Severity.WARNING,
        Both("This criterion says the same as {other}.", "Ce critère dit la même chose que {other}."),
        duplicate_criteria,
    ),
    Rule(
        "contradiction",
        Severity.WARNING,
        Both(
            "This count and that of {other} cannot both hold: the group selects nobody.",
            "Ce nombre et celui de {other} ne peuvent être vrais ensemble : le groupe ne retient personne.",
        ),
        contradiction,
    ),
)
