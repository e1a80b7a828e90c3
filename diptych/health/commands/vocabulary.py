"""`diptych health vocabulary`: load vocabularies into the locked room, and say which it has.

Run by whoever runs the locked room, as its own user: only that user can write its home.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from .flow_options import HomeOption
from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified.omop.vocabulary import loading

app = typer.Typer(
    no_args_is_help=True, help="Load vocabularies into the locked room, and say which it has.", add_completion=False
)


@contextmanager
def _shown() -> Iterator[loading.Told]:
    errors = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description:<32}"), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("reading", total=None)
        yield lambda what: progress.update(task, description=what)


@app.command()
def load(
    path: Annotated[Path, typer.Argument(help="A folder of Athena's, a French list, or a folder of such lists.")],
    home: HomeOption,
    as_json: JsonOption = False,
) -> None:
    """Load vocabularies: all of them or, if any line is at fault, none. The same files again change nothing."""
    with _shown() as told:
        done = loading.load(path, home=home.absolute(), at=now(), told=told)
    if as_json:
        show_json(asdict(done))
        return
    for name in done.new:
        print(f"{name}: loaded.")
    for name in done.same:
        print(f"{name}: the same as before, nothing changed.")
    print(f"{done.concepts} concepts in all.")


@app.command("list")
def list_(home: HomeOption, as_json: JsonOption = False) -> None:
    """List the vocabularies of a home: how many concepts, how many in force, and when they were loaded."""
    rows = loading.listed(home.absolute())
    if as_json:
        show_json({"vocabularies": rows})
    elif rows:
        show_table(columns=tuple(rows[0]), rows=[tuple(map(str, row.values())) for row in rows])
    else:
        print("No vocabulary was loaded. Load one with: diptych health vocabulary load PATH")
