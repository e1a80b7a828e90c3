"""Uniqueness: how many persons of a mart are alone on what a neighbour may know, and which column is cheapest to make coarser.

A visit is seen as birth year, sex, zone, month of admission and length of stay (field guide §5.2, rule 6). A person is alone where
one of their visits is like no other person's. Coarser columns are tried one at a time; what each costs is the information lost,
in bits a visit, and the cheapest is the one that hides most persons a bit. Reads a mart's tables; changes nothing.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

SMALL_GROUP = 10
"""Persons like each other under this number are few (field guide §5.4)."""

_SEEN = """
CREATE TEMP TABLE seen AS
SELECT v.person_id AS person, p.year_of_birth AS birth_year, p.gender_concept_id AS sex, {county} AS zone, {state} AS region,
       date_trunc('month', v.visit_start_date) AS month, datediff('day', v.visit_start_date, v.visit_end_date) AS stay
FROM read_parquet($visits) v JOIN read_parquet($persons) p USING (person_id) {location}
"""
COLUMNS = ("birth_year", "sex", "zone", "month", "stay")
COARSER = {
    "birth year by five": ("birth_year", "birth_year // 5"),
    "birth year by ten": ("birth_year", "birth_year // 10"),
    "no sex": ("sex", "0"),
    "region for zone": ("zone", "region"),
    "no zone": ("zone", "0"),
    "quarter for month": ("month", "date_trunc('quarter', month)"),
    "year for month": ("month", "year(month)"),
    "stay by classes": (
        "stay",
        "CASE WHEN stay <= 1 THEN stay WHEN stay <= 3 THEN 3 WHEN stay <= 7 THEN 7 WHEN stay <= 30 THEN 30 WHEN stay > 30 THEN 31 END",
    ),
    "no stay": ("stay", "0"),
}
"""What may be made coarser: the column, and its SQL."""


@dataclass(frozen=True)
class Try:
    """One column made coarser: persons alone after it, and bits a visit that it costs."""

    what: str
    alone: int
    bits: float


@dataclass(frozen=True)
class Uniqueness:
    """What was measured of a mart."""

    persons: int
    """Who have a visit."""
    alone: int
    few: int
    """Who have a visit that fewer than SMALL_GROUP persons share, those alone included."""
    tries: tuple[Try, ...]
    cheapest: str | None
    """The try that hides most persons for each bit lost; None where none hides anybody."""

    def facts(self) -> dict[str, object]:
        """For a report: no person in it."""
        return {
            "columns": list(COLUMNS),
            "persons": self.persons,
            "alone": self.alone,
            "alone_share": round(self.alone / self.persons, 4) if self.persons else 0.0,
            "few": self.few,
            "tries": [{"what": one.what, "alone": one.alone, "bits": round(one.bits, 3)} for one in self.tries],
            "cheapest": self.cheapest,
        }


def measure(mart: Path, *, connection: duckdb.DuckDBPyConnection) -> Uniqueness | None:
    """Measure a mart's folder; None where it has no visits or no persons."""
    visits, persons, locations = (mart / f"{name}.parquet" for name in ("visit_occurrence", "person", "location"))
    if not visits.exists() or not persons.exists():
        return None
    given = {"visits": str(visits), "persons": str(persons)}
    placed, region, zone = "", "NULL", "NULL"
    here = _columns(connection, persons)
    if locations.exists() and "location_id" in here:
        given["locations"] = str(locations)
        placed = "LEFT JOIN read_parquet($locations) l ON l.location_id = p.location_id"
        known = _columns(connection, locations)
        region = "l.state" if "state" in known else "NULL"
        zone = f"coalesce(l.county, {region})" if "county" in known else region
    connection.execute(_SEEN.format(county=zone, state=region, location=placed), given)
    try:
        people, alone, few = _alone(connection, {})
        full = _bits(connection, {})
        tries = []
        for what, (column, expression) in COARSER.items():
            left = _alone(connection, {column: expression})[1]
            tries.append(Try(what, left, max(0.0, full - _bits(connection, {column: expression}))))
    finally:
        connection.execute("DROP TABLE seen")
    helping = [one for one in tries if one.alone < alone]
    best = max(helping, key=lambda one: (alone - one.alone) / max(one.bits, 1e-9), default=None)
    return Uniqueness(people, alone, few, tuple(tries), best.what if best else None)


def _columns(connection: duckdb.DuckDBPyConnection, file: Path) -> set[str]:
    return {name for name, *_ in connection.execute("DESCRIBE FROM read_parquet($file)", {"file": str(file)}).fetchall()}


def _keys(coarser: dict[str, str]) -> str:
    return ", ".join(f"{coarser.get(column, column)} AS {column}" for column in COLUMNS)


def _alone(connection: duckdb.DuckDBPyConnection, coarser: dict[str, str]) -> tuple[int, int, int]:
    "Persons, those alone, those in small groups."
    [(persons, alone, few)] = connection.execute(
        f"""WITH k AS (SELECT DISTINCT person, {_keys(coarser)} FROM seen),
        g AS (SELECT count(*) AS size, min(person) AS one, list(person) FILTER (size_ < {SMALL_GROUP}) AS few FROM (
            SELECT *, count(*) OVER (PARTITION BY {", ".join(COLUMNS)}) AS size_ FROM k) GROUP BY {", ".join(COLUMNS)})
        SELECT (SELECT count(DISTINCT person) FROM k), (SELECT count(DISTINCT one) FROM g WHERE size = 1),
               (SELECT count(DISTINCT person) FROM (SELECT unnest(few) AS person FROM g))"""
    ).fetchall()
    return int(persons), int(alone), int(few)


def _bits(connection: duckdb.DuckDBPyConnection, coarser: dict[str, str]) -> float:
    "The information in a visit as it is seen, in bits: what a neighbour's guess would have to hit."
    [(bits,)] = connection.execute(
        f"""SELECT -sum(n / total * log2(n / total)) FROM (
        SELECT count(*) AS n, sum(count(*)) OVER () AS total FROM (SELECT {_keys(coarser)} FROM seen) GROUP BY {", ".join(COLUMNS)})"""
    ).fetchall()
    return float(bits or 0.0)
