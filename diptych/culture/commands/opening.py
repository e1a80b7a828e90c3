"""Opening the pass for a command: a database behind it and Django ready.

Holds how a verb reaches the database. Does not hold any verb, nor how the demo or a server is run.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from diptych.commons import postgres
from diptych.commons.settings import settings

ROOT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder of DIPTYCH_HOME, from the root of the project where it is relative."""
    return ROOT / Path(settings()["DIPTYCH_HOME"])


@contextmanager
def opened(*, up_to_date: bool = True) -> Iterator[None]:
    """Django ready, on DATABASE_URL or else on the embedded PostgreSQL of DIPTYCH_HOME.

    The embedded one is shared with whatever already runs on it (the demo), else started for the block, and its tables
    are brought up to date unless `up_to_date` is False. The tables of DATABASE_URL are left to `diptych culture migrate`.
    """
    with ExitStack() as stack:
        embedded = not settings()["DATABASE_URL"]
        if embedded:
            server = stack.enter_context(postgres.available(data=home() / "pg", pg_bin=settings()["PG_BIN"]))
            os.environ["DATABASE_URL"] = server.url()
            settings.cache_clear()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.culture.site.settings")
        import django

        django.setup()
        from django.db import connections

        stack.callback(connections.close_all)
        if embedded and up_to_date and pending():
            bring_up_to_date()
        yield


def pending() -> list[str]:
    """The migrations that the database has not had yet, in order."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def bring_up_to_date() -> None:
    """Apply every pending migration, quietly."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
