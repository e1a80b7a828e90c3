"""Source: an OMOP database as its owner keeps it, read by DuckDB and checked against the shapes.

Holds the finding of tables (CSV, Parquet, one DuckDB file; any case) and the checks before anything is written.
Does not write: `store` does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from .terms import NO_DATABASE, NO_SOURCE, UNREADABLE

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES, Column, Shape


@dataclass(frozen=True)
class Finding:
    """A fault of the source. `grave` ones prevent a load; others are told, and prevent a strict one."""

    table: str
    column: str | None
    rows: int | None
    what: str
    grave: bool

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        return f"{place}: {self.what}" + (f" ({self.rows} rows)" if self.rows is not None else "")


@dataclass(frozen=True)
class Source:
    """A source that is open: a DuckDB connection, and for each shape found the relation's SQL and its columns' names."""

    connection: duckdb.DuckDBPyConnection
    relations: dict[str, str]
    columns: dict[str, dict[str, str]]

    def expression(self, shape: Shape, column: Column) -> str:
        """The SQL of a column with its declared type: null where the source has none or a value that does not fit."""
        theirs = self.columns[shape.name].get(column.name)
        if theirs is None:
            return f"CAST(NULL AS {column.type})"
        quoted = _quoted(theirs)
        if column.type == "BIGINT":  # a whole number may be kept as a decimal one
            return f"coalesce(TRY_CAST({quoted} AS BIGINT), TRY_CAST(TRY_CAST({quoted} AS DOUBLE) AS BIGINT))"
        if column.type == "DATE":  # OMOP's CSV files write dates as 20200131 too
            return f"coalesce(TRY_CAST({quoted} AS DATE), TRY_CAST(TRY_STRPTIME(CAST({quoted} AS VARCHAR), '%Y%m%d') AS DATE))"
        return f"TRY_CAST({quoted} AS {column.type})"

    def select(self, name: str, *, where: str = "", order: bool = False) -> str:
        """The SQL that reads a table with its declared columns, in the store's order if asked."""
        shape = SHAPES[name]
        columns = ", ".join(f"{self.expression(shape, column)} AS {column.name}" for column in shape.columns)
        ordered = f" ORDER BY {', '.join(f'{column} NULLS FIRST' for column in shape.order)}" if order else ""
        return f"SELECT {columns} FROM {self.relations[name]}{where}{ordered}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


@contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open a source. Refused (`omop.no_source`, `omop.unreadable`) when it is none or a file cannot be read."""
    connection = duckdb.connect()
    try:
        relations = _folder(path) if path.is_dir() else _database(connection, path)
        if not relations:
            deny(NO_SOURCE, path=str(path))
        columns = {}
        for table, relation in relations.items():
            try:
                described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
            except duckdb.Error as error:
                deny(UNREADABLE, table=table, why=str(error).splitlines()[0])
            columns[table] = {str(row[0]).lower(): str(row[0]) for row in described}
        yield Source(connection, relations, columns)
    finally:
        connection.close()


def _folder(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in sorted(path.iterdir()):
        name, dot, ending = file.name.lower().partition(".")
        if name in SHAPES and dot and ending in {"parquet", "csv", "csv.gz"}:
            reader = "read_parquet" if ending == "parquet" else "read_csv"
            options = "" if ending == "parquet" else ", all_varchar = true, header = true"
            found[name] = f"{reader}({text(str(file))}{options})"
    return found


def _database(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    if not path.is_file():
        deny(NO_SOURCE, path=str(path))
    try:
        connection.execute(f"ATTACH {text(str(path))} AS source (READ_ONLY)")
        rows = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source' ORDER BY ALL"
        ).fetchall()
    except duckdb.Error as error:
        deny(NO_DATABASE, path=str(path), why=str(error).splitlines()[0])
    return {t.lower(): f"source.{_quoted(s)}.{_quoted(t)}" for s, t in rows if t.lower() in SHAPES}


def check(source: Source) -> list[Finding]:
    """What is wrong with a source: missing tables and columns, values that do not fit, orphan keys, dates out of order."""
    findings = [
        Finding(name, None, None, "the table is missing", grave=True)
        for name, shape in SHAPES.items()
        if shape.must_exist and name not in source.relations
    ]
    for name in source.relations:
        findings += _check_table(source, SHAPES[name])
    return findings


def _check_table(source: Source, shape: Shape) -> list[Finding]:
    theirs = source.columns[shape.name]
    findings = [
        Finding(shape.name, column.name, None, "the column is missing", grave=True)
        for column in shape.columns
        if column.required and column.name not in theirs
    ]
    if findings:
        return findings
    counts: list[tuple[str, Finding]] = []
    for column in shape.columns:
        if column.name not in theirs:
            continue
        raw, cast = _quoted(theirs[column.name]), source.expression(shape, column)
        given = f"{raw} IS NOT NULL AND CAST({raw} AS VARCHAR) <> ''"
        counts.append((f"{given} AND {cast} IS NULL", Finding(shape.name, column.name, 0, f"not a {column.type}", grave=True)))
        if column.required:
            counts.append((f"NOT ({given})", Finding(shape.name, column.name, 0, "a value is missing", grave=False)))
    if shape.column("person_id") and shape.name != "person" and "person" in source.relations:
        person = source.expression(shape, Column("person_id", "BIGINT", True))
        known = f"(SELECT {source.expression(SHAPES['person'], Column('person_id', 'BIGINT', True))} FROM {source.relations['person']})"
        counts.append((f"{person} NOT IN {known}", Finding(shape.name, "person_id", 0, "no such person", grave=False)))
    starts = [c for c in shape.columns if c.name.endswith("_start_date")]
    ends = [c for c in shape.columns if c.name.endswith("_end_date") and c.name in theirs]
    if starts and ends and shape.name not in {"concept"}:
        later = f"{source.expression(shape, ends[0])} < {source.expression(shape, starts[0])}"
        counts.append((later, Finding(shape.name, ends[0].name, 0, "it ends before it starts", grave=False)))
    sums = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition, _ in counts)
    try:
        row = source.connection.execute(f"SELECT {sums} FROM {source.relations[shape.name]}").fetchone()
    except duckdb.Error as error:
        deny(UNREADABLE, table=shape.name, why=str(error).splitlines()[0])
    return [
        Finding(f.table, f.column, number, f.what, f.grave) for (_, f), number in zip(counts, row or (), strict=False) if number
    ]
