"""A mart made of a generated hospital, beside DuckDB alone sorting the same tables into Parquet: no key, no policy, no check."""

import threading
from pathlib import Path
from time import process_time
from typing import Any

import duckdb

from .cohorts import timed

from diptych.commons.clock import now
from diptych.health.warehouse.identified.pseudonymise.keys import service
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from diptych.health.warehouse.identified.pseudonymise.opposition import Register
from diptych.health.warehouse.identified.pseudonymise.run import pseudonymise
from diptych.health.warehouse.mart.shapes import SHAPES


def measured(source: Path, folder: Path) -> dict[str, Any]:
    """Rows, seconds by the clock and of the processor, of both. The key service runs in a thread here, so that its work counts."""
    ready = threading.Event()
    serving = threading.Thread(
        target=service.serve,
        args=(folder / "keys", folder / "s"),
        kwargs={"users": frozenset[int](), "clock": now, "ready": ready.set},
        daemon=True,  # it ends with the bench
    )
    serving.start()
    ready.wait()
    with Keys(folder / "s") as keys:
        keys.create("bench")
        began = process_time()
        report, ours = timed(
            lambda: pseudonymise(
                source=source,
                out=folder / "mart",
                project="bench",
                keys=keys,
                register=Register(folder),
                at=now(),
                scratch=folder,
            )
        )
        busy = process_time() - began
    began = process_time()
    _, alone = timed(lambda: _sorted(source, folder / "alone"))
    alone_busy = process_time() - began
    rows = sum(table["rows_out"] for table in report["tables"].values())
    return {
        "rows": rows,
        "seconds": round(ours, 1),
        "duckdb_seconds": round(alone, 1),
        "processor_seconds": round(busy, 1),
        "duckdb_processor_seconds": round(alone_busy, 1),
        "work_beside_duckdb": f"{alone_busy / busy:.0%}",
        "rows_a_second": round(rows / ours),
    }


def _sorted(source: Path, out: Path) -> None:
    out.mkdir()
    with duckdb.connect() as connection:
        for file in sorted(source.glob("*.parquet")):
            order = ", ".join(SHAPES[file.stem].order)
            connection.execute(
                f"COPY (FROM read_parquet('{file}') ORDER BY {order}) TO '{out / file.name}' (FORMAT parquet, COMPRESSION zstd)"
            )
