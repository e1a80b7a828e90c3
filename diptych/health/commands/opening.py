"""Opening the research screens for a command: their database behind it, as their own role, and Django ready."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .databases import RESEARCH, embedded_url

from diptych.commons import postgres
from diptych.commons.settings import settings

ROOT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """The folder of DIPTYCH_HOME, from the root of the project where it is relative."""
    return ROOT / Path(settings()["DIPTYCH_HOME"])


@contextmanager
def opened() -> Iterator[None]:
    """Django ready, on DATABASE_URL or else on a database of its own of the embedded PostgreSQL, which is shared with
    whatever already runs on it (the pass's demo), else started for the block; its tables are brought up to date."""
    with ExitStack() as stack:
        embedded = not settings()["DATABASE_URL"]
        if embedded:
            server = stack.enter_context(postgres.available(data=home() / "pg", pg_bin=settings()["PG_BIN"]))
            os.environ["DATABASE_URL"] = embedded_url(server, RESEARCH)
            settings.cache_clear()
        os.environ["DJANGO_SETTINGS_MODULE"] = "diptych.health.site.settings"
        import django

        django.setup()
        from django.db import connections

        stack.callback(connections.close_all)
        if embedded:
            bring_up_to_date()
        yield


def bring_up_to_date() -> None:
    """Apply every pending migration, quietly."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
