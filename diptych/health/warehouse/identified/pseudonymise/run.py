"""The run: identified OMOP tables in, a project's mart and a report out; the whole of it or nothing.

Holds the order, the workshop and the report. Each table is one DuckDB query, sorted by its pseudonyms so that the order of rows says
nothing; what DuckDB cannot hold goes to a scratch folder beside the source's side of the wall, removed at the end. The mart appears
by one rename. The report (`report.json`) has counts and columns, nothing of any person.
"""

import datetime as dt
import errno
import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb.func import FunctionNullHandling, PythonUDFType

from . import texts, uniqueness
from .columns import Crossing, crossing, domain_of
from .keys.client import Keys
from .notes import Label
from .opposition import Register
from .persons import enrol, number
from .policy import CROSSING, POLICY, ROWS
from .tables import Tables, opened
from .terms import BUSY, NO_ROOM, OUT_EXISTS, TWICE, Action

from diptych.commons.disk import settle
from diptych.commons.refusal import Refused, deny

REPORT = "report.json"
_PARQUET = "FORMAT parquet, COMPRESSION zstd"


def pseudonymise(
    *,
    source: Path | duckdb.DuckDBPyConnection,
    out: Path,
    project: str,
    keys: Keys,
    register: Register,
    at: dt.datetime,
    scratch: Path | None = None,
    progress: Callable[[str], None] = lambda table: None,
    beside: Mapping[str, bytes] = MappingProxyType({}),
) -> dict[str, Any]:
    """Make a project's mart of identified tables; answers the report that is written beside the tables.

    `source`: a folder of Parquet files named as OMOP's tables, a DuckDB file, or an open database whose schema `source` has them;
    in it `identity` says what is known of persons. `beside`: files that are published with the tables, by their names.
    `out`: the mart's folder, which must not exist. `scratch`: where DuckDB may put what does not fit in memory; identified data
    pass there, so it stays on the locked room's side. Whoever refuses on the day `at` is left out.
    Refused: `pseudonymise.no_source`, `.unreadable`, `.lacking`, `.no_key`, `.keys_down`, `.twice`, `.out_exists`, `.busy`, `.no_room`,
    `.damaged_register`; then nothing is written.
    """
    generation = keys.generation(project)
    opposed = register.opposed(on=at.date())
    with _making(out) as making, opened(source, scratch=scratch) as tables:
        con = tables.connection
        hashing = _Hashing(con, keys, project)
        refused = enrol(tables, keys=keys, project=project, opposed=opposed, year=at.year)
        number(tables, keys=keys, project=project)
        found: Counter[Label] = Counter()
        crossed = {}
        for table in tables.relations:
            progress(table)
            made = crossing(tables, table)
            with hashing.failing():
                _write(tables, made, making / f"{table}.parquet", keys=keys, project=project, found=found)
            crossed[table] = _account(tables, made, making / f"{table}.parquet")
        report = {
            "project": project,
            "generation": generation,
            "at": at.isoformat(),
            "policy": policy_version(),
            "persons_refused": refused,
            "tables": crossed,
            "tables_without_rows": tables.others,
            "replaced_in_texts": {str(label): count for label, count in sorted(found.items())},
        }
        measured = uniqueness.measure(making, connection=con)
        report["uniqueness"] = measured.facts() if measured else None
        (making / REPORT).write_text(json.dumps(report, indent=1, sort_keys=True))
        for name, content in beside.items():
            (making / name).write_bytes(content)
        _publish(making, out)
    return report


def policy_version() -> str:
    """Twelve signs that change with any row of the policy."""
    return sha256(repr(POLICY).encode()).hexdigest()[:12]


class _Hashing:
    "The pseudonyms of a project as functions of DuckDB, one a domain; a refusal inside one is raised again outside."

    def __init__(self, con: duckdb.DuckDBPyConnection, keys: Keys, project: str) -> None:
        self._refused: Refused | None = None
        domains = {
            domain_of(table, column)
            for table, shape in CROSSING.items()
            for column in shape.columns
            if (row := ROWS.get((table, column.name))) and row.action is Action.HASH
        }
        for domain in sorted(domains):
            asked = self._asking(keys, project, domain)
            name = f"pseudonym_of_{domain}"
            con.create_function(
                name, asked, ["BIGINT"], "BIGINT", type=PythonUDFType.ARROW, null_handling=FunctionNullHandling.SPECIAL
            )

    def _asking(self, keys: Keys, project: str, domain: str) -> Callable[[pa.ChunkedArray], pa.Array]:
        def asked(ids: pa.ChunkedArray) -> pa.Array:
            given = ids.combine_chunks()
            different = given.unique().drop_null()
            if not len(different):
                return pa.nulls(len(given), pa.int64())
            try:
                new = keys.pseudonyms(project, domain, np.asarray(different.to_numpy(zero_copy_only=False), dtype=np.int64))
            except Refused as refused:
                self._refused = refused
                raise
            order = np.argsort(different.to_numpy(zero_copy_only=False))
            sorted_ids = different.to_numpy(zero_copy_only=False)[order]
            valid = given.is_valid().to_numpy(zero_copy_only=False)
            values = given.fill_null(0).to_numpy(zero_copy_only=False)
            place = np.minimum(np.searchsorted(sorted_ids, values), len(sorted_ids) - 1)
            return pa.array(new[order][place], pa.int64(), mask=~valid)

        return asked

    @contextmanager
    def failing(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error:
            if self._refused:
                raise self._refused from None
            raise


def _write(tables: Tables, made: Crossing, file: Path, *, keys: Keys, project: str, found: Counter[Label]) -> None:
    con = tables.connection
    for ask in made.asked:
        con.execute(ask)
    shape = CROSSING[made.table]
    order = ", ".join(name for name in shape.order if name in made.written)
    if not _has_texts(tables, made):
        con.execute(f"COPY ({made.select} ORDER BY {order}) TO '{_quoted(file)}' ({_PARQUET})")
        return
    near = next(column.name for column in shape.columns if column.type == "DATE")
    select = texts.select_with_identity(tables, made, near=tables.column(made.table, near) or near)
    reader = con.sql(f"{select} ORDER BY {order}").to_arrow_reader(texts.BATCH)
    schema = pa.schema([field for field in reader.schema if field.name in made.written])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in texts.rewrite(iter(reader), made, keys=keys, project=project, found=found):
            writer.write_batch(batch.cast(schema))


def _has_texts(tables: Tables, made: Crossing) -> bool:
    said = " OR ".join(f'"{tables.column(made.table, name)}" IS NOT NULL' for name in made.texts)
    asked = f"SELECT 1 FROM {tables.relations[made.table]} WHERE {said} LIMIT 1"
    return bool(said) and bool(tables.connection.execute(asked).fetchall())


def _account(tables: Tables, made: Crossing, file: Path) -> dict[str, Any]:
    "Rows in and out and what became of columns. Refused (`pseudonymise.twice`) where two rows bear one number."
    con, shape = tables.connection, CROSSING[made.table]
    key = ", ".join(shape.key)
    [(rows_in,)] = con.execute(f"SELECT count(*) FROM {tables.relations[made.table]}").fetchall()
    [(rows_out, keys)] = con.execute(
        f"SELECT count(*), count(DISTINCT ({key})) FROM read_parquet($file)", {"file": str(file)}
    ).fetchall()
    if rows_out != keys:
        deny(TWICE, table=made.table)
    refused = 0
    if shape.column("person_id"):
        asked = f"SELECT count(*) FROM {tables.relations[made.table]} WHERE person_id IN (FROM refused)"
        [(refused,)] = con.execute(asked).fetchall()
    return {
        "rows_in": rows_in,
        "rows_out": rows_out,
        "of_persons_who_refused": refused,
        "left_out_otherwise": rows_in - rows_out - refused,
        "columns": made.written,
        "texts": made.texts,
        "dropped": made.dropped,
        "dropped_without_row": made.without_row,
        "generalised": {name: str(how) for name, how in made.coarser},
    }


@contextmanager
def _making(out: Path) -> Iterator[Path]:
    "A folder in the making beside `out`, held alone; itself and what a killed run left are removed."
    if out.exists():
        deny(OUT_EXISTS, path=str(out))
    making = out.parent / f".{out.name}.making"
    try:
        making.mkdir(mode=0o750, parents=True, exist_ok=True)
        held = os.open(making, os.O_RDONLY)
    except OSError as error:
        deny(NO_ROOM, path=str(out), why=os.strerror(error.errno or errno.EIO))
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            deny(BUSY, path=str(out))
        for left in making.iterdir():
            left.unlink()
        try:
            yield making
        except OSError as error:
            deny(NO_ROOM, path=str(out), why=os.strerror(error.errno or errno.EIO))
        except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
            deny(NO_ROOM, path=str(out), why=_full(error))
        finally:
            shutil.rmtree(making, ignore_errors=True)
    finally:
        os.close(held)


def _full(error: duckdb.Error) -> str:
    "What the system said to DuckDB, if it is one of what a full disk says; never its sentence, which may hold a value."
    said = str(error)
    return next(
        (os.strerror(code) for code in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) if os.strerror(code) in said), "I/O error"
    )


def _publish(making: Path, out: Path) -> None:
    "Have the disk keep each file, then give the folder its name."
    for path in (*making.iterdir(), making):
        settle(path)
    making.rename(out)
    settle(out.parent)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
