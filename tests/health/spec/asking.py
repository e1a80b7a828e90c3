"""Asking: what a spec is, and short words to write its questions with."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from .tables import CONCEPTS

from diptych.health.warehouse.research.cohort import nodes as n

FLU, ASTHMA, VIRAL, ASPIRIN, NOTHING, GLUCOSE, MALE, KINDS = 1, 2, 3, 4, 5, 6, 7, 8
SETS = (
    n.ConceptSet(FLU, "flu", (n.Item(CONCEPTS["flu"]),)),
    n.ConceptSet(ASTHMA, "asthma", (n.Item(CONCEPTS["asthma"]),)),
    n.ConceptSet(VIRAL, "viral, descendants included", (n.Item(CONCEPTS["viral"], descendants=True),)),
    n.ConceptSet(ASPIRIN, "aspirin", (n.Item(CONCEPTS["aspirin"]),)),
    n.ConceptSet(NOTHING, "nothing", ()),
    n.ConceptSet(GLUCOSE, "glucose", (n.Item(CONCEPTS["glucose"]),)),
    n.ConceptSet(MALE, "man", (n.Item(CONCEPTS["man"]),)),
    n.ConceptSet(KINDS, "other", (n.Item(CONCEPTS["other"]),)),
)
"""The concept sets of every question that does not bring its own."""

Answer = Sequence[tuple[int, int, int]] | Sequence[int]
Question = n.Cohort | n.Request


@dataclass(frozen=True)
class Case:
    """A question with its answer: person, first and last day (from day 0); or persons. `note`: what it shows."""

    question: Question
    answer: Answer
    note: str = ""


@dataclass(frozen=True)
class Spec:
    """A sentence of the language, with tables small enough to check by eye. `covers`: the nodes and values it is about."""

    title: str
    section: str
    says: str
    covers: tuple[Any, ...]
    tables: str
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Chapter:
    """Specs that belong together."""

    title: str
    specs: tuple[Spec, ...]


def spec(title: str, section: str, says: str, covers: Any, tables: str, *cases: tuple[Any, ...]) -> Spec:
    """A spec; a case is its question, its answer, and perhaps a note."""
    told = covers if isinstance(covers, tuple) else (covers,)
    return Spec(title, section, " ".join(says.split()), told, tables, tuple(Case(*case) for case in cases))


def parts(node: Any) -> list[Any]:
    """Every node and every enum value in a question, itself included."""
    if is_dataclass(node):
        return [node, *(part for field in fields(node) for part in parts(getattr(node, field.name)))]
    if isinstance(node, tuple):
        return [part for one in node for part in parts(one)]
    return [node] if isinstance(node, Enum) else []


# ---- Circe's half


def on(domain: str, codeset: int | None = None, *filters: n.Filter, **more: Any) -> n.Criterion:
    """A criterion."""
    return n.Criterion(domain, codeset, filters=filters, **more)


def condition(codeset: int | None = FLU, *filters: n.Filter, **more: Any) -> n.Criterion:
    """A criterion on conditions."""
    return on("ConditionOccurrence", codeset, *filters, **more)


def cohort(*criteria: n.Criterion, limit: n.Limit = n.Limit.ALL, prior: int = 0, post: int = 0, **more: Any) -> n.Cohort:
    """A definition that keeps all events and ends each on the day it starts, unless said otherwise."""
    primary = n.Primary(criteria or (condition(),), prior, post, limit)
    return n.Cohort(
        **{
            "title": None,
            "concept_sets": SETS,
            "primary": primary,
            "expression_limit": n.Limit.ALL,
            "qualified_limit": n.Limit.ALL,
            "exit": n.FixedOffset(),
        }
        | more
    )


def ending(*criteria: n.Criterion, **more: Any) -> n.Cohort:
    """The same, each event ending on its own end."""
    return cohort(*criteria, **({"exit": n.FixedOffset(n.Side.END)} | more))


def window(start: tuple[int | None, int], end: tuple[int | None, int], **more: bool) -> n.Window:
    """A window between two bounds, each (days, -1 before or 1 after)."""
    return n.Window(n.Bound(*start), n.Bound(*end), **more)


EVER = window((None, -1), (None, 1))
SAME_DAY = window((0, -1), (0, 1))
AFTER = window((0, 1), (30, 1))


def near(
    criterion: n.Criterion, start: n.Window = EVER, times: n.Times = n.Times.AT_LEAST, count: int = 1, **more: Any
) -> n.Correlated:
    """A criterion counted around the index event: any time in its observation period, unless said otherwise."""
    counting = {key: more.pop(key) for key in ("distinct", "column") if key in more}
    return n.Correlated(criterion, start, occurrence=n.Occurrence(times, count, **counting), **more)


def all_of(*correlated: n.Correlated, kind: n.Kind = n.Kind.ALL, count: int | None = None, **more: Any) -> n.Group:
    """A group, of which all members must hold unless said otherwise."""
    return n.Group(kind, count, correlated, **more)


def ruled(*groups: n.Group, **more: Any) -> n.Cohort:
    """Flu, with an inclusion rule for each group."""
    return cohort(rules=tuple(n.Rule(f"rule {number}", "", group) for number, group in enumerate(groups, 1)), **more)


# ---- Cohort360's half


def basic(id_: int, source: n.Source | None = None, resource: n.Resource = n.Resource.CONDITION, **more: Any) -> n.Basic:
    """A basic resource: conditions, of flu unless said otherwise."""
    return n.Basic(id_, resource, condition() if source is None else source, **more)


def request(member: n.Member | None, *sites: int, **more: Any) -> n.Request:
    """A request, of care site 1 unless said otherwise."""
    return n.Request(sites or (1,), member, concept_sets=SETS, **more)


def together(join: n.Join, *members: n.Member, **more: Any) -> n.Request:
    """A request of one group, numbered 100."""
    return request(n.Together(100, join, members, **more))
