"""`diptych health omop`: bring an OMOP database into a store, and say what a store holds."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.index.store import Store, load

app = typer.Typer(
    no_args_is_help=True, help="Bring an OMOP database into a store, and say what a store holds.", add_completion=False
)

StoreOption = Annotated[Path, typer.Option("--store", help="The store's folder.", file_okay=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Answer on one line of JSON.")]


@app.command("load")
def load_(
    source: Annotated[Path, typer.Argument(help="A folder of CSV or Parquet files named as OMOP's tables, or a DuckDB file.")],
    store: StoreOption,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse a source with any finding, not only grave ones.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a source and make it the store's current release. The old release stays until the new one is whole."""
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("checking", total=len(SHAPES))

        def told(table: str) -> None:
            progress.update(task, description=table, completed=list(SHAPES).index(table))

        done = load(source=source, store=store, strict=strict, at=now(), progress=told)
    if as_json:
        show_json({"release": done.release, "tables": done.rows, "findings": [str(finding) for finding in done.findings]})
        return
    show_table(columns=("table", "rows"), rows=sorted(done.rows.items()))
    for finding in done.findings:
        print(f"note: {finding}")
    print(f"Release {done.release} is current.")


@app.command()
def show(store: StoreOption, as_json: JsonOption = False) -> None:
    """Say what a store's current release holds, and what was noted of its source."""
    manifest = Store(store).manifest
    if as_json:
        show_json(manifest)
        return
    rows = ((name, table["rows"], table["bytes"]) for name, table in sorted(manifest["tables"].items()))
    show_table(columns=("table", "rows", "bytes"), rows=rows)
    for finding in manifest["findings"]:
        print(f"note: {finding}")
    print(f"Release {manifest['release']}, made {manifest['made_at']}.")
