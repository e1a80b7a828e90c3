"""The verbs of `diptych culture bench`: parse, measure, print."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..search import tell_marks
from . import booking as measuring
from . import imports as importing
from . import judged as judging
from . import ledger as proving
from . import pricing as paying
from . import rush as rushing
from . import search as searching
from . import stocks as keeping

app = typer.Typer(no_args_is_help=True, help="Measure booking, imports, pricing and search, each on a database of its own.")

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


@app.command()
def ledger(
    accounts: Annotated[int, typer.Option(min=3, max=20_000_000, help="Accounts, each with its credit.")] = 2_200_000,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Seconds to prove the ledger of very many accounts, beside a plain sum of the same table; and to preview a roll-out."""
    with Console(stderr=True).status("making an empty database…") as status:
        figures = proving.measure(accounts=accounts, on_step=status.update)
    if as_json:
        print(figures.as_json())
        return
    print(
        f"{figures.accounts:,} accounts, {figures.movements:,} movements: the ledger {'holds' if figures.holds else 'DOES NOT HOLD'}"
    )
    print(
        f"verify {figures.verify_seconds:.1f} s; a plain sum {figures.sum_seconds:.1f} s; preview {figures.preview_seconds:.1f} s"
    )


@app.command()
def pricing(
    bookings: Annotated[int, typer.Option(min=1, max=10_000_000, help="Used bookings.")] = 1_000_000,
    venues: Annotated[int, typer.Option(min=50, max=100_000, help="Venues, each its own pricing point.")] = 20_000,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Seconds to collect, price, batch and invoice used bookings, beside one SQL pass that computes the same sums and writes nothing.

    Exit status 1 where the two totals differ by a cent.
    """
    with Console(stderr=True).status("making an empty database…") as status:
        figures = paying.measure(bookings=bookings, venues=venues, on_step=status.update)
    if as_json:
        print(figures.as_json())
        return
    print(f"{figures.bookings:,} used bookings over {figures.venues:,} venues: {figures.paid_cents:,} cents, the same both ways")
    print(
        f"collect and price {figures.price_seconds:.1f} s, {figures.microseconds:.0f} µs a booking;"
        f" one pass {figures.pass_seconds:.1f} s; ratio {figures.ratio:.1f}"
    )
    print(
        f"batch {figures.batch_seconds:.1f} s, invoices {figures.invoice_seconds:.1f} s; ratio with them {figures.whole_ratio:.1f}; "
        f"the same rows written anew {figures.writing_seconds:.1f} s, ratio to the pass and them {figures.kept_ratio:.1f}"
    )


@app.command()
def stocks(
    lines: Annotated[int, typer.Option(min=1, max=500_000, help="Works of the venue.")] = 100_000,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Lines a second of a venue's whole stock sent in one request, and of the same update in plain SQL, in one run."""
    with Console(stderr=True).status("making an empty database…") as status:
        figures = keeping.measure(lines=lines, on_step=status.update)
    if as_json:
        print(figures.as_json())
        return
    print(f"{figures.lines:,} stocks: {figures.seconds:.1f} s, {figures.rate:,.0f} a second through the full stack")
    print(f"the same update in plain SQL: {figures.sql_seconds:.1f} s, {figures.sql_rate:,.0f} a second")


@app.command()
def imports(
    data: Annotated[Path, typer.Option(exists=True, file_okay=False, metavar="DIR", help="A folder of published files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Rows per second of each import into an empty database, and of plain Python copying the same files raw, in one run.

    By the clock, from the first byte to the commit, once. The peer reads with the csv or json module and COPYs each row as
    it is into an unlogged table.
    """
    console = Console(stderr=True)
    with console.status("making an empty database…") as status:
        lines = importing.measure(folder=data, on_kind=lambda kind: status.update(f"{kind}…"))
    if as_json:
        print(json.dumps([line.as_dict() for line in lines], ensure_ascii=False))
        return
    table = Table(title="imports of open data, by the clock")
    for column in ("kind: first file", "rows", "rows/s", "copied raw, rows/s", "ratio"):
        table.add_column(column, justify="left" if column.startswith("kind") else "right")
    for line in lines:
        name = f"{line.kind}: {line.files[0]}" + (f" and {len(line.files) - 1} more" if len(line.files) > 1 else "")
        table.add_row(name, f"{line.rows:,}", f"{line.rate:,.0f}", f"{line.peer_rate:,.0f}", f"{line.ratio:.1%}")
    Console().print(table)


@app.command()
def search(
    offers: Annotated[int, typer.Option(min=1_000, max=10_000_000, help="Offers of the generated catalogue.")] = 100_000,
    seconds: Annotated[
        float, typer.Option(min=0.2, max=600, help="How long each question is asked, at 1 and at 16 clients.")
    ] = 3,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes.")] = 2,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Requests at once in a web process.")] = 16,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Ten kinds of question through the HTTP endpoint at 1 and 16 clients, beside the engine alone and PostgreSQL's own search.

    And how fast the index is built and updated, its size on disk, and memory.
    """
    with Console(stderr=True).status("making an empty database…") as status:
        figures = searching.measure(offers=offers, seconds=seconds, workers=workers, threads=threads, on_step=status.update)
    if as_json:
        print(figures.as_json())
        return
    table = Table(title=f"search among {figures.offers:,} offers: p95 in ms, service / engine alone")
    for column in ("", "1 client", "ratio", "16 clients", "ratio", "processor", "PostgreSQL, 1 client, median"):
        table.add_column(column, justify="right" if column else "left")
    for line in figures.lines:
        cells = [
            cell
            for clients in searching.CLIENTS
            for cell in (f"{line.service[clients][1]:.1f} / {line.engine[clients][1]:.2f}", f"{line.ratio(clients):.1f}")
        ]
        table.add_row(line.kind, *cells, f"{line.service_cpu:.1f} / {line.engine_cpu:.2f}", f"{line.postgresql_ms:.0f}")
    Console().print(table)
    print(
        f"built at {figures.built_per_second:,.0f} offers a second ({figures.build_seconds:.0f} s), updated at"
        f" {figures.updated_per_second:,.0f}; one change found after {figures.change_seconds * 1000:.0f} ms;"
        f" {figures.disk_bytes / 1e6:,.0f} MB on disk; {figures.build_memory_kb / 1024:,.0f} MB at most while building,"
        f" {figures.web_memory_kb / 1024:,.0f} MB a web process; {figures.other_answers} answers other than 200"
    )


@app.command()
def judged(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Judged queries, as for `search judge`.")],
    data: Annotated[Path, typer.Option(exists=True, file_okay=False, help="A folder of official open data.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON: the marks of each version.")] = False,
) -> None:
    """nDCG at ten of judged queries over the open data, by the weights in use and by those that are tried, in a database of its own."""
    with Console(stderr=True).status("making an empty database…") as status:
        before, after = judging.measure(folder=data, file=file, on_step=status.update)
    for name, marks in (("in use", before), ("tried", after)):
        if not as_json:
            print(name)
        tell_marks(marks, as_json=as_json)
