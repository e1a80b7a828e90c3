"""Page: the specs as docs/generated/cohort-language.md: tables, question, answer, chapter by chapter."""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from .asking import SETS, Case, Spec
from .chapters import CHAPTERS
from .tables import NAMES, blocks

from diptych.health.warehouse.research.cohort import nodes as n
from tests.health.worlds import DAY_ZERO

PATH = Path(__file__).resolve().parents[3] / "docs" / "generated" / "cohort-language.md"
HEAD = """# The cohort language

What each word of a cohort definition means, shown on tables small enough to check by eye. Every answer below is what the
plain meaning and every engine say: `tests/health/spec` runs them all. Sections (§) are those of the field guide of warehouses.

Days are numbers, from day 0 (1 January 2020); an empty cell is null. Whoever is named is a man born in 1980, of care site 1,
observed from day 0 to day 1000, unless a table says otherwise. An answer of a definition is a row an era: person, first
and last day; that of a request is its persons. A question is written as its nodes, without what is left at its default.

The concept sets, unless a question brings its own: """


def text() -> str:
    """The page."""
    known = ", ".join(f"{one.id} ({one.name})" for one in SETS)
    told = [HEAD + known + "."]
    for chapter in CHAPTERS:
        told.append(f"## {chapter.title}")
        told += [part for spec in chapter.specs for part in _spec(spec)]
    return "\n\n".join(told) + "\n"


def _spec(spec: Spec) -> Iterable[str]:
    yield f"### {spec.title}"
    covers = ", ".join(dict.fromkeys(f"`{covered(one)}`" for one in spec.covers))
    yield f"{spec.says} ({spec.section}) Covers {covers}."
    for name, lines in blocks(spec.tables):
        yield f"`{name}`\n\n{_table(lines)}"
    for case in spec.cases:
        yield from _case(case)


def covered(one: Any) -> str:
    """A node's name, or an enum value's."""
    return one.__name__ if isinstance(one, type) else f"{type(one).__name__}.{one.name}" if isinstance(one, Enum) else str(one)


def _case(case: Case) -> Iterable[str]:
    yield (f"{case.note}\n\n" if case.note else "") + "```text\n" + "\n".join(written(case.question)) + "\n```"
    if not case.answer:
        yield "→ nobody"
    elif isinstance(case.question, n.Request):
        yield "→ persons " + ", ".join(str(one) for one in case.answer)
    else:
        yield "→\n\n" + _table([["person", "first day", "last day"], *([str(cell) for cell in row] for row in case.answer)])  # type: ignore[union-attr] # rows


def _table(lines: Sequence[Sequence[str]]) -> str:
    rule = "|" + "---|" * len(lines[0])
    rows = [f"| {' | '.join(cells)} |" for cells in lines]
    return "\n".join([rows[0], rule, *rows[1:]])


def written(node: Any, depth: int = 0) -> list[str]:
    """A node as lines: its name with its plain fields, then the nodes in it, each deeper. Defaults are left out."""
    plain, deep = [], []
    for field in fields(node):
        value = getattr(node, field.name)
        if value == _default(field) or value is None or (field.name == "concept_sets" and value == SETS):
            continue
        if is_dataclass(value):
            deep.append((field.name, [value]))
        elif isinstance(value, tuple) and value and all(is_dataclass(one) for one in value):
            deep.append((field.name, list(value)))
        else:
            plain.append(f"{field.name}={_plain(value, field.name)}")
    pad = "  " * depth
    lines = [f"{type(node).__name__}({', '.join(plain)})" if plain else type(node).__name__]
    for name, values in deep:
        for value in values:
            first, *rest = written(value, depth + 1)
            lines += [f"{pad}  {name}: {first}", *rest]
    return lines


def _default(field: "Field[Any]") -> Any:
    return MISSING if field.default is MISSING else field.default


def _plain(value: Any, name: str) -> str:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return f"day {(value - DAY_ZERO).days}"
    if isinstance(value, tuple):
        return "(" + ", ".join(_plain(one, name) for one in value) + ")"
    if isinstance(value, int) and not isinstance(value, bool) and name in {"concept_id", "concepts"}:
        return NAMES.get(value, str(value))
    return repr(value)
