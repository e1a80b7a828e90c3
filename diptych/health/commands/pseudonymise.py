"""`diptych health pseudonymise`: the key service, a project's keys, refusals, and a mart made of identified tables."""

import getpass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified.pseudonymise import run
from diptych.health.warehouse.identified.pseudonymise.keys import service
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from diptych.health.warehouse.identified.pseudonymise.opposition import Register, take_out

app = typer.Typer(
    no_args_is_help=True,
    help="From identified tables to a project's mart: keys, refusals, the run. Of the locked room: run it as its user.",
    add_completion=False,
)
key = typer.Typer(no_args_is_help=True, help="A project's key: made, rotated, destroyed. It never leaves the service.")
opposition = typer.Typer(no_args_is_help=True, help="Patients who refuse that their data serve research.")
app.add_typer(key, name="key")
app.add_typer(opposition, name="opposition")

SocketOption = Annotated[Path, typer.Option("--socket", help="The key service's socket.")]
RegisterOption = Annotated[Path, typer.Option("--register", help="The folder of the register of refusals.", file_okay=False)]
ProjectArgument = Annotated[str, typer.Argument(help="The project's name.")]
PersonArgument = Annotated[int, typer.Argument(help="The person's number in the identified tables.")]
SinceOption = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="The first day; today where it is not said.")
]


@app.command("serve-keys")
def serve_keys(
    keys: Annotated[Path, typer.Option("--keys", help="The keys' folder, of this process's user alone.", file_okay=False)],
    socket: SocketOption,
    user: Annotated[list[int] | None, typer.Option("--user", help="The number of a user who may ask, beside this one.")] = None,
) -> None:
    """Answer pseudonyms over a socket until ended. The keys stay in the folder, which nobody else may read."""
    service.serve(keys, socket, users=frozenset(user or ()), clock=now, ready=lambda: Console(stderr=True).print("Keys: ready."))


@app.command("run")
def run_(
    source: Annotated[Path, typer.Argument(help="A folder of Parquet files named as OMOP's tables, or a DuckDB file.")],
    out: Annotated[Path, typer.Argument(help="The mart's folder; it must not exist.")],
    project: Annotated[str, typer.Option("--project", help="The project whose key is used.")],
    socket: SocketOption,
    register: RegisterOption,
    scratch: Annotated[
        Path | None, typer.Option("--scratch", help="Where what does not fit in memory goes.", file_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a project's mart: the policy applied to each column, texts rewritten, refusals left out, uniqueness measured."""
    errors = Console(stderr=True)
    with Keys(socket) as keys, errors.status("…") as status:
        report = run.pseudonymise(
            source=source,
            out=out,
            project=project,
            keys=keys,
            register=Register(register),
            at=now(),
            scratch=scratch,
            progress=status.update,
        )
    if as_json:
        show_json(report)
        return
    show_table(
        columns=("table", "rows in", "rows out", "of persons who refused", "left out otherwise"),
        rows=[
            (name, said["rows_in"], said["rows_out"], said["of_persons_who_refused"], said["left_out_otherwise"])
            for name, said in report["tables"].items()
        ],
    )
    for name, said in report["tables"].items():
        if said["dropped_without_row"]:
            print(f"dropped, the policy has no row: {name}: {', '.join(said['dropped_without_row'])}")
    if report["tables_without_rows"]:
        print(f"dropped, OMOP has no such table: {', '.join(report['tables_without_rows'])}")
    if unique := report["uniqueness"]:
        print(
            f"{unique['alone']} of {unique['persons']} persons with a visit are alone on birth year, sex, zone, month and stay."
            + (f" Cheapest to make coarser: {unique['cheapest']}." if unique["cheapest"] else "")
        )
    print(f"{out} is written; {run.REPORT} in it says the rest.")


@key.command("create")
def create(project: ProjectArgument, socket: SocketOption) -> None:
    """Make a project's key."""
    with Keys(socket) as keys:
        print(f"{project}: key {keys.create(project)} is made.")


@key.command("rotate")
def rotate(project: ProjectArgument, socket: SocketOption) -> None:
    """Make the next key of a project: marts made from now on have other pseudonyms. The old key stays until destroyed."""
    with Keys(socket) as keys:
        print(f"{project}: key {keys.rotate(project)} is in use.")


@key.command("destroy")
def destroy(
    project: ProjectArgument,
    socket: SocketOption,
    generation: Annotated[
        int | None, typer.Option("--generation", help="One key of the project; all where it is not said.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Destroy a project's keys, at its end: its pseudonyms cannot be made again, and lead back to nobody."""
    if not yes:
        typer.confirm(f"Destroy the keys of {project}? This cannot be undone.", abort=True)
    with Keys(socket) as keys:
        gone = keys.destroy(project, generation=generation)
    print(f"{project}: destroyed: {', '.join(map(str, gone))}.")


@key.command("list")
def list_(socket: SocketOption, as_json: JsonOption = False) -> None:
    """Say which projects have a key, and the generation in use."""
    with Keys(socket) as keys:
        found = keys.projects()
    if as_json:
        show_json(found)
    else:
        show_table(columns=("project", "generation"), rows=sorted(found.items()))


@opposition.command("add")
def add(person: PersonArgument, register: RegisterOption, since: SinceOption = None) -> None:
    """Register a patient's refusal: each publication from that day on is without them."""
    entry = Register(register).refuse(person_id=person, since=_day(since), at=now(), by=getpass.getuser())
    print(f"Registered, in force from {entry.since}.")


@opposition.command("withdraw")
def withdraw(person: PersonArgument, register: RegisterOption, since: SinceOption = None) -> None:
    """Register that a patient no longer refuses."""
    entry = Register(register).withdraw(person_id=person, since=_day(since), at=now(), by=getpass.getuser())
    print(f"Registered, in force from {entry.since}.")


@opposition.command("take-out")
def take_out_(
    project: ProjectArgument,
    published: Annotated[datetime, typer.Option("--published", formats=["%Y-%m-%d"], help="The day on which the mart was made.")],
    socket: SocketOption,
    register: RegisterOption,
) -> None:
    """Say, in JSON, which pseudonyms are to leave what was made of a project's mart: indexes, cohorts, workspaces."""
    with Keys(socket) as keys:
        found = take_out(Register(register), keys=keys, project=project, published=published.date(), on=now().date())
    show_json({"project": found.project, "generation": found.generation, "persons": list(found.persons)})


def _day(said: datetime | None) -> date:
    return said.date() if said else now().date()
