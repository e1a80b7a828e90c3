"""Fixtures that every test may use. The database is started by tests/database.py, before Django reads its settings."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import settings

from diptych.commons.web import limits
from tests.thoroughness import PROFILES, profile

for name, values in PROFILES.items():
    settings.register_profile(name, **values)
settings.load_profile(profile(os.environ))


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> Iterator[None]:
    """Each test begins with nobody counted. A rollback empties the database, but not what a process keeps beside it: the
    cache (allauth's failures and used codes), and its hold on the file of rate limits."""
    cache.clear()
    limits._counters.cache_clear()
    limits._key.cache_clear()
    yield
    cache.clear()
    limits._counters.cache_clear()
    limits._key.cache_clear()


@pytest.fixture(autouse=True)
def _no_search_index(settings: Any, tmp_path: Path) -> None:
    """Each test begins without a search index: one made of another test's database would answer for this one's."""
    if hasattr(settings, "SEARCH_FOLDER"):
        settings.SEARCH_FOLDER = tmp_path / "search"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the official files; the test is skipped, saying so, where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip("the official files (../shared/data) are not here")
    return folder
