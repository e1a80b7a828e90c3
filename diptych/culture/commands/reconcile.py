"""`diptych culture reconcile`: what is counted in two places must agree. Reads, prints, changes nothing."""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from diptych.culture.domain.bookings.queries import discrepancies


def reconcile(as_json: Annotated[bool, typer.Option("--json", help="One JSON list.")] = False) -> None:
    """Compare stocks with bookings and wallets with what was paid, to the place and to the cent. Exit status 1 if not."""
    found = discrepancies()
    if as_json:
        print(json.dumps([asdict(one) for one in found]))
    elif not found:
        print("Stocks, bookings and wallets agree.")
    else:
        table = Table(title=f"{len(found)} discrepancies")
        for column in ("what", "id", "found", "expected"):
            table.add_column(column)
        for one in found:
            table.add_row(one.what, str(one.id), str(one.found), str(one.expected))
        Console().print(table)
    raise typer.Exit(1 if found else 0)
