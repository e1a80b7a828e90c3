"""The demo's hospital, made the short way: drawn as OMOP's tables in Parquet and loaded. Tests of screens use it; the demo itself
brings the same hospital in through the flow (`bringing`).

Holds the order, the writing and what a store is. Does not hold what is invented (`words`, `places`, `drawing`).
"""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from .drawing import Columns, Drawing
from .examples import EXAMPLES, PASSWORD, PEOPLE
from .places import GROUP, HOSPITALS, tree
from .words import FIXED, GROUPS, IDS

from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.index.postings import is_of_this_version
from diptych.health.warehouse.research.index.store import CURRENT, Loaded, load, releases

Advance = Callable[[str, int, int], None]
"""Told what is being made, how much of it is done, and how much there is."""
PERSONS = 24_000
PARTS = 12
_CARE_SITE, _CONTAINS = 57, 46233688
"""OMOP's concepts: the domain of care sites, and «care site contains care site»."""

__all__ = ["EXAMPLES", "PASSWORD", "PEOPLE", "foreign", "is_made", "is_there", "make", "roots"]


def is_made(store: Path) -> bool:
    """Whether the store holds a release, one whose index this version reads. Refused (`omop.damaged`) where the index is cut."""
    return is_there(store) and is_of_this_version(store / "releases" / (store / CURRENT).read_text().strip())


def is_there(store: Path) -> bool:
    """Whether the store holds a release, be it one that another version of Diptych made."""
    return (store / CURRENT).exists()


def foreign(store: Path) -> str | None:
    """A release that is not of the invented hospital: whoever loaded it needs it. None where there is none."""
    current = (store / CURRENT).read_text().strip() if is_there(store) else ""
    found = {*releases(store), *([current] if current else [])}
    return next((one for one in sorted(found) if not _invented(store / "releases" / one)), None)


def _invented(release: Path) -> bool:
    "Whether a release's care sites are those of the invented hospital, whatever version of Diptych wrote it."
    try:
        names = pq.read_table(release / "care_site.parquet", columns=["care_site_name"])["care_site_name"].to_pylist()
    except (OSError, pa.ArrowException):
        return False
    return GROUP in names or set(HOSPITALS) <= set(names)


def roots(store: Path) -> tuple[int, ...]:
    """The places of a store's release under which all others are: the group or, where its sources have no word for it, its hospitals."""
    release = store / "releases" / (store / CURRENT).read_text().strip()
    found = pq.read_table(release / "care_site.parquet", columns=["care_site_id", "care_site_name"]).to_pylist()
    at = {str(one["care_site_name"]): int(one["care_site_id"]) for one in found}
    return (at[GROUP],) if GROUP in at else tuple(sorted(at[name] for name in HOSPITALS))


def make(
    *, store: Path, seed: int, at: dt.datetime, persons: int = PERSONS, advance: Advance = lambda what, done, of: None
) -> Loaded:
    """Draw the hospital of a seed as it stands at an instant, and load it. What it writes on the way is removed."""
    folder = store.with_name(f".{store.name}.source")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        done = 0
        advance("patients", done, PARTS)
        drawing = Drawing(seed=seed, persons=persons, last=at.date())
        with duckdb.connect() as connection:
            for name, columns in [*drawing.tables(), *_places(), *vocabulary()]:
                _write(connection, folder, name, columns)
                done += 1
                advance(name, done, PARTS)
        loaded = load(source=folder, store=store, strict=True, at=at)
        advance("release", PARTS, PARTS)
        return loaded
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write(connection: duckdb.DuckDBPyConnection, folder: Path, name: str, columns: Columns) -> None:
    "One table: whole numbers become the dates that its shape says they are."
    made = {"DATE": "DATE '1970-01-01' + {0}::INTEGER", "TIMESTAMP": "make_timestamp({0}::BIGINT * 1000000)"}
    shape = SHAPES[name]
    parts = []
    for column in columns:
        told = shape.column(column)
        expression = made.get(told.type if told else "", "{0}").format(f'"{column}"')
        parts.append(f'{expression} AS "{column}"')
    connection.register("drawn", columns)
    connection.execute(f"COPY (SELECT {', '.join(parts)} FROM drawn) TO '{folder / name}.parquet' (FORMAT parquet)")
    connection.unregister("drawn")


def _columns(names: str, rows: list[tuple[Any, ...]]) -> Columns:
    values = zip(*rows, strict=True)
    return {
        name: np.array(column, dtype=object if isinstance(column[0], str | None) else np.int64)
        for name, column in zip(names.split(), values, strict=True)
    }


def _places() -> list[tuple[str, Columns]]:
    sites, _ = tree()
    held = [(_CARE_SITE, site.above, _CARE_SITE, site.id, _CONTAINS) for site in sites if site.above is not None]
    return [
        ("care_site", _columns("care_site_id care_site_name", [(site.id, site.name) for site in sites])),
        (
            "fact_relationship",
            _columns("domain_concept_id_1 fact_id_1 domain_concept_id_2 fact_id_2 relationship_concept_id", held),
        ),
    ]


def vocabulary() -> list[tuple[str, Columns]]:
    """The demo's concepts and what is above each, as OMOP's tables."""
    concepts = [(id_, label, domain, vocabulary, "S", code) for id_, label, domain, vocabulary, code in FIXED]
    ancestors = [(id_, id_, 0) for id_, *_ in FIXED]
    for domain, vocabulary, words in GROUPS:
        above = {word.code: word.above for word in words}
        for word in words:
            concepts.append((IDS[domain, word.code], word.label, domain, vocabulary, "S", word.code))
            at: str | None = word.code
            levels = 0
            while at is not None:
                ancestors.append((IDS[domain, at], IDS[domain, word.code], levels))
                at, levels = above[at], levels + 1
    return [
        ("concept", _columns("concept_id concept_name domain_id vocabulary_id standard_concept concept_code", concepts)),
        ("concept_ancestor", _columns("ancestor_concept_id descendant_concept_id min_levels_of_separation", ancestors)),
    ]
