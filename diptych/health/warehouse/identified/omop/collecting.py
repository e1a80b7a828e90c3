"""Collecting: a source's landing rows into intake shapes, by the source's views.

Holds the reading of deliveries that stand, the origins of rows, and the casts. Does not know any source: `sources/` does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from ..landing.home import Manifest, Place
from ..landing.reading import Progress, rows_of, shape
from ..landing.receiving import standing_of
from ..landing.terms import Source, Standing
from ..landing.typed import LINE, schema
from .intake import INTAKE
from .terms import BAD_VIEWS
from .views_on_fhir import definition
from .views_on_fhir.engine import running
from .views_on_fhir.meaning import UNFIT

from diptych.commons.refusal import deny

VIEWS = Path(__file__).parent / "sources"
LINES = 40
"""Bits of an origin that say the line; those above say the delivery."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A source, where its deliveries are, its key."""

    source: Source
    place: Place
    key: bytes


def views_of(source: Source) -> list[Path]:
    """The files of a source's views; none where nobody wrote any."""
    return [
        *sorted((VIEWS / source.intake).glob("*.json")),
        *(path for path in [VIEWS / f"{source.intake}.sql"] if path.exists()),
    ]


def standing(given: Delivered) -> list[Manifest]:
    """The deliveries whose rows count now, the first to count first."""
    manifests = given.place.all()
    stands = standing_of(manifests, given.source)
    order = sorted(manifests, key=lambda one: (one.arrival.covers or one.received_at.date(), one.received_at, one.delivery))
    return [one for one in order if stands[one.delivery] in {Standing.CURRENT, Standing.SET_ASIDE}]


def empty(con: duckdb.DuckDBPyConnection) -> None:
    """Make the empty shapes, and the list of deliveries."""
    for name, made in INTAKE.items():
        columns = ", ".join(f"{column.name} {column.type}" for column in made.columns)
        con.execute(f"CREATE TABLE collected.{name} (source VARCHAR, {columns}, wrong VARCHAR)")
    con.execute(
        """CREATE TABLE deliveries (number BIGINT, source VARCHAR, source_table VARCHAR, delivery VARCHAR, rows_in BIGINT,
        received BIGINT, quarantined BIGINT, out_of_scope BIGINT, waits BIGINT, no_views BOOLEAN)"""
    )
    con.execute("CREATE TABLE origins (origin BIGINT)")


def collect(con: duckdb.DuckDBPyConnection, given: Delivered, *, progress: Progress) -> None:
    """Add a source's rows to the shapes; those of one without views wait. Refused (`standardise.bad_views`, `landing.damaged`)."""
    files = views_of(given.source)
    if not files:
        for manifest in standing(given):
            _deliver(con, given, manifest, waits=manifest.received)
        return
    con.execute("DROP SCHEMA told CASCADE; DROP SCHEMA landing CASCADE; CREATE SCHEMA landing; CREATE SCHEMA told")
    _land(con, given, progress)
    for file in files:
        try:
            _view(con, file, given.source)
        except (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException) as error:
            deny(BAD_VIEWS, source=given.source.name, why=_plain(error))
    for name in INTAKE:
        for view in _told(con, name):
            progress(name, 0)
            _take(con, name, view, given.source.name)
    con.execute("DROP SCHEMA told CASCADE; DROP SCHEMA landing CASCADE; CREATE SCHEMA landing; CREATE SCHEMA told")


def _plain(error: duckdb.Error) -> str:
    "DuckDB's first words on a view: they name tables and columns of the declaration, and no value."
    return str(error).splitlines()[0].rstrip(".")


def _view(con: duckdb.DuckDBPyConnection, file: Path, source: Source) -> None:
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".json":
        con.execute(text)
        return
    view = definition.read(text, named=file.stem)
    of_type = [
        f'SELECT origin, resource FROM landing."{table.name}"' for table in source.tables if table.resource == view.resource
    ]
    if of_type:
        con.execute(f"CREATE OR REPLACE VIEW landing.of_type AS {' UNION ALL '.join(of_type)}")
        running.make(con, view, table=f'told."{view.name}"', relation="landing.of_type", carried=("origin",))


def _land(con: duckdb.DuckDBPyConnection, given: Delivered, progress: Progress) -> None:
    tables = {table.name: shape(given.source, table) for table in given.source.tables if not table.out_of_scope}
    for name, columns in tables.items():
        con.register("shape_given", schema(columns).empty_table())
        con.execute(f'CREATE TABLE landing."{name}" AS SELECT CAST(0 AS BIGINT) AS origin, * EXCLUDE ({LINE}) FROM shape_given')
        con.unregister("shape_given")
    for manifest in standing(given):
        number = _deliver(con, given, manifest, waits=manifest.received if manifest.set_aside else 0)
        if not manifest.rows or manifest.set_aside or manifest.table not in tables:
            continue
        rows = rows_of(given.place, given.place.of(manifest) / manifest.rows, given.key)
        first = next(rows, None)
        if first is None:
            continue
        told = _telling(first, rows, manifest.table, progress)
        con.register("rows_given", pa.RecordBatchReader.from_batches(first.schema, told))
        kept = [column.name for column in tables[manifest.table] if column.name in first.schema.names]
        con.execute(
            f'INSERT INTO landing."{manifest.table}" BY NAME SELECT {number << LINES} + {LINE} AS origin, '
            f"{', '.join(kept)} FROM rows_given"
        )
        con.unregister("rows_given")
    for name in tables:
        con.execute(f'INSERT INTO origins SELECT origin FROM landing."{name}"')


def _telling(first: pa.RecordBatch, rows: Iterator[pa.RecordBatch], table: str, progress: Progress) -> Iterator[pa.RecordBatch]:
    done = 0
    for batch in _chained(first, rows):
        done += batch.num_rows
        progress(table, done)
        yield batch


def _chained(first: pa.RecordBatch, rows: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    yield first
    yield from rows


def _deliver(con: duckdb.DuckDBPyConnection, given: Delivered, manifest: Manifest, *, waits: int) -> int:
    "Write a delivery down, with how many of its rows wait in quarantine though they could be read; its number."
    [(number,)] = con.execute("SELECT count(*) + 1 FROM deliveries").fetchall()
    con.execute(
        "INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [number, given.source.name, manifest.table, manifest.delivery, manifest.rows_in, manifest.received - waits,
         manifest.quarantined, manifest.out_of_scope, waits, not views_of(given.source)],
    )  # fmt: skip
    return int(number)


def _told(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    "The views that give a shape: of its name, or of its name, two underscores and a word."
    asked = """SELECT table_name FROM information_schema.tables WHERE table_schema = 'told'
        AND (table_name = $name OR starts_with(table_name, $name || '__')) ORDER BY table_name"""
    return [view for (view,) in con.execute(asked, {"name": name}).fetchall()]


def _take(con: duckdb.DuckDBPyConnection, name: str, view: str, source: str) -> None:
    "A view's rows, cast to their shape; a row with a value that is none of its type says of which column."
    declared = {column.name: column for column in INTAKE[name].columns}
    found = {column: kind for column, kind, *_ in con.execute(f'DESCRIBE told."{view}"').fetchall()}
    unfit = found.pop(UNFIT, None)
    if unknown := sorted(set(found) - set(declared)):
        deny(BAD_VIEWS, source=source, why=f"{view} gives {', '.join(unknown)}, which {name} has not")
    if "origin" not in found:
        deny(BAD_VIEWS, source=source, why=f"{view} gives no origin")
    casts = {column: _cast(f'"{column}"', kind, declared[column].type) for column, kind in found.items()}
    for day in [column for column in declared if column.endswith("_date")]:
        moment = day.replace("_date", "_datetime")
        if moment in casts:
            casts[day] = f"coalesce({casts.get(day, 'NULL::DATE')}, CAST({casts[moment]} AS DATE))"
    wrong = " ".join(
        f"WHEN \"{column}\" IS NOT NULL AND {casts[column]} IS NULL THEN '{column}'"
        for column, kind in found.items()
        if kind != declared[column].type
    )
    wrong = f"WHEN {UNFIT} IS NOT NULL THEN split_part({UNFIT}, ':', 1) {wrong}" if unfit else wrong
    said = ", ".join(f"{cast} AS {column}" for column, cast in casts.items())
    con.execute(
        f"INSERT INTO collected.{name} BY NAME SELECT $source AS source, {said}, "
        f'{f"CASE {wrong} END" if wrong else "NULL"} AS wrong FROM told."{view}"',
        {"source": source},
    )


def _cast(column: str, kind: str, wanted: str) -> str:
    if kind == wanted:
        return f"nullif({column}, '')" if wanted == "VARCHAR" else column
    if wanted == "TIMESTAMP" and kind == "VARCHAR":
        return f"TRY_CAST(left({column}, 19) AS TIMESTAMP)"  # the wall clock, whatever zone is written after it
    if wanted == "DATE" and kind == "VARCHAR":
        return f"TRY_CAST(left({column}, 10) AS DATE)"
    return f"TRY_CAST({column} AS {wanted})"
