"""`diptych culture partners`: a partner's system made, given keys (shown once), linked to the venues it works for."""

from typing import Annotated

import typer

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Partners' systems: make one, its keys, its venues.")

Partner = Annotated[str, typer.Argument(help="The partner: its exact name, or its number.")]
VenueNumber = Annotated[int, typer.Argument(min=1, help="The venue's number.")]
JSON = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]
_ACTOR = "command:partners"


@app.command("list")
def show(as_json: JSON = False) -> None:
    """Every partner, with the beginning of the keys that open now, and the venues it works for."""
    from diptych.culture.domain.venues import queries

    lines = queries.partners(at=now())
    if as_json:
        said = [
            {
                "partner_id": line.id,
                "name": line.name,
                "keys": [{"prefix": prefix, "ends_at": ends and ends.isoformat()} for prefix, ends in line.keys],
                "venues": list(line.venue_ids),
            }
            for line in lines
        ]
        show_json({"partners": said})
        return
    rows = [
        (line.id, line.name, ", ".join(prefix for prefix, _ in line.keys) or "–", ", ".join(map(str, line.venue_ids)) or "–")
        for line in lines
    ]
    show_table(columns=("partner", "name", "keys", "venues"), rows=rows)


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="What the system is called.")],
    booking_url: Annotated[str, typer.Option(help="Where places are asked for, if it sells them.")] = "",
    cancellation_url: Annotated[str, typer.Option(help="Where places are given back; goes with the first.")] = "",
    notification_url: Annotated[str, typer.Option(help="Where it is told of other bookings.")] = "",
    as_json: JSON = False,
) -> None:
    """Make a partner's system. Its addresses must be reached from outside, by https. Written in the journal."""
    from django.conf import settings

    from diptych.commons.ids import draw
    from diptych.culture.domain.venues.operations import partners
    from diptych.culture.domain.venues.terms import PartnerUrls

    urls = PartnerUrls(booking_url, cancellation_url, notification_url)
    made = partners.make_partner(name=name, urls=urls, private=settings.PRIVATE_PARTNERS, draw=draw, actor=_ACTOR, at=now())
    if as_json:
        show_json({"partner_id": made})
        return
    typer.echo(f"Partner {made} is made. Give it a key: diptych culture partners key {made}")


@app.command()
def secret(
    partner: Partner,
    anew: Annotated[bool, typer.Option("--anew", help="Draw another one first: the old one signs nothing any more.")] = False,
) -> None:
    """Show what signs our calls to a partner, for it to check them by. Written in the journal."""
    from diptych.commons.ids import draw
    from diptych.culture.domain.venues import queries
    from diptych.culture.domain.venues.operations import partners

    number = queries.partner_id_of(name=partner)
    typer.echo(partners.show_secret(partner_id=number, anew=anew, draw=draw, actor=_ACTOR, at=now()))


@app.command()
def key(
    partner: Partner,
    rotate: Annotated[bool, typer.Option("--rotate", help="The partner's other keys end in a day.")] = False,
    as_json: JSON = False,
) -> None:
    """Make a key, and show it this once: it is kept hashed. Written in the journal by its beginning."""
    from diptych.commons.ids import draw
    from diptych.culture.domain.venues import queries
    from diptych.culture.domain.venues.operations import partners

    number = queries.partner_id_of(name=partner)
    made = partners.make_key(partner_id=number, rotate=rotate, draw=draw, actor=_ACTOR, at=now())
    if as_json:
        show_json({"partner_id": number, "key": made})
        return
    typer.echo(made)


@app.command("end-key")
def end_key(prefix: Annotated[str, typer.Argument(help="The beginning of the key, before the underscore.")]) -> None:
    """End a key at once. Written in the journal."""
    from diptych.culture.domain.venues.operations import partners

    partners.end_key(prefix=prefix, actor=_ACTOR, at=now())
    typer.echo(f"The key {prefix} opens nothing any more.")


@app.command()
def link(
    partner: Partner,
    venue: VenueNumber,
    sells: Annotated[bool, typer.Option("--sells", help="The venue's places are asked of the partner from now on.")] = False,
) -> None:
    """Let a partner's keys work for a venue. Written in the journal."""
    from diptych.culture.domain.venues import queries
    from diptych.culture.domain.venues.operations import partners

    number = queries.partner_id_of(name=partner)
    partners.link_venue(partner_id=number, venue_id=venue, sells=sells, actor=_ACTOR, at=now())
    typer.echo(f"Partner {number} works for venue {venue}.")


@app.command()
def unlink(partner: Partner, venue: VenueNumber) -> None:
    """End a partner's work for a venue: its keys open nothing there. Written in the journal."""
    from diptych.culture.domain.venues import queries
    from diptych.culture.domain.venues.operations import partners

    number = queries.partner_id_of(name=partner)
    partners.unlink_venue(partner_id=number, venue_id=venue, actor=_ACTOR, at=now())
    typer.echo(f"Partner {number} no longer works for venue {venue}.")
