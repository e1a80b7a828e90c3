"""`diptych health bench`: how fast a load is, beside DuckDB alone on the same files, in the same run."""

import os
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated

import duckdb
import typer

from .omop import JsonOption, shown

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.index.store import load

app = typer.Typer(
    no_args_is_help=True, help="Measure the data department, beside the tools it is built on.", add_completion=False
)


@app.callback()
def _bench() -> None: ...


@app.command("load")
def load_(
    persons: Annotated[int, typer.Option("--persons", min=1, help="Persons of the world that is generated.")] = 10_000,
    source: Annotated[
        Path | None, typer.Option("--source", help="A folder of Parquet files to use instead.", exists=True, file_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Seconds of a load, and of DuckDB alone reading the same files into Parquet; the ratio is DuckDB's time over ours."""
    with tempfile.TemporaryDirectory() as room:
        given = source or Path(room) / "source"
        if source is None:
            generate(persons=persons, out=given)
        files = [file for file in sorted(given.glob("*.parquet")) if file.stem.lower() in SHAPES]
        for file in files:  # both sides find the files in the system's memory
            duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]), file.read_bytes()
        spent = process_time()
        alone, rows = _alone(files, Path(room) / "alone")
        alone_cpu, spent = process_time() - spent, process_time()
        steps: dict[str, float] = {}
        with shown() as told:
            began = last = perf_counter()
            step = "read"

            def timed(name: str, table: str) -> None:
                nonlocal last, step
                steps[step] = steps.get(step, 0.0) + perf_counter() - last
                last, step = perf_counter(), name
                told(name, table)

            done = load(source=given, store=Path(room) / "store", strict=False, at=now(), progress=timed)
            ours, ours_cpu = perf_counter() - began, process_time() - spent
            steps[step] = steps.get(step, 0.0) + perf_counter() - last
    said = {
        "persons": done.rows["person"], "rows": rows, "load_seconds": round(ours, 2), "duckdb_seconds": round(alone, 2),
        "ratio": round(alone / ours, 3), "load_cpu_seconds": round(ours_cpu, 2), "duckdb_cpu_seconds": round(alone_cpu, 2),
        "cpu_ratio": round(alone_cpu / ours_cpu, 3), "rows_per_second": round(rows / ours),
        "steps": {name: round(seconds, 2) for name, seconds in steps.items()}, "cores": os.cpu_count(),
    }  # fmt: skip
    if as_json:
        show_json(said)
    else:
        show_table(columns=("figure", "value"), rows=[(name, str(value)) for name, value in said.items()])


def _alone(files: list[Path], out: Path) -> tuple[float, int]:
    "DuckDB reading each file and writing it as Parquet, compressed as a store's files are; its seconds, and the rows."
    out.mkdir()
    began, rows = perf_counter(), 0
    with duckdb.connect() as connection:
        for file in files:
            relation = connection.read_parquet(str(file))
            relation.write_parquet(str(out / file.name), compression="zstd")
    ours = perf_counter() - began
    for file in files:
        found = duckdb.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]).fetchone()
        rows += found[0] if found else 0
    return ours, rows
