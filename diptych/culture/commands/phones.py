"""`diptych culture phones`: numbers that no new account may use, put on the list and taken off."""

from typing import Annotated

import typer

from diptych.commons.clock import now

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Refused phone numbers: put on the list, take off.")

Number = Annotated[str, typer.Argument(help="The number, as people write it. It is kept as a keyed hash.")]
_ACTOR = "command:phones"


@app.command()
def refuse(number: Number, why: Annotated[str, typer.Option(help="Why, in a few words.")]) -> None:
    """Put a number on the list: no account can confirm it from now on. Written in the journal."""
    from diptych.culture.domain.eligibility.operations import refuse_phone

    new = refuse_phone(phone=number, why=why, actor=_ACTOR, at=now())
    typer.echo("The number is refused from now on." if new else "The number was on the list already.")


@app.command()
def allow(number: Number) -> None:
    """Take a number off the list. Written in the journal."""
    from diptych.culture.domain.eligibility.operations import allow_phone

    allow_phone(phone=number, actor=_ACTOR, at=now())
    typer.echo("The number may be used again.")
