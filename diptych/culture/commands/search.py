"""`diptych culture search`: the index of offers, built anew, proved, and a result's place explained."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from diptych.commons.clock import now
from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.terminal import show_json, show_table

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The search index: rebuild, verify, explain a place.")

NO_INDEX = Reason(
    "search.no_index",
    Kind.CONFLICT,
    "There is no search index that can be read: PostgreSQL answers. Rebuild it, and run the jobs.",
)


@app.command()
def rebuild(as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False) -> None:
    """Build the index anew beside the one in use, then read the new one at once. Stopped or killed, it changes nothing."""
    from diptych.culture.search import indexing
    from diptych.culture.search.answering import our_library

    columns = (
        TextColumn("offers read"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        done = indexing.rebuild(
            library=our_library(), at=now(), on_progress=lambda done, of: progress.update(task, completed=done, total=of)
        )
    if as_json:
        show_json(asdict(done))
    else:
        typer.echo(f"{done.documents:,} offers in the index, {done.caught_up:,} of them changed meanwhile and read again.")


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False) -> None:
    """Prove that the index equals the database, offer by offer. Exit status 1 where it does not."""
    from diptych.culture.search import proving
    from diptych.culture.search.answering import our_library

    at = now()
    opened = our_library().opened(at=at.timestamp())
    if opened is None:
        deny(NO_INDEX)
    proof = proving.verify(opened.searcher, at=at)
    if as_json:
        show_json({**asdict(proof), "holds": proof.holds})
    else:
        typer.echo(f"{proof.offers:,} offers that can be found, {proof.documents:,} in the index; {proof.same:,} the same,"
                   f" {proof.waiting:,} wait for the indexer.")  # fmt: skip
        for what, ids in (
            ("not in the index", proof.missing),
            ("there without reason", proof.extra),
            ("different", proof.different),
        ):
            if ids:
                typer.echo(f"{what}: {', '.join(map(str, ids))}")
        typer.echo("The index equals the database." if proof.holds else f"{proof.faults:,} FAULTS: rebuild the index.")
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def explain(
    query: Annotated[str, typer.Argument(help="The words, as a youth types them.")],
    offer: Annotated[int, typer.Option(help="The offer's number.")],
    latitude: Annotated[float | None, typer.Option(min=-90, max=90, help="Around this place.")] = None,
    longitude: Annotated[float | None, typer.Option(min=-180, max=180, help="Around this place.")] = None,
    radius: Annotated[float, typer.Option(min=0.1, max=500, help="Kilometres.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Why an offer stands where it does for these words: each signal, its weight, and the sum that orders."""
    from diptych.culture.domain.catalogue.queries import Criteria
    from diptych.culture.search import explaining
    from diptych.culture.search.answering import our_library, question_of

    at = now()
    opened = our_library().opened(at=at.timestamp())
    if opened is None:
        deny(NO_INDEX)
    criteria = Criteria(text=query, latitude=latitude, longitude=longitude, radius_km=radius)
    told = explaining.explain(opened.searcher, question_of(criteria, at=at), offer_id=offer, at=at)
    if as_json:
        show_json(asdict(told))
        return
    if told.stands_for is not None:
        typer.echo(f"Offer {told.stands_for} sells the same product and stands for it.")
    elif told.place is None:
        typer.echo(f"Not among the {told.of:,} results ({told.reach}).")
    else:
        rows = [(line.signal, line.value, line.weight, line.worth) for line in told.lines]
        show_table(columns=("signal", "value", "weight", "worth"), rows=rows)
        typer.echo(f"{told.score} in all: {told.place} of {told.of:,} ({told.reach}, ranking {told.ranking}).")
