"""Fixtures that every test may use. The database is started by tests/database.py, before Django reads its settings."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """After a test whose database is emptied by truncation, wait until nobody is at work in it. The server goes on for a moment
    with what a killed process had asked, and would deadlock with the truncation of every table. Who sleeps between two acts
    (a worker that a fixture stops later) is waited for no longer than ten seconds."""
    marker = item.get_closest_marker("django_db")
    if not (
        (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(vars(item)["fixturenames"])
    ):
        return
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database()"
                " and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.02)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the official files; the test is skipped, saying so, where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip("the official files (../shared/data) are not here")
    return folder
