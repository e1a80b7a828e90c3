"""`diptych culture reimburse`: each step from a used booking to a transfer, as its job does it. Calls one operation, prints."""

from dataclasses import asdict
from typing import Annotated

import typer

from diptych.commons import clock
from diptych.commons.terminal import show_json
from diptych.culture.domain.reimbursements.operations import price_used

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Pay venues: price what was used.")


@app.callback()
def _group() -> None: ...


@app.command()
def price(as_json: Annotated[bool, typer.Option("--json", help="Print what was done as one line of JSON.")] = False) -> None:
    """Collect what was used and price it, in order, each pricing point and year under its lock.

    Run it again as often as wanted: it does what is left to do, after a kill too.
    """
    done = price_used(at=clock.now(), actor="command:reimburse")
    if as_json:
        show_json(asdict(done))
    else:
        typer.echo(f"{done.collected} collected, {done.found} found their pricing point, {done.priced} priced.")
