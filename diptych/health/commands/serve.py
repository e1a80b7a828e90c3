"""`diptych health serve`: the data department's screens on Granian, and `migrate`, its tables."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from .opening import bring_up_to_date, home, opened

from diptych.commons import web_server
from diptych.commons.processes import Child, children, must_be_free, start, until_told_to_stop, wait_until_answers, watch
from diptych.commons.settings import settings


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 8001,
) -> None:
    """Serve the research screens, until interrupted. In production set DATABASE_URL, and put a proxy that speaks TLS in front."""
    must_be_free(host=host, port=port)
    with until_told_to_stop(), opened():
        collect_static()
        with children() as running:
            running.append(start_web(host=host, port=port, environ={}, log=home() / "logs" / "health-web.log"))
            wait_until_answers(running[0], url=f"http://{host}:{port}/compte/connexion/")
            typer.echo(f"http://{host}:{port}/", err=True)
            watch(running)


def migrate() -> None:
    """Bring the tables of the research screens up to date."""
    with opened():
        bring_up_to_date()


def start_web(*, host: str, port: int, environ: Mapping[str, str], log: Path) -> Child:
    """Start Granian. One process: it keeps in memory what it has read of the store."""
    from django.conf import settings as wired

    served = web_server.words(
        application="diptych.health.site.wsgi:application", host=host, port=port, workers=1,
        threads=settings()["DIPTYCH_THREADS"], backpressure=128, static=Path(wired.STATIC_ROOT),
    )  # fmt: skip
    return start("research web server", served, environ, log)


def collect_static() -> None:
    """Gather static files where the web server serves them from."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
