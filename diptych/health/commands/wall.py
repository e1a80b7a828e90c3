"""`diptych health wall`: the wall between the rooms, below Python. `make` gives each room a database and a role of its own; `try` is run
as the user who serves research, and tries to pass: every attempt must fail.

Holds the attempts (that the room cannot be imported there either is `site.walled`). They name places of the locked room and never what is in them. Modes and users are the machine's: see
docs/how-to/keep-the-rooms-apart.md.
"""

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from .databases import PLACES, ROOM, address, make, superusers
from .omop import JsonOption

from diptych.commons.refusal import Kind, Reason, Refused, deny
from diptych.commons.settings import settings
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(
    no_args_is_help=True, add_completion=False,
    help="The wall between the locked room and research: make the database roles, try to pass it.",
)  # fmt: skip

NO_SERVER = Reason("wall.no_server", Kind.CONFLICT, "The server does not let its administrator in: {why}.")
NOT_KEPT = Reason(
    "wall.not_kept", Kind.CONFLICT, "{path} is there already: it may hold an address that is in use. Move it away first."
)
REACHED, REFUSED, NOTHING = "reached", "refused", "nothing there"
_PATIENCE = 5
"""Seconds that a server or a service may take to answer."""
Tried = tuple[str, str]
"""What was tried, and what came of it."""


@app.command("make")
def make_(
    admin: Annotated[
        str, typer.Option("--admin", help="The server, as its administrator: postgresql://postgres:…@host/postgres.")
    ],
    into: Annotated[
        Path, typer.Option("--into", help="Where the two addresses are written, for their owners alone.", file_okay=False)
    ],
) -> None:
    """Make a role and a database for each room on a server of the hospital, each shut to the other's role, with a new password each.

    The addresses are written to INTO/diptych_research.url and INTO/diptych_room.url: give each process its own as DATABASE_URL.
    """
    files = [into / f"{place.role}.url" for place in PLACES]
    if there := next((file for file in files if file.exists()), None):
        deny(NOT_KEPT, path=str(there))
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with psycopg.connect(admin, autocommit=True, connect_timeout=_PATIENCE) as connection:
            for place, file in zip(PLACES, files, strict=True):
                password = secrets.token_urlsafe(32)
                make(connection, place, password=password)
                with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                    out.write(address(admin, place, password) + "\n")
    except psycopg.Error as error:
        deny(NO_SERVER, why=type(error).__name__)
    for file in files:
        print(file)


@app.command("try")
def try_(
    home: Annotated[Path, typer.Option("--home", help="The locked room's home.", readable=False)],
    keys: Annotated[
        Path | None, typer.Option("--keys", help="The folder of its keys; HOME.keys if it is not named.", readable=False)
    ] = None,
    sockets: Annotated[list[Path] | None, typer.Option("--socket", help="A key service.", readable=False)] = None,
    folders: Annotated[
        list[Path] | None,
        typer.Option("--folder", help="Another folder of the room: refusals, a book, a drop of files.", readable=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Try, as the user and by the DATABASE_URL of research, to read a file, a key, a table of the locked room.

    Exit status 1 if one attempt succeeds, or finds nothing to try on: a mistyped folder proves nothing.
    """
    told = list(_attempts(home, keys or home.with_name(f"{home.name}.keys"), sockets or [], folders or []))
    if as_json:
        for what, outcome in told:
            show_json({"tried": what, "outcome": outcome})
    else:
        show_table(columns=("tried", "outcome"), rows=told)
    if any(outcome != REFUSED for _, outcome in told):
        raise typer.Exit(1)


def _attempts(home: Path, keys: Path, sockets: list[Path], folders: list[Path]) -> Iterator[Tried]:
    for folder in (home, keys, *folders):
        yield f"list {folder}", _of(_list, folder)
        yield f"write into {folder}", _of(_write, folder)
    for at in sockets:
        yield f"ask the key service {at}", _of(_ask, at)
    if url := settings()["DATABASE_URL"]:
        yield from _by_sql(url)


def _of(deed: Callable[[Path], object], on: Path) -> str:
    try:
        deed(on)
    except FileNotFoundError:
        return NOTHING
    except OSError:
        return REFUSED
    return REACHED


def _list(folder: Path) -> None:
    list(folder.iterdir())


def _write(folder: Path) -> None:
    path = folder / f".tried-{os.getpid()}"
    with path.open("xb"):
        pass
    path.unlink()


def _ask(at: Path) -> None:
    "A service lets the connection be made, and says nothing to whom it does not know."
    from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys

    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(at))  # a file that nobody listens at is nothing to try on
    try:
        with Keys(at) as service:
            service.projects()
    except Refused:
        raise PermissionError from None


# ---- SQL

_QUESTIONS = {
    "be the room's role": f"set role {ROOM.role}",
    "make a role": "create role diptych_tried",
    "read a file through the server": "select pg_read_file('PG_VERSION')",
    "run a program through the server": "copy (select 1) to program 'cat >/dev/null'",
    "read its memory of passwords": "select rolpassword from pg_authid",
}


def _by_sql(url: str) -> Iterator[Tried]:
    try:
        with psycopg.connect(url, connect_timeout=_PATIENCE) as connection:
            there = connection.execute("select 1 from pg_database where datname = %s", [ROOM.database]).fetchone() is not None
            masters = superusers(connection)
    except psycopg.Error:
        yield "SQL: connect as research", NOTHING
        return
    for what, asked in _QUESTIONS.items():
        yield f"SQL: {what}", _answered(url, asked)
    yield f"SQL: open {ROOM.database}", _answered(url, "select 1", dbname=ROOM.database) if there else NOTHING
    for name in (ROOM.role, *masters):
        yield f"SQL: sign in as {name}", _answered(url, "select 1", user=name, password="")


def _answered(url: str, asked: str, **other: str) -> str:
    given: dict[str, Any] = {"connect_timeout": _PATIENCE, **other}
    try:
        with psycopg.connect(url, **given) as connection:
            connection.execute(asked)
            connection.rollback()
    except psycopg.Error:
        return REFUSED
    return REACHED
