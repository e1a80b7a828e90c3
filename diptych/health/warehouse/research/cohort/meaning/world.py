"""World: an OMOP database as lists of rows, and what its vocabulary says.

Dates become days from 1970-01-01, so that arithmetic never leaves the calendar. Does not know criteria.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from diptych.health.warehouse.research.cohort import nodes as n

Row = Mapping[str, Any]
_EPOCH = dt.date(1970, 1, 1)


def days(date: dt.date | None) -> int | None:
    """A date as days from 1970-01-01."""
    return None if date is None else (date - _EPOCH).days


class World:
    """Tables by OMOP's name, each a list of rows; a column that a row lacks is null."""

    def __init__(self, tables: Mapping[str, Sequence[Row]]) -> None:
        self._tables = tables

    def table(self, name: str) -> Sequence[Row]:
        """The rows of a table."""
        return self._tables.get(name, ())

    def rows(self, name: str, person: int) -> list[Row]:
        """The rows of a person."""
        return [row for row in self.table(name) if row["person_id"] == person]

    def one(self, name: str, key: Any) -> Row:
        """The row of a key; an empty one where there is none."""
        found = [row for row in self.table(name) if row.get(f"{name}_id") == key and key is not None]
        return found[0] if found else {}

    @property
    def persons(self) -> list[int]:
        """Whoever is in PERSON or was observed, ascending."""
        return sorted({row["person_id"] for table in ("person", "observation_period") for row in self.table(table)})

    def periods(self, person: int) -> list[tuple[int, int]]:
        """The first and last day of each observation period of a person, by first day, then by id."""
        order = ("observation_period_start_date", "observation_period_id")
        found = sorted(self.rows("observation_period", person), key=lambda row: [row[name] for name in order])
        sides = [[days(row[f"observation_period_{side}_date"]) for side in ("start", "end")] for row in found]
        return [(start, end) for start, end in sides if start is not None and end is not None]

    def resolve(self, one: n.ConceptSet) -> set[int]:
        """The concepts of a set (§2.2.2): included less excluded."""
        return self._side(one, excluded=False) - self._side(one, excluded=True)

    def _side(self, one: n.ConceptSet, *, excluded: bool) -> set[int]:
        found: set[int] = set()
        for item in one.items:
            if item.excluded is not excluded:
                continue
            wide = {item.concept_id} & self._existing
            if item.descendants:
                wide |= self._descendants.get(item.concept_id, set())
            found |= wide
            if item.mapped:
                found = found.union(*(self._mapped.get(concept, set()) for concept in wide))
        return found

    @cached_property
    def _existing(self) -> set[int]:
        return {row["concept_id"] for row in self.table("concept")}

    @cached_property
    def _descendants(self) -> dict[int, set[int]]:
        "By concept: its descendants that are valid."
        valid = {row["concept_id"] for row in self.table("concept") if not row.get("invalid_reason")}
        found: dict[int, set[int]] = {}
        for row in self.table("concept_ancestor"):
            if row["descendant_concept_id"] in valid:
                found.setdefault(row["ancestor_concept_id"], set()).add(row["descendant_concept_id"])
        return found

    @cached_property
    def _mapped(self) -> dict[int, set[int]]:
        "By concept: those that map to it."
        found: dict[int, set[int]] = {}
        for row in self.table("concept_relationship"):
            if row["relationship_id"] == "Maps to" and not row.get("invalid_reason"):
                found.setdefault(row["concept_id_2"], set()).add(row["concept_id_1"])
        return found
