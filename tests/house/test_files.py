"""A file has one reason to change, said in its first line, and 400 lines at most."""

import ast

import pytest

from .tree import PACKAGE, ROOT, modules, ours

LONGEST = 400

LONG: dict[str, str] = {}
"""Files over 400 lines, each with its reason. This list may only shrink."""

BANNED = {"utils", "util", "helpers", "helper", "misc", "common", "tools", "lib"}


@pytest.mark.parametrize("name", sorted(modules()))
def test_no_file_is_too_long(name: str) -> None:
    lines = len((ROOT / name).read_text().splitlines())
    if name in LONG:
        assert lines > LONGEST, f"{name} has only {lines} lines now: take it off the list"
    else:
        assert lines <= LONGEST, f"{name} has {lines} lines: give it rooms"


def test_the_long_files_exist() -> None:
    assert set(LONG) <= set(modules())


def test_every_module_says_what_it_holds() -> None:
    assert [name for name, tree in ours().items() if not ast.get_docstring(tree)] == []


def test_no_room_is_named_for_nothing() -> None:
    named = [
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.stem.lower() in BANNED and path.suffix in {"", ".py"}
    ]
    assert named == []
