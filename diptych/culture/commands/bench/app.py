"""The verbs `diptych culture bench booking` and `bench rush`: parse, measure, print."""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from . import booking as measuring
from . import rush as rushing

app = typer.Typer(no_args_is_help=True, help="Measure booking on the server as in production, on a database of its own.")

RUSHES = ((50, 16), (50, 200), (500, 16), (500, 200))
"""Places and clients of each rush."""


class Shape(StrEnum):
    """Where the bookings go."""

    SPREAD = "spread"
    HOT = "hot"


@app.command()
def booking(
    clients: Annotated[int, typer.Option(min=1, max=256, help="Clients at once.")] = 16,
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long each side is measured.")] = 10,
    shape: Annotated[Shape, typer.Option(help="spread: 20,000 stocks; hot: one.")] = Shape.SPREAD,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 2,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Requests at once in a web process.")] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Bookings per second through the full stack, and of the same booking as one function under pgbench, in one run."""
    console = Console(stderr=True)
    with console.status("making 200,000 wallets and 20,000 stocks, then measuring both sides…"):
        figures = measuring.measure(clients=clients, seconds=seconds, shape=shape.value, workers=workers, threads=threads)
    if as_json:
        print(figures.as_json())
        return
    table = Table(title=f"booking, {shape.value}, {clients} clients, {figures.seconds:.0f} s")
    for column in ("", "full stack", "pgbench"):
        table.add_column(column, justify="left" if not column else "right")
    table.add_row("bookings a second", f"{figures.bookings_per_second:,.0f}", f"{figures.pgbench_per_second:,.0f}")
    table.add_row("ratio", f"{figures.ratio:.0%}", "100%")
    table.add_row("p50 / p95 / p99", f"{figures.p50_ms:.1f} / {figures.p95_ms:.1f} / {figures.p99_ms:.1f} ms", "")
    table.add_row("processor, app", f"{figures.app_cpu_ms:.2f} ms a booking", "")
    table.add_row("processor, PostgreSQL", f"{figures.database_cpu_ms:.2f} ms a booking", "")
    table.add_row("answers other than 201", str(figures.other_answers), "")
    Console().print(table)


@app.command()
def rush(as_json: Annotated[bool, typer.Option("--json", help="One line of JSON a rush.")] = False) -> None:
    """50 places, then 500, with 16 to 200 clients, some retrying, some cancelling, the server killed in the middle.

    Exit status 0 only if exactly that many places were sold, every client was told the truth, and wallets and stocks
    reconcile to the cent.
    """
    console = Console(stderr=True)
    results = []
    for places, clients in RUSHES:
        with console.status(f"{places} places, {clients} clients…"):
            results.append(rushing.rush(places=places, clients=clients))
        result = results[-1]
        if as_json:
            print(result.as_json())
        else:
            print(
                f"{result.places} places, {result.clients} clients, {result.people} people: {result.sold} sold,"
                f" {result.cancelled} cancelled, {result.refused} refused, {result.repeated} repeated,"
                f" {result.broken_lines} broken lines, {result.seconds} s"
            )
        for fault in result.faults:
            console.print(f"[red]fault[/red] {fault}")
    wrong = sum(len(result.faults) for result in results)
    if not as_json:
        sold = "+".join(str(result.sold) for result in results)
        print(f"{'true' if not wrong else 'FALSE'}: {sold} sold of {'+'.join(str(r.places) for r in results)}, {wrong} faults")
    raise typer.Exit(1 if wrong else 0)
