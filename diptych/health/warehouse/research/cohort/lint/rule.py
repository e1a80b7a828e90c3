"""Rule: what a lint rule is, what it finds, and the words in which it is said in both languages.

Does not hold any rule: the modules beside it do.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from .walk import Walk


class Severity(StrEnum):
    """How much a finding matters (field guide warehouse.md, §2.2.10)."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFORMATION = "information"


class Both(NamedTuple):
    """The same words in English and in French."""

    english: str
    french: str


@dataclass(frozen=True)
class Found:
    """A place where a rule is not kept, by its JSON path, and what its sentence needs."""

    path: str
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def at(path: str, **facts: Any) -> Found:
    """A place, with the facts that the rule's sentence names."""
    return Found(path, MappingProxyType(facts))


@dataclass(frozen=True)
class Rule:
    """A rule: its code, how much it matters, its sentence, and what finds where it is not kept."""

    code: str
    severity: Severity
    sentence: Both
    """May name facts in braces; a fact that is `Both` is said in the sentence's language."""
    check: Callable[[Walk], Iterator[Found]]


@dataclass(frozen=True)
class Finding:
    """What a rule found, said."""

    code: str
    severity: Severity
    path: str
    english: str
    french: str


def said(rule: Rule, found: Found) -> Finding:
    """A finding in both languages."""
    sides = [
        rule.sentence[side].format(**{k: v[side] if isinstance(v, Both) else v for k, v in found.facts.items()})
        for side in (0, 1)
    ]
    return Finding(rule.code, rule.severity, found.path, *sides)
