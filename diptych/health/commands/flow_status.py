"""`diptych health flow status`: where a home stands: its release, the report on it, its marts; or one source, delivery by delivery.

Of the locked room: run by whoever runs it, as its own user. Opens no row.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from .flow_options import HomeOption
from .flow_said import failing, landed, line, sentence, told_of, words
from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing import sources
from diptych.health.warehouse.identified.landing.home import Place
from diptych.health.warehouse.identified.landing.receiving import standing_of
from diptych.health.warehouse.identified.pseudonymise import marts as published
from diptych.health.warehouse.identified.quality.book import Book
from diptych.health.warehouse.identified.quality.landed import check_landed


def status(
    home: HomeOption,
    source: Annotated[
        str | None, typer.Option("--source", help="The name of a source that the home knows; the whole home if left out.")
    ] = None,
    marts: Annotated[
        Path | None, typer.Option("--marts", help="Where marts are published; HOME.marts if it is not named.", file_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say where a home stands: what is made of it, what the checks found, what is published. Of a source: its deliveries.

    A delivery is current, replaced, corrected, withdrawn or set aside.
    """
    if source is None:
        _home(flow.Room.of(home, None), marts, as_json=as_json)
    else:
        _source(home, source, as_json=as_json)


def _home(room: flow.Room, marts: Path | None, *, as_json: bool) -> None:
    release, book = room.releases.current(), Book(room.book)
    reports = [one for one in book.history() if release is not None and one["release"].startswith(f"{release.name}-")]
    last = reports[-1] if reports else None
    decision = book.overriding(last["release"]) if last else None
    found = published.published(marts or published.place(room.home))
    told: dict[str, Any] = {
        "release": release and release.name,
        "checked": last and last["release"],
        "stops": last["stops"] if last else [],
        "let_through_by": decision and decision.by,
        "marts": [
            {"project": project, "mart": one.folder.name, "made_of": one.manifest["made_of"]} for project, one in found.items()
        ],
    }
    if as_json:
        show_json(told)
        return
    if release is None:
        print("Nothing is standardised yet.")
        return
    print(f"OMOP tables of {release.name}.")
    if last is None:
        print("They are not checked yet: the step pseudonymise does it.")
    elif not last["stops"]:
        print(f"Checked as {last['release']}: no fatal check fails.")
    elif decision is None:
        print(f"Checked as {last['release']}: {len(last['stops'])} fatal checks fail, so that it may not be published:")
        print("\n".join(f"  {one}" for one in last["stops"]))
    else:
        print(f"Checked as {last['release']}: {len(last['stops'])} fatal checks fail; {decision.by} let it through.")
    for one in told["marts"]:
        behind = "" if one["made_of"]["omop"] == release.name else ", of an earlier release"
        print(f"Mart of {one['project']}: {one['mart']}{behind}.")


def _source(home: Path, source: str, *, as_json: bool) -> None:
    declared = sources.known(home, source)
    place = Place(home, source)
    manifests = place.all()
    standing = standing_of(manifests, declared)
    account = sources.account_of(place, declared)
    found = failing(check_landed(declared, manifests, at=now()))
    if as_json:
        for one in manifests:
            show_json({"standing": standing[one.delivery], "received_at": one.received_at} | line(one))
        show_json({"failing": [told_of(one) for one in found]})
        show_json(asdict(account))
        return
    rows = [
        (one.delivery, one.table, standing[one.delivery].value, one.rows_in, one.received, one.quarantined, words(one))
        for one in manifests
    ]
    show_table(columns=("delivery", "table", "standing", "rows", "received", "quarantined", "said of it"), rows=rows)
    for each in found:
        print(sentence(each))
    landed(account)
