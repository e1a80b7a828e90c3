"""`diptych health cohort`: put cohort definitions to a store."""

from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from .omop import JsonOption, StoreOption

from diptych.commons.terminal import fault_of, show_fault, show_json, show_table
from diptych.health.warehouse.research.cohort.count import Definition, Desk, definitions, persons, write_rows
from diptych.health.warehouse.research.cohort.lint.reports import reports

app = typer.Typer(no_args_is_help=True, help="Put cohort definitions (Circe JSON) to a store.", add_completion=False)

Files = Annotated[list[Path], typer.Argument(help="Definitions; a folder stands for its JSON files.")]


def _read(files: list[Path]) -> list[Definition]:
    found = definitions(files)
    for one in found:
        for path in one.unknown:
            typer.echo(f"note: {one.name}: {path} is no key of Circe's, and has no effect", err=True)
    return found


@app.command()
def count(files: Files, store: StoreOption, as_json: JsonOption = False) -> None:
    """Say how many persons a definition selects, and how many entries they have. With --json, a line a definition."""
    desk, asked, rows = Desk(store), _read(files), []
    for one in asked:
        began = perf_counter()
        answer = desk.answer(one.cohort)
        said = (one.name, persons(answer), len(answer.rows.person), round(perf_counter() - began, 4))
        if as_json:
            show_json(dict(zip(("definition", "persons", "entries", "seconds"), said, strict=True)))
        rows.append(said)
    if not as_json:
        show_table(columns=("definition", "persons", "entries", "seconds"), rows=rows)


@app.command()
def rows(
    files: Files,
    store: StoreOption,
    out: Annotated[Path, typer.Option("--out", help="The Parquet file to write.", dir_okay=False)],
    as_json: JsonOption = False,
) -> None:
    """Write the rows of definitions: cohort_definition_id, subject_id, cohort_start_date, cohort_end_date.

    A definition whose file is named by a number has that number; others are numbered in the order given, from 1.
    """
    desk, asked = Desk(store), _read(files)
    errors = Console(stderr=True)
    shown = track(asked, "counting", console=errors, transient=True, disable=not errors.is_terminal)
    answers = {one.number(place): desk.answer(one.cohort) for place, one in enumerate(shown, 1)}
    written = write_rows(answers, out=out)
    if as_json:
        show_json({"rows": written, "definitions": len(answers), "out": str(out)})
    else:
        print(f"{written} rows of {len(answers)} definitions in {out}.")


@app.command()
def attrition(
    file: Annotated[Path, typer.Argument(help="A definition.")], store: StoreOption, as_json: JsonOption = False
) -> None:
    """Say what each rule of a definition leaves: persons, and events (a person may have several)."""
    one = _read([file])[0]
    answer = Desk(store).answer(one.cohort)
    names = {"": "entry events", "+": "additional criteria"}
    steps = [(names.get(step.name, step.name), step.persons, step.events) for step in answer.steps]
    steps.append(("cohort, after limits and ends", persons(answer), len(answer.rows.person)))
    if as_json:
        show_json([dict(zip(("rule", "persons", "events"), step, strict=True)) for step in steps])
    else:
        show_table(columns=("rule", "persons", "events"), rows=steps)


class Language(StrEnum):
    """The language of sentences."""

    ENGLISH = "en"
    FRENCH = "fr"


@app.command()
def lint(
    files: Files,
    language: Annotated[Language, typer.Option("--language", help="The language of the sentences.")] = Language.ENGLISH,
    as_json: JsonOption = False,
) -> None:
    """Say what definitions probably do not mean: 24 rules, and keys that have no effect. With --json, a line a definition.

    The exit status is 0 with warnings, 2 where a definition is wrong; the others are read all the same.
    """
    rows, wrong = [], False
    for report in reports(files):
        fault = None if report.refused is None else fault_of(report.refused)
        if fault is not None:
            wrong = True
            show_fault(fault, as_json=as_json)
        if as_json:
            error = None if fault is None else {"code": fault.code, "message": fault.sentence, "facts": fault.facts}
            findings = [
                {"code": one.code, "severity": one.severity, "path": one.path, "en": one.english, "fr": one.french}
                for one in report.findings
            ]
            show_json({"definition": report.name, "error": error, "findings": findings})
        for one in report.findings:
            sentence = one.french if language is Language.FRENCH else one.english
            rows.append((report.name, one.severity.value, one.code, one.path, sentence))
    if not as_json and rows:
        show_table(columns=("definition", "severity", "code", "path", "sentence"), rows=rows)
    if wrong:
        raise typer.Exit(2)
