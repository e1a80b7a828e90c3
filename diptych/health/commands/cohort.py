"""`diptych health cohort`: put cohort definitions and requests to a store, or requests to rows handed in."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from time import perf_counter
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from .asking import HERE, Asked, Engine, EngineOption, Files, MasterOption, MaybeRows, MaybeStore, counter, read_questions
from .cohort_reasons import diff, explain
from .omop import JsonOption

from diptych.commons.terminal import fault_of, show_fault, show_json, show_table
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import (
    Selection,
    member_names,
    numbered,
    persons,
    writable,
    write_rows,
)
from diptych.health.warehouse.research.cohort.lint.reports import reports

app = typer.Typer(
    no_args_is_help=True,
    help="Put cohort definitions (Circe JSON) and requests (Cohort360 JSON) to a store: how many, who, why, what changed.",
    add_completion=False,
)

EXAMPLES = {
    "count": "diptych health cohort count definitions/ --store store --json",
    "rows": "diptych health cohort rows 12.json --store store --out rows.parquet",
    "attrition": "diptych health cohort attrition 12.json --store store",
    "explain": "diptych health cohort explain 12.json --store store --person 4711",
    "diff": "diptych health cohort diff old.json new.json --store store --ids",
}


@app.command(epilog=f"Example: {EXAMPLES['count']}")
def count(
    files: Files,
    store: MaybeStore = None,
    rows: MaybeRows = None,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    master: MasterOption = HERE,
) -> None:
    """Say how many persons a definition or a request selects, and how many entries they have. With --json, a line each.

    A person of a definition may enter several times; a request selects persons, so that its entries are its persons.
    """
    asked, lines = read_questions(files), []
    counted = counter(store, rows, engine, master)
    for one in asked:
        began = perf_counter()
        found = counted(one)
        said = (one.name, found.persons, len(found.person), round(perf_counter() - began, 4))
        if as_json:
            show_json(dict(zip(("definition", "persons", "entries", "seconds"), said, strict=True)))
        lines.append(said)
    if not as_json:
        show_table(columns=("definition", "persons", "entries", "seconds"), rows=lines)


@app.command(epilog=f"Example: {EXAMPLES['rows']}")
def rows(
    files: Files,
    out: Annotated[Path, typer.Option("--out", help="The Parquet file to write.")],
    store: MaybeStore = None,
    handed: MaybeRows = None,
    as_json: JsonOption = False,
    engine: EngineOption = Engine.LOCAL,
    master: MasterOption = HERE,
) -> None:
    """Write the rows of definitions: cohort_definition_id, subject_id, cohort_start_date, cohort_end_date.

    A definition whose file is named by a number has that number; others are numbered in the order given, from 1. A request of
    Cohort360's selects persons without saying when: both their dates are null.
    """
    writable(out)
    asked = numbered(read_questions(files))
    counted = counter(store, handed, engine, master)
    errors = Console(stderr=True)
    shown = track(asked.items(), "counting", console=errors, transient=True, disable=not errors.is_terminal)
    answers = {number: counted(one) for number, one in shown}
    written = write_rows(answers, out=out)
    if as_json:
        show_json({"rows": written, "definitions": len(answers), "out": str(out)})
    else:
        print(f"{written} rows of {len(answers)} definitions in {out}.")


@app.command(epilog=f"Example: {EXAMPLES['attrition']}")
def attrition(
    file: Annotated[Path, typer.Argument(help="A definition or a request.")],
    store: MaybeStore = None,
    rows: MaybeRows = None,
    as_json: JsonOption = False,
) -> None:
    """Say what each rule of a definition leaves: persons, and events (a person may have several).

    Of a request: the persons of each criterion and group, whether they are then taken or excluded.
    """
    for one in read_questions([file]):
        answer = Asked(store, rows).answer(one)
        if isinstance(answer, Selection):
            assert isinstance(one.asked, n.Request)
            _members(answer, member_names(one.asked), as_json=as_json)
            continue
        names = {"": "entry events", "+": "additional criteria"}
        steps = [(names.get(step.name, step.name), step.persons, step.events) for step in answer.steps]
        steps.append(("cohort, after limits and ends", persons(answer), len(answer.rows.person)))
        if as_json:
            show_json([dict(zip(("rule", "persons", "events"), step, strict=True)) for step in steps])
        else:
            show_table(columns=("rule", "persons", "events"), rows=steps)


def _members(answer: Selection, names: Mapping[int, str], *, as_json: bool) -> None:
    lines: list[tuple[int | None, str, int]] = [(id_, names[id_], many) for id_, many in answer.members.items()]
    lines.append((None, "request", persons(answer)))
    if as_json:
        show_json([dict(zip(("criterion", "what", "persons"), line, strict=True)) for line in lines])
    else:
        show_table(columns=("criterion", "what", "persons"), rows=[("" if id_ is None else id_, *rest) for id_, *rest in lines])


app.command(epilog=f"Example: {EXAMPLES['explain']}")(explain)
app.command(epilog=f"Example: {EXAMPLES['diff']}")(diff)


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
