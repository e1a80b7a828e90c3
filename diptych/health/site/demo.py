"""`diptych health demo`: the data department on this machine, with a hospital of its own.

Holds the order of starting and what is said of it. Does not hold the hospital (world, beside: its room's part runs as processes of
its own) nor how processes are kept.
`diptych demo` starts it beside the pass.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from diptych.commons.processes import Child, alone, children, must_be_free, start, until_told_to_stop, wait_until_answers, watch
from diptych.commons.refusal import Kind, Reason, Refused, deny
from diptych.commons.settings import settings
from diptych.health.commands import room_people
from diptych.health.commands.opening import ROOT, opened
from diptych.health.commands.serve import collect_static, start_web

ALREADY = Reason(
    "demo.health_already_runs",
    Kind.CONFLICT,
    "The hospital's demo already runs on {home}. Stop it, or give this one another --home.",
)
NOT_INVENTED = Reason(
    "demo.not_invented",
    Kind.CONFLICT,
    "{store} holds release {release}, which is not of the demo's hospital: the demo neither opens nor replaces it. "
    "Give the demo another --home.",
)
HOST = "127.0.0.1"
STORE = "store"


def demo(
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65_535)] = 8001,
    seed: Annotated[int, typer.Option(help="Another seed is another hospital.")] = 1,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the hospital and its requests, and make them anew.")] = False,
    home: Annotated[Path | None, typer.Option(help="The folder for the demo's database and files.")] = None,
    room: Annotated[
        int | None,
        typer.Option(help="The port of the locked room's own door; 0 leaves it out. Unless named, the next port if it is free."),
    ] = None,
) -> None:
    """Run the data department's research screens here, on an invented hospital, until Ctrl-C."""
    console = Console(soft_wrap=True)
    folder = _prepare(home, port)
    from diptych.health.site.world import roots

    with until_told_to_stop(), alone(folder / "health-demo.lock", otherwise=ALREADY, home=str(folder)):
        must_be_free(host=HOST, port=port)
        _hospital(console, folder / STORE, seed=seed, fresh=fresh)
        with opened():
            people(care_sites=roots(folder / STORE), fresh=fresh)
            collect_static()
            with children() as running:
                running.append(start_web(host=HOST, port=port, environ={}, log=folder / "logs" / "health-web.log"))
                door = _door(folder, port=port, asked=room)
                if door is not None:
                    running.append(door[0])
                wait_until_answers(running[0], url=f"http://{HOST}:{port}/compte/connexion/")
                if door is not None:
                    wait_until_answers(door[0], url=f"http://{HOST}:{door[1]}/compte/connexion/")
                _welcome(console, port, door[1] if door else 0)
                watch(running)


def _prepare(home: Path | None, port: int) -> Path:
    "The environment of the demo, for this process and its children."
    folder = (home or ROOT / settings()["DIPTYCH_HOME"]).expanduser().absolute()
    os.environ.update(
        {
            "DIPTYCH_HOME": str(folder),
            "DIPTYCH_STORE": str(folder / STORE),
            "DIPTYCH_MODE": "demo",
            "DIPTYCH_PLAIN_HTTP": "1",
            "DIPTYCH_BASE_URL": f"http://localhost:{port}",
            "DIPTYCH_HOSTS": f"localhost,{HOST}",
        }
    )
    os.environ.pop("DATABASE_URL", None)  # the demo has its own, always: it must not write into a real one
    settings.cache_clear()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _hospital(console: Console, store: Path, *, seed: int, fresh: bool, make: Callable[..., Any] | None = None) -> None:
    from diptych.commons import clock
    from diptych.health.site import world

    if (release := world.foreign(store)) is not None:  # anybody may sign in to the demo: its password is printed
        deny(NOT_INVENTED, store=str(store), release=release)
    if fresh:
        shutil.rmtree(store, ignore_errors=True)
        world.Room(store).forget()
    if world.is_made(store):
        return
    if world.is_there(store):
        console.print("Another version of Diptych made this hospital: it is made anew, and the old release is kept beside it.")
    columns = (
        SpinnerColumn(),
        TextColumn("hospital: {task.description:<22}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("patients")
        made = (make or world.bring)(
            store=store,
            seed=seed,
            at=clock.now(),
            advance=lambda what, done, of: progress.update(task, description=what, completed=done, total=of),
        )
    console.print(f"{made.rows['person']:,} patients, {made.rows['visit_occurrence']:,} visits, from seed {seed}.")


def _door(folder: Path, *, port: int, asked: int | None) -> tuple[Child, int] | None:
    "The locked room's own door: a process of its own, with its own database and role."
    at = port + 1 if asked is None else asked
    if not at or at > 65_535:
        return None
    try:
        must_be_free(host=HOST, port=at)
    except Refused:
        if asked is not None:
            raise
        return None
    from diptych.health.site.world import Room

    room = Room(folder / STORE)
    words = ["diptych", "health", "room", "serve", "--home", str(room.home), "--port", str(at), "--demo"]
    environ = {"DATABASE_URL": "", "DIPTYCH_BASE_URL": f"http://localhost:{at}", **room.environ}
    return start("locked room's door", words, environ, folder / "logs" / "room.log"), at


def people(*, care_sites: tuple[int, ...], fresh: bool = False) -> None:
    """Open the demo's accounts, each with the questions that are ready, unless they are there. Those of a hospital that was made anew,
    whose places have other numbers, are opened anew too."""
    from django.db import transaction

    from diptych.commons import clock
    from diptych.health.site.world.examples import PASSWORD, PEOPLE, asked_of
    from diptych.health.warehouse.research.accounts.models import Account
    from diptych.health.warehouse.research.accounts.operations import open_account
    from diptych.health.warehouse.research.cohort.wire import cohort360
    from diptych.health.warehouse.research.questions import operations
    from diptych.health.warehouse.research.questions.terms import Form

    with transaction.atomic():
        ours = Account.objects.filter(email__in=[person.email for person in PEOPLE])
        (ours if fresh else ours.exclude(care_sites=list(care_sites))).delete()
        for person in PEOPLE:
            if Account.objects.filter(email=person.email).exists():
                continue
            id_ = open_account(
                email=person.email, name=person.name, password=PASSWORD, rights=person.rights, care_sites=care_sites,
                actor="job:demo", at=clock.now(),
            )  # fmt: skip
            for name, request in reversed(asked_of(care_sites)):
                operations.create(account_id=id_, name=name, form=Form.REQUEST, asked=cohort360.write(request), at=clock.now())


def _welcome(console: Console, port: int, room: int) -> None:
    from diptych.health.site.world.examples import PASSWORD, PEOPLE

    base = f"http://localhost:{port}/"
    console.print()
    table = Table(
        title=f"Cohorts, on an invented hospital: [link={base}]{base}[/link]", title_justify="left", box=None, pad_edge=False
    )
    for column in ("who", "e-mail", "password"):
        table.add_column(column, overflow="fold")
    for person in PEOPLE:
        table.add_row(person.who, person.email, PASSWORD)
    console.print(table)
    if room:
        base = f"http://localhost:{room}/"
        title = f"The locked room, whose flow made those data: [link={base}]{base}[/link]"
        door = Table(title=title, title_justify="left", box=None, pad_edge=False)
        for column in ("who", "e-mail", "password"):
            door.add_column(column, overflow="fold")
        for one in room_people.PEOPLE:
            door.add_row(one.who, one.email, room_people.PASSWORD)
        console.print(door)
    console.print(
        "  · Open « Diabète de type 2 puis metformine », change 90 days to 30, exclude a card, watch the counts; save, compare"
    )
