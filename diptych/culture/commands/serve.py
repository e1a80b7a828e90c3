"""`diptych culture serve`: the pass on Granian, as in production.

Holds which programs serve the pass. Does not hold the demo's world (site) nor how processes are kept (commons/processes).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from diptych.commons import web_server
from diptych.commons.processes import Child, children, must_be_free, start, until_told_to_stop, wait_until_answers, watch
from diptych.commons.settings import settings


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 8000,
    jobs: Annotated[bool, typer.Option("--jobs/--no-jobs", help="Run the jobs too, in a process beside.")] = False,
) -> None:
    """Serve the pass, until interrupted. In production set DATABASE_URL, and put a proxy that speaks TLS in front."""
    from diptych.culture.commands.opening import opened

    must_be_free(host=host, port=port)
    with until_told_to_stop(), opened():
        collect_static()
        log = logs_folder()
        with children() as running:
            running.append(start_web(host=host, port=port, environ={}, log=log / "web.log"))
            if jobs:
                running.append(start_jobs(environ={}, log=log / "jobs.log"))
            wait_until_answers(running[0], url=f"http://{host}:{port}/openapi.json")
            typer.echo(f"http://{host}:{port}/", err=True)
            watch(running)


def start_web(*, host: str, port: int, environ: Mapping[str, str], log: Path) -> Child:
    """Start Granian: as many processes and threads as the settings say, static files served by itself."""
    chosen = settings()
    from django.conf import settings as wired

    served = web_server.words(
        application="diptych.culture.site.wsgi:application", host=host, port=port, workers=chosen["DIPTYCH_WORKERS"],
        threads=chosen["DIPTYCH_THREADS"], backpressure=256, static=Path(wired.STATIC_ROOT),
    )  # fmt: skip
    return start("web server", served, environ, log)


def start_jobs(*, environ: Mapping[str, str], log: Path) -> Child:
    """Start the jobs' worker."""
    return start("jobs' worker", ["diptych", "culture", "work"], environ, log)


def collect_static() -> None:
    """Gather static files where the web server serves them from."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def logs_folder() -> Path:
    """Where the children's output goes."""
    from diptych.culture.commands.opening import home

    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
