"""Identified tables for tests: small ones written as Parquet files, put through the run, and read back."""

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.identified.pseudonymise.keys.client import Keys
from diptych.health.warehouse.identified.pseudonymise.opposition import Register
from diptych.health.warehouse.identified.pseudonymise.policy import CROSSING
from diptych.health.warehouse.identified.pseudonymise.run import pseudonymise
from tests.health.keyservice import Service

AT = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
TYPES = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
}
D = dt.date


def write(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> Path:
    """Tables as Parquet files, with the columns of the shapes and those that rows have besides; what is required is 0."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        fields = {}
        if name in CROSSING:
            fields = {column.name: TYPES[column.type] for column in CROSSING[name].columns}
            rows = [{c.name: 0 for c in CROSSING[name].columns if c.required and c.type == "BIGINT"} | row for row in rows]
        for row in rows:
            for column, value in row.items():
                fields.setdefault(column, pa.int64() if isinstance(value, int) else pa.string())
        pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(list(fields.items()))), folder / f"{name}.parquet")
    return folder


def person(number: int, **more: Any) -> dict[str, Any]:
    return {"person_id": number, "gender_concept_id": 8532, "year_of_birth": 1960, "location_id": 1} | more


def visit(number: int, who: int, start: D = D(2020, 3, 1), days: int = 4, **more: Any) -> dict[str, Any]:
    said = {"visit_occurrence_id": number, "person_id": who, "visit_concept_id": 9201, "visit_start_date": start}
    return said | {"visit_end_date": start + dt.timedelta(days)} | more


def rows(mart: Path, table: str, order: str = "ALL") -> list[dict[str, Any]]:
    with duckdb.connect() as con:
        return con.sql(f"FROM '{mart / f'{table}.parquet'}' ORDER BY {order}").to_arrow_table().to_pylist()


def made(
    service: Service, source: Path, out: Path, *, project: str = "one", at: dt.datetime = AT, register: Path | None = None
) -> dict[str, Any]:
    with Keys(service.socket) as keys:
        return pseudonymise(
            source=source, out=out, project=project, keys=keys, register=Register(register or out.parent / "register"), at=at
        )


def code(ask) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as said:
        ask()
    return said.value.code
