"""Asking: what the verbs of `diptych health cohort` have in common: which questions, and where they are put."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import Desk, Hands, Question, Selection, SqlDesk, questions, rows_of
from diptych.health.warehouse.research.cohort.engines.local import Answer, Rows
from diptych.health.warehouse.research.cohort.terms import REQUESTS_ONLY, STORE_ONLY, WHERE

Files = Annotated[list[Path], typer.Argument(help="Definitions or requests; a folder stands for its JSON files.")]
MaybeStore = Annotated[Path | None, typer.Option("--store", help="The store's folder.")]
MaybeRows = Annotated[
    Path | None,
    typer.Option("--rows", help="Instead of a store: a folder of resource_<id>.csv, one for each criterion of a request."),
]


class Engine(StrEnum):
    """What computes."""

    LOCAL = "local"
    DUCKDB = "duckdb"
    SPARK = "spark"


EngineOption = Annotated[
    Engine,
    typer.Option(
        "--engine",
        help="What computes: the index on this machine; the question as SQL, by DuckDB; the same by Spark (extra `spark`).",
    ),
]
MasterOption = Annotated[
    str, typer.Option("--master", help="With --engine spark: where Spark runs, as Spark says it (spark://HOST:7077, yarn).")
]
HERE = "local[*]"


def read_questions(files: list[Path]) -> list[Question]:
    """Read questions, and say on standard error which of their keys mean nothing."""
    found = questions(files)
    for one in found:
        language = "Cohort360" if isinstance(one.asked, n.Request) else "Circe"
        for path in one.unknown:
            typer.echo(f"note: {one.name}: {path} is no key of {language}'s, and has no effect", err=True)
    return found


class Asked:
    """Where questions are put: a store, or rows handed in."""

    def __init__(self, store: Path | None, rows: Path | None) -> None:
        """Refused (`cohort.where`) unless it is one of the two."""
        if (store is None) is (rows is None):
            deny(WHERE)
        self._desk = None if store is None else Desk(store)
        self._hands = None if rows is None else Hands(rows)

    def answer(self, question: Question) -> Answer | Selection:
        """The answer of a question. Refused (`cohort.requests_only`) for a definition that is put to rows handed in."""
        asked = question.asked
        if self._desk is not None:
            return self._desk.select(asked) if isinstance(asked, n.Request) else self._desk.answer(asked)
        if self._hands is None or not isinstance(asked, n.Request):
            deny(REQUESTS_ONLY, definition=question.name)
        return self._hands.select(asked)


def counter(store: Path | None, rows: Path | None, engine: Engine, master: str) -> Callable[[Question], Rows]:
    """What counts a question: a store by way of an engine, or rows handed in.

    Refused as `Asked` is; rows handed in to another engine than the local one are (`cohort.store_only`).
    """
    if engine is not Engine.SPARK and master != HERE:
        raise typer.BadParameter("it goes with --engine spark", param_hint="--master")
    if engine is Engine.LOCAL:
        asked = Asked(store, rows)
        return lambda question: rows_of(asked.answer(question))
    if rows is not None:
        deny(STORE_ONLY, engine=engine.value)
    if store is None:
        deny(WHERE)
    desk = SqlDesk(store, master=master if engine is Engine.SPARK else None)

    def counted(question: Question) -> Rows:
        asked = question.asked
        return rows_of(desk.select(asked)) if isinstance(asked, n.Request) else desk.answer(asked)

    return counted
