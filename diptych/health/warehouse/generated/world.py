"""A generated world: N persons with about a hundred events each, as Parquet files with OMOP's names.

Holds what is drawn: a few codes on most people and thousands of rare ones (Zipf), events inside visits, visits inside the
observation period, deaths after the last of them. The same seed gives the same rows whatever the number of persons at once:
each block of persons has its own generator, and files are written block by block, so that memory does not grow with N.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from . import words

from diptych.health.warehouse.mart.shapes import SHAPES

BLOCK = 50_000
"""Persons drawn at once: some five million events, half a gigabyte."""
VISITS = 11.0
"""Visits a person, on average; the other events are inside them."""
EVENTS = 89.0
"""Events a person besides visits, on average."""
FIRST_DAY, LAST_DAY = 14_610, 20_453
"""1 January 2010 and 31 December 2025, in days from 1970: what happens outside is not recorded."""

_ARROW = {
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "VARCHAR": pa.string(),
}
Ints = npt.NDArray[np.int64]


def _schema(table: str) -> pa.Schema:
    return pa.schema([(column.name, _ARROW[column.type]) for column in SHAPES[table].columns])


class _Writers:
    "One open Parquet file a table; what a table's rows do not say is null."

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, pq.ParquetWriter] = {}
        self.rows: dict[str, int] = {}

    def add(self, table: str, **columns: Any) -> None:
        schema = _schema(table)
        length = len(next(iter(columns.values())))
        unknown = set(columns) - set(schema.names)
        assert not unknown, f"{table} has no {unknown}"
        arrays = [
            pa.array(columns[field.name], from_pandas=False).cast(field.type)
            if field.name in columns
            else pa.nulls(length, field.type)
            for field in schema
        ]
        if table not in self._open:
            self._open[table] = pq.ParquetWriter(self._folder / f"{table}.parquet", schema, compression="snappy")
        self._open[table].write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=1 << 20)
        self.rows[table] = self.rows.get(table, 0) + length

    def close(self) -> None:
        for writer in self._open.values():
            writer.close()


def generate(*, persons: int, out: Path, seed: int = 1, progress: Callable[[int], None] = lambda done: None) -> dict[str, int]:
    """Write a world of that many persons in a folder; the number of rows of each table. `progress` is told of persons done."""
    out.mkdir(parents=True, exist_ok=True)
    written = _Writers(out)
    try:
        _vocabulary(written)
        _places(written)
        for block, start in enumerate(range(0, persons, BLOCK)):
            size = min(BLOCK, persons - start)
            _block(written, np.random.default_rng([seed, block]), np.arange(start + 1, start + size + 1))
            progress(start + size)
    finally:
        written.close()
    return written.rows


def _vocabulary(written: _Writers) -> None:
    terms: list[tuple[int, str, str, str, str | None]] = [(id_, name, domain, "OMOP", "S") for id_, name, domain in words.FIXED]
    pairs = [(id_, id_, 0) for id_, *_ in words.FIXED]
    bonds: list[tuple[int, int, str]] = []
    for domain in words.DOMAINS:
        above: dict[int, int] = {}
        for id_, parent, level in words.parents(domain):
            terms.append((id_, f"{domain.word} : {words.LEVELS[level].lower()} {id_ - domain.base}", domain.name, "GEN", "S"))
            above[id_] = parent
            at, far = id_, 0
            while True:
                pairs.append((at, id_, far))
                if above[at] == at:
                    break
                at, far = above[at], far + 1
            if level:
                bonds += [(id_, parent, "Is a"), (parent, id_, "Subsumes")]
            if level == 3:
                source = id_ + 10_000_000
                terms.append((source, f"{domain.word} (code local) {id_ - domain.base}", domain.name, "LOCAL", None))
                bonds += [(source, id_, "Maps to"), (id_, source, "Mapped from")]
    ids, names, domains, vocabularies, standard = zip(*terms, strict=True)
    days = {"valid_start_date": _days(np.full(len(ids), 0)), "valid_end_date": _days(np.full(len(ids), 47_481))}
    written.add(
        "concept", concept_id=ids, concept_name=names, domain_id=domains, vocabulary_id=vocabularies,
        concept_class_id=["Generated"] * len(ids), standard_concept=standard, concept_code=[str(i) for i in ids], **days,
    )  # fmt: skip
    top, low, far_ = zip(*pairs, strict=True)
    written.add(
        "concept_ancestor", ancestor_concept_id=top, descendant_concept_id=low,
        min_levels_of_separation=far_, max_levels_of_separation=far_,
    )  # fmt: skip
    one, two, kind = zip(*bonds, strict=True)
    written.add("concept_relationship", concept_id_1=one, concept_id_2=two, relationship_id=kind)


def _places(written: _Writers) -> None:
    places = list(words.care_sites())
    numbers, names, above = zip(*places, strict=True)
    written.add("care_site", care_site_id=numbers, care_site_name=names)
    inside = [(up, number) for number, _, up in places if up]
    domain = [words.CARE_SITE_DOMAIN] * len(inside)
    written.add(
        "fact_relationship", domain_concept_id_1=domain, fact_id_1=[up for up, _ in inside], domain_concept_id_2=domain,
        fact_id_2=[down for _, down in inside], relationship_concept_id=[words.CONTAINS] * len(inside),
    )  # fmt: skip
    assert len(above) == len(numbers)


def _days(days: Ints) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _moments(days: Ints, seconds: Ints) -> pa.Array:
    return pa.array((days * 86_400 + seconds) * 1_000_000).cast(pa.timestamp("us"))


def _zipf(random: np.random.Generator, size: int, codes: int) -> Ints:
    "Ranks from 0: the density falls as 1/(rank + 1), by its inverse: a few for most draws, thousands for the rest."
    drawn = np.exp(random.random(size, dtype=np.float32) * np.float32(np.log(codes + 1)))
    found: Ints = (drawn.astype(np.int64) - 1).clip(0, codes - 1)
    return found


def _block(written: _Writers, random: np.random.Generator, person: Ints) -> None:
    size = len(person)
    age = np.clip(random.gamma(3.2, 15.5, size), 0, 101).astype(np.int64)
    born = 2025 - age
    sex = np.where(random.random(size) < 0.53, words.FEMALE, words.MALE)
    units = np.array([number for number, *_ in words.care_sites() if number >= 1_000])
    written.add(
        "person", person_id=person, gender_concept_id=sex, year_of_birth=born, month_of_birth=random.integers(1, 13, size),
        race_concept_id=np.zeros(size, np.int64), ethnicity_concept_id=np.zeros(size, np.int64),
    )  # fmt: skip
    earliest = np.maximum(FIRST_DAY, (born - 1970) * 365 + (born - 1969) // 4 + 366)
    earliest = np.minimum(earliest, LAST_DAY - 60)
    start = earliest + (random.random(size) * 0.6 * (LAST_DAY - 30 - earliest)).astype(np.int64)
    end = np.minimum(LAST_DAY, start + 30 + random.exponential(2_200, size).astype(np.int64))
    sick = random.gamma(1.4, 1 / 1.4, size) * (0.55 + age / 88)
    visits = 1 + random.poisson((VISITS - 1) * sick)
    written.add(
        "observation_period", observation_period_id=person, person_id=person, observation_period_start_date=_days(start),
        observation_period_end_date=_days(end), period_type_concept_id=np.full(size, words.FROM_HOSPITAL_RECORD),
    )  # fmt: skip
    dead = np.flatnonzero((random.random(size) < 0.0006 * np.exp(age / 17)) & (end < LAST_DAY))
    written.add(
        "death", person_id=person[dead], death_date=_days(end[dead]),
        death_type_concept_id=np.full(len(dead), words.FROM_HOSPITAL_RECORD),
        cause_concept_id=words.DOMAINS[0].base + _zipf(random, len(dead), words.DOMAINS[0].codes),
    )  # fmt: skip

    whose = np.repeat(np.arange(size), visits)
    count = len(whose)
    entry = start[whose] + (random.random(count) * (end[whose] - start[whose] + 1)).astype(np.int64)
    kind = np.array([words.OUTPATIENT, words.INPATIENT, words.EMERGENCY])[np.searchsorted([0.68, 0.86], random.random(count))]
    stay = np.where(kind == words.INPATIENT, random.geometric(0.18, count), 0)
    leave = np.minimum(entry + stay, end[whose])
    hour = random.integers(6 * 3600, 20 * 3600, count)
    visit = person[0] * 1_000 + np.arange(count)
    where = units[random.integers(0, len(units), count)]
    type_ = np.full(count, words.FROM_HOSPITAL_RECORD)
    written.add(
        "visit_occurrence", visit_occurrence_id=visit, person_id=person[whose], visit_concept_id=kind,
        visit_start_date=_days(entry), visit_start_datetime=_moments(entry, hour), visit_end_date=_days(leave),
        visit_end_datetime=_moments(leave, hour + 3_000), visit_type_concept_id=type_, care_site_id=where,
    )  # fmt: skip
    for domain in words.DOMAINS:
        here = random.poisson(EVENTS / VISITS * domain.share * np.where(kind == words.INPATIENT, 2.6, 0.65), count)
        at = np.repeat(np.arange(count), here)
        _events(written, random, domain, person[whose][at], visit[at], entry[at], leave[at], hour[at], int(person[0]) * 1_000)


def _events(
    written: _Writers, random: np.random.Generator, domain: words.Domain, person: Ints, visit: Ints, entry: Ints, leave: Ints,
    hour: Ints, first: int,
) -> None:  # fmt: skip
    size = len(person)
    code = _zipf(random, size, domain.codes)
    day = entry + (random.random(size, dtype=np.float32) * (leave - entry + 1)).astype(np.int64).clip(0, leave - entry)
    table = domain.table
    stem = {"condition_occurrence": "condition", "procedure_occurrence": "procedure"}.get(table, table)
    word = table.partition("_")[0]
    moment = _moments(day, hour)
    columns: dict[str, Any] = {
        f"{table}_id": first + np.arange(size), "person_id": person, f"{word}_concept_id": domain.base + code,
        f"{word}_type_concept_id": np.full(size, words.FROM_HOSPITAL_RECORD), "visit_occurrence_id": visit,
        f"{word}_source_concept_id": domain.base + 10_000_000 + code,
    }  # fmt: skip
    if table in {"condition_occurrence", "drug_exposure", "device_exposure"}:
        lasts = random.integers(1, 30, size) if table == "drug_exposure" else leave - day
        columns |= {f"{stem}_start_date": _days(day), f"{stem}_start_datetime": moment, f"{stem}_end_date": _days(day + lasts)}
        if table == "drug_exposure":
            columns |= {"days_supply": lasts, "quantity": (lasts * (1 + code % 3)).astype(np.float64), "refills": code % 4}
    else:
        columns |= {f"{stem}_date": _days(day), f"{stem}_datetime": moment}
    if table == "measurement":
        low = 1.0 + (code % 40) * 2.5
        value = np.round(low * (1.5 + 0.45 * random.standard_normal(size, dtype=np.float32)), 2)
        unit = np.array([8840, 8753, 8636])[code % 3]
        columns |= {"value_as_number": np.maximum(value, 0.0), "unit_concept_id": unit, "range_low": low, "range_high": low * 2}
    written.add(table, **columns)
