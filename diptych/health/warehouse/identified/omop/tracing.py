"""Tracing: from a row of OMOP to the source rows that it was made of, and from a source row or a patient to what was made of them.

Holds the questions to a release's trace. Tells where rows stand, and nothing that they say: for the locked room only.
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from .collecting import LINES
from .release import Release, Releases
from .terms import NO_TRACE

from diptych.commons.refusal import deny

_TRACED = f"""
    SELECT t.omop_table, t.id, t.made, d.source, d.source_table, d.delivery, t.origin & ((1::BIGINT << {LINES}) - 1) AS line
    FROM trace t JOIN deliveries d ON d.number = t.origin >> {LINES}"""


@dataclass(frozen=True, slots=True)
class Traced:
    """A row of OMOP and one source row of those that it was made of: `made` by it, or else it went into it."""

    omop_table: str
    id: int
    made: bool
    source: str
    source_table: str
    delivery: str
    line: int


@dataclass(frozen=True, slots=True)
class Fated:
    """A source row: what became of it and, where that is nothing, why."""

    fate: str
    why: str | None
    traced: list[Traced]


class Tracing:
    """The trace of the release in force of a home. Refused (`standardise.not_made`, `standardise.damaged`)."""

    def __init__(self, releases: Releases, connection: duckdb.DuckDBPyConnection) -> None:
        self._con = connection
        release: Release = releases.made()
        for table in ("trace", "deliveries", "fate", "identities", "unmapped"):
            releases.load(connection, release, table, table)

    def _found(self, where: str, given: dict[str, Any]) -> list[Traced]:
        rows = self._con.execute(
            f"FROM ({_TRACED}) WHERE {where} ORDER BY omop_table, id, made DESC, source, source_table, line", given
        )
        return [Traced(*row) for row in rows.fetchall()]

    def of_row(self, table: str, number: int) -> list[Traced]:
        """The source rows of a row of OMOP. Refused where there is none (`standardise.no_trace`)."""
        return self._found("omop_table = $table AND id = $number", {"table": table, "number": number}) or deny(
            NO_TRACE, what=f"row {number} of {table}"
        )

    def of_line(self, source: str, table: str, line: int) -> list[Fated]:
        """What became of a line of a source's table, in each delivery that stands. Refused (`standardise.no_trace`)."""
        given = {"source": source, "table": table, "line": line}
        rows = self._con.execute(
            f"""SELECT d.delivery, f.fate, f.why FROM fate f JOIN deliveries d ON d.number = f.origin >> {LINES}
            WHERE d.source = $source AND d.source_table = $table AND f.origin & ((1::BIGINT << {LINES}) - 1) = $line""",
            given,
        ).fetchall()
        where = "source = $source AND source_table = $table AND line = $line AND delivery = $delivery"
        return [Fated(fate, why, self._found(where, given | {"delivery": delivery})) for delivery, fate, why in rows] or deny(
            NO_TRACE, what=f"line {line} of {table} in {source}"
        )

    def person(self, source: str, patient: str) -> int:
        """The person of OMOP that a source's patient is. Refused (`standardise.no_trace`)."""
        asked = "SELECT person_id FROM identities WHERE source = $source AND patient = $patient"
        row = self._con.execute(asked, {"source": source, "patient": patient}).fetchone()
        return int(row[0]) if row else deny(NO_TRACE, what=f"that patient in {source}")

    def unmapped(self, limit: int) -> list[dict[str, Any]]:
        """The codes without a concept, the most used first: vocabulary, code, label, the table that they make, uses, persons."""
        found = self._con.execute("FROM unmapped ORDER BY uses DESC, vocabulary, code LIMIT $limit", {"limit": limit})
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
