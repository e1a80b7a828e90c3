"""Titles: the books, films and records that Toulouse's libraries lend most, with their loans year by year.

Holds the one shape of `toulouse-top500-{imprimes,films,cds}.csv`: separator ;, BOM, CRLF. Three years of each file have
their accents before the letters, two have their columns moved one to the right and end without the last: both are found
out before reading, edition by edition. Newspapers and magazines, which the pass does not sell, are left out.
"""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from diptych.culture.gateways.open_data.accents import looks_damaged, marked_before
from diptych.culture.gateways.open_data.reasons import Fault
from diptych.culture.gateways.open_data.rows import TitleRow
from diptych.culture.gateways.open_data.shapes import Column, Shape
from diptych.culture.gateways.open_data.values import count, text, words, year

_FILMS, _RECORDS = ("DVDFIC", "DVDDOC"), ("CD", "LIVCD", "CDJ", "VINYL")
_AUDIENCES = ("", "A", "E", "BB", "TP", "J", "P")
_SHORT = {"LIVRE_PAPIER": "book", "SUPPORT_PHYSIQUE_FILM": "film", "SUPPORT_PHYSIQUE_MUSIQUE_CD": "record"}
_SANE = re.compile("[éêçÉ]")


@dataclass(frozen=True, slots=True)
class Editions:
    """What the file is, which of its years are damaged (accents) or shifted (columns), and which titles are periodicals."""

    subcategory: str
    damaged: frozenset[str]
    shifted: frozenset[str]
    periodicals: frozenset[str] = frozenset()


def survey(records: Iterator[Mapping[str, Any]]) -> Editions:
    """Find out what the file lists, and its accidents: a year without one sane accent and with broken ones is damaged."""
    supports: Counter[str] = Counter()
    named: Counter[str] = Counter()
    periodicals: set[str] = set()
    rows: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    sane: Counter[str] = Counter()
    for record in records:
        edition, support = record["ANNEE"].strip(), record["Cat 2"].strip()
        rows[edition] += 1
        named[edition] += support not in _AUDIENCES
        if support not in _AUDIENCES:
            supports["film" if support in _FILMS else "record" if support in _RECORDS else "book"] += 1
        shown = f"{record['TITRE']} {record['AUTEUR']} {record['Editeur']} {record['Indice']}"
        if support == "PERIO":
            periodicals.add(_fold(_title(record["TITRE"])))
        broken[edition] += looks_damaged(shown)
        sane[edition] += _SANE.search(shown) is not None
    most = supports.most_common(1)[0][0] if supports else ""
    subcategory = {"film": "SUPPORT_PHYSIQUE_FILM", "record": "SUPPORT_PHYSIQUE_MUSIQUE_CD", "book": "LIVRE_PAPIER"}.get(most, "")
    # A handful of misplaced rows may name a "support" by chance in a shifted year, hence a third and not none.
    return Editions(
        subcategory,
        frozenset(edition for edition, times in broken.items() if times and sane[edition] * 20 < times),
        frozenset(edition for edition, times in named.items() if times * 3 < rows[edition]),
        frozenset(periodicals),
    )


def _creator(name: str) -> str:
    "« Sobral, Patrick (1972-....) » as a cover says it: Patrick Sobral."
    name = re.sub(r"\s*\([\d. -]*(?:\.{2,})?\s*\)?\s*$", "", name).strip().rstrip(".")
    last, comma, first = name.partition(", ")
    return f"{first} {last}".strip() if comma else name


def _title(name: str) -> str:
    "The title without whom it is by: « Le petit pays / Gaël Faye »."
    return re.split(r"\s*/\s+", name, maxsplit=1)[0].strip(" :;,.") or name


def _fold(value: str) -> str:
    plain = unicodedata.normalize("NFKD", value.lower())
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def _row(
    *, line: int, surveyed: Editions, year: int, loans: int, name: str, creator: Any, publisher: Any, mark: Any, library: Any,
    shelf: Any, audience: Any, support: Any,
) -> Any:  # fmt: skip
    edition = str(year)
    if edition in surveyed.shifted:
        publisher, support = mark, ""
    if not surveyed.subcategory:
        return Fault(line, "Cat 2", "other_sort", found=support or "")
    damaged = edition in surveyed.damaged
    repaired = [marked_before(value or "", damaged=damaged) for value in (name, creator, publisher)]
    title, by, house = _title(repaired[0])[:255], _creator(repaired[1])[:255], repaired[2]
    # Shifted years do not say PERIO: the title does in other years, or the publisher's years have no end ("1971-").
    if support == "PERIO" or _fold(title) in surveyed.periodicals or re.search(r"\d{4}-[\s.]*$", house):
        return Fault(line, "Cat 2", "other_sort", found="PERIO")
    identifier = f"{_SHORT[surveyed.subcategory]}:{_fold(title)}:{_fold(by)}"
    if len(identifier) > 160:
        identifier = f"{identifier[:150]}:{hashlib.sha256(identifier.encode()).hexdigest()[:8]}"
    return TitleRow(line, "toulouse", identifier, surveyed.subcategory, title, by, house[:255], year, loans)


TITLES = Shape(
    name="titles",
    kind="titles",
    title="toulouse-top500-imprimes.csv, -films.csv or -cds.csv, separated by ;",
    publisher="Toulouse Métropole",
    signature=frozenset({"ANNEE", "Nbre de prêts", "TITRE", "AUTEUR", "Editeur", "Indice", "COTE", "Cat 1", "Cat 2"}),
    columns=(
        Column("ANNEE", "year", year, "year of the loans", required=True),
        Column("Nbre de prêts", "loans", count, "loans in that year", required=True),
        Column("TITRE", "name", words, "title, then whom it is by after a slash", required=True),
        Column("AUTEUR", "creator", words, "author, director or performer, last name first; - if none"),
        Column("Editeur", "publisher", words, "place: publisher, year (one column further in 2019 and 2020)"),
        Column("Indice", "mark", text, "class mark"),
        Column("BIB", "library", text, "library"),
        Column("COTE", "shelf", text, "shelf mark; P for periodicals"),
        Column("Cat 1", "audience", text, "A adults, E children, BB the very young"),
        Column("Cat 2", "support", text, "BD, ROM, PERIO, DVDFIC, CD…; empty in 2019 and 2020"),
    ),
    make=_row,
    survey=survey,
    survey_reads=("ANNEE", "Cat 2", "TITRE", "AUTEUR", "Editeur", "Indice"),
)
