"""`diptych culture staff`: who is of the team with which roles, and giving them others."""

from typing import Annotated

import typer

from diptych.commons.clock import now
from diptych.commons.refusal import deny
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The team: who holds which roles; give others.")

JSON = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]
_ACTOR = "command:staff"


@app.command("list")
def show(as_json: JSON = False) -> None:
    """The accounts of the team by number, with their roles. No name and no address: those are on their own page."""
    from diptych.culture.domain.people import queries

    team = queries.team()
    if as_json:
        show_json({"team": [{"person_id": number, "roles": list(roles)} for number, roles in team]})
        return
    show_table(columns=("account", "roles"), rows=[(number, ", ".join(roles) or "–") for number, roles in team])


@app.command()
def roles(
    who: Annotated[str, typer.Argument(help="The account: its number, or its exact e-mail address.")],
    role: Annotated[list[str] | None, typer.Option(help="A role that it holds from now on; several times for several.")] = None,
    as_json: JSON = False,
) -> None:
    """Give a member of the team these roles and no other; none takes them all. Written in the journal."""
    from diptych.culture.domain.people import operations, queries
    from diptych.culture.domain.people.terms import NOT_FOUND

    person_id = int(who) if who.isdecimal() and len(who) < 18 else queries.person_id_of(email=who)
    if person_id is None:
        deny(NOT_FOUND)
    wanted = tuple(role or ())
    before = operations.set_staff_roles(person_id=person_id, roles=wanted, actor=_ACTOR, at=now())
    if as_json:
        show_json({"person_id": person_id, "before": sorted(before), "after": sorted(wanted)})
        return
    typer.echo(f"Account {person_id}: {', '.join(sorted(before)) or 'no role'} → {', '.join(sorted(wanted)) or 'no role'}.")
