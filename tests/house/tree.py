"""The tree that the house tests read: our Python files, their syntax, our templates."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "diptych"


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of the package and of the tests, parsed, by its path from the root."""
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in sorted(files)}


def ours(*, migrations: bool = False) -> dict[str, ast.Module]:
    """Those of the package only."""
    return {
        name: tree
        for name, tree in modules().items()
        if name.startswith("diptych/") and (migrations or "/migrations/" not in name)
    }
