"""`diptych culture reimburse`: each step from a used booking to a transfer, as its job does it. Calls one operation, prints."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from diptych.commons import clock
from diptych.commons.terminal import show_json, show_table
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.terms import Hold

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Pay venues: price what was used, batch what is due.")


@app.callback()
def _group() -> None: ...


ACTOR = "command:reimburse"
Json = Annotated[bool, typer.Option("--json", help="Print what was done as one line of JSON.")]
Day = Annotated[
    datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day that the cut-off begins: the 1st or the 16th of a month.")
]
Account = Annotated[int, typer.Argument(min=1, help="The bank account's number.")]


@app.command()
def price(
    as_json: Json = False,
    again: Annotated[bool, typer.Option(help="Try again what no rule had a price for: the tables of rules are mended.")] = False,
) -> None:
    """Collect what was used and price it, in order, each pricing point and year under its lock.

    Run it again as often as wanted: it does what is left to do, after a kill too.
    """
    done = operations.price_used(at=clock.now(), actor=ACTOR, again=again)
    if as_json:
        show_json(asdict(done))
    else:
        typer.echo(f"{done.collected} collected, {done.found} found their pricing point, {done.priced} priced.")


@app.command()
def batch(day: Day, as_json: Json = False) -> None:
    """Take what is due at the midnight of Paris with which DAY begins: one cashflow a bank account.

    All of it or nothing, in one transaction; a second time changes nothing and prints the same. What is left out, and why:
    `reimburse left-out DAY`.
    """
    made = operations.make_batch(day=day.date(), actor=ACTOR, at=clock.now())
    if as_json:
        show_json({**asdict(made), "cutoff_at": made.cutoff_at.isoformat()})
    else:
        news = "made" if made.made else "made before: nothing changed"
        typer.echo(f"VIR{made.number}, {news}: {made.cashflows} cashflows pay {made.cents} cents for {made.prices} prices.")


@app.command(name="left-out")
def left_out(day: Day, as_json: Json = False) -> None:
    """What a batch of DAY leaves out, and why, by bank account and venue. Reads, changes nothing."""
    rows = list(queries.waiting(cutoff_at=queries.cutoff_of(day.date())))
    if as_json:
        show_json({"left_out": [asdict(row) for row in rows]})
    else:
        columns = ("why", "account", "venue", "bookings", "cents")
        show_table(columns=columns, rows=[(r.why, r.account_id, r.venue_id, r.bookings, r.cents) for r in rows])


@app.command()
def hold(account: Account, why: Annotated[Hold, typer.Option(help="Why, by its code.")]) -> None:
    """Stop the payments of a bank account from the next batch on; what is due waits."""
    operations.hold_payments(account_id=account, why=why, actor=ACTOR, at=clock.now())
    typer.echo(f"Bank account {account}: payments stopped.")


@app.command()
def lift(account: Account) -> None:
    """Let a bank account be paid again from the next batch on, with all that waited."""
    operations.lift_hold(account_id=account, actor=ACTOR, at=clock.now())
    typer.echo(f"Bank account {account}: paid again from the next batch on.")
