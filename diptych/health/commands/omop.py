"""`diptych health omop`: bring an OMOP database into a store, and say what a store holds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.index.store import Store, drop, load, releases, verify

app = typer.Typer(
    no_args_is_help=True, help="Bring an OMOP database into a store, and say what a store holds.", add_completion=False
)

StoreOption = Annotated[Path, typer.Option("--store", help="The store's folder.", file_okay=False)]
STEPS = ("read", "check", "write", "index")
"""The steps of a load that take time, in their order."""

JsonOption = Annotated[bool, typer.Option("--json", help="Answer on one line of JSON.")]


@contextmanager
def shown() -> Iterator[Callable[[str, str], None]]:
    """A progress bar on standard error, where a person looks at it; called with each step and table."""
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task, tables = progress.add_task("opening", total=len(STEPS) * len(SHAPES)), list(SHAPES)

        def told(step: str, table: str) -> None:
            done = STEPS.index(step) * len(tables) + tables.index(table)
            progress.update(task, description=f"{step} {table}", completed=done)

        yield told


@app.command("load")
def load_(
    source: Annotated[Path, typer.Argument(help="A folder of CSV or Parquet files named as OMOP's tables, or a DuckDB file.")],
    store: StoreOption,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a source with any finding, not only grave ones.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a source and make it the store's current release. The old release stays until the new one is whole."""
    with shown() as told:
        done = load(source=source, store=store, strict=strict, at=now(), progress=told)
    if as_json:
        show_json({"release": done.release, "tables": done.rows, "findings": [finding.facts() for finding in done.findings]})
        return
    show_table(columns=("table", "rows"), rows=sorted(done.rows.items()))
    for finding in done.findings:
        print(f"note: {finding}")
    print(f"Release {done.release} is current.")


@app.command()
def show(store: StoreOption, as_json: JsonOption = False) -> None:
    """Say what a store's current release holds, what was noted of its source, and which releases can be read."""
    manifest, all_ = Store(store).manifest, releases(store)
    if as_json:
        show_json(manifest | {"releases": all_})
        return
    rows = ((name, table["rows"], table["bytes"]) for name, table in sorted(manifest["tables"].items()))
    show_table(columns=("table", "rows", "bytes"), rows=rows)
    for finding in manifest["findings"]:
        print(f"note: {finding}")
    for release in all_:
        current = release == manifest["release"]
        print(f"Release {release}" + (f", made {manifest['made_at']}: current." if current else ": kept until dropped."))


@app.command("drop")
def drop_(
    release: Annotated[str, typer.Argument(help="A release, as `show` names it; not the current one.")],
    store: StoreOption,
    as_json: JsonOption = False,
) -> None:
    """Remove an old release from a store."""
    drop(store, release=release)
    if as_json:
        show_json({"dropped": release, "releases": releases(store)})
    else:
        print(f"Release {release} is dropped.")


@app.command("verify")
def verify_(store: StoreOption, as_json: JsonOption = False) -> None:
    """Read a store's current release whole, its index too, and compare it with the hashes of its manifest."""
    read = verify(store)
    if as_json:
        show_json({"bytes": read, "whole": True})
    else:
        print(f"{read} bytes read: the release is as it was written.")


@app.command("generate")
def generate_(
    persons: Annotated[int, typer.Option("--persons", min=1, help="How many persons.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write Parquet files in.", file_okay=False)],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same world.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Write an OMOP database of persons that nobody is, with about a hundred events each."""
    errors = Console(stderr=True)
    columns = (TextColumn("persons"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("persons", total=persons)
        rows = generate(persons=persons, out=out, seed=seed, progress=lambda done: progress.update(task, completed=done))
    if as_json:
        show_json({"out": str(out), "seed": seed, "tables": rows})
    else:
        show_table(columns=("table", "rows"), rows=sorted(rows.items()))
