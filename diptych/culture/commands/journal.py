"""`diptych journal`: whether anything was changed in the record of who did what to whom."""

import sys
from typing import Annotated

import typer

from diptych.commons import journal
from diptych.commons.terminal import show_json

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Who did what to whom: verify the chain.")


@app.callback()
def _group() -> None: ...


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as one line of JSON.")] = False,
) -> None:
    """Recompute the whole chain; name the first entry that does not hold. Exit status 1 if one does not.

    `head` is the digest of the last entry: kept elsewhere, it later proves that no entry before it was rewritten, even
    by somebody who recomputed the whole chain.
    """
    from django.db import connection

    watched = sys.stderr.isatty()
    with connection.cursor() as cursor:
        verdict = journal.verify(cursor, on_progress=_say if watched else None)
    if watched:
        sys.stderr.write("\r\033[K")
    if as_json:
        show_json({"entries": verdict.entries, "head": verdict.head, "broken_at": verdict.broken_at, "fault": verdict.fault})
    elif verdict.broken_at is None:
        typer.echo(f"{verdict.entries} entries hold. Head: {verdict.head or 'none'}")
    else:
        typer.echo(f"Entry {verdict.broken_at} does not hold: {verdict.fault}.")
    if verdict.broken_at is not None:
        raise typer.Exit(1)


def _say(entries: int) -> None:
    sys.stderr.write(f"\r{entries} entries…")
