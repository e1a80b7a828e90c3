"""`diptych health sources`: every hospital application, how fresh it is, how much it brought, what went wrong last."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .flow_options import HomeOption
from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified.landing.sources import Listed, listed
from diptych.health.warehouse.identified.landing.terms import Format, Freshness


class Order(StrEnum):
    """What the list is sorted by."""

    NAME = "name"
    FRESHNESS = "freshness"
    ROWS = "rows"
    QUARANTINE = "quarantine"
    FAILURE = "failure"


_WORST = [Freshness.SILENT, Freshness.NEVER, Freshness.LATE, Freshness.FRESH]


def _place(one: Listed, order: Order) -> tuple[object, ...]:
    "What comes first is what somebody should look at: the stalest, the largest, the latest failure."
    told = one.told
    first: object = {
        Order.NAME: "",
        Order.FRESHNESS: (_WORST.index(one.freshness), told.last_received_at or ""),
        Order.ROWS: -told.rows_in,
        Order.QUARANTINE: -told.quarantined,
        Order.FAILURE: [-ord(letter) for letter in told.failed_at or ""] or [1],
    }[order]
    return first, told.source


def sources(
    home: HomeOption,
    declared: Annotated[
        Path | None,
        typer.Option("--declared", help="A folder of declarations: those never received are listed too.", file_okay=False),
    ] = None,
    order: Annotated[Order, typer.Option("--sort", help="What comes first.")] = Order.NAME,
    freshness: Annotated[Freshness | None, typer.Option("--freshness", help="Only those that are so.")] = None,
    format_: Annotated[Format | None, typer.Option("--format", help="Only those of this format.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="Only those whose owner's name holds this.")] = "",
    failed: Annotated[bool, typer.Option("--failed", help="Only those whose last run failed.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the sources with their freshness (against their cadence), volume and last failure."""
    found = [
        one
        for one in listed(home, at=now(), declarations=declared)
        if freshness in {None, one.freshness}
        and format_ in {None, one.told.format}
        and owner.casefold() in one.told.owner.casefold()
        and (not failed or one.failed)
    ]
    found.sort(key=lambda one: _place(one, order))
    if as_json:
        for one in found:
            show_json({"source": one.told.source, "freshness": one.freshness, "running": one.running} | asdict(one.told))
        return
    columns = (
        "source",
        "format",
        "owner",
        "freshness",
        "last received",
        "deliveries",
        "rows",
        "quarantined",
        "set aside",
        "last failure",
    )
    show_table(
        columns=columns,
        rows=[
            (
                one.told.source, one.told.format, one.told.owner, "running" if one.running else one.freshness.value,
                (one.told.last_received_at or "never")[:16], one.told.deliveries, one.told.rows_in, one.told.quarantined,
                one.told.set_aside, f"{one.told.failure} {(one.told.failed_at or '')[:16]}".strip(),
            )
            for one in found
        ],
    )  # fmt: skip
    print(f"{len(found)} sources.")
