"""The checks of a release, timed on drawn OMOP tables of any size, beside DuckDB alone counting each column of the same files."""

import csv
import re
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Annotated, Any

import duckdb
import typer

from diptych.commons.clock import now
from diptych.commons.terminal import show_json, show_table
from diptych.health.warehouse.identified.quality.run import check_source
from diptych.health.warehouse.identified.quality.terms import Status

SHARES = {
    "visit_occurrence": 0.05,
    "visit_detail": 0.05,
    "condition_occurrence": 0.10,
    "procedure_occurrence": 0.05,
    "drug_exposure": 0.15,
    "measurement": 0.55,
    "observation": 0.05,
}
"""What share of the rows each table has, about as a French warehouse does; a person has a hundred rows."""
ROWS_EACH = 100
CONCEPTS = 5_000

_DAY = "DATE '2015-01-01' + CAST(hash(i, 'd') % 4000 AS INTEGER)"
_COMMON = (
    "i AS {table}_id, 1 + hash(i // 20, 'p') % {persons} AS person_id, {concept} AS {stem}_concept_id, "
    "{day} AS {start}, CAST({day} AS TIMESTAMP) + INTERVAL 8 HOUR AS {start}time, 32817 AS {stem}_type_concept_id, "
    "1 + hash(i, 'v') % {visits} AS visit_occurrence_id, concat('C', hash(i, '{table}') % {concepts}) AS {stem}_source_value"
)
_TABLES = {
    "concept": (
        "i AS concept_id, concat('Concept ', i) AS concept_name, 'Condition' AS domain_id, 'Bench' AS vocabulary_id,"
        " 'Bench' AS concept_class_id, 'S' AS standard_concept, concat('C', i) AS concept_code,"
        " DATE '1970-01-01' AS valid_start_date, DATE '2099-12-31' AS valid_end_date, CAST(NULL AS VARCHAR) AS invalid_reason"
    ),
    "care_site": "i AS care_site_id, concat('Site ', i) AS care_site_name, concat('S', i) AS care_site_source_value",
    "person": (
        "i AS person_id, CASE WHEN i % 2 = 0 THEN 8507 ELSE 8532 END AS gender_concept_id,"
        " 1920 + hash(i, 'b') % 90 AS year_of_birth, 0 AS race_concept_id, 0 AS ethnicity_concept_id"
    ),
    "observation_period": (
        "i AS observation_period_id, i AS person_id, DATE '2015-01-01' AS observation_period_start_date,"
        " DATE '2026-06-30' AS observation_period_end_date, 32817 AS period_type_concept_id"
    ),
    "visit_occurrence": (
        "i AS visit_occurrence_id, 1 + hash(i, 'p') % {persons} AS person_id, CASE WHEN i % 3 = 0 THEN 9203 ELSE 9201 END AS visit_concept_id,"
        " {day} AS visit_start_date, {day} + CAST(hash(i, 'l') % 12 AS INTEGER) AS visit_end_date, 32817 AS visit_type_concept_id,"
        " 1 + hash(i, 's') % 40 AS care_site_id, concat('V', i) AS visit_source_value"
    ),
    "visit_detail": (
        "i AS visit_detail_id, 1 + hash(i, 'p') % {persons} AS person_id, 9201 AS visit_detail_concept_id, {day} AS visit_detail_start_date,"
        " {day} + CAST(hash(i, 'l') % 12 AS INTEGER) AS visit_detail_end_date, 32817 AS visit_detail_type_concept_id,"
        " i AS visit_occurrence_id, 1 + hash(i, 's') % 40 AS care_site_id"
    ),
    "measurement": (
        _COMMON
        + ", (hash(i, 'n') % 4000) / 10.0 AS value_as_number, 8840 AS unit_concept_id, 10.0 AS range_low, 200.0 AS range_high"
    ),
    "drug_exposure": _COMMON + ", {day} + 5 AS drug_exposure_end_date, 5 AS days_supply, (hash(i, 'n') % 50) / 2.0 AS quantity",
}
_STARTS = {"condition_occurrence": "condition_start_date", "drug_exposure": "drug_exposure_start_date"}

Json = Annotated[bool, typer.Option("--json", help="A line of JSON.")]


def _terms(checks: Path | None) -> dict[str, list[int]]:
    "Of each table the concepts that the check tables speak of, so that each of their checks concerns some rows."
    found: dict[str, list[int]] = {}
    for path in sorted(checks.glob("OMOP_CDMv5.4_Concept_Level.csv")) if checks is not None else ():
        with path.open(encoding="utf-8-sig", newline="") as opened:
            for row in csv.DictReader(opened):
                found.setdefault(row["cdmTableName"].lower(), []).extend(map(int, re.findall(r"\d+", row["conceptId"])))
    return found


def drawn(folder: Path, rows: int, checks: Path | None) -> int:
    """Write OMOP tables of nobody as Parquet files, about so many rows, of concepts that are checked; how many there are."""
    terms = _terms(checks)
    persons, written = max(1, rows // ROWS_EACH), 0
    with duckdb.connect() as con:
        con.execute("SET preserve_insertion_order = false")
        persons_and_more = {"concept": 50_000, "care_site": 40, "person": persons, "observation_period": persons}
        for table, many in {**persons_and_more, **{table: max(1, int(rows * share)) for table, share in SHARES.items()}}.items():
            stem = table.removesuffix("_occurrence").removesuffix("_exposure")
            concept = f"1 + hash(i, '{table}') % {CONCEPTS}"
            if known := sorted({*terms.get(table, ())}):
                concept = f"list_extract({known}, CAST(1 + hash(i, '{table}') % {len(known)} AS BIGINT))"
            names = {
                "concept": concept,
                "table": table,
                "stem": stem,
                "start": _STARTS.get(table, f"{stem}_date"),
                "concepts": CONCEPTS,
                "day": _DAY,
            }
            said = _TABLES.get(table, _COMMON).format(
                **names, persons=persons, visits=max(1, int(rows * SHARES["visit_occurrence"]))
            )
            con.execute(
                f"COPY (SELECT {said} FROM range(1, {many + 1}) AS r(i)) TO '{folder / f'{table}.parquet'}' "
                "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)"
            )
            written += many
    return written


def by_duckdb(folder: Path) -> int:
    """DuckDB's own pass over the same files: how many values each column has, and how many different ones, about."""
    counted = 0
    with duckdb.connect() as con:
        for path in sorted(folder.glob("*.parquet")):
            columns = [name for name, *_ in con.execute(f"DESCRIBE FROM '{path}'").fetchall()]
            asked = ", ".join(
                f'count("{name}"), min("{name}"), max("{name}"), approx_count_distinct("{name}")' for name in columns
            )
            con.execute(f"SELECT {asked} FROM '{path}'").fetchall()
            counted += len(columns)
    return counted


def _spent(act: Callable[[], Any]) -> tuple[Any, float, float]:
    began, busy = perf_counter(), process_time()
    return act(), perf_counter() - began, process_time() - busy


def compared(folder: Path, rows: int, checks: Path | None, scratch: Path | None) -> dict[str, Any]:
    """Seconds by the clock, and of the processor, of a release's checks and of DuckDB's own pass over its files."""
    report, seconds, busy = _spent(lambda: check_source(folder, release="bench", at=now(), rows=checks, scratch=scratch))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    columns, alone, alone_busy = _spent(lambda: by_duckdb(folder))
    return {
        "rows": rows,
        "bytes": sum(path.stat().st_size for path in folder.glob("*.parquet")),
        "checks": len(report.results),
        **{status.value: sum(one.status is status for one in report.results) for status in Status},
        "seconds": round(seconds, 1),
        "processor_seconds": round(busy, 1),
        "rows_per_second": round(rows / seconds),
        "columns": columns,
        "duckdb_seconds": round(alone, 1),
        "duckdb_processor_seconds": round(alone_busy, 1),
        "times_duckdb": round(seconds / alone, 1),
        "peak_memory_mb": peak,
    }


def quality(
    rows: Annotated[int, typer.Option("--rows", min=1000, help="About how many rows the release has.")] = 100_000_000,
    checks: Annotated[
        Path | None, typer.Option("--checks", help="The folder of the DataQualityDashboard's check tables.", file_okay=False)
    ] = None,
    scratch: Annotated[
        Path | None,
        typer.Option("--scratch", help="Where the tables are drawn, and what does not fit in memory goes.", file_okay=False),
    ] = None,
    as_json: Json = False,
) -> None:
    """Time every check of a release of drawn OMOP tables, and its availability over time, beside DuckDB counting the same files.

    DuckDB alone counts each column's values and different values and finds its least and greatest, in one question a table.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as given:
        folder = Path(given)
        line = compared(folder, drawn(folder, rows, checks), checks, scratch)
    if as_json:
        show_json(line)
    else:
        show_table(columns=("measure", "value"), rows=list(line.items()))
