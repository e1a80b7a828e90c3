"""`diptych health room`: the locked room's own door, served by a process of the room's user; and who may come in."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from getpass import getpass
from pathlib import Path
from typing import Annotated

import typer

from .databases import ROOM, embedded_url
from .flow_options import KeysOption
from .omop import JsonOption
from .opening import bring_up_to_date, home
from .room_people import PASSWORD, PEOPLE
from .serve import collect_static

from diptych.commons import postgres, web_server
from diptych.commons.clock import now
from diptych.commons.processes import Child, children, must_be_free, start, until_told_to_stop, wait_until_answers, watch
from diptych.commons.refusal import deny
from diptych.commons.settings import settings
from diptych.commons.terminal import show_json
from diptych.health.warehouse.identified.staff.terms import NO_ADDRESS, WEAK, Role

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The locked room's own door: serve its pages, open an account."
)
BY = "job:account"


@contextmanager
def opened() -> Iterator[None]:
    """Django ready for the room, on DATABASE_URL, or else on its own database of the embedded PostgreSQL, as its own role."""
    with ExitStack() as stack:
        embedded = not settings()["DATABASE_URL"]
        if embedded:
            server = stack.enter_context(postgres.available(data=home() / "pg", pg_bin=settings()["PG_BIN"]))
            os.environ["DATABASE_URL"] = embedded_url(server, ROOM)
            settings.cache_clear()
        os.environ["DJANGO_SETTINGS_MODULE"] = "diptych.health.room.settings"
        import django

        django.setup()
        from django.db import connections

        stack.callback(connections.close_all)
        if embedded:
            bring_up_to_date()
        yield


@app.command()
def serve(
    room: Annotated[
        Path | None, typer.Option("--home", help="The room's home; DIPTYCH_ROOM if it is not named.", file_okay=False)
    ] = None,
    keys: KeysOption = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 8002,
    demo: Annotated[bool, typer.Option("--demo", hidden=True, help="Open the demo's accounts.")] = False,
) -> None:
    """Serve the locked room's pages, as its user, until interrupted. In production put a proxy that speaks TLS in front."""
    for name, folder in (("DIPTYCH_ROOM", room), ("DIPTYCH_ROOM_KEYS", keys)):
        if folder is not None:
            os.environ[name] = str(folder.absolute())
    settings.cache_clear()
    must_be_free(host=host, port=port)
    with until_told_to_stop(), opened():
        if demo:
            _people()
        collect_static()
        with children() as running:
            running.append(start_web(host=host, port=port, log=home() / "logs" / "room-web.log"))
            wait_until_answers(running[0], url=f"http://{host}:{port}/compte/connexion/")
            typer.echo(f"http://{host}:{port}/", err=True)
            watch(running)


def _people() -> None:
    "Open the demo's accounts, unless they are there."
    from diptych.health.warehouse.identified.staff.operations import open_account
    from diptych.health.warehouse.identified.staff.queries import known

    if settings()["DIPTYCH_MODE"] != "demo":
        raise typer.BadParameter("these accounts, whose password is known, are the demo's alone", param_hint="--demo")
    for one in PEOPLE:
        if not known(email=one.email):
            open_account(email=one.email, name=one.name, password=PASSWORD, role=one.role, actor="job:demo", at=now())


def start_web(*, host: str, port: int, log: Path) -> Child:
    """Start Granian for the room."""
    from django.conf import settings as wired

    served = web_server.words(
        application="diptych.health.room.wsgi:application", host=host, port=port, workers=1, threads=4, backpressure=64,
        static=Path(wired.STATIC_ROOT),
    )  # fmt: skip
    return start("locked room's web server", served, {}, log)


@app.command()
def migrate() -> None:
    """Bring the tables of the room's own database up to date."""
    with opened():
        bring_up_to_date()


@app.command()
def account(
    email: Annotated[str, typer.Argument(help="The e-mail address to sign in with.")],
    name: Annotated[str, typer.Option("--name", help="The person's name, as colleagues read it.")],
    role: Annotated[str, typer.Option("--role", help="engineer, steward or dpo.")] = Role.ENGINEER.value,
    as_json: JsonOption = False,
) -> None:
    """Open an account of the locked room's pages. The password is asked for, or read from standard input; it is never an argument.

    Example: diptych health room account anne@chu.example --name "Anne Durand" --role steward
    """
    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with opened():
        number = open_one(email=email, name=name, password=password, role=role)
    if as_json:
        show_json({"account": number, "email": email, "role": role})
    else:
        print(f"{email} may sign in.")


def open_one(*, email: str, name: str, password: str, role: str) -> int:
    """Open an account. Refused (`staff.no_address`, `staff.weak_password`, `staff.taken`, `staff.no_role`); gives its number."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from diptych.health.warehouse.identified.staff.operations import open_account

    try:
        validate_email(email)
    except ValidationError:
        deny(NO_ADDRESS, email=email)
    try:
        validate_password(password)
    except ValidationError as error:
        deny(WEAK, why=" ".join(error.messages).rstrip("."))
    return open_account(email=email, name=name, password=password, role=role, actor=BY, at=now())
