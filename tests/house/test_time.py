"""One clock: read at the doors (portals, jobs, commands), handed down as `at`; the database's own decides nothing."""

import ast
import re

from .tree import ours

DOORS = (
    "diptych/commons/clock.py",
    "diptych/culture/portals/",
    "diptych/culture/jobs/",
    "diptych/culture/commands/",
    "diptych/culture/site/",
    "diptych/health/commands/",
    "diptych/health/site/",
    "diptych/health/room/",
    "diptych/health/warehouse/identified/door/",
    "diptych/health/warehouse/research/portal/",
)
SYSTEM = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("timezone", "now"),
    ("time", "time"),
}
OURS = {("clock", "now")}

NOW_IN_SQL = re.compile(
    r"\b(now\(\)|current_timestamp|current_date|clock_timestamp\(\)|localtimestamp|statement_timestamp\(\))", re.I
)
NOW_IN_DJANGO = {"Now", "auto_now", "auto_now_add"}

MEASURES: dict[str, str] = {
    "diptych/commons/web/bearer.py": "a portal's door: it is given the request, and reads the clock once for its token",
    "diptych/commons/web/limits.py": "a portal's door: it counts requests, and reads the clock once for each",
    "diptych/commons/web/second_factor.py": "a portal's door",
    "diptych/commons/web/doors.py": "a portal's door",
    "diptych/commons/web/rollout.py": "a portal's door: it decides once a request what is open to its person",
    "diptych/commons/web/oidc.py": "a portal's door: it judges the age of a provider's answer",
    "diptych/commons/web/templatetags/formats.py": "a portal's page: it says 'today' or 'tomorrow' to whoever reads it",
}
"""Where a clock is read below the doors, with the reason. This list may only shrink."""


def _calls(tree: ast.Module) -> set[tuple[str, str]]:
    return {
        (node.func.value.attr if isinstance(node.func.value, ast.Attribute) else node.func.value.id, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, (ast.Name, ast.Attribute))
    }


def test_the_system_clock_is_read_in_one_place() -> None:
    readers = {
        name
        for name, tree in ours().items()
        if _calls(tree) & (SYSTEM - {("time", "time")}) and name != "diptych/commons/clock.py"
    }
    assert readers == set()


def test_the_clock_is_read_at_the_doors_only() -> None:
    readers = {
        name
        for name, tree in ours().items()
        if not name.startswith(DOORS)
        and (
            _calls(tree) & OURS
            or any(
                isinstance(n, ast.ImportFrom)
                and (n.module or "").endswith("commons.clock")
                and {one.name for one in n.names} != {"PARIS"}
                for n in ast.walk(tree)
            )
        )
    }
    assert readers - set(MEASURES) == set()


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)) and node.body and isinstance(node.body[0], ast.Expr)
    }


def test_the_database_decides_nothing_by_its_own_clock() -> None:
    found = []
    for name, tree in ours(migrations=True).items():
        if "/domain/" not in name and name not in {"diptych/commons/outbox.py", "diptych/commons/journal.py"}:
            continue
        docs = _docstrings(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs
                and NOW_IN_SQL.search(node.value)
            ):
                found.append(f"{name}:{node.lineno}")
            word = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.keyword) else None
            if word in NOW_IN_DJANGO:
                found.append(f"{name}: {word}")
    assert found == []
