"""Source: an OMOP database as its owner keeps it, read by DuckDB.

Holds the finding of tables (CSV, Parquet, one DuckDB file; any case) and their columns as the shapes declare them.
Does not judge (`checks`) and does not write a release (`store`).
"""

import csv
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from .terms import NO_DATABASE, NO_SOURCE, TWICE, UNREADABLE

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES, Column, Shape

NARROW = frozenset({"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"})
"""The types of whole numbers whose every value can be held."""
_WHOLE = NARROW | {"BIGINT"}
_SURE = {
    "BIGINT": _WHOLE,
    "DOUBLE": _WHOLE | {"FLOAT", "DOUBLE"},
    "DATE": frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"}),
    "TIMESTAMP": frozenset({"DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS"}),
}
"""The types whose every value fits the declared one."""


@dataclass(frozen=True)
class Source:
    """A source that is open: a DuckDB connection; for each shape found the relation's SQL, and its columns' names and types."""

    connection: duckdb.DuckDBPyConnection
    relations: dict[str, str]
    columns: dict[str, dict[str, tuple[str, str]]]

    def theirs(self, shape: Shape, column: Column) -> tuple[str, str] | None:
        """A column's name (quoted) and type in the source, by its name in CDM 5.4 or in 5.3; None where there is none."""
        here = self.columns[shape.name]
        found = here.get(column.name) or here.get(column.formerly or "")
        return (quoted(found[0]), found[1]) if found else None

    def sure(self, shape: Shape, column: Column) -> bool:
        """Whether the source's own type leaves no value that does not fit."""
        theirs = self.theirs(shape, column)
        return theirs is None or column.type == "VARCHAR" or theirs[1] in _SURE.get(column.type, ())

    def expression(self, shape: Shape, column: Column) -> str:
        """The SQL of a column with its declared type: null where the source has none or a value that does not fit."""
        theirs = self.theirs(shape, column)
        if theirs is None:
            return f"CAST(NULL AS {column.type})"
        name, kind = theirs
        if kind == column.type:
            return name
        if self.sure(shape, column):
            return f"CAST({name} AS {column.type})"
        if column.type == "BIGINT":  # a whole number may be kept as a decimal one
            return f"coalesce(TRY_CAST({name} AS BIGINT), TRY_CAST(TRY_CAST({name} AS DOUBLE) AS BIGINT))"
        if column.type == "DATE":  # OMOP's CSV files write dates as 20200131 too
            return f"coalesce(TRY_CAST({name} AS DATE), TRY_CAST(TRY_STRPTIME(CAST({name} AS VARCHAR), '%Y%m%d') AS DATE))"
        return f"TRY_CAST({name} AS {column.type})"

    def select(self, name: str, *, order: bool = False) -> str:
        """The SQL that reads a table with its declared columns, in the store's order if asked."""
        shape = SHAPES[name]
        columns = ", ".join(f"{self.expression(shape, column)} AS {column.name}" for column in shape.columns)
        ordered = f" ORDER BY {', '.join(f'{column} NULLS FIRST' for column in shape.order)}" if order else ""
        return f"SELECT {columns} FROM {self.relations[name]}{ordered}"


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def unreadable(table: str, error: Exception) -> None:
    """Refuse a file that DuckDB cannot read, with what it says of it and none of the file's own words."""
    lines = [line.strip() for line in str(error).splitlines()]
    said = [
        line for line in lines if line.startswith(("Expected Number", "Possible fix", "Invalid Input Error: CSV Error on Line"))
    ]
    if "CSV Error" in str(error):
        place = next((line.partition("CSV Error on ")[2] for line in lines if "CSV Error on Line" in line), "")
        reasons = ("Expected Number", "Value with unterminated", "Invalid unicode", "Maximum line size", "Found: ")
        why = next((line for line in lines if line.startswith(reasons)), "")
        deny(UNREADABLE, table=table, why=", ".join(filter(None, (place, why))).rstrip(". ") or "it is no CSV")
    deny(UNREADABLE, table=table, why=(said or lines or ["?"])[0].rstrip(". "))


@contextmanager
def opened(path: Path, *, work: Path, progress: Callable[[str], None] = lambda table: None) -> Iterator[Source]:
    """Open a source; `work` is a folder to be made, for what does not fit in memory and for CSV made Parquet.

    Refused (`omop.no_source`, `omop.twice`, `omop.no_database`, `omop.unreadable`) when it is none or a file cannot be read.
    """
    work.mkdir(parents=True)
    connection = duckdb.connect()
    try:
        connection.execute(f"SET temp_directory = {text(str(work / 'spill'))}")
        relations = _folder(connection, path, work, progress) if path.is_dir() else _database(connection, path)
        if not relations:
            deny(NO_SOURCE, path=str(path))
        relations = {name: relations[name] for name in SHAPES if name in relations}
        columns = {}
        for table, relation in relations.items():
            try:
                described = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
            except duckdb.Error as error:
                unreadable(table, error)
            columns[table] = {str(row[0]).lower(): (str(row[0]), str(row[1])) for row in described}
        yield Source(connection, relations, columns)
    finally:
        connection.close()


def _folder(connection: duckdb.DuckDBPyConnection, path: Path, work: Path, progress: Callable[[str], None]) -> dict[str, str]:
    files: dict[str, Path] = {}
    for file in sorted(path.iterdir()):
        name, dot, ending = file.name.lower().partition(".")
        if name in SHAPES and dot and ending in {"parquet", "csv", "csv.gz"}:
            if name in files:
                deny(TWICE, table=name, first=files[name].name, second=file.name)
            files[name] = file
    return {
        name: f"read_parquet({text(str(file))})"
        if file.name.lower().endswith("parquet")
        else _staged(connection, name, file, work, progress)
        for name, file in files.items()
    }


def _staged(connection: duckdb.DuckDBPyConnection, table: str, file: Path, work: Path, progress: Callable[[str], None]) -> str:
    """A CSV read once, whole, into Parquet: the checks then read it as often as they like.

    Nothing of the file's form is guessed but its separator, from its first line: what is guessed may be guessed wrong, and
    lines passed over. Tabs come without quotes, as the vocabularies' own publisher writes them.
    """
    progress(table)
    try:
        with gzip.open(file, "rt", encoding="utf-8-sig") if file.suffix == ".gz" else file.open(encoding="utf-8-sig") as stream:
            first = stream.readline().rstrip("\r\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        deny(UNREADABLE, table=table, why="it is not UTF-8" if isinstance(error, UnicodeDecodeError) else type(error).__name__)
    if not first.strip():
        deny(UNREADABLE, table=table, why="it is empty: even a table without rows has the line of its columns")
    separator = max(",;\t|", key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=separator))]
    if len({name.lower() for name in names}) < len(names) or not all(names):
        deny(UNREADABLE, table=table, why="two columns have the same name, or one has none")
    columns = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)
    quote = "" if separator == "\t" else '"'
    staged = work / f"{table}.parquet"
    try:
        connection.execute(
            f"COPY (SELECT * FROM read_csv({text(str(file))}, auto_detect = false, header = true, delim = {text(separator)}, "
            f"quote = '{quote}', escape = '{quote}', columns = {{{columns}}})) TO {text(str(staged))} (FORMAT parquet)"
        )
    except duckdb.IOException:
        raise
    except duckdb.Error as error:
        unreadable(table, error)
    return f"read_parquet({text(str(staged))})"


def _database(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    if not path.is_file():
        deny(NO_SOURCE, path=str(path))
    try:
        connection.execute(f"ATTACH {text(str(path))} AS source (READ_ONLY)")
        rows = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'source' ORDER BY ALL"
        ).fetchall()
    except duckdb.Error as error:
        deny(NO_DATABASE, path=str(path), why=str(error).splitlines()[0].rstrip(". "))
    return {t.lower(): f"source.{quoted(s)}.{quoted(t)}" for s, t in rows if t.lower() in SHAPES}
