"""One embedded PostgreSQL for a whole test run (or the one of DATABASE_URL), and the environment of tests.

A pytest plugin, loaded by `-p` so that it comes before pytest-django reads the settings. Workers of pytest-xdist
inherit the address from the process that started them, and make databases of their own on the same server.
"""

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from diptych.commons import postgres

_HOME = tempfile.mkdtemp(prefix="diptych-tests-")
os.environ.setdefault("DIPTYCH_MODE", "test")
os.environ.setdefault("DIPTYCH_HOME", _HOME)
os.environ.setdefault("DIPTYCH_PLAIN_HTTP", "1")
os.environ.setdefault("DIPTYCH_SECRET_KEY", "only for tests, and long enough to sign with: 50 characters")
os.environ.setdefault("DIPTYCH_TICKET_KEY", "11" * 32)
os.environ.setdefault("DIPTYCH_IDENTITY_KEY", "22" * 32)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the test's own thread
_STACK = ExitStack()
_STACK.callback(shutil.rmtree, _HOME, ignore_errors=True)
atexit.register(_STACK.close)


def _start_database() -> None:
    if os.environ.get("DATABASE_URL"):
        return
    server = _STACK.enter_context(
        postgres.embedded(data=Path(_HOME) / "pg", options={**postgres.QUICK, "max_connections": "200"})
    )
    os.environ["DATABASE_URL"] = server.url()


_start_database()
