"""`diptych culture ledger`: whether the wallets' ledger and the venues' prices hold, on the whole database. Reads, prints, changes nothing."""

import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from diptych.commons.terminal import show_json, show_table
from diptych.culture.domain.bookings.queries import verify_ledger
from diptych.culture.domain.reimbursements.queries import verify_payments, verify_prices

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The wallets' ledger: verify it whole.")


@app.callback()
def _group() -> None: ...


@app.command()
def verify(
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as one line of JSON.")] = False,
    most: Annotated[int, typer.Option(min=1, max=100_000, help="The most faults of each kind that are named.")] = 100,
) -> None:
    """Prove the ledger on the whole database, as it stands at one instant; bookings go on meanwhile.

    Each line has its two accounts; all accounts together are zero; no deposit was ever below zero, nor over its caps; a
    live booking's account holds what it costs, a cancelled one's nothing; nobody received a sum twice; what a deposit
    took over is what the older one left. Then the venues' prices: each is its event's and its booking's, and each kept
    revenue is the sum of its year's prices, in their order. Then what is paid: each cashflow is the sum of its prices, and a
    price is in one at most. Exit status 1 if not, with what is wrong, named by numbers only.
    """
    columns = (TextColumn("slices"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("slices", total=None)
        found = verify_ledger(limit=most, on_progress=lambda done, of: bar.update(task, completed=done, total=of))
        prices, cents, wrong = verify_prices(limit=most)
        cashflows, paid, unpaid = verify_payments(limit=most)
    faults = [*found.faults, *wrong, *unpaid]
    if as_json:
        said = {**asdict(found), "faults": [asdict(fault) for fault in faults], "prices": prices, "priced_cents": cents}
        show_json({**said, "cashflows": cashflows, "cashflow_cents": paid, "holds": not faults})
    elif not faults:
        typer.echo(f"The ledger holds: {found.movements} movements, {found.deposits} deposits, {found.bookings} bookings.")
        typer.echo(f"{prices} bookings are priced: {cents} cents (below zero: the State pays).")
        typer.echo(f"{cashflows} cashflows pay {paid} cents.")
        show_table(columns=("account", "cents"), rows=[*found.accounts.items(), ("together", sum(found.accounts.values()))])
    else:
        show_table(columns=("what", "id", "found", "expected"), rows=[(f.what, f.id, f.found, f.expected) for f in faults])
    raise typer.Exit(1 if faults else 0)
