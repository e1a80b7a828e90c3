"""Lint: what a definition may legally say and probably does not mean, as warnings with a path, a code and a sentence.

Holds the 24 rules of the reference's checker (field guide warehouse.md, §2.2.10), a table of rows gathered from the modules
beside it. Works on JSON, so that it sees what has no meaning; nodes are linted once written.
"""

from typing import Any

from . import concept_sets, groups, records, times, values
from .rule import Finding, Rule, Severity, said
from .walk import Walk

__all__ = ["RULES", "Finding", "Rule", "Severity", "lint"]

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*values.RULES, *concept_sets.RULES, *groups.RULES, *times.RULES, *records.RULES),
        key=lambda rule: list(Severity).index(rule.severity),
    )
)
"""The gravest first."""


def lint(value: Any) -> tuple[Finding, ...]:
    """What the rules find in a definition's JSON, the gravest first. It refuses nothing; `read` is asked first, which
    refuses what is nested without end."""
    walk = Walk(value)
    return tuple(said(rule, found) for rule in RULES for found in rule.check(walk))
