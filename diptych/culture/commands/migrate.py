"""`diptych culture migrate`: the database's tables, those of the job queue included, brought up to date."""

from typing import Annotated

import typer

from diptych.commons.terminal import show_json
from diptych.culture.commands.opening import bring_up_to_date, opened, pending


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say what is pending; exit status 1 if anything is.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one line of JSON.")] = False,
) -> None:
    """Bring the database's tables up to date, those of the job queue included."""
    with opened(up_to_date=False):
        todo = pending()
        if not check and todo:
            bring_up_to_date()
    if as_json:
        show_json({"pending" if check else "applied": todo})
    else:
        for name in todo:
            typer.echo(name)
        typer.echo(f"{len(todo)} pending" if check else f"{len(todo)} applied")
    if check and todo:
        raise typer.Exit(1)
