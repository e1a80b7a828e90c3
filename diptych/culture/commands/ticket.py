"""`diptych culture ticket check`: what a QR code says, and whether the service signed it, with no network and no database.

Holds the reading of the key and the printing. Does not hold the signature's rules: the bookings chapter does.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import django
import typer

from diptych.commons.terminal import show_json

app = typer.Typer(no_args_is_help=True, help="Tickets: check a QR code off line.", add_completion=False)


@app.callback()
def _ticket() -> None: ...


@app.command()
def check(
    text: Annotated[str, typer.Argument(help="The QR code's text: DIPTYCH:v1;TOKEN:…;SIG:…")],
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            exists=True,
            dir_okay=False,
            help="The published key (JWK), as /.well-known/diptych-ticket-key.json gives it.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer on one line of JSON.")] = False,
) -> None:
    """Say whether a QR code was issued by the service. Exit status 0 if it was, 2 if it is forged or no ticket."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diptych.culture.site.settings")
    django.setup()  # the chapter's modules name tables; none is read
    from diptych.culture.domain.bookings.queries import check_ticket, published_key

    ticket = check_ticket(text=text, key=_document(key) if key else published_key())
    said: dict[str, Any] = {
        "token": ticket.token, "venue_id": ticket.venue_id, "offer_id": ticket.offer_id, "places": ticket.places,
        "usable_from": _instant(ticket.usable_from), "usable_until": _instant(ticket.usable_until),
    }  # fmt: skip
    if as_json:
        show_json({"genuine": True} | said)
        return
    print("Genuine: the service issued this ticket. Only the counter knows whether it was used.")
    for name, value in said.items():
        print(f"  {name:<13} {value.isoformat() if isinstance(value, datetime) else '-' if value is None else value}")


def _document(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        found = None
    if not isinstance(found, dict) or found.get("crv") != "Ed25519" or not isinstance(found.get("x"), str):
        raise typer.BadParameter("this file holds no Ed25519 key (JWK)", param_hint="--key")
    return {str(name): str(value) for name, value in found.items()}


def _instant(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
