"""`diptych culture reimburse`: each step from a used booking to a transfer, as its job does it. Calls one operation, prints."""

import csv
import sys
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from diptych.commons import clock
from diptych.commons.terminal import show_json, show_table
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.terms import Hold
from diptych.culture.gateways import bank
from diptych.culture.jobs import make_invoices, settle_transfers

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Pay venues: price, batch, invoice, transfer.")


@app.callback()
def _group() -> None: ...


ACTOR = "command:reimburse"
Json = Annotated[bool, typer.Option("--json", help="Print what was done as one line of JSON.")]
Day = Annotated[
    datetime, typer.Argument(formats=["%Y-%m-%d"], help="The day that the cut-off begins: the 1st or the 16th of a month.")
]
Number = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The batch's number: 1 for VIR1.")]
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


@app.command()
def invoices(
    print_: Annotated[bool, typer.Option("--print/--no-print", help="Make the papers too, all that are missing.")] = True,
    folder: Annotated[
        Path | None, typer.Option(help="Where to copy the papers made, one PDF an invoice.", file_okay=False)
    ] = None,
) -> None:
    """Invoice every cashflow that has none, numbered without gaps, and make the papers (PDF/A-3b).

    A second time finds nothing to do; a paper is kept as it was first made.
    """
    at = clock.now()
    made = operations.make_invoices(actor=ACTOR, at=at)
    printed = 0
    while print_ and (papers := queries.invoices_without_file(limit=make_invoices.PAPERS)):
        printed += make_invoices.print_papers(at=at)
        for paper in papers if folder is not None else ():
            reference, content = queries.invoice_file(invoice_id=paper.id)
            folder.mkdir(parents=True, exist_ok=True)  # type: ignore[union-attr]  # the loop runs with a folder only
            (folder / f"{reference}.pdf").write_bytes(content)  # type: ignore[operator]  # the same
    typer.echo(f"{made} invoices, {printed} papers made.")


@app.command()
def transfer(number: Number) -> None:
    """Write the file of a batch's transfers (SEPA pain.001), keep it and hand it to the bank. A second time is refused."""
    sent = operations.send_batch(number=number, payer=bank.payer(), write=bank.write, actor=ACTOR, at=clock.now())
    _deliver(sent.message_id, sent.count, sent.cents)


@app.command(name="transfer-again")
def transfer_again() -> None:
    """Transfer anew what the bank gave back, to accounts that are accepted and not stopped."""
    sent = operations.send_again(payer=bank.payer(), write=bank.write, actor=ACTOR, at=clock.now())
    _deliver(sent.message_id, sent.count, sent.cents)


@app.command()
def accept(number: Number) -> None:
    """The bank took a batch's file: its bookings are reimbursed, and the ledger says so. Run again after a kill."""
    done = operations.accept_batch(number=number, actor=ACTOR, at=clock.now())
    typer.echo(f"VIR{number}: {done} bookings reimbursed.")


@app.command()
def settle() -> None:
    """Hand over the files that the bank does not have; hold as done what left two days ago and did not come back."""
    typer.echo(f"{settle_transfers.run(at=clock.now())} transfers done.")


@app.command()
def returns(
    file: Annotated[
        Path, typer.Argument(help="The bank's file: camt.054, or CSV (end_to_end,amount,reason).", exists=True, dir_okay=False)
    ],
) -> None:
    """Read what the bank gave back. All of it, or nothing and what is wrong, by line and field; the same file twice is once."""
    content = file.read_bytes()
    read = operations.read_returns(returned=bank.read_returns(content), content=content, actor=ACTOR, at=clock.now())
    typer.echo(f"{read} transfers given back.")


@app.command(name="return-back")
def return_back(end_to_end: Annotated[str, typer.Argument(help="The transfer's number, as VIR1-12-1.")]) -> None:
    """The bank told a reject by mistake: the transfer is again what it was."""
    status = operations.take_return_back(end_to_end=end_to_end, actor=ACTOR, at=clock.now())
    typer.echo(f"{end_to_end}: {status}.")


@app.command(name="debit-paid")
def debit_paid(reference: Annotated[str, typer.Argument(help="The debit note's reference, as A260000001.")]) -> None:
    """The venue paid a debit note."""
    cents = operations.pay_debit_note(reference=reference, actor=ACTOR, at=clock.now())
    typer.echo(f"{reference}: {cents} cents received.")


@app.command()
def export(number: Number) -> None:
    """A batch for the accountant, as CSV: one row a cashflow, with its invoice and its transfer. Cents; the IBAN's end only."""
    out = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    rows = queries.entries(number=number)
    out.writerow(field.name for field in fields(queries.Entry))
    for row in rows:
        out.writerow(asdict(row).values())


def _deliver(name: str, count: int, cents: int) -> None:
    try:
        settle_transfers.deliver(at=clock.now())
        news = "handed to the bank"
    except bank.NotDelivered as fault:
        news = f"kept; the bank did not take it ({fault}), the job tries again"
    typer.echo(f"{name}: {count} transfers, {cents} cents; {news}.")
