"""Worlds: small OMOP databases as CSV folders, written row by row, and the desk that answers on them."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort.count import Desk, dates
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.index.store import load

DAY_ZERO = date(2020, 1, 1)
AT = datetime(2026, 11, 25, tzinfo=UTC)
FLU, ASTHMA, VIRAL = 1001, 1002, 1000


def day(number: int) -> str:
    """The day `number` days after 1 January 2020."""
    return (DAY_ZERO + timedelta(days=number)).isoformat()


class World:
    """Rows by table; ids are given in turn. Persons are observed from day 0 to day 1000 unless said otherwise."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.add("concept", concept_id=8507, concept_name="male")
        for concept in (VIRAL, FLU, ASTHMA):
            self.add("concept", concept_id=concept, concept_name=f"concept {concept}")
            self.add("concept_ancestor", ancestor_concept_id=concept, descendant_concept_id=concept)
        self.add("concept_ancestor", ancestor_concept_id=VIRAL, descendant_concept_id=FLU)

    def add(self, table: str, **values: Any) -> int:
        """Add a row; its key is the next number."""
        rows = self.rows.setdefault(table, [])
        rows.append({f"{table}_id": len(rows) + 1} | values)
        return len(rows)

    def person(self, *, observed: tuple[tuple[int, int], ...] = ((0, 1000),), born: int = 1980, gender: int = 8507) -> int:
        """Add a person with observation periods."""
        id_ = self.add("person", gender_concept_id=gender, year_of_birth=born, race_concept_id=0, ethnicity_concept_id=0)
        for start, end in observed:
            self.add(
                "observation_period",
                person_id=id_,
                observation_period_start_date=day(start),
                observation_period_end_date=day(end),
            )
        return id_

    def condition(self, person: int, concept: int, start: int, end: int | None = None, **more: Any) -> int:
        """Add a condition, days counted from day 0."""
        dated = {"condition_start_date": day(start)} | ({} if end is None else {"condition_end_date": day(end)})
        return self.add("condition_occurrence", person_id=person, condition_concept_id=concept, **dated, **more)

    def write(self, folder: Path) -> Path:
        """Write it as CSV files."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.rows.items():
            columns = [column.name for column in SHAPES[table].columns]
            lines = [",".join(str(row.get(column, "")) for column in columns) for row in rows]
            (folder / f"{table.upper()}.csv").write_text("\n".join([",".join(columns), *lines]) + "\n")
        return folder

    def desk(self, folder: Path) -> Desk:
        """Load it into a store, ready to answer."""
        load(source=self.write(folder / "source"), store=folder / "store", strict=True, at=AT)
        return Desk(folder / "store")


def ask(desk: Desk, definition: dict[str, Any]) -> list[tuple[int, int, int]]:
    """The rows of a definition: person, and days from day 0 of entry and exit."""
    rows = desk.answer(read(definition, origin="test").cohort).rows
    numbers = [[(found - DAY_ZERO).days for found in dates(days)] for days in (rows.start, rows.end)]
    return list(zip(rows.person.tolist(), *numbers, strict=True))


def concepts(id_: int, *ids: int, descendants: bool = False) -> dict[str, Any]:
    """A concept set."""
    items = [{"concept": {"CONCEPT_ID": one}, "includeDescendants": descendants} for one in ids]
    return {"id": id_, "name": f"set {id_}", "expression": {"items": items}}


def condition(codeset: int, **more: Any) -> dict[str, Any]:
    """A criterion on conditions."""
    return {"ConditionOccurrence": {"CodesetId": codeset} | more}


def near(
    criterion: dict[str, Any],
    start: tuple[int | None, int],
    end: tuple[int | None, int],
    *,
    times: int = 2,
    count: int = 1,
    **more: Any,
) -> dict[str, Any]:
    """A correlated criterion: bounds as (days, coefficient); `times` 0 exactly, 1 at most, 2 at least."""
    bounds = {key: {"Days": days, "Coeff": coeff} for key, (days, coeff) in (("Start", start), ("End", end))}
    return {
        "Criteria": criterion,
        "StartWindow": bounds,
        "Occurrence": {"Type": times, "Count": count} | more.pop("occurrence", {}),
    } | more


def group(*members: dict[str, Any], kind: str = "ALL", **more: Any) -> dict[str, Any]:
    """A group of correlated criteria."""
    return {"Type": kind, "CriteriaList": list(members)} | more


def cohort(
    *criteria: dict[str, Any],
    sets: tuple[dict[str, Any], ...] = (concepts(1, FLU), concepts(2, ASTHMA)),
    limit: str = "All",
    **more: Any,
) -> dict[str, Any]:
    """A definition that keeps all events and ends each the day it starts, unless said otherwise."""
    return {
        "ConceptSets": list(sets),
        "PrimaryCriteria": {"CriteriaList": list(criteria), "PrimaryCriteriaLimit": {"Type": limit}},
        "ExpressionLimit": {"Type": "All"},
        "EndStrategy": {"DateOffset": {"DateField": "StartDate", "Offset": 0}},
    } | more
