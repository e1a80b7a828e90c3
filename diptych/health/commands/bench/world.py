"""A world to measure on: persons with about a hundred events each, a few codes on most people and thousands of rare ones.

Holds the generator, the same for the same seed. Persons come in chunks, so that memory does not grow with their number. The
columns and their types are those of the shapes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from diptych.health.warehouse.mart.shapes import SHAPES

CHUNK = 50_000
FIRST_DAY, DAYS = 14_610, 3_652
"""Everybody is observed from 1 January 2010, for ten years."""
SITES = 200
TYPES = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
}


@dataclass(frozen=True)
class Kind:
    """A domain: its table, its concept and date columns, its codes, and how many events a person has on average."""

    table: str
    concept: str
    start: str
    end: str | None
    codes: int
    each: int
    first_code: int


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "ConditionOccurrence": Kind(
            "condition_occurrence", "condition_concept_id", "condition_start_date", "condition_end_date", 6_000, 25, 1_000_000
        ),
        "DrugExposure": Kind(
            "drug_exposure", "drug_concept_id", "drug_exposure_start_date", "drug_exposure_end_date", 4_000, 25, 2_000_000
        ),
        "Measurement": Kind("measurement", "measurement_concept_id", "measurement_date", None, 2_000, 30, 3_000_000),
        "ProcedureOccurrence": Kind("procedure_occurrence", "procedure_concept_id", "procedure_date", None, 3_000, 10, 4_000_000),
    }
)
"""By domain. Visits, ten a person, make the hundred full."""
VISITS = 10
VISIT_CODES = (9201, 9202, 9203)


def code(domain: str, rank: int) -> int:
    """The concept of a rank, 0 the most frequent."""
    return KINDS[domain].first_code + rank


def write(folder: Path, *, persons: int, seed: int = 2026, progress: Callable[[int], None] = lambda done: None) -> int:
    """Write a world as Parquet files named as OMOP's tables; returns the number of events, visits included."""
    folder.mkdir(parents=True, exist_ok=True)
    _vocabulary(folder)
    chances = {name: _zipf(kind.codes) for name, kind in KINDS.items()}
    writers: dict[str, pq.ParquetWriter] = {}
    events, first_visit, first_key = 0, 1, dict.fromkeys(KINDS, 1)

    def put(table: str, columns: dict[str, Any]) -> None:
        schema = pa.schema([(name, TYPES[_type(table, name)]) for name in columns])
        if table not in writers:
            writers[table] = pq.ParquetWriter(folder / f"{table}.parquet", schema)
        arrays = [
            pa.array(values, from_pandas=True).cast(field.type) for values, field in zip(columns.values(), schema, strict=True)
        ]
        writers[table].write_table(pa.Table.from_arrays(arrays, schema=schema))

    for start in range(1, persons + 1, CHUNK):
        random = np.random.default_rng((seed, start))
        ids = np.arange(start, min(start + CHUNK, persons + 1))
        put("person", _persons(random, ids))
        put("observation_period", _periods(ids))
        visits = _visits(random, ids, first_visit)
        put("visit_occurrence", visits)
        events += len(visits["visit_occurrence_id"])
        for name, kind in KINDS.items():
            rows = _events(random, kind, visits, len(ids), chances[name], first_key[name])
            put(kind.table, rows)
            first_key[name] += len(rows["person_id"])
            events += len(rows["person_id"])
        first_visit += len(visits["visit_occurrence_id"])
        progress(int(ids[-1]))
    for writer in writers.values():
        writer.close()
    return events


def _type(table: str, name: str) -> str:
    column = SHAPES[table].column(name)
    assert column is not None, f"{table} has no {name}"
    return column.type


def _zipf(codes: int) -> Any:
    "Cumulated chances of codes by rank."
    weights = 1 / np.arange(1, codes + 1) ** 1.05
    return np.cumsum(weights / weights.sum())


def _persons(random: np.random.Generator, ids: Any) -> dict[str, Any]:
    n = len(ids)
    return {
        "person_id": ids,
        "gender_concept_id": random.choice((8507, 8532), n),
        "year_of_birth": random.integers(1920, 2010, n),
        "month_of_birth": random.integers(1, 13, n),
        "day_of_birth": random.integers(1, 29, n),
        "race_concept_id": np.zeros(n, np.int64),
        "ethnicity_concept_id": np.zeros(n, np.int64),
    }


def _periods(ids: Any) -> dict[str, Any]:
    days = np.full(len(ids), FIRST_DAY, np.int32)
    return {
        "observation_period_id": ids,
        "person_id": ids,
        "observation_period_start_date": days,
        "observation_period_end_date": days + DAYS,
        "period_type_concept_id": np.zeros(len(ids), np.int64),
    }


def _visits(random: np.random.Generator, ids: Any, first: int) -> dict[str, Any]:
    who = np.repeat(ids, 1 + random.poisson(VISITS - 1, len(ids)))
    start = FIRST_DAY + random.integers(0, DAYS - 30, len(who))
    return {
        "visit_occurrence_id": np.arange(first, first + len(who)),
        "person_id": who,
        "visit_concept_id": random.choice(VISIT_CODES, len(who), p=(0.2, 0.7, 0.1)),
        "visit_start_date": start.astype(np.int32),
        "visit_end_date": (start + random.geometric(0.5, len(who)) - 1).astype(np.int32),
        "care_site_id": random.integers(1, SITES + 1, len(who)),
    }


def _events(
    random: np.random.Generator, kind: Kind, visits: dict[str, Any], persons: int, chances: Any, first: int
) -> dict[str, Any]:
    total = random.poisson(kind.each * persons)
    at = np.sort(random.integers(0, len(visits["person_id"]), total))
    start = visits["visit_start_date"][at] + random.integers(0, 3, total).astype(np.int32)
    found = {
        f"{kind.table}_id": np.arange(first, first + total),
        "person_id": visits["person_id"][at],
        kind.concept: kind.first_code + np.searchsorted(chances, random.random(total)),
        kind.start: start,
        "visit_occurrence_id": visits["visit_occurrence_id"][at],
    }
    if kind.end:
        found[kind.end] = start + random.integers(0, 30, total).astype(np.int32)
    if kind.table == "measurement":
        found |= {"value_as_number": np.round(random.normal(100, 20, total), 1), "unit_concept_id": np.full(total, 8840)}
    return found


def _vocabulary(folder: Path) -> None:
    "Each domain's codes below families of ten, these below chapters of a hundred."
    concepts: list[tuple[int, str, str]] = [(one, f"visit {one}", "Visit") for one in VISIT_CODES]
    pairs = [(one, one) for one in VISIT_CODES]
    for name, kind in KINDS.items():
        for rank in range(kind.codes):
            leaf, family, chapter = (
                kind.first_code + rank // size + shift for size, shift in ((1, 0), (10, 500_000), (100, 600_000))
            )
            for one, label in (
                (leaf, "code"),
                *(((family, "family"),) if rank % 10 == 0 else ()),
                *(((chapter, "chapter"),) if rank % 100 == 0 else ()),
            ):
                concepts.append((one, f"{name} {label} {one}", name))
                pairs.append((one, one))
            pairs += [(family, leaf), (chapter, leaf)]
            if rank % 10 == 0:
                pairs.append((chapter, family))
    ids, names, domains = zip(*concepts, strict=True)
    pq.write_table(
        pa.table({"concept_id": ids, "concept_name": names, "domain_id": domains, "standard_concept": ["S"] * len(ids)}),
        folder / "concept.parquet",
    )
    ancestors, descendants = zip(*pairs, strict=True)
    pq.write_table(
        pa.table({"ancestor_concept_id": ancestors, "descendant_concept_id": descendants}), folder / "concept_ancestor.parquet"
    )
