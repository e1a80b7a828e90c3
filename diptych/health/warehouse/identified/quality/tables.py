"""The tables that are checked, as DuckDB finds them: a folder of Parquet files, a DuckDB file, or views of a connection.

Holds finding, opening, and views in which every column has its declared type (a value that is not of it is empty there). Does not
check anything, and writes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from .checks import NAME
from .terms import NO_TABLES, UNREADABLE, Check, Kind

from diptych.commons.refusal import deny

MEMORY = "4GB"
"""What DuckDB may hold; the rest goes to the scratch folder."""

_SAME = {
    "BIGINT": ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"),
    "DOUBLE": ("DOUBLE", "FLOAT", "DECIMAL", "TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    "DATE": ("DATE",),
    "TIMESTAMP": ("TIMESTAMP",),
    "VARCHAR": ("VARCHAR", "UUID", "ENUM"),
}
"""The types of a file that serve as a declared one as they are."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Open tables: of each its relation in SQL, its columns with their types, and how many rows it has."""

    connection: duckdb.DuckDBPyConnection
    relations: Mapping[str, str]
    columns: Mapping[str, Mapping[str, str]]
    rows: Mapping[str, int]

    def has(self, table: str, *columns: str) -> bool:
        """Whether a table is there, with these columns."""
        return table in self.relations and all(column in self.columns[table] for column in columns)

    @property
    def version(self) -> str:
        """The version of the CDM: as `cdm_source` says it, else as a column renamed in 5.4 shows it, else 5.4."""
        if self.has("cdm_source", "cdm_version"):
            said = self.connection.execute(f"SELECT CAST(cdm_version AS VARCHAR) FROM {self.relations['cdm_source']}").fetchall()
            for version in ("5.4", "5.3"):
                if any(one and version in one for (one,) in said):
                    return version
        old = self.has("visit_occurrence", "admitting_source_concept_id")
        return "5.3" if old and not self.has("visit_occurrence", "admitted_from_concept_id") else "5.4"


@contextmanager
def opened(source: Path, *, scratch: Path) -> Iterator[Tables]:
    """Open a folder of Parquet files, or a DuckDB file, only to read. Refused (`quality.no_tables`, `quality.unreadable`)."""
    config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": MEMORY, "temp_directory": str(scratch)}
    with duckdb.connect(":memory:", config=config) as connection:
        connection.execute("SET preserve_insertion_order = false")
        found = _files(source) if source.is_dir() else _attached(connection, source)
        yield of(connection, found, named=str(source))


def of(connection: duckdb.DuckDBPyConnection, relations: Mapping[str, str], *, named: str) -> Tables:
    """Tables of an open connection: what SQL calls each, by OMOP's names. `named`: what to call them all in a refusal."""
    known = {name: relation for name, relation in relations.items() if NAME.fullmatch(name)}
    if not known:
        deny(NO_TABLES, path=named)
    columns, rows = {}, {}
    for name, relation in known.items():
        try:
            described = connection.execute(f"DESCRIBE FROM {relation}").fetchall()
            [(rows[name],)] = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()
        except duckdb.Error:
            deny(UNREADABLE, table=name, path=named)
        columns[name] = {column.lower(): type_ for column, type_, *_ in described}
    return Tables(connection, known, columns, rows)


def _files(folder: Path) -> dict[str, str]:
    return {path.stem.lower(): f"read_parquet({_text(str(path))})" for path in sorted(folder.glob("*.parquet"))}


def _attached(connection: duckdb.DuckDBPyConnection, source: Path) -> dict[str, str]:
    try:
        connection.execute(f"ATTACH {_text(str(source))} AS quality_source (READ_ONLY)")
    except duckdb.Error:
        deny(NO_TABLES, path=str(source))
    names = connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'quality_source'"
        " UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'quality_source' AND NOT internal"
    ).fetchall()
    return {name.lower(): f"quality_source.{_named(schema)}.{_named(name)}" for schema, name in names}


def typed(tables: Tables, checks: Iterable[Check]) -> None:
    """Make a view `quality_NAME` of each table, its columns of their declared types; `NAME__raw` is one that had to be converted."""
    declared: dict[str, dict[str, str]] = {}
    for check in checks:
        if check.kind is Kind.CDM_DATATYPE:
            declared.setdefault(check.table, {})[check.field] = check.words[0]
    for table, relation in tables.relations.items():
        parts = []
        for column, type_ in tables.columns[table].items():
            wanted = declared.get(table, {}).get(column)
            if wanted is None or is_of(type_, wanted):
                parts.append(_named(column))
            else:
                parts += [f"{_converted(column, type_, wanted)} AS {_named(column)}", f'{_named(column)} AS "{column}__raw"']
        tables.connection.execute(f"CREATE OR REPLACE TEMP VIEW quality_{table} AS SELECT {', '.join(parts)} FROM {relation}")


def is_of(type_: str, wanted: str) -> bool:
    """Whether a column's type serves as a declared one, no value looked at."""
    return type_.startswith(_SAME[wanted])


def _converted(column: str, type_: str, wanted: str) -> str:
    "A value in its declared type; empty where it is none of it. A number with a fraction is no whole number, a boolean is no number."
    name = _named(column)
    if type_ == "BOOLEAN" and wanted != "VARCHAR":
        return f"CAST(NULL AS {wanted})"
    if wanted == "BIGINT" and type_.startswith(("DOUBLE", "FLOAT", "DECIMAL", "HUGEINT", "UBIGINT", "UHUGEINT")):
        return f"CASE WHEN {name} = trunc({name}) THEN TRY_CAST({name} AS BIGINT) END"
    if wanted == "BIGINT" and type_ == "VARCHAR":
        return f"CASE WHEN regexp_full_match({name}, '[+-]?[0-9]+') THEN TRY_CAST({name} AS BIGINT) END"
    return f"TRY_CAST({name} AS {wanted})"


def _named(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(said: str) -> str:
    return "'" + said.replace("'", "''") + "'"
