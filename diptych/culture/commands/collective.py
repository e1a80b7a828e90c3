"""`diptych culture collective`: offers to schools that wait for the team, shown or refused."""

from typing import Annotated

import typer

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.culture.domain.collective.terms import Rejection

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Offers to schools: what waits for the team, and its decision."
)

Offer = Annotated[int, typer.Argument(min=1, help="The offer's number.")]
JSON = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]
_ACTOR = "command:collective"


@app.command()
def waiting(as_json: JSON = False) -> None:
    """Offers that a validation rule held back, the first to begin first, with the rules that did."""
    from diptych.culture.domain.collective.queries import reviews

    lines = reviews.waiting()
    if as_json:
        said = [
            {
                "offer_id": line.id, "venue": line.venue, "school": line.school, "offer": line.name,
                "price_cents": line.price_cents, "starts_at": line.starts_at.isoformat(), "rules": list(line.rules),
            }
            for line in lines
        ]  # fmt: skip
        show_json({"waiting": said})
        return
    rows = [
        (line.id, line.venue, line.school, line.name, f"{line.price_cents / 100:.2f} €", line.starts_at.date(), ", ".join(line.rules))
        for line in lines
    ]  # fmt: skip
    show_table(columns=("offer", "venue", "school", "name", "price", "on", "rules"), rows=rows)


@app.command("school-pass")
def school_pass(
    uai: Annotated[str, typer.Argument(help="The school's UAI: seven digits and a letter.")], as_json: JSON = False
) -> None:
    """The path that opens a school's search of its outings for a day, until the ministry's own sign-in does."""
    from diptych.culture.domain.collective.queries import lists
    from diptych.culture.gateways import school_pass as passes

    path = f"/ecole/entrer/{passes.make(uai=lists.uai_of(uai=uai, number=None), at=now())}/"
    if as_json:
        show_json({"path": path})
    else:
        typer.echo(path)


@app.command()
def approve(offer: Offer) -> None:
    """Show an offer to its school. Written in the journal."""
    _decide(offer, None)
    typer.echo(f"Offer {offer} is shown to its school.")


@app.command()
def reject(offer: Offer, why: Annotated[Rejection, typer.Option(help="The official reason.")]) -> None:
    """Refuse an offer. Written in the journal with the reason."""
    _decide(offer, why)
    typer.echo(f"Offer {offer} is refused: {why.value}.")


def _decide(offer: int, why: Rejection | None) -> None:
    from diptych.culture.domain.collective.operations.reviewing import decide_offer

    decide_offer(offer_id=offer, rejection=why, actor=_ACTOR, at=now())
