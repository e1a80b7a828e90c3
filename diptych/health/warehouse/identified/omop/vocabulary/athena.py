"""A folder of Athena's, as OHDSI hands it out: tables in text, tab-separated, without quotes, days as 20260131.

Its tables are checked whole before anything is written: a fault is told with its file and line. Does not put them in place.
"""

import re
from pathlib import Path

import duckdb

from .terms import BAD_FILE, BAD_LINE

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES

MUST = "CONCEPT.csv"
TABLES = ("concept", "concept_relationship", "concept_ancestor", "concept_synonym", "vocabulary")
"""What is taken of a folder, where it is there. The first must be."""


def file_of(folder: Path, table: str) -> Path:
    """Where a folder has a table."""
    return folder / f"{table.upper()}.csv"


def take(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make `athena_TABLE` of each table; those that the folder lacks are empty. Refused: `vocabulary.bad_file`, `vocabulary.bad_line`."""
    for table in TABLES:
        columns = {column.name: column for column in SHAPES[table].columns}
        empty = ", ".join(f"{name} {column.type}" for name, column in columns.items())
        con.execute(f"CREATE TABLE athena_{table} ({empty})")
        path = file_of(folder, table)
        if not path.exists():
            continue
        with path.open(encoding="utf-8", errors="replace") as opened:
            there = opened.readline().rstrip("\r\n").split("\t")
        try:
            con.execute(
                """CREATE TABLE said AS SELECT *, row_number() OVER () + 1 AS _line FROM read_csv($path, auto_detect = false,
                delim = '\t', quote = '', escape = '', header = true, columns = $columns)""",
                {"path": str(path), "columns": dict.fromkeys(there, "VARCHAR")},
            )
        except duckdb.Error as error:
            line = re.search(r"Line: (\d+)", str(error))
            why = str(error).splitlines()[0]
            if line:
                deny(BAD_LINE, file=path.name, line=int(line[1]), why="it has not as many fields as the first line")
            deny(BAD_FILE, file=path.name, why=why.rstrip("."))
        if missing := [name for name, column in columns.items() if column.required and name not in there]:
            deny(BAD_LINE, file=path.name, line=1, why=f"there is no column {', '.join(missing)}")
        taken = [name for name in columns if name in there]
        casts = {name: _cast(name, columns[name].type) for name in taken}
        for name in taken:
            wanted = f" OR nullif({name}, '') IS NULL" if columns[name].required else ""
            bad = f"(nullif({name}, '') IS NOT NULL AND {casts[name]} IS NULL){wanted}"
            if found := con.execute(f"SELECT min(_line) FROM said WHERE {bad} HAVING count(*) > 0").fetchone():
                deny(BAD_LINE, file=path.name, line=found[0], why=f"{name} is no {columns[name].type}, or is missing")
        if keys := [name for name in SHAPES[table].key if name in there] if table == "concept" else []:
            twice = f"SELECT min(_line) FROM (SELECT max(_line) AS _line FROM said GROUP BY {keys[0]} HAVING count(*) > 1) HAVING count(*) > 0"
            if found := con.execute(twice).fetchone():
                deny(BAD_LINE, file=path.name, line=found[0], why=f"its {keys[0]} is there twice")
        con.execute(
            f"INSERT INTO athena_{table} BY NAME SELECT {', '.join(f'{cast} AS {name}' for name, cast in casts.items())} FROM said"
        )
        con.execute("DROP TABLE said")


def _cast(name: str, type_: str) -> str:
    if type_ == "DATE":
        return f"CAST(try_strptime(nullif({name}, ''), ['%Y%m%d', '%Y-%m-%d']) AS DATE)"
    return f"TRY_CAST(nullif({name}, '') AS {type_})"
