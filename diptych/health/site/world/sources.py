"""The demo's hospital as its applications hand it over: a source a hospital, each in its own format, with the dirt that real ones have.

Holds the files of Madeleine-Brès (CSV), Ambroise-Vidal (lines of fixed width) and Les Tilleuls (FHIR, packed): who is drawn goes to
the hospitals where they came, under a number of each. `declared/` says what the files are. Does not draw, nor run the flow.

The dirt: values that are none, lines cut short, JSON that is none, results of a patient whom nobody knows, a delivery made twice, one
corrected, codes that no vocabulary has, and patients admitted under a second number, which the identity office then merged.
"""

import datetime as dt
import shutil
import tomllib
from pathlib import Path
from typing import Any, Final

import duckdb

from .drawing import Drawing
from .making import vocabulary
from .places import HOSPITALS, tree
from .words import GROUPS, IDS

SQL: Final = Path(__file__).parent / "sql"
DECLARED: Final = Path(__file__).parent / "declared"
ROOT: Final = "DIPTYCH_DEMO_SOURCES"
"""The name in the environment by which the declarations say where the files are."""
FOLDERS: Final = ("madeleine_bres", "ambroise_vidal", "tilleuls")
"""A hospital's folder and source, in the order of the hospitals."""


def write(drawing: Drawing, folder: Path, *, last: dt.date) -> None:
    """Write the hospital that is drawn as its sources hand it over, `last` being the last day of their files."""
    shutil.rmtree(folder, ignore_errors=True)
    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = true")
        for name, columns in drawing.tables():
            con.register("drawn", columns)
            con.execute(f"CREATE TABLE {name} AS FROM drawn")
            con.unregister("drawn")
        _known(con)
        con.execute((SQL / "facts.sql").read_text())
        (folder / "anatomopathologie").mkdir(parents=True)  # where nothing was ever put
        for hospital, name in enumerate(FOLDERS):
            (folder / name).mkdir(parents=True)
            con.execute(f"SET VARIABLE hospital = {hospital}")
            writing = (_csv, _fixed, _fhir)[hospital]
            writing(con, folder / name, last)


def _known(con: duckdb.DuckDBPyConnection) -> None:
    "What the drawing names by number: places and words."
    sites, units = tree()
    above = {site.id: site.above for site in sites}
    names = {site.id: site.name for site in sites}
    hospitals = {id_: place for place, name in enumerate(HOSPITALS) for id_, named in names.items() if named == name}

    def hospital_of(id_: int | None) -> int | None:
        while id_ is not None and id_ not in hospitals:
            id_ = above[id_]
        return hospitals.get(id_) if id_ is not None else None

    kind = {**dict.fromkeys(hospitals, "hospital"), **dict.fromkeys(units.values(), "unit")}
    places = [(id_, hospital_of(id_), names[id_], kind.get(id_, "department"), above[id_]) for id_ in names]
    con.execute("CREATE TABLE place (id BIGINT, hospital BIGINT, name VARCHAR, kind VARCHAR, above BIGINT)")
    con.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?)", [place for place in places if place[1] is not None])
    con.execute("CREATE TABLE word (id BIGINT, code VARCHAR, label VARCHAR)")
    words = [(IDS[domain, word.code], word.code, word.label) for domain, _, given in GROUPS for word in given]
    con.executemany("INSERT INTO word VALUES (?, ?, ?)", words)


def write_vocabulary(folder: Path) -> None:
    """Write the demo's vocabulary as a folder of Athena's."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with duckdb.connect() as con:
        for name, columns in vocabulary():
            con.register("drawn", columns)
            beside = (
                ", 'Concept' AS concept_class_id, '19700101' AS valid_start_date, '20991231' AS valid_end_date"
                if name == "concept"
                else ""
            )
            con.execute(
                f"COPY (SELECT *{beside} FROM drawn) TO '{folder / name.upper()}.csv' (FORMAT csv, HEADER, DELIMITER '\t', QUOTE '')"
            )
            con.unregister("drawn")
        names = "SELECT DISTINCT vocabulary_id, vocabulary_id AS vocabulary_name FROM read_csv($path, delim = '\t', quote = '') ORDER BY 1"
        con.execute(
            f"COPY ({names}) TO '{folder / 'VOCABULARY.csv'}' (FORMAT csv, HEADER, DELIMITER '\t')",
            {"path": str(folder / "CONCEPT.csv")},
        )


def _columns(source: str, table: str) -> dict[str, str]:
    "A table's columns as its source declares them."
    declared: dict[str, Any] = tomllib.loads((DECLARED / f"{source}.toml").read_text())
    found: dict[str, str] = declared["tables"][table]["columns"]
    return found


_TABLES: Final = ("structures", "identites", "mouvements", "sejours", "diagnostics", "actes", "medicaments", "resultats")


def _csv(con: duckdb.DuckDBPyConnection, folder: Path, last: dt.date) -> None:
    "Madeleine-Brès: a file a table; one value in a thousand of the laboratory is a remark, and one delivery is made twice."
    for table in _TABLES:
        columns = ", ".join(_columns(folder.name, table))
        given = f"SELECT {columns} FROM {table} WHERE h = getvariable('hospital')"
        if table == "resultats":
            remark = "CASE WHEN rang % 2000 = 7 THEN 'hémolysé' ELSE valeur::VARCHAR END AS valeur"
            nobody = "CASE WHEN rang % 9000 = 8 THEN 'MB00000000' ELSE ipp END AS ipp"
            given = (
                f"SELECT {columns} FROM (SELECT * REPLACE ({remark}, {nobody}) FROM {table} WHERE h = getvariable('hospital'))"
            )
        con.execute(f"COPY ({given}) TO '{_named(folder, table, last, 'csv')}' (FORMAT csv, HEADER)")
    shutil.copy(_named(folder, "actes", last, "csv"), _named(folder, "actes", last - dt.timedelta(days=1), "csv"))


def _fixed(con: duckdb.DuckDBPyConnection, folder: Path, last: dt.date) -> None:
    "Ambroise-Vidal: lines of fixed width. A few are cut short; the week's diagnoses came with their roles left out, then corrected."
    week = last - dt.timedelta(days=7)
    for table in _TABLES:
        short = "CASE WHEN row_number() OVER () % 3000 = 9 THEN left(line, 12) ELSE line END" if table == "actes" else "line"
        late = f"AND constate < DATE '{week}'" if table == "diagnostics" else ""
        _lines(
            con,
            folder,
            table,
            f"FROM {table} WHERE h = getvariable('hospital') {late}",
            short,
            _named(folder, table, last, "txt"),
        )
    recent = f"FROM diagnostics WHERE h = getvariable('hospital') AND constate >= DATE '{week}'"
    eve = last - dt.timedelta(days=1)
    _lines(
        con, folder, "diagnostics", f"SELECT * REPLACE (NULL AS role) {recent}", "line", _named(folder, "diagnostics", eve, "txt")
    )
    _lines(con, folder, "diagnostics", recent, "line", folder / f"diagnostics_{eve:%Y%m%d}.txt")


def _lines(con: duckdb.DuckDBPyConnection, folder: Path, table: str, rows: str, line: str, path: Path) -> None:
    parts = []
    for column, told in _columns(folder.name, table).items():
        first, end = map(int, told.rpartition(" ")[2].split("-"))
        parts.append(f"rpad(coalesce({column}::VARCHAR, ''), {end - first + 1}, ' ')")
    given = f"SELECT {line} AS line FROM (SELECT {' || '.join(parts)} AS line FROM ({rows}))"
    con.execute(f"COPY ({given}) TO '{path}' (FORMAT csv, HEADER false, QUOTE '', DELIMITER '\x1f')")


def _fhir(con: duckdb.DuckDBPyConnection, folder: Path, last: dt.date) -> None:
    "Les Tilleuls: one resource a line, packed. A file of results was written by two at once in places: its JSON is none there."
    con.execute((SQL / "fhir.sql").read_text())
    for (kind,) in con.execute("SELECT view_name FROM duckdb_views() WHERE schema_name = 'fhir' ORDER BY 1").fetchall():
        line = """regexp_replace(to_json(one)::VARCHAR, ',"(partOf|deceasedDateTime)":null', '')"""  # FHIR has no null
        given = f'SELECT {line} AS line FROM fhir."{kind}" one'
        if kind == "Observation":
            given = f"SELECT CASE WHEN row_number() OVER () % 4000 = 11 THEN left(line, 40) ELSE line END AS line FROM ({given})"
        path = _named(folder, kind, last, "ndjson.gz")
        con.execute(f"COPY ({given}) TO '{path}' (FORMAT csv, HEADER false, QUOTE '', DELIMITER '\x1f', COMPRESSION gzip)")


def _named(folder: Path, table: str, day: dt.date, suffix: str) -> Path:
    return folder / f"{table}_{day}.{suffix}"
