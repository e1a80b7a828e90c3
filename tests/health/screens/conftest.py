"""The data department's screens are another Django than the pass's: their tests run by themselves (see the Makefile).

    pytest --ds=diptych.health.site.settings tests/health/screens

The hospital is the demo's, smaller; it is made once a run.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings

OURS = settings.ROOT_URLCONF == "diptych.health.site.urls"
collect_ignore_glob = [] if OURS else ["test_*.py"]
AT = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(scope="session")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with 6,000 patients."""
    from diptych.health.site import world

    store = tmp_path_factory.mktemp("hospital") / "store"
    world.make(store=store, seed=1, at=AT, persons=6_000)
    return store


@pytest.fixture(autouse=True)
def _asked(hospital: Path) -> Iterator[None]:
    settings.STORE = hospital
    yield
