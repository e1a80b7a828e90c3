"""Searching: concepts of a room's vocabularies by words or code, for a steward who looks for what a local code means.

Holds the reading of the edition in force. Does not decide what a code means (`mapping`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

SHOWN = 30
"""Concepts that one search answers; more words answer fewer."""
LONGEST = 200
"""Characters of a search that are read."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A concept. Only a standard one, in force, may be what a code means."""

    id: int
    name: str
    domain: str
    vocabulary: str
    code: str
    standard: bool


_COLUMNS = "concept_id, concept_name, coalesce(domain_id, ''), vocabulary_id, concept_code, coalesce(standard_concept = 'S', false) AND invalid_reason IS NULL"


def search(home: Path, words: str) -> list[Concept]:
    """The concepts in whose name, or among whose synonyms, every word is, accents and case aside; or whose code or number it is.

    Standard ones first, then those whose name begins by it, then the shortest. None where no vocabulary was loaded.
    """
    folder = home / "vocabulary"
    words = words.strip()[:LONGEST]
    if not words or not (folder / "concept.parquet").exists():
        return []
    each = [word for word in words.split() if word][:12]
    given = {f"w{n}": word for n, word in enumerate(each)} | {
        "whole": words,
        "bare": words.upper().replace(".", ""),
    }
    plain = "strip_accents(lower({}))"
    named = " AND ".join(
        f"contains({plain.format('name')}, {plain.format(f'${word}')})"
        for word in given
        if word.startswith("w") and word != "whole"
    )
    synonyms = ""
    if (path := folder / "concept_synonym.parquet").exists():
        synonyms = f"UNION ALL SELECT concept_id, concept_synonym_name FROM read_parquet('{_quoted(path)}')"
    with duckdb.connect() as con:
        rows = con.execute(
            f"""WITH found AS (
                SELECT DISTINCT concept_id FROM (
                    SELECT concept_id, concept_name AS name FROM read_parquet('{_quoted(folder / "concept.parquet")}') {synonyms}
                ) WHERE {named}
                UNION SELECT concept_id FROM read_parquet('{_quoted(folder / "concept.parquet")}')
                WHERE upper(replace(concept_code, '.', '')) = $bare OR CAST(concept_id AS VARCHAR) = $whole
            )
            SELECT {_COLUMNS} FROM read_parquet('{_quoted(folder / "concept.parquet")}') JOIN found USING (concept_id)
            WHERE concept_id > 0
            ORDER BY 6 DESC, upper(replace(concept_code, '.', '')) = $bare DESC,
                starts_with({plain.format("concept_name")}, {plain.format("$whole")}) DESC, length(concept_name), concept_id
            LIMIT {SHOWN}""",
            given,
        ).fetchall()
    return [Concept(*row) for row in rows]


def concepts(home: Path, ids: Iterable[int]) -> dict[int, Concept]:
    """Concepts by their numbers; those that the vocabularies lack are left out."""
    path, wanted = home / "vocabulary" / "concept.parquet", sorted(set(ids))
    if not wanted or not path.exists():
        return {}
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT {_COLUMNS} FROM read_parquet('{_quoted(path)}') WHERE list_contains($ids, concept_id)", {"ids": wanted}
        ).fetchall()
    return {row[0]: Concept(*row) for row in rows}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
