"""Rules about concept sets: empty, unused, twice there, or missing where one is expected.

Field guide warehouse.md, §2.2.10.
"""

from collections.abc import Iterator
from typing import Any

from .rule import Both, Found, Rule, Severity, at
from .walk import Walk, as_id, as_list, as_object, bare

from diptych.health.warehouse.research.cohort.domains import DOMAINS


def empty_set(walk: Walk) -> Iterator[Found]:
    """Sets without a concept: they select nothing."""
    yield from (at(path, name=_name(one)) for path, one in walk.sets if not _items(one))


def _items(one: Any) -> list[Any]:
    return as_list(as_object(one.get("expression")).get("items"))


def _name(one: Any) -> str:
    return str(one.get("name") or one.get("id"))


def unused_set(walk: Walk) -> Iterator[Found]:
    """Sets that nothing names."""
    used = {as_id(spot.body.get("CodesetId")) for spot in walk.spots}
    used |= {
        as_id(spot.body.get(key))
        for spot in walk.spots
        for key, attribute in spot.attributes.items()
        if attribute.form == "source"
    }
    for value in walk.values():
        if value.form in {"set", "setid"}:
            used.add(as_id(value.value if value.form == "setid" else as_object(value.value).get("CodesetId")))
    used.add(as_id((walk.exit("CustomEra") or {}).get("DrugCodesetId")))
    yield from (at(path, name=_name(one)) for path, one in walk.sets if as_id(one.get("id")) not in used)


def duplicate_sets(walk: Walk) -> Iterator[Found]:
    """Sets of the same concepts as an earlier one."""
    seen: dict[Any, str] = {}
    for path, one in walk.sets:
        items = frozenset(bare(item) for item in _items(one))
        if items and items in seen:
            yield at(path, name=_name(one), other=seen[items])
        seen.setdefault(items, _name(one))


def criterion_without_set(walk: Walk) -> Iterator[Found]:
    """Criteria that take any concept of their table."""
    for spot in walk.spots:
        sources = (key for key, attribute in spot.attributes.items() if attribute.form == "source")
        if DOMAINS[spot.domain].concept and all(spot.body.get(key) is None for key in ("CodesetId", *sources)):
            yield at(spot.path, domain=spot.domain)


def era_without_set(walk: Walk) -> Iterator[Found]:
    """An end by eras of a drug that names no drug."""
    era = walk.exit("CustomEra")
    if era is not None and era.get("DrugCodesetId") is None:
        yield at("$.EndStrategy.CustomEra")


RULES = (
    Rule(
        "empty_set",
        Severity.CRITICAL,
        Both(
            "The concept set «{name}» is empty: it selects nothing.",
            "Le jeu de concepts « {name} » est vide : il ne retient rien.",
        ),
        empty_set,
    ),
    Rule(
        "era_without_set",
        Severity.CRITICAL,
        Both(
            "The end by eras names no concept set of drugs.",
            "La fin par périodes d’exposition ne nomme aucun jeu de médicaments.",
        ),
        era_without_set,
    ),
    Rule(
        "unused_set",
        Severity.WARNING,
        Both("The concept set «{name}» is used nowhere.", "Le jeu de concepts « {name} » ne sert nulle part."),
        unused_set,
    ),
    Rule(
        "duplicate_sets",
        Severity.WARNING,
        Both(
            "The concept set «{name}» holds the same concepts as «{other}».",
            "Le jeu de concepts « {name} » contient les mêmes concepts que « {other} ».",
        ),
        duplicate_sets,
    ),
    Rule(
        "criterion_without_set",
        Severity.WARNING,
        Both(
            "This criterion ({domain}) names no concept set: it takes any concept.",
            "Ce critère ({domain}) ne nomme aucun jeu de concepts : il prend n’importe quel concept.",
        ),
        criterion_without_set,
    ),
)
