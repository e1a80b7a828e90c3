"""The identified tables that a run reads: OMOP's, and what is known of each person, as DuckDB finds them in a folder or a file.

Holds finding and opening. Does not say what becomes of a column (`policy`) and writes nothing.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from .policy import CROSSING
from .terms import LACKING, NO_SOURCE, UNREADABLE

from diptych.commons.refusal import deny

IDENTITY = "identity"
"""The table of what is known of persons: `person_id`, `kind` (a word of `KINDS`), `value`, a line each."""
MEMORY = "2GB"
"""What DuckDB may hold; the rest goes to the scratch folder."""


@dataclass(frozen=True)
class Tables:
    """An open source: for each OMOP table found its relation in SQL and its columns, by OMOP's names in small letters."""

    connection: duckdb.DuckDBPyConnection
    relations: dict[str, str]
    columns: dict[str, list[str]]
    others: list[str]
    """Tables that OMOP's shapes do not know: they do not cross."""
    identity: str | None

    def column(self, table: str, name: str) -> str | None:
        """The source's name of a column, under its name in CDM 5.4 or 5.3; None where it has none."""
        declared = CROSSING[table].column(name)
        here = self.columns[table]
        return name if name in here else declared.formerly if declared and declared.formerly in here else None


@contextmanager
def opened(source: Path | duckdb.DuckDBPyConnection, *, scratch: Path | None) -> Iterator[Tables]:
    """Open a folder of Parquet files, a DuckDB file, or the schema `source` of a database that is open already.

    Refused (`pseudonymise.no_source`, `.unreadable`, `.lacking`).
    """
    with ExitStack() as stack:
        if isinstance(source, duckdb.DuckDBPyConnection):
            connection, found = source, _held(source)
        else:
            folder = Path(stack.enter_context(TemporaryDirectory(dir=scratch)))
            config: dict[str, str | bool | int | float | list[str]] = {"memory_limit": MEMORY, "temp_directory": str(folder)}
            connection = stack.enter_context(duckdb.connect(str(folder / "run.duckdb"), config=config))
            connection.execute("SET preserve_insertion_order = false")
            found = _files(source) if source.is_dir() else _attached(connection, source)
        relations = {name: relation for name, relation in found.items() if name in CROSSING}
        if "person" not in relations:
            deny(NO_SOURCE, path=str(source) if isinstance(source, Path) else "The source")
        columns = {name: _columns(connection, name, relation) for name, relation in found.items()}
        tables = Tables(
            connection,
            relations,
            {name: columns[name] for name in relations},
            sorted(set(found) - set(relations) - {IDENTITY}),
            found.get(IDENTITY),
        )
        for name in relations:
            for column in CROSSING[name].columns:
                if column.required and tables.column(name, column.name) is None:
                    deny(LACKING, table=name, column=column.name)
        yield tables


def _files(folder: Path) -> dict[str, str]:
    return {path.stem.lower(): f"read_parquet({_text(path)})" for path in sorted(folder.glob("*.parquet"))}


def _held(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    names = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'source'").fetchall()
    return {name: f'source."{name}"' for (name,) in names}


def _attached(connection: duckdb.DuckDBPyConnection, source: Path) -> dict[str, str]:
    try:
        connection.execute(f"ATTACH {_text(source)} AS source (READ_ONLY)")
    except duckdb.Error:
        deny(NO_SOURCE, path=str(source))
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'source'").fetchall()
    return {name.lower(): f'source."{name}"' for (name,) in names}


def _columns(connection: duckdb.DuckDBPyConnection, name: str, relation: str) -> list[str]:
    try:
        return [column.lower() for column, *_ in connection.execute(f"DESCRIBE FROM {relation}").fetchall()]
    except duckdb.Error as error:
        deny(UNREADABLE, table=name, why=type(error).__name__)


def _text(path: Path) -> str:
    "A path as SQL writes it."
    return "'" + str(path).replace("'", "''") + "'"
