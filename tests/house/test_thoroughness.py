"""Hypothesis: which profile holds where, and that tests leave it to the profile."""

import re

import pytest
from hypothesis import settings

from .tree import ROOT

from tests.thoroughness import PROFILES, examples, profile


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, "local"),
        ({"CI": "1"}, "pinned"),
        ({"CI": "1", "HYPOTHESIS_PROFILE": "thorough"}, "thorough"),
        ({"HYPOTHESIS_PROFILE": "pinned"}, "pinned"),
    ],
)
def test_the_profile_that_holds(environ: dict[str, str], name: str) -> None:
    assert profile(environ) == name


def test_a_profile_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="HYPOTHESIS_PROFILE=thorogh: there are local, pinned, thorough"):
        profile({"HYPOTHESIS_PROFILE": "thorogh"})


def test_profiles_are_as_they_say() -> None:
    assert all(settings.get_profile(name).deadline is None for name in PROFILES)
    assert settings.get_profile("pinned").derandomize
    assert settings.get_profile("thorough").max_examples == 2_000
    assert not settings.get_profile("thorough").derandomize


def test_thorough_draws_twenty_times_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPOTHESIS_PROFILE", "pinned")
    assert examples(40) == 40
    monkeypatch.setenv("HYPOTHESIS_PROFILE", "thorough")
    assert examples(40) == 800


def test_no_test_sets_aside_the_profile() -> None:
    """A number in a test's own settings would stay the same at night; a deadline or a seed would undo the profile."""
    own = re.compile(r"max_examples=\d|deadline=|derandomize=")
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.name not in {"thoroughness.py", "test_thoroughness.py"}]
    assert [path.name for path in files if own.search(path.read_text())] == []
