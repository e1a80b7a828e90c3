"""`diptych culture outbox`: the messages that no attempt could deliver, to be seen and replayed."""

from typing import Annotated

import typer

from diptych.commons import outbox
from diptych.commons.clock import now
from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Messages that could not be delivered: see and replay.")

NOTHING_NAMED = Reason("outbox.nothing_named", Kind.INVALID, "Name the messages to replay, or say --all.")
NOT_DEAD = Reason("outbox.not_dead", Kind.MISSING, "{count} of these are not dead letters. Nothing was replayed.")

COLUMNS = ("id", "topic", "key", "written_at", "attempts", "fault")


@app.command()
def dead(
    limit: Annotated[int, typer.Option(help="At most so many, oldest first.", min=1)] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as one line of JSON.")] = False,
) -> None:
    """The dead letters, oldest first, with the file and line where the last attempt failed."""
    from django.db import connection

    with connection.cursor() as cursor:
        rows = outbox.dead_letters(cursor, limit=limit)
    if as_json:
        show_json([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    elif rows:
        show_table(columns=COLUMNS, rows=rows)
    else:
        typer.echo("No dead letters.")


@app.command()
def replay(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="The messages to put back in line.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Put dead letters back in line, due at once. A consumer that had received one is not called again."""
    from django.db import connection, transaction

    if not ids and not every:
        deny(NOTHING_NAMED)
    with transaction.atomic(), connection.cursor() as cursor:
        replayed = outbox.replay(cursor, ids=None if every else ids, at=now())
        if not every and replayed != len(set(ids or [])):
            deny(NOT_DEAD, count=len(set(ids or [])) - replayed)
    if as_json:
        show_json({"replayed": replayed})
    else:
        typer.echo(f"{replayed} back in line.")
