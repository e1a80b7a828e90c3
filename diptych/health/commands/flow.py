"""`diptych health flow`: put hospital sources through the flow, say where they are, replay what was in quarantine.

Run by whoever runs the locked room, as its own user: it needs the home, and the keys, which nobody else can read.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.processes import must_be_free
from diptych.commons.refusal import Refused
from diptych.commons.terminal import fault_of, show_fault, show_json, show_table
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing import sources
from diptych.health.warehouse.identified.landing.home import Manifest, Place
from diptych.health.warehouse.identified.landing.reading import Progress as Told
from diptych.health.warehouse.identified.landing.receiving import Received, standing_of
from diptych.health.warehouse.identified.landing.terms import Account, Source

app = typer.Typer(
    no_args_is_help=True,
    help="Put hospital sources through the flow: receive (check, standardise, pseudonymise to come).",
    add_completion=False,
)

HomeOption = Annotated[Path, typer.Option("--home", help="The folder of what is received.", file_okay=False)]
KeysOption = Annotated[
    Path | None, typer.Option("--keys", help="The folder of the keys; HOME.keys if it is not named.", file_okay=False)
]
SourceOption = Annotated[
    str | None, typer.Option("--source", help="A declaration (a TOML file), or the name of a source that the home knows.")
]


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


def _told(account: Account) -> dict[str, Any]:
    "The account as it can be told while the flow stops early: received rows are not loaded."
    return asdict(account) | {"stopped_after": flow.STEPS[-1].__name__, "not_built": list(flow.PLANNED)}


def _stops(account: Account) -> None:
    print(
        f"{account.rows_in} rows in: {account.received} received, {account.quarantined} in quarantine, "
        f"{account.out_of_scope} out of scope."
    )
    print(
        f"The flow stops after {flow.STEPS[-1].__name__}: {', '.join(flow.PLANNED)} are not built. Nothing was loaded into a mart."
    )


@app.command()
def run(
    home: HomeOption,
    source: SourceOption = None,
    data: Annotated[
        str | None, typer.Option("--data", help="Where the source is, instead of where it is declared to be.")
    ] = None,
    keys: KeysOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put one source through the flow, or every source that the home knows. With --json, the account of rows is the last line.

    A source that fails does not stop the others; the exit status is then 1.
    """
    if data is not None and source is None:
        raise typer.BadParameter("it goes with --source: one place is not every source's", param_hint="--data")
    room, failed = flow.Room.of(home, keys), False
    names = [source] if source is not None else sources.names(room.home)
    accounts = []
    for name in names:
        try:
            with shown() as told:
                done = flow.run(declaration=_declaration(name, room.home), room=room, data=data, clock=now, progress=told)
        except Refused as refused:
            if source is not None:
                raise
            failed = True
            show_fault(fault_of(refused), as_json=as_json)
            continue
        accounts.append(done.account)
        for step in done.steps:
            _say(done.source, step.what, step.seconds, as_json=as_json)
    account = flow.total(accounts)
    if as_json:
        show_json(_told(account))
    else:
        _stops(account)
    if failed:
        raise typer.Exit(1)


def _line(manifest: Manifest) -> dict[str, Any]:
    "What may be said of a delivery: nothing that its source wrote."
    said = ("delivery", "table", "covers", "bytes", "rows_in", "received", "quarantined", "out_of_scope", "faults", "flags")
    told = {name: getattr(manifest, name) for name in said} | {"set_aside": manifest.set_aside or None}
    return told | {"columns_gone": list(manifest.gone), "columns_changed": list(manifest.changed)}


def _say(source: Source, what: Received, seconds: float, *, as_json: bool) -> None:
    if as_json:
        for manifest in what.taken:
            show_json({"source": source.name} | _line(manifest))
        show_json(
            {"source": source.name, "step": "receive", "taken": len(what.taken), "repeated": what.repeated,
             "withdrawn": len(what.withdrawn), "unknown_files": dict(Counter(what.unknown)), "seconds": round(seconds, 3)}
        )  # fmt: skip
        return
    rows = [(one.table, one.rows_in, one.received, one.quarantined, one.out_of_scope, _words(one)) for one in what.taken]
    if rows:
        show_table(columns=("table", "rows", "received", "quarantined", "out of scope", "said of it"), rows=rows)
    for shape, many in sorted(Counter(what.unknown).items()):
        print(f"note: {many} file(s) named like {shape} are no table's. Declare them, or ignore them.")
    print(
        f"{source.name}: {len(what.taken)} deliveries taken, {what.repeated} were already there, "
        f"{len(what.withdrawn)} withdrawn, in {seconds:.1f} s."
    )


def _words(manifest: Manifest) -> str:
    said = list(manifest.flags)
    said += [f"{fault}: {many}" for fault, many in sorted(manifest.faults.items())]
    said += [f"gone: {', '.join(manifest.gone)}"] if manifest.gone else []
    said += [f"changed: {', '.join(manifest.changed)}"] if manifest.changed else []
    return "; ".join(said) + ("; SET ASIDE" if manifest.set_aside else "")


@app.command()
def status(
    home: HomeOption,
    source: Annotated[str, typer.Option("--source", help="The name of a source that the home knows.")],
    as_json: JsonOption = False,
) -> None:
    """Say what each delivery of a source is worth now: current, replaced, corrected, withdrawn, set aside."""
    declared = sources.known(home, source)
    place = Place(home, source)
    manifests = place.all()
    standing = standing_of(manifests, declared)
    account = sources.account_of(place, declared)
    if as_json:
        for one in manifests:
            show_json({"standing": standing[one.delivery], "received_at": one.received_at} | _line(one))
        show_json(_told(account))
        return
    rows = [
        (one.delivery, one.table, standing[one.delivery].value, one.rows_in, one.received, one.quarantined, _words(one))
        for one in manifests
    ]
    show_table(columns=("delivery", "table", "standing", "rows", "received", "quarantined", "said of it"), rows=rows)
    _stops(account)


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
            show_json({"quarantined_before": before.quarantined} | _line(after))
        else:
            print(f"{after.delivery} {after.table}: {before.quarantined} in quarantine before, {after.quarantined} now.")
    if as_json:
        show_json(_told(account))
    else:
        _stops(account)


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
        show_json(_told(account))
    else:
        _stops(account)


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
