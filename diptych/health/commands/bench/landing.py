"""Landing, and the whole flow, against DuckDB: from a source's files to sealed typed rows, or to a mart, beside its reading of the same files."""

import random
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from diptych.commons.clock import now
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing.declaration import declared
from diptych.health.warehouse.identified.landing.rules import matched
from diptych.health.warehouse.identified.landing.terms import Format, Source

DECLARED = """
name = "bench"
title = "Biologie"
format = "csv"
where = "{where}"
cadence = "1 day"
owner = "bench"
legal_basis = "public_task"
retention = "1 day"
care_sites = ["none"]

[tables.biologie]
files = "biologie.csv"
key = ["biologie_id"]
  [tables.biologie.columns]
  biologie_id = "integer!"
  patient_id = "integer!"
  code_loinc = "text"
  libelle_test = "text"
  valeur = "decimal(15, 6)"
  unite = "text"
  date_prelevement = "instant"
  statut_validation = "text"
  created_at = "instant"
"""


def drawn(folder: Path, rows: int, seed: int) -> Path:
    """A table of laboratory results that nobody had, as the French record system exports it; its declaration."""
    random_, declaration, folder = random.Random(seed), folder / "bench.toml", folder / "in"
    folder.mkdir(parents=True)
    tests = [
        ("14682-9", "Créatinine sérique", "umol/L"),
        ("2823-3", "Potassium", "mmol/L"),
        ("718-7", "Hémoglobine, sang", "g/dL"),
    ]
    with (folder / "biologie.csv").open("w") as out:
        out.write("biologie_id,patient_id,code_loinc,libelle_test,valeur,unite,date_prelevement,statut_validation,created_at\n")
        for number in range(rows):
            code, name, unit = random_.choice(tests)
            day = f"2024-{random_.randint(1, 12):02}-{random_.randint(1, 28):02} {random_.randint(0, 23):02}:{random_.randint(0, 59):02}:00+01"
            value = f"{random_.randint(1, 2000) / 10}"
            out.write(f'{number},{random_.randint(1, 50_000)},{code},"{name}",{value},{unit},{day},valide,{day}\n')
    declaration.write_text(DECLARED.format(where=folder))
    return declaration


def _spent(act: Callable[[], Any]) -> tuple[Any, float, float]:
    began, busy = perf_counter(), process_time()
    return act(), perf_counter() - began, process_time() - busy


def by_duckdb(source: Source, data: Path, folder: Path) -> tuple[int, int]:
    """Have DuckDB read a source's files (fhir or csv) into Parquet: the rows and the bytes that it read."""
    alone = folder / "alone"
    alone.mkdir()
    files = [path for path in sorted(data.rglob("*")) if any(matched(table.files, path.name) for table in source.tables)]
    reader = {
        Format.CSV: "read_csv('{}')",
        Format.FHIR: "read_json('{}', format = 'newline_delimited', maximum_object_size = 67108864)",
    }
    told, rows = reader[source.format], 0
    with duckdb.connect() as connection:
        for number, path in enumerate(files):
            asked = f"COPY (FROM {told.format(path)}) TO '{alone / str(number)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            found = connection.execute(asked).fetchone()
            rows += found[0] if found else 0
    shutil.rmtree(alone)
    return rows, sum(path.stat().st_size for path in files)


def through(declaration: Path, data: Path, folder: Path) -> dict[str, Any]:
    """Seconds of each step of the flow, to a mart, and of DuckDB reading the same files into Parquet, in clear."""
    source, room = declared(declaration), flow.Room.of(folder / "home", None)
    done, seconds, busy = _spent(
        lambda: flow.run(
            asked=[flow.Asked(declaration, str(data))],
            room=room,
            clock=now,
            progress=lambda *_: None,
            publishing=flow.Publishing(),
        )
    )
    (rows, size), peer_seconds, peer_busy = _spent(lambda: by_duckdb(source, data, folder))
    return {
        "source": source.name,
        "bytes": size,
        "rows": done.fates[source.name].rows_in,
        "rows_by_duckdb": rows,
        **{f"{one.step}_seconds": round(one.seconds, 2) for one in done.steps},
        "seconds": round(seconds, 2),
        "duckdb_seconds": round(peer_seconds, 2),
        "ratio": round(peer_seconds / seconds, 2),
        "cpu_ratio": round(peer_busy / busy, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def compared(declaration: Path, data: Path, folder: Path) -> dict[str, Any]:
    """Seconds by the clock, and of the processor, of landing and of DuckDB reading the same files into Parquet, in clear."""
    source = declared(declaration)
    room = flow.Room.of(folder / "home", None)
    done, seconds, busy = _spent(
        lambda: flow.take_in(declaration=declaration, room=room, data=str(data), clock=now, progress=lambda *_: None)
    )
    (rows, size), peer_seconds, peer_busy = _spent(lambda: by_duckdb(source, data, folder))
    again = _spent(lambda: flow.take_in(declaration=declaration, room=room, data=str(data), clock=now, progress=lambda *_: None))
    return {
        "source": source.name,
        "bytes": size,
        "rows": done.account.rows_in,
        "rows_by_duckdb": rows,
        "rows_per_second": round(done.account.rows_in / seconds),
        "duckdb_rows_per_second": round(rows / peer_seconds),
        "ratio": round(peer_seconds / seconds, 2),
        "cpu_ratio": round(peer_busy / busy, 2),
        "seconds_when_already_there": round(again[1], 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
