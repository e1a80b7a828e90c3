"""The survey: every reason, dated table and states' diagram that the code declares, found where they are declared.

Does not hold how they are printed (`pages`).
"""

import importlib
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any

from diptych.commons.refusal import Reason

PACKAGE = Path(__file__).resolve().parents[1]


def name_of(path: Path) -> str:
    """The dotted name of a file of the package."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _declaring(word: str) -> Iterator[ModuleType]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "press" not in path.parts and word in path.read_text():
            yield importlib.import_module(name_of(path))


def reasons() -> list[tuple[str, Reason]]:
    """Every reason to refuse, with the module that declares it, in order of code. A declaration counts once."""
    found: dict[int, tuple[str, Reason]] = {}
    for module in _declaring("Reason("):
        for value in vars(module).values():
            for reason in _within(value):
                found.setdefault(id(reason), (module.__name__, reason))
    return sorted(found.values(), key=lambda pair: pair[1].code)


def _within(value: Any) -> Iterator[Reason]:
    if isinstance(value, Reason):
        yield value
    elif isinstance(value, (tuple, list)):
        yield from (item for item in value if isinstance(item, Reason))
    elif isinstance(value, dict):
        yield from (item for item in value.values() if isinstance(item, Reason))


def tables() -> list[tuple[str, str, tuple[Any, ...]]]:
    """Every table that a module lists in its `TABLES`: the module's name, the table's own, its rows."""
    found = []
    for module in _declaring("TABLES"):
        for table in getattr(module, "TABLES", ()):
            names = [name for name, value in vars(module).items() if value is table and name != "TABLES"]
            found.append((module.__name__, names[0] if names else "", tuple(table)))
    return found


def moves() -> list[tuple[str, Mapping[Enum, frozenset[Enum]]]]:
    """Every `MOVES`, and every machine of a `MACHINES`: which state may follow which."""
    found = [
        (module.__name__, module.MOVES) for module in _declaring("MOVES:") if isinstance(getattr(module, "MOVES", None), Mapping)
    ]
    for module in _declaring("MACHINES:"):
        machines = getattr(module, "MACHINES", None)
        if isinstance(machines, Mapping):
            found += [(f"{module.__name__}: {machine}", moves) for machine, moves in machines.items()]
    return found
