"""Every reason to refuse has one code, its chapter's, and a test that asserts it."""

import importlib
import re
from pathlib import Path
from string import Formatter

import pytest

from .tree import ROOT

from diptych.commons.refusal import Reason
from diptych.press import survey

REASONS = survey.reasons()
CODE = re.compile(r"^[a-z_]+\.[a-z_0-9]+$")

UNTESTED: frozenset[str] = frozenset()
"""Codes that no test asserts yet. This list may only shrink."""


def _asserted() -> str:
    here = Path(__file__).resolve()
    return "\n".join(path.read_text() for path in sorted((ROOT / "tests").rglob("*.py")) if path != here)


def test_codes_are_unique() -> None:
    codes = [reason.code for _, reason in REASONS]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


@pytest.mark.parametrize(("module", "code", "sentence"), [(m, r.code, r.sentence) for m, r in REASONS])
def test_a_reason_is_well_written(module: str, code: str, sentence: str) -> None:
    assert CODE.match(code)
    # What begins with a small letter is said of a field, whose name stands before it.
    assert sentence[0].islower() or sentence.endswith((".", "?", "…", "{command}", "{words}")), "a sentence ends with its stop"
    assert all(name and name.isidentifier() for _, name, _, _ in Formatter().parse(sentence) if name is not None)
    if ".domain." in module:
        assert code.partition(".")[0] == module.split(".")[3], "a chapter's reasons bear its name"


def test_every_reason_is_asserted_by_its_code() -> None:
    text = _asserted()
    names = {
        value: name
        for module in {module for module, _ in REASONS}
        for name, value in vars(importlib.import_module(module)).items()
        if isinstance(value, Reason)
    }
    lacking = {
        reason.code
        for _, reason in REASONS
        if reason.code not in text and not re.search(rf"\b\w+\.{re.escape(names.get(reason, '?'))}\b", text)
    }
    assert sorted(lacking - UNTESTED) == []
    assert sorted(UNTESTED - lacking) == [], "these are tested now: take them off the list"
