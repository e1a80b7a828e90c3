"""The peer: definitions as the SQL that a public Python port of Circe writes, run by DuckDB on the same database."""

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import typer

DROPPED = r"(?i)\b(update statistics|truncate table)\b[^;]*;"
"""Statements that are another database's housekeeping."""
CHOICE = r"\{(\d+) != 0\}\?\{([^{}]*)\}"
"""What the port leaves for a template engine to choose."""


def installed() -> bool:
    """Whether the dependency group `bench` is there."""
    return all(find_spec(name) for name in ("circe", "sqlglot"))


def in_memory(database: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB file's tables in memory, so that no file is read while time counts."""
    connection = duckdb.connect()
    connection.execute(f"ATTACH '{database}' AS given (READ_ONLY)")
    tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'given'").fetchall()
    for schema, table in tables:
        connection.execute(f'CREATE TABLE main.{table.lower()} AS FROM given."{schema}"."{table}"')
    return connection


class Peer:
    """Definitions as SQL, put to OMOP tables that a connection has in `main`. Needs the dependency group `bench`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        try:
            import circe  # of the dependency group `bench`, absent otherwise
            import sqlglot  # the same
        except ImportError:
            raise typer.BadParameter("the peer is not installed. Run: .tools/bin/uv sync --group bench") from None
        self._circe, self._sqlglot, self._connection = circe, sqlglot, connection
        self._connection.execute(
            "CREATE OR REPLACE TABLE cohort (cohort_definition_id BIGINT, subject_id BIGINT, cohort_start_date DATE, cohort_end_date DATE)"
        )

    def statements(self, definition: str, number: int) -> list[str]:
        """A definition's SQL in DuckDB's words."""
        options = self._circe.cohortdefinition.BuildExpressionQueryOptions()  # type: ignore[no-untyped-call] # the peer's own
        for name, value in (
            ("cdm_schema", "main"),
            ("vocabulary_schema", "main"),
            ("result_schema", "main"),
            ("target_table", "main.cohort"),
            ("cohort_id", number),
            ("generate_stats", False),
        ):
            setattr(options, name, value)
        sql = self._circe.build_cohort_query(self._circe.cohort_expression_from_json(definition), options)
        for name, value in (("@target_database_schema.@target_cohort_table", "main.cohort"), ("@target_cohort_id", str(number))):
            sql = sql.replace(name, value)
        kept = re.sub(DROPPED, "", re.sub(r"--.*", "", sql))
        kept = re.sub(CHOICE, lambda found: found[2] if int(found[1]) else "", kept)
        return [one for one in self._sqlglot.transpile(kept, read="tsql", write="duckdb") if one]

    def _run(self, statements: list[str]) -> float:
        "Run statements; the seconds that they took. What a definition that failed left behind would make the next one fail."
        for (left,) in self._connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall():
            self._connection.execute(f'DROP TABLE temp."{left}"')
        began = perf_counter()
        for one in statements:
            self._connection.execute(one)
        return perf_counter() - began

    def rows(self, statements: list[str], number: int) -> tuple[list[tuple[Any, ...]], float]:
        """The rows of a definition, and the seconds that its statements took."""
        seconds = self._run(statements)
        found = self._connection.execute(
            "SELECT subject_id, cohort_start_date, cohort_end_date FROM cohort WHERE cohort_definition_id = ? ORDER BY ALL",
            [number],
        ).fetchall()
        return found, seconds

    def persons(self, definition: str, number: int) -> tuple[int, float]:
        """How many persons a definition has, and the seconds that its statements took."""
        seconds = self._run(self.statements(definition, number))
        row = self._connection.execute(
            "SELECT count(DISTINCT subject_id) FROM cohort WHERE cohort_definition_id = ?", [number]
        ).fetchone()
        return int(row[0]) if row else 0, seconds


def compared(
    database: Path, definitions: list[tuple[int, str]], ours: Callable[[int], list[tuple[Any, ...]]]
) -> list[tuple[int, float, float, str]]:
    """For each definition: its number, our seconds, the peer's, and what differs or fails."""
    peer, found = Peer(in_memory(database)), []
    for number, text in definitions:
        began = perf_counter()
        rows = ours(number)
        seconds = perf_counter() - began
        try:
            theirs, peers = peer.rows(peer.statements(text, number), number)
        except Exception as error:  # whatever the peer fails on is told, and is not our fault
            found.append((number, seconds, float("nan"), f"the peer fails: {str(error).splitlines()[0][:100]}"))
            continue
        found.append((number, seconds, peers, "" if theirs == rows else f"{len(rows)} rows, the peer's {len(theirs)}"))
    return found
