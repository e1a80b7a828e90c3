"""`diptych health flow trace`, `unmapped`, `map`: the rows of OMOP, what they were made of, and the codes that have no concept yet.

Of the locked room: run by whoever runs it, as its own user.
"""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import duckdb
import typer

from .flow_options import HomeOption, KeysOption
from .omop import JsonOption

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.omop.mapping import decide, history
from diptych.health.warehouse.identified.omop.tracing import Traced, Tracing

COLUMNS = ("OMOP table", "number", "", "source", "table", "line", "delivery")


@contextmanager
def _tracing(home: Path, keys: Path | None) -> Iterator[Tracing]:
    with duckdb.connect() as connection:
        yield Tracing(flow.Room.of(home, keys).releases, connection)


def _shown(rows: list[Traced], *, as_json: bool) -> None:
    if as_json:
        for one in rows:
            show_json(asdict(one))
        return
    show_table(
        columns=COLUMNS,
        rows=[
            (one.omop_table, one.id, "made by" if one.made else "with", one.source, one.source_table, one.line, one.delivery)
            for one in rows
        ],
    )


def trace(
    home: HomeOption,
    table: Annotated[str, typer.Argument(help="A table of OMOP; with --source, a table of the source.")],
    number: Annotated[
        str, typer.Argument(help="The row's number; with --source, the line, or with --patient the patient's number.")
    ],
    source: Annotated[str | None, typer.Option("--source", help="From a source, rather than from OMOP.")] = None,
    patient: Annotated[
        bool, typer.Option("--patient", help="Which person of OMOP a source's patient is, and of what rows.")
    ] = False,
    keys: KeysOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say of which source rows a row of OMOP was made or, from a source, what a line or a patient became."""
    if not (patient and source) and not number.isdecimal():
        raise typer.BadParameter("should be a number", param_hint="NUMBER")
    with _tracing(home, keys) as tracing:
        if source is None:
            _shown(tracing.of_row(table, int(number)), as_json=as_json)
        elif patient:
            _shown(tracing.of_row("person", tracing.person(source, number)), as_json=as_json)
        else:
            for one in tracing.of_line(source, table, int(number)):
                if as_json:
                    show_json(asdict(one))
                    continue
                print(one.fate.replace("_", " ") + (f": {one.why}" if one.why else ""))
                _shown(one.traced, as_json=False)


def unmapped(
    home: HomeOption,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many.")] = 50,
    keys: KeysOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the codes that have no concept, the most used first: what a data steward maps next."""
    with _tracing(home, keys) as tracing:
        found = tracing.unmapped(limit)
    if as_json:
        for one in found:
            show_json(one)
        return
    show_table(
        columns=("vocabulary", "code", "label", "table", "uses", "persons"),
        rows=[
            (one["vocabulary"], one["code"], (one["label"] or "")[:48], one["made"], one["uses"], one["persons"]) for one in found
        ],
    )


def map_(
    home: HomeOption,
    vocabulary: Annotated[str, typer.Argument(help="The code's vocabulary, by OMOP's name: CIM10.")],
    code: Annotated[str, typer.Argument(help="The code.")],
    concepts: Annotated[list[int] | None, typer.Argument(help="The concepts that it means; none takes the mapping back.")] = None,
    why: Annotated[str, typer.Option("--why", help="Why, in a few words.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Decide which concepts a code means, with history: the next run makes OMOP's tables by it."""
    room = flow.Room.of(home, None)
    one = decide(
        room.home, vocabulary_id=vocabulary, code=code, concepts=tuple(concepts or ()), at=now(), by=getpass.getuser(), why=why
    )
    decided = [past for past in history(room.home) if (past.vocabulary_id, past.code) == (one.vocabulary_id, one.code)]
    if as_json:
        show_json(asdict(one) | {"decisions": len(decided)})
    else:
        print(f"{vocabulary} {code}: {', '.join(map(str, one.concepts)) or 'no concept'}. Decision {len(decided)} on this code.")
