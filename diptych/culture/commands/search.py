"""`diptych culture search`: the index of offers, built anew, proved, and a result's place explained."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from diptych.commons.clock import now
from diptych.commons.refusal import Kind, Reason, deny
from diptych.commons.terminal import show_json, show_table

if TYPE_CHECKING:  # the search needs Django
    from diptych.culture.search.judging import Judged, Marks

app = typer.Typer(
    no_args_is_help=True, add_completion=False, help="The search index: rebuild, verify, explain a place, judge an order."
)

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
        typer.echo(
            f"{done.documents:,} offers, {done.venues:,} venues and {done.outings:,} class outings in the index,"
            f" {done.caught_up:,} of them changed meanwhile and read again."
        )


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
        for count in proof.beside:
            typer.echo(f"{count.subject.value}s: {count.database:,}, {count.documents:,} in the index; {count.same:,} the same.")
        if proof.beside_faults:
            typer.echo(f"missing, extra or different: {', '.join(proof.beside_faults)}")
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
    elif told.reach == explaining.NOTHING:
        typer.echo("Nothing is found: no offer has even half of these words, mistyped or not, with these filters.")
    elif told.place is None:
        typer.echo(f"Not among the {told.of:,} results ({told.reach}).")
    else:
        rows = [(line.signal, line.value, line.weight, line.worth) for line in told.lines]
        show_table(columns=("signal", "value", "weight", "worth"), rows=rows)
        typer.echo(f"{told.score} in all: {told.place} of {told.of:,} ({told.reach}, ranking {told.ranking}).")


@app.command()
def judge(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file of half, query, key, grade.")],
    tried: Annotated[bool, typer.Option("--tried", help="By the weights that are tried, not by those in use.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """How near the order of judged queries comes to the best one (nDCG at ten), on the index that is read now."""
    from diptych.culture.search import judging
    from diptych.culture.search.answering import our_library

    at = now()
    with file.open(encoding="utf-8", newline="") as lines:
        judged = judging.read(lines)
    if our_library().opened(at=at.timestamp()) is None:
        deny(NO_INDEX)
    tell_marks(marks_of(judged, at=at, tried=tried), as_json=as_json)


def marks_of(judged: "Sequence[Judged]", *, at: datetime, tried: bool) -> "list[Marks]":
    """The marks of judged queries, asked as the search page asks them."""
    from diptych.culture.domain.catalogue.queries import Criteria, keys_of
    from diptych.culture.search import judging
    from diptych.culture.search.answering import search

    def ask(query: str) -> list[str]:
        found = [card.id for card in search(criteria=Criteria(text=query), at=at, tried=tried).cards[: judging.DEPTH]]
        keys = keys_of(ids=found)
        return [keys.get(id_, "") for id_ in found]

    return judging.judge(judged, ask=ask)


def tell_marks(marks: "list[Marks]", *, as_json: bool) -> None:
    """Print the mean of each half, and what falls short of the best order."""
    if as_json:
        show_json([asdict(one) for one in marks])
        return
    for one in marks:
        typer.echo(
            f"{one.half}: nDCG@10 {one.mean:.3f} over {one.queries} queries, {len(one.short)} of them short of the best order"
        )
        for query, value in one.short[:20]:
            typer.echo(f"  {value:.2f}  {query}")
