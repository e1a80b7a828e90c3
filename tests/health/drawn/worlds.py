"""Worlds drawn from the shapes: a few persons, a few concepts, dates close together, nulls wherever they may be."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import numpy as np

from diptych.health.warehouse.mart.shapes import SHAPES, Column
from diptych.health.warehouse.research.cohort.meaning.world import days
from diptych.health.warehouse.research.index.columns import NULL, Index

CONCEPTS = tuple(range(1, 9))
DAY_ZERO = date(2020, 1, 1)
SPAN = 60
TEXTS = ("", "a", "ab", "b_a", "a%")
Tables = dict[str, list[dict[str, Any]]]


def day(random: Random) -> date:
    """A day; the first and the last of the calendar now and then do not come: ages and eras leave it."""
    return DAY_ZERO + timedelta(days=random.randrange(SPAN))


def _value(random: Random, column: Column, persons: int) -> Any:
    if not column.required and random.random() < 0.3:
        return None
    if column.name == "person_id":
        return random.randrange(1, persons + 1)
    if column.name == "year_of_birth":
        return random.choice((1990, 2001, 2002, 2003))
    if column.name == "month_of_birth":
        return random.randrange(1, 13)
    if column.name == "day_of_birth":
        return random.randrange(1, 29)
    if column.name in {"provider_id", "care_site_id", "visit_occurrence_id", "preceding_visit_occurrence_id"}:
        return random.randrange(1, 6)
    if column.name.endswith("_concept_id"):
        return random.choice((*CONCEPTS, 8507, 4155142))
    return {
        "BIGINT": lambda: random.randrange(4),
        "DOUBLE": lambda: random.choice((0.0, 1.0, 1.5, 2.0, 18.9)),
        "DATE": lambda: day(random),
        "TIMESTAMP": lambda: datetime.combine(day(random), datetime.min.time()) + timedelta(hours=random.randrange(0, 24, 6)),
        "VARCHAR": lambda: random.choice(TEXTS),
    }[column.type]()


def world(random: Random) -> Tables:
    """A world."""
    persons = random.randrange(1, 4)
    tables: Tables = {name: [] for name in SHAPES}
    for name, shape in SHAPES.items():
        if name.startswith("concept") or name in {"vocabulary", "fact_relationship"}:
            continue
        rows = persons if name == "person" else 5 if name in {"provider", "care_site"} else random.choice((0, 2, 4, 8)) * persons
        if name in {"death", "observation_period"}:
            rows = random.randrange(1, 3) * persons
        for number in range(1, rows + 1):
            row = {column.name: _value(random, column, persons) for column in shape.columns}
            if f"{name}_id" in row:
                row[f"{name}_id"] = number
            _in_order(random, row)
            tables[name].append(row)
        random.shuffle(tables[name])
    _one_death(tables)
    _backwards(tables)
    for concept in CONCEPTS:
        tables["concept"].append(
            {"concept_id": concept, "concept_name": "", "invalid_reason": random.choice((None, None, "", "D"))}
        )
        for other in CONCEPTS:
            if concept == other or random.random() < 0.15:
                tables["concept_ancestor"].append({"ancestor_concept_id": concept, "descendant_concept_id": other})
            if random.random() < 0.1:
                kind, reason = random.choice(("Maps to", "Maps to", "Is a")), random.choice((None, None, "D"))
                tables["concept_relationship"].append(
                    {"concept_id_1": concept, "concept_id_2": other, "relationship_id": kind, "invalid_reason": reason}
                )
    return tables


def _in_order(random: Random, row: dict[str, Any]) -> None:
    "Starts come before ends: a source that says otherwise is refused. A time mostly lies on its date."
    for name in [name for name in row if name.endswith("_start_date")]:
        end = name.replace("_start_date", "_end_date")
        if row.get(end) is not None and row[end] < row[name]:
            row[name], row[end] = row[end], row[name]
    for name in [name for name in row if name.endswith("_datetime")]:
        on = row.get(name.replace("_datetime", "_date"))
        if row[name] is not None and on is not None and random.random() < 0.8:
            row[name] = datetime.combine(on, row[name].time())


def _one_death(tables: Tables) -> None:
    tables["death"] = list({row["person_id"]: row for row in tables["death"]}.values())


def _backwards(tables: Tables) -> None:
    "A visit goes back to an earlier one, never round in a circle."
    for row in tables["visit_occurrence"]:
        before = row["preceding_visit_occurrence_id"]
        if before is not None and before >= row["visit_occurrence_id"]:
            row["preceding_visit_occurrence_id"] = None


class DrawnIndex(Index):
    """A world as the engine's columns, without the detour by a store: rows in the order of their shape."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(store=None)
        self._rows = {name: sorted(rows, key=lambda row, s=SHAPES[name]: _order(row, s.order)) for name, rows in tables.items()}

    def _fetch(self, table: str, column: str) -> Any:
        shape = SHAPES[table].column(column)
        values = [row.get(column) for row in self._rows[table]]
        kind = shape.type if shape else "BIGINT"
        if kind == "VARCHAR":
            found = np.empty(len(values), dtype=object)
            found[:] = values
            return found
        if kind == "DOUBLE":
            return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
        if kind == "DATE":
            values = [days(value) for value in values]
        if kind == "TIMESTAMP":
            epoch = datetime(1970, 1, 1)  # OMOP times bear no zone
            values = [None if value is None else int((value - epoch) / timedelta(microseconds=1)) for value in values]
        return np.array([NULL if value is None else value for value in values], dtype=np.int64)


def _order(row: dict[str, Any], columns: tuple[str, ...]) -> list[tuple[bool, Any]]:
    return [(row.get(name) is not None, row.get(name)) for name in columns]
