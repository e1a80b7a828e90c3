"""Fixtures that every test may use. The database is started by tests/database.py, before Django reads its settings."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # a busy machine is not a fault
settings.load_profile("house")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the official files; the test is skipped, saying so, where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.exists():
        pytest.skip("the official files (../shared/data) are not here")
    return folder
