"""`diptych health bench`: how fast, beside what."""

import json
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from . import pseudonymise as pseudonymising
from .cohorts import into_parquet, measured, sizes, timed
from .landing import compared as landed
from .landing import drawn, through
from .notes import Part, scored, speed
from .peer import compared
from .quality import quality

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.generated.world import generate
from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort.count import Desk, dates, definitions
from diptych.health.warehouse.research.index.postings import is_event
from diptych.health.warehouse.research.index.store import load

app = typer.Typer(no_args_is_help=True, help="Measure the store and its questions, beside their peers.", add_completion=False)

app.command()(quality)

Persons = Annotated[int, typer.Option("--persons", min=100, help="How many persons the world has, about 100 events each.")]
Keep = Annotated[
    Path | None, typer.Option("--keep", help="A folder to keep the world and its store in, for the next run.", file_okay=False)
]
Json = Annotated[bool, typer.Option("--json", help="A line of JSON for each family.")]


def _bar() -> Progress:
    errors = Console(stderr=True)
    columns = (TextColumn("{task.description:<40}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal)


@app.command()
def cohorts(
    persons: Persons = 100_000,
    each: Annotated[int, typer.Option("--each", min=1, help="Questions drawn of each family.")] = 20,
    seed: Annotated[int, typer.Option("--seed", help="What the questions are drawn from.")] = 2026,
    published: Annotated[
        Path | None,
        typer.Option("--definitions", help="A folder of published definitions, of which ten are asked.", file_okay=False),
    ] = None,
    keep: Keep = None,
    as_json: Json = False,
) -> None:
    """Generate a world, load it, and time Boolean and temporal questions and published definitions.

    Beside each: the same question as plain DuckDB SQL over the same Parquet files, which must count the same persons (of published
    definitions, the SQL that a public port of Circe writes, where the dependency group `bench` is installed); and for Boolean
    ones the operations on sets alone. Cold: the engine has kept nothing (the system's cache of files is as it is); warm: the
    same question again; edit: one code, value, card or rule changed after it was asked; whole: the edited question, cold.
    """
    with tempfile.TemporaryDirectory() as given, _bar() as bar:
        folder = keep or Path(given)
        head = _world(folder, persons, bar)
        task = bar.add_task("questions", total=None)
        lines = list(
            measured(
                folder / "store", each=each, seed=seed, folder=published, told=lambda name: bar.update(task, description=name)
            )
        )
        head |= sizes(folder / "store", head["events"])
    if as_json:
        show_json(head)
        for line in lines:
            show_json(line)
        return
    show_table(columns=tuple(head), rows=[tuple(head.values())])
    names = ("cold", "warm", "edit", "whole", "duckdb", "sets")
    columns = ("family", "persons", *(f"{name} p50/p95" for name in names))
    show_table(
        columns=columns,
        rows=[
            (
                line["family"],
                line["persons_median"],
                *(f"{line[f'{name}_p50_ms']} / {line[f'{name}_p95_ms']}" if f"{name}_p50_ms" in line else "" for name in names),
            )
            for line in lines
        ],
    )
    print("Milliseconds; persons: the median.")


@app.command("load")
def load_(
    persons: Persons = 100_000,
    source: Annotated[
        Path | None,
        typer.Option("--source", help="A folder of CSV or Parquet files to load instead of a generated world.", file_okay=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Time a load, beside DuckDB alone reading the same files into Parquet: no check, no order, no index.

    Both by the clock and by the processor's seconds of all threads, which other programs on the machine change less.
    """
    with tempfile.TemporaryDirectory() as given, _bar() as bar:
        folder = Path(given)
        task = bar.add_task("generating", total=persons)
        if source is None:
            source = folder / "source"
            generate(persons=persons, out=source, progress=lambda done: bar.update(task, completed=done))
        bar.update(task, description="DuckDB alone", total=None)
        began = process_time()
        _, alone = timed(lambda: into_parquet(source, folder / "alone"))
        alone_busy = process_time() - began

        spent: dict[str, float] = {}
        last, now_at = perf_counter(), "read"

        def told(step: str, table: str) -> None:
            nonlocal last, now_at
            spent[now_at] = spent.get(now_at, 0.0) + perf_counter() - last
            last, now_at = perf_counter(), step
            bar.update(task, description=f"loading: {step} {table}")

        began = process_time()
        done, ours = timed(lambda: load(source=source, store=folder / "store", strict=False, at=now(), progress=told))
        told("", "")  # what came last, its hashes and the disk's own time
        busy = process_time() - began
    rows = sum(done.rows.values())
    head = {
        "rows": rows,
        "load_seconds": round(ours, 1),
        "duckdb_seconds": round(alone, 1),
        "speed_beside_duckdb": f"{alone / ours:.0%}",
        "load_processor_seconds": round(busy, 1),
        "duckdb_processor_seconds": round(alone_busy, 1),
        "work_beside_duckdb": f"{alone_busy / busy:.0%}",
        **{f"{step}_seconds": round(seconds, 1) for step, seconds in spent.items()},
        "rows_a_second": round(rows / ours),
    }
    if as_json:
        show_json(head)
    else:
        show_table(columns=tuple(head), rows=[tuple(head.values())])


def _world(folder: Path, persons: int, bar: Progress) -> dict[str, Any]:
    "Generate and load a world, unless the folder holds it already."
    made = folder / f"made-{persons}.json"
    if made.exists():
        head: dict[str, Any] = json.loads(made.read_text())
        return head
    task = bar.add_task("generating", total=persons)
    began = perf_counter()
    rows = generate(persons=persons, out=folder / "source", progress=lambda done: bar.update(task, completed=done))
    events = sum(number for table, number in rows.items() if is_event(SHAPES[table]) and table != "observation_period")
    generated = perf_counter()
    bar.update(task, description="loading", total=None)
    load(
        source=folder / "source",
        store=folder / "store",
        strict=False,
        at=now(),
        progress=lambda step, table: bar.update(task, description=f"{step} {table}"),
    )
    head = {
        "persons": persons,
        "events": events,
        "generate_seconds": round(generated - began, 1),
        "load_seconds": round(perf_counter() - generated, 1),
    }
    made.write_text(json.dumps(head))
    return head


@app.command()
def circe(
    database: Annotated[Path, typer.Argument(help="An OMOP database as a DuckDB file.", dir_okay=False, exists=True)],
    folder: Annotated[Path, typer.Argument(help="A folder of Circe definitions.", file_okay=False, exists=True)],
    as_json: Json = False,
) -> None:
    """Time definitions beside the SQL that a public Python port of Circe writes for them, run by DuckDB on the same database.

    The database is in DuckDB's memory before time counts, as ours is mapped; writing and translating the SQL does not count.
    """
    asked = definitions([folder])
    texts = {one.number(place): (folder / f"{one.name}.json").read_text() for place, one in enumerate(asked, 1)}
    by_number = {one.number(place): one for place, one in enumerate(asked, 1)}
    with tempfile.TemporaryDirectory() as given, _bar() as bar:
        bar.add_task("loading", total=None)
        load(source=database, store=Path(given) / "store", strict=False, at=now())
        desk = Desk(Path(given) / "store")

        def ours(number: int) -> list[tuple[Any, ...]]:
            rows = desk.answer(by_number[number].cohort).rows
            return sorted(zip(rows.person.tolist(), dates(rows.start), dates(rows.end), strict=True))

        found = compared(database, list(texts.items()), ours)
    both = [one for one in found if one[2] == one[2]]
    head = {
        "definitions": len(found),
        "compared": len(both),
        "equal": sum(not one[3] for one in both),
        "seconds": round(sum(one[1] for one in both), 2),
        "peer_seconds": round(sum(one[2] for one in both), 2),
        "times_faster": round(sum(one[2] for one in both) / sum(one[1] for one in both), 1),
    }
    if as_json:
        show_json(head)
        return
    show_table(columns=tuple(head), rows=[tuple(head.values())])
    for number, _, _, said in found:
        if said:
            print(f"definition {number}: {said}")


@app.command("pseudonymise")
def pseudonymise_(persons: Persons = 10_000, as_json: Json = False) -> None:
    """Time a mart made of a generated hospital without notes, beside DuckDB alone sorting the same tables into Parquet."""
    with tempfile.TemporaryDirectory() as given, _bar() as bar:
        folder = Path(given)
        task = bar.add_task("generating", total=persons)
        generate(persons=persons, out=folder / "source", progress=lambda done: bar.update(task, completed=done))
        bar.update(task, description="pseudonymising", total=None)
        head = pseudonymising.measured(folder / "source", folder)
    if as_json:
        show_json(head)
    else:
        show_table(columns=tuple(head), rows=[tuple(head.values())])


@app.command("notes")
def notes_(
    file: Annotated[
        Path,
        typer.Argument(help="A file of annotated notes: [words](LABEL), notes apart by a line.", dir_okay=False, exists=True),
    ],
    part: Annotated[Part, typer.Option("--part", help="The part that nobody looks at, or the other.")] = Part.SCORED,
    seconds: Annotated[float, typer.Option("--seconds", min=0, help="How long each speed is measured; 0: one round.")] = 2.0,
    as_json: Json = False,
) -> None:
    """Score the pseudonymisation of notes on an annotated file, and time it on one core.

    Recall: of what is annotated, what is found whole, whatever its label. Nothing known: by rules alone. All known: with the
    note's names, birth date, numbers and places given as the structured data hold them. Half known: every other one of them.
    """
    scores = {setting: score.facts() for setting, score in scored(file, part=part).items()}
    figures = speed(file, seconds=seconds)
    if as_json:
        show_json({"part": part, "scores": scores, "speed": figures})
        return
    labels = list(next(iter(scores.values()))["counts"].items())
    show_table(
        columns=("", "spans", *scores),
        rows=[
            ("recall", sum(count for _, count in labels), *(said["recall"] for said in scores.values())),
            ("recall of names and dates", "", *(said["recall_names_dates"] for said in scores.values())),
            ("precision", "", *(said["precision"] for said in scores.values())),
            ("label right too", "", *(said["right_label"] for said in scores.values())),
            *((label, count, *(said["by_label"][label] for said in scores.values())) for label, count in labels),
        ],
    )
    for setting, said in scores.items():
        for kind, count in said["leaks"].items():
            print(f"left, {setting}: {kind}: {count}")
    show_table(
        columns=("on one core", "a second", "characters a second"),
        rows=[(name, *said.values()) for name, said in figures.items()],
    )


@app.command()
def landing(
    rows: Annotated[int, typer.Option("--rows", min=1000, help="How many rows are drawn, where no source is named.")] = 500_000,
    source: Annotated[
        Path | None, typer.Option("--source", help="A declaration (fhir or csv) to receive instead.", dir_okay=False)
    ] = None,
    data: Annotated[Path | None, typer.Option("--data", help="Where that source is.", file_okay=False)] = None,
    seed: Annotated[int, typer.Option("--seed", help="What the rows are drawn from.")] = 2026,
    as_json: Json = False,
) -> None:
    """Time the receipt of a source (copied, hashed, sealed, typed, sealed again) beside DuckDB reading the same files into Parquet.

    DuckDB guesses the types, keeps nothing sealed and stops at the first row that it does not like: it is the limit, not a rival.
    """
    with tempfile.TemporaryDirectory() as given:
        folder = Path(given)
        declaration = source or drawn(folder, rows, seed)
        line = landed(declaration, data or folder / "in", folder)
    if as_json:
        show_json(line)
    else:
        show_table(columns=("measure", "value"), rows=list(line.items()))


@app.command("flow")
def flow_(
    source: Annotated[Path, typer.Option("--source", help="A declaration (fhir or csv) that has views.", dir_okay=False)],
    data: Annotated[Path, typer.Option("--data", help="Where that source is.", file_okay=False)],
    as_json: Json = False,
) -> None:
    """Time a source's whole way to a mart, step by step, beside DuckDB reading the same files into Parquet.

    The start of a key service, a second or so, is in the last step.
    """
    with tempfile.TemporaryDirectory() as given:
        line = through(source, data, Path(given))
    if as_json:
        show_json(line)
    else:
        show_table(columns=("measure", "value"), rows=list(line.items()))
