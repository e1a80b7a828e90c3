"""`diptych health flow`: put hospital sources through the flow, say where they are, replay what was in quarantine.

Run by whoever runs the locked room, as its own user: it needs the home, and the keys, which nobody else can read.
"""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from . import flow_rows, flow_status
from .flow_options import HomeOption, KeysOption
from .flow_said import SAY, landed, line
from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.processes import must_be_free
from diptych.commons.terminal import fault_of, show_fault, show_json
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing import sources
from diptych.health.warehouse.identified.landing.home import Place
from diptych.health.warehouse.identified.landing.reading import Progress as Told
from diptych.health.warehouse.identified.omop import workshop
from diptych.health.warehouse.identified.omop.terms import Fates

app = typer.Typer(
    no_args_is_help=True,
    help="Put hospital sources through the flow: receive, check, standardise, pseudonymise; walk from rows to their sources and back.",
    add_completion=False,
)

app.command()(flow_status.status)
app.command()(flow_rows.trace)
app.command()(flow_rows.unmapped)
app.command("map")(flow_rows.map_)


@contextmanager
def shown() -> Iterator[Told]:
    """What is being read, on standard error, where a person looks at it."""
    errors = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<32}"),
        TextColumn("{task.completed:>12,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("opening", total=None)
        yield lambda table, rows: progress.update(task, description=table, completed=rows)


def _declaration(source: str, home: Path) -> Path:
    "The file that a word names: a declaration, or that of a source which the home knows."
    if source.endswith(".toml"):
        return Path(source)
    sources.known(home, source)
    return Place(home, source).declaration


def _asked(source: str | None, data: str | None, home: Path) -> list[flow.Asked]:
    "The sources that are meant: one, those of a folder of declarations, or every one that the home knows."
    if source is None:
        return [flow.Asked(_declaration(name, home)) for name in sources.names(home)]
    if (folder := Path(source)).is_dir():
        if data is not None:
            raise typer.BadParameter("it goes with one source: one place is not every source's", param_hint="--data")
        return [flow.Asked(path) for path in sorted(folder.glob("*.toml"))]
    return [flow.Asked(_declaration(source, home), data)]


@app.command()
def run(
    home: HomeOption,
    source: Annotated[
        str | None,
        typer.Option(
            "--source", help="A declaration (a TOML file), a folder of them, or a name that the home knows; all if left out."
        ),
    ] = None,
    data: Annotated[
        str | None, typer.Option("--data", help="Where the source is, instead of where it is declared to be.")
    ] = None,
    step: Annotated[
        str | None, typer.Option("--step", help=f"One step only: {', '.join(one.__name__ for one in flow.STEPS)}.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], help="Receive nothing that covers an earlier day.")
    ] = None,
    project: Annotated[str, typer.Option("--project", help="The project whose mart is published.")] = flow.PROJECT,
    socket: Annotated[
        Path | None, typer.Option("--socket", help="The key service; one is started for the run if none is named.")
    ] = None,
    register: Annotated[
        Path | None, typer.Option("--register", help="The folder of refusals; HOME/refusals if it is not named.", file_okay=False)
    ] = None,
    marts: Annotated[
        Path | None, typer.Option("--marts", help="Where marts are published; HOME.marts if it is not named.", file_okay=False)
    ] = None,
    checks: Annotated[
        Path | None,
        typer.Option(
            "--checks", help="The folder of the DataQualityDashboard's check tables; HOME/checks if it is there.", file_okay=False
        ),
    ] = None,
    scratch: Annotated[
        Path | None,
        typer.Option("--scratch", help="Where identified data that do not fit in memory may go: an encrypted volume."),
    ] = None,
    memory: Annotated[str, typer.Option("--memory", help="What the tables may take of memory, such as 4GB.")] = workshop.MEMORY,
    keys: KeysOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put sources through the flow, to a mart that `diptych health omop load` loads. The last line is the account of their rows.

    Each source row has one fate: loaded, merged into what another made, in quarantine, out of scope. Of several sources one that
    fails stops no other; the exit status is then 1. It is 1, too, where a fatal check fails: the mart before stays, until what is
    wrong is mended or a named person lets it through (`diptych health quality override --book HOME/quality`).
    """
    if data is not None and source is None:
        raise typer.BadParameter("it goes with --source: one place is not every source's", param_hint="--data")
    if step is not None and step not in {one.__name__ for one in flow.STEPS}:
        raise typer.BadParameter(f"should be one of: {', '.join(one.__name__ for one in flow.STEPS)}", param_hint="--step")
    room = flow.Room.of(home, keys)
    publishing = flow.Publishing(
        project=project, socket=socket, register=register, marts=marts, checks=checks, scratch=scratch, memory=memory
    )
    with shown() as told:
        done = flow.run(
            asked=_asked(source, data, room.home), room=room, clock=now, progress=told, publishing=publishing, only=step,
            since=since.date() if since else None,
        )  # fmt: skip
    for one in done.steps:
        SAY[one.step](one.what, one.seconds, as_json)
    refusals = [*done.failed.values(), *(one.what.why for one in done.steps if isinstance(one.what, flow.Held))]
    for refused in refusals:
        show_fault(fault_of(refused), as_json=as_json)
    _account(done, as_json=as_json)
    if refusals:
        raise typer.Exit(1)


def _account(done: flow.Run, *, as_json: bool) -> None:
    "The fates of the rows that were asked for, added."
    if done.steps[-1].step == "receive":
        account = flow.total(one.account for one in done.steps[-1].what)
        show_json(asdict(account)) if as_json else landed(account)
        return
    sums = {name: sum(getattr(one, name) for one in done.fates.values()) for name in Fates.__slots__}
    if as_json:
        show_json(sums)
        return
    print(
        f"{sums['rows_in']} rows in: {sums['loaded']} loaded, {sums['merged']} merged into rows that others made, "
        f"{sums['quarantined']} in quarantine, {sums['out_of_scope']} out of scope."
    )


@app.command()
def replay(
    home: HomeOption,
    source: Annotated[str, typer.Option("--source", help="The name of a source, or its corrected declaration.")],
    delivery: Annotated[str | None, typer.Option("--delivery", help="One delivery, as `status` names it.")] = None,
    accept: Annotated[bool, typer.Option("--accept", help="Take what can be read of a delivery that was cut.")] = False,
    keys: KeysOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read quarantined rows again from the raw file, by the declaration as it is now."""
    room = flow.Room.of(home, keys)
    with shown() as told:
        done, account = flow.replay(
            declaration=_declaration(source, room.home), room=room, delivery=delivery, accept=accept, clock=now, progress=told
        )
    for before, after in done:
        if as_json:
            show_json({"quarantined_before": before.quarantined} | line(after))
        else:
            print(f"{after.delivery} {after.table}: {before.quarantined} in quarantine before, {after.quarantined} now.")
    if as_json:
        show_json(asdict(account))
    else:
        landed(account)


@app.command()
def withdraw(
    delivery: Annotated[str, typer.Argument(help="A delivery, as `status` names it.")],
    home: HomeOption,
    source: Annotated[str, typer.Option("--source", help="The name of a source that the home knows.")],
    keys: KeysOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take a delivery back, as its owner asks: its rows and raw file are removed, its manifest says that it was."""
    account = flow.withdraw(name=source, room=flow.Room.of(home, keys), delivery=delivery, clock=now)
    if as_json:
        show_json(asdict(account))
    else:
        landed(account)


@app.command()
def listen(
    home: HomeOption,
    source: Annotated[str, typer.Option("--source", help="A declaration, or the name of a source that the home knows.")],
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65_535, help="The port to listen on.")] = 2575,
    keys: KeysOption = None,
) -> None:
    """Listen for a source's HL7 v2 messages (MLLP) until told to stop; each is acknowledged when the disk has it.

    `run` makes deliveries of what was heard; it may run meanwhile. MLLP has no sign-in: listen inside the hospital's own network,
    behind a tunnel that knows the sender.
    """
    must_be_free(host=host, port=port)
    room = flow.Room.of(home, keys)

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await flow.listen(
            declaration=_declaration(source, room.home), room=room, host=host, port=port, clock=now, stop=stop,
            ready=lambda at: print(f"Listening on {host}:{at}.", flush=True),
        )  # fmt: skip

    asyncio.run(until_stopped())
