"""The gate: a release's report, found in the home's book or made of its tables; what of it goes with a mart; whether any mart may.

Holds what is between the checks and a publication. Does not check (`quality`), and does not publish (`marts`).
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np

from ..omop import workshop
from ..omop.making import TABLES
from ..omop.release import Release
from ..quality import tables as checked_tables
from ..quality.book import Book
from ..quality.checks import checks, own
from ..quality.kinds import Shows, shows
from ..quality.page import page
from ..quality.pages import complete, keep
from ..quality.report import Facts, Report, for_mart
from ..quality.run import check_tables
from ..quality.terms import Override, Result
from ..quality.words import LANGUAGES
from .columns import domain_of
from .keys.client import Keys
from .policy import CROSSING, ROWS
from .terms import Action

VERSION = "5.4"
"""Of OMOP's CDM, as our own SQL makes it."""

Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Checking:
    """How a release is checked: the folder of the book, what was found of what landed, the check tables, whom to ask."""

    book: Path
    landed: Sequence[Result] = ()
    rows: Path | None = None
    """The folder of the DataQualityDashboard's tables; none where there is none."""
    owners: Mapping[str, Sequence[str]] | None = None

    def named(self, release: Release) -> str:
        """The name of a release's report: another where the checks are others, for no report is written over."""
        asked = sha256(repr((own(), checks(version=VERSION, folder=self.rows))).encode()).hexdigest()
        return f"{release.name}-{asked[:6]}"


@dataclass(frozen=True, slots=True)
class Passed:
    """What lets a release through: its report, and the decision where one was needed."""

    facts: Facts
    decision: Override | None


def known(checking: Checking, release: Release) -> Facts | None:
    """The report of a release, if it was made; a killed run's pages are made."""
    book = Book(checking.book)
    facts = book.kept(checking.named(release))
    if facts is not None:
        complete(book, facts)
    return facts


def examined(con: duckdb.DuckDBPyConnection, release: Release, checking: Checking, *, at: datetime, told: Told) -> Facts:
    """Check the tables of an open release (its schema `source`), keep the report and its pages; its facts."""
    relations = {table: f"source.{table}" for table in (*TABLES, *workshop.VOCABULARY)}
    tables = checked_tables.of(con, relations, named=release.name)
    report = check_tables(
        tables, release=checking.named(release), at=at, named=release.name, rows=checking.rows, version=VERSION,
        owners=checking.owners, told=lambda what, done, of: told(f"check {what}"),
    )  # fmt: skip
    book = Book(checking.book)
    facts = book.add(_without_words(replace(report, results=(*checking.landed, *report.results))))
    keep(book, facts)
    return facts


def _without_words(report: Report) -> Report:
    "As it may lie in clear in a home: numbers of ours, and nothing that a source wrote."
    results = [replace(one, examples=()) if shows(one.check) is Shows.CODES else one for one in report.results]
    return replace(report, results=results, series=[replace(one, name=str(one.care_site or "")) for one in report.series])


def passed(checking: Checking, facts: Facts) -> Passed:
    """What lets a release through. Refused (`quality.failing`) where a fatal check fails, and nobody let it."""
    return Passed(facts, Book(checking.book).must_pass(facts["release"]))


def beside(
    con: duckdb.DuckDBPyConnection, passed_: Passed, *, keys: Keys, project: str, refused: Collection[int], book: Path
) -> dict[str, bytes]:
    """The report as it goes with a project's mart, by the names of its files: for programs, and for people."""

    def pseudonym(table: str, numbers: Sequence[int]) -> Sequence[int]:
        return keys.pseudonyms(project, _domain(table), np.array(numbers, np.int64)).tolist() if _domain(table) else []

    def crossing(table: str, numbers: Sequence[int]) -> Sequence[int]:
        return pseudonym(table, _of_others(con, table, numbers, refused))

    facts = for_mart(passed_.facts, pseudonym=crossing)
    if passed_.decision is not None:
        facts["override"] = told_of(passed_.decision)
    history = [one for one in Book(book).history() if one["at"] <= facts["at"]]
    pages = {
        f"quality.{language}.html": page(facts, history=history, decision=passed_.decision, language=language).encode()
        for language in LANGUAGES
    }
    return {"quality.json": json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()} | pages


def told_of(decision: Override) -> dict[str, object]:
    """What a publication says of who let it through; the reason and the account stay in the book."""
    return {"by": decision.by, "at": decision.at.isoformat(), "failing": list(decision.failing)}


def _domain(table: str) -> str:
    "The domain of the pseudonyms of a table's key; none where the key does not become one."
    shape = CROSSING.get(table)
    if shape is None or len(shape.key) != 1:
        return ""
    row = ROWS.get((table, shape.key[0]))
    column = shape.column(shape.key[0])
    return domain_of(table, column) if column is not None and row is not None and row.action is Action.HASH else ""


def _of_others(con: duckdb.DuckDBPyConnection, table: str, numbers: Sequence[int], refused: Collection[int]) -> list[int]:
    "Numbers of rows without those of persons who refused: nothing of theirs goes with a mart."
    shape = CROSSING.get(table)
    if not refused or shape is None or shape.column("person_id") is None:
        return list(numbers)
    asked = f"SELECT {shape.key[0]} FROM source.{table} WHERE list_contains($numbers, {shape.key[0]}) AND list_contains($refused, person_id)"
    theirs = {number for (number,) in con.execute(asked, {"numbers": list(numbers), "refused": list(refused)}).fetchall()}
    return [number for number in numbers if number not in theirs]
