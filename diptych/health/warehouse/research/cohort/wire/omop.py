"""OMOP: what a request asks in OMOP's words, as JSON under the key `omop` of Cohort360's format.

Holds concept sets and the sources of basic resources (criteria and persons), both ways. Other systems ignore the key. A wrong
type, an unknown domain, field or concept set is refused (`cohort.wrong`) with its path. Written by field name, nothing that
is at its default.
"""

import datetime as dt
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from .attributes import ATTRIBUTES
from .document import Document

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS

_WORDS: Mapping[str, type] = MappingProxyType(
    {
        one.__name__: one
        for one in (
            n.Criterion, n.People, n.Number, n.Day, n.Like, n.Has, n.HasSet, n.Abnormal, n.Adjust, n.Period, n.Group, n.Correlated,
            n.Window, n.Bound, n.Occurrence, n.Demographic, n.ConceptSet, n.Item,
        )
    }
)  # fmt: skip
"""Every word that may stand under `omop`: by its own name, in the key `is`."""
_PERSON = frozenset(
    {
        "gender_concept_id",
        "year_of_birth",
        "month_of_birth",
        "day_of_birth",
        "race_concept_id",
        "ethnicity_concept_id",
        "care_site_id",
    }
)
_ALWAYS = frozenset({"start", "end", "age_at_start", "age_at_end", "length", "death.death_date"}) | {
    f"person.{name}" for name in _PERSON
}
_FORMS = {n.Number: frozenset({"int", "dec", "gap"}), n.Day: frozenset({"date"}), n.Like: frozenset({"text"})}


def written(value: Any) -> Any:
    """A node as JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        found: dict[str, Any] = {"is": type(value).__name__}
        for field in fields(value):
            held = getattr(value, field.name)
            if field.default is MISSING or held != field.default:
                found[field.name] = written(held)
        return found
    if isinstance(value, tuple):
        return [written(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value


def source(one: Document, sets: frozenset[int]) -> n.Criterion | n.People:
    """Read what a basic resource selects; `sets`: the ids of the request's concept sets."""
    found: n.Criterion | n.People = _read(one, n.Criterion | n.People)
    _checked(found, sets, one)
    return found


def concept_sets(top: Document) -> tuple[n.ConceptSet, ...]:
    """Read the concept sets of a request."""
    found = tuple(_read(one, n.ConceptSet) for one in top.children("conceptSets"))
    if len({one.id for one in found}) != len(found):
        top.wrong("two concept sets have the same id", "conceptSets")
    return found


def _read(one: Document, expected: Any) -> Any:
    kind = _WORDS.get(one.text("is") or "")
    if kind is None or kind not in _alternatives(expected):
        one.wrong(f"one of {', '.join(option.__name__ for option in _alternatives(expected))} is expected", "is")
    hints, values = _hints(kind), {}
    for field in fields(kind):
        if one.has(field.name):
            values[field.name] = _value(one, field.name, hints[field.name])
        elif type(None) in _options(hints[field.name]):
            values[field.name] = None
        elif field.default is MISSING or field.name in one.keys():  # noqa: SIM118  # a Document is no dict
            one.wrong("a value is expected", field.name)
    one.closed()
    return kind(**values)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _alternatives(expected: Any) -> tuple[type, ...]:
    "The dataclasses that a type allows."
    return tuple(option for option in _options(expected) if isinstance(option, type) and is_dataclass(option))


def _options(expected: Any) -> tuple[Any, ...]:
    "The types that a type allows, None among them."
    return typing.get_args(expected) if isinstance(expected, types.UnionType) else (expected,)


def _value(one: Document, key: str, expected: Any) -> Any:
    kind = next(option for option in _options(expected) if option is not type(None))
    if typing.get_origin(kind) is tuple:
        return tuple(_members(one, key, typing.get_args(kind)[0]))
    if _alternatives(expected):
        child = one.child(key)
        return None if child is None else _read(child, expected)
    if issubclass(kind, StrEnum):
        return one.one_of(key, kind)
    readers: dict[type, Any] = {bool: one.flag, int: one.whole, float: one.number, str: one.text, dt.date: one.date}
    found = readers[kind](key)
    if found is None and type(None) not in _options(expected):  # a date that is an empty text
        one.wrong("a value is expected", key)
    return found


def _members(one: Document, key: str, expected: Any) -> Iterator[Any]:
    if _alternatives(expected):
        for child in one.children(key):
            yield _read(child, expected)
        return
    held = one.any(key)
    if not isinstance(held, list) or any(
        isinstance(number, bool) or not isinstance(number, int) or abs(number) >= 2**62 for number in held
    ):
        one.wrong("a list of whole numbers is expected", key)
    yield from held


# ---- what types cannot say


def _checked(found: n.Criterion | n.People, sets: frozenset[int], one: Document) -> None:
    if isinstance(found, n.People):
        for held in found.filters:
            _field(held, frozenset(), sets, one)
        return
    if found.domain not in DOMAINS:
        one.wrong(f"one of {', '.join(DOMAINS)} is expected", "domain")
    for id_ in (found.codeset, found.source_codeset):
        if id_ is not None and id_ not in sets:
            one.wrong(f"there is no concept set {id_}", "codeset")
    allowed = frozenset((row.form, row.field) for row in ATTRIBUTES[found.domain].values())
    for held in found.filters:
        _field(held, allowed, sets, one)
    if found.correlated is not None:
        _group(found.correlated, sets, one)


def _group(group: n.Group, sets: frozenset[int], one: Document) -> None:
    for member in group.correlated:
        column = member.occurrence.column
        if column not in {"START_DATE", "END_DATE", "DURATION", *DOMAINS.get(member.criterion.domain, DOMAINS["Death"]).counts}:
            one.wrong(f"{column} cannot be counted there", "correlated")
        _checked(member.criterion, sets, one)
    for demographic in group.demographics:
        for held in demographic.filters:
            _field(held, frozenset(), sets, one)
    for inner in group.groups:
        _group(inner, sets, one)


def _field(held: n.Filter, allowed: frozenset[tuple[str, str]], sets: frozenset[int], one: Document) -> None:
    if isinstance(held, n.Abnormal):
        if ("flag", "") not in allowed:
            one.wrong("only a measurement is abnormal", "filters")
        return
    forms = _FORMS.get(type(held), frozenset({"concepts", "set", "setid"}))
    known = held.field in _ALWAYS or any(form in forms and field == held.field for form, field in allowed)
    if not known:
        one.wrong(f"{held.field} cannot be tested there", "filters")
    if isinstance(held, n.HasSet) and held.codeset is not None and held.codeset not in sets:
        one.wrong(f"there is no concept set {held.codeset}", "filters")
