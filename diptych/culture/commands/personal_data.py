"""`diptych culture personal-data`: who is due to be forgotten, forgetting them, a copy of somebody's data, the register."""

from pathlib import Path
from typing import Annotated

import typer

from diptych.commons.clock import now
from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Personal data: register, extract, what is due, erase.")

CANNOT_WRITE = Reason("personal_data.cannot_write", Kind.INVALID, "The file cannot be written: {fault}.")
EXISTS = Reason("personal_data.exists", Kind.CONFLICT, "There is a file already: an extract overwrites nothing.")

JSON = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]


@app.command()
def due(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count also the rows, by table, that erasing would drop or empty.")
    ] = False,
    as_json: JSON = False,
) -> None:
    """Count the accounts that are to be forgotten now, by rule. Nothing is written."""
    from diptych.culture.domain.personal_data import queries

    at, rows = now(), dict[str, int]()
    if dry_run:
        sessions = queries.read_sessions()
        for facts in queries.due(at=at):
            for table, count in queries.counts_of(person_id=facts.person_id, sessions=sessions).items():
                rows[table] = rows.get(table, 0) + count
    found = queries.due_by_rule(at=at)
    if as_json:
        show_json(
            {"accounts": found, "queued": queries.queue_length(), **({"rows": dict(sorted(rows.items()))} if dry_run else {})}
        )
        return
    show_table(columns=("rule", "accounts"), rows=[*found.items(), ("total", sum(found.values()))])
    if dry_run:
        show_table(columns=("table", "rows"), rows=[*sorted(rows.items()), ("total", sum(rows.values()))])
    typer.echo(f"{queries.queue_length()} requests wait for their day.")


@app.command()
def erase(as_json: JSON = False) -> None:
    """Forget everybody who is due, now, as the nightly job does; then sweep old traces. Tools outside are told first."""
    from diptych.culture.jobs import erase_due, sweep_personal_data

    at = now()
    forgotten = erase_due.run(at=at)
    swept = sweep_personal_data.run(at=at)
    if as_json:
        show_json({"forgotten": forgotten, "swept": swept})
    else:
        typer.echo(f"{forgotten} accounts forgotten, {swept} rows of traces swept.")


@app.command()
def extract(
    person_id: Annotated[int, typer.Argument(metavar="ID", help="The account's number.", min=1)],
    out: Annotated[Path, typer.Option(help="The zip to write. It is readable by you alone.")],
    as_json: JSON = False,
) -> None:
    """Write everything that is held about somebody to a zip (JSON and PDF). It is journalled first."""
    from diptych.culture.domain.personal_data import operations
    from diptych.culture.jobs import extract_file, make_extract

    at = now()
    operations.note_extract_by_command(person_id=person_id, at=at)
    content = extract_file.compose(person_id=person_id, outside=make_extract.asked_outside(person_id=person_id), at=at)
    try:
        out.touch(mode=0o600, exist_ok=False)
        out.write_bytes(content)
    except FileExistsError:
        deny(EXISTS)
    except OSError as fault:
        deny(CANNOT_WRITE, fault=fault.strerror)
    if as_json:
        show_json({"person": person_id, "file": str(out), "bytes": len(content)})
    else:
        typer.echo(f"{out}: {len(content)} bytes.")


@app.command()
def register(
    personal: Annotated[bool, typer.Option("--personal", help="Only the columns that can hold personal data.")] = False,
    as_json: JSON = False,
) -> None:
    """The register of processing: each column of the database, why it is held, what extract and erasure do with it."""
    from dataclasses import asdict, astuple

    from diptych.culture.domain.personal_data import queries

    lines = [line for line in queries.register() if not personal or queries.holds_personal(line)]
    if as_json:
        show_json([asdict(line) for line in lines])
    else:
        show_table(
            columns=("table", "column", "purpose", "category", "shown", "at erasure"),
            rows=[_words(astuple(line)) for line in lines],
        )


def _words(line: tuple[object, ...]) -> list[str]:
    return [("yes" if value else "no") if isinstance(value, bool) else str(value) for value in line]
