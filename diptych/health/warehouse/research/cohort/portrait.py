"""Portrait: what a group of persons looks like: ages and sexes, when they came, what they have, one person's life.

Gives persons by cell, never a count: whoever shows them goes through `disclosure`. Does not choose who is in the group.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from .domains import DOMAINS
from .engines.local.criteria import died, person_column

from diptych.health.warehouse.research.index.columns import NULL, Index, Ints, Table

MEN, WOMEN = 8507, 8532
OLDEST: Final = 90
"""Ages from here on are one: the very old are too few (§5.2)."""
BAND: Final = 10
TOLD: Final = (
    "VisitOccurrence",
    "ConditionOccurrence",
    "DrugExposure",
    "ProcedureOccurrence",
    "Measurement",
    "Observation",
    "Death",
)
"""The kinds of event that a timeline tells."""


@dataclass(frozen=True)
class Event:
    """One event of somebody's: day numbers from 1970-01-01, its visit (0 where none), its value where it has one."""

    domain: str
    day: int
    end: int | None
    concept: int
    visit: int
    value: float | None
    unit: int
    care_site: int


def _rows(table: Table, persons: Ints) -> Ints:
    "The rows of some persons."
    rows = table.all_rows()
    return rows[np.isin(table.person(rows), persons)]


def ages(index: Index, persons: Ints, *, day: dt.date) -> Ints:
    """Each person's age in years on a day (by the year of birth, or at death), NULL where unknown, top-coded at 90."""
    born = person_column(index, "year_of_birth")[persons]
    death = died(index)[persons]
    year = np.where(
        death == NULL,
        day.year,
        np.where(death == NULL, 0, death).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970,
    )
    return np.where(born == NULL, NULL, np.clip(year - born, 0, OLDEST))


def pyramid(index: Index, persons: Ints, *, day: dt.date) -> Iterator[tuple[int, Ints, Ints]]:
    """Bands of ten years, the youngest first: the first year of each, its men, its women."""
    age, sex = ages(index, persons, day=day), person_column(index, "gender_concept_id")[persons]
    for first in range(0, OLDEST + 1, BAND):
        inside = (age >= first) & (age < first + BAND)
        yield first, persons[inside & (sex == MEN)], persons[inside & (sex == WOMEN)]


def visits(index: Index, persons: Ints) -> Iterator[tuple[int, Ints]]:
    """Each year in which somebody came, with those who did."""
    table = index.table("visit_occurrence")
    rows = _rows(table, persons)
    person = table.person(rows)
    year = table.take("visit_start_date", rows).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    for one in np.unique(year):
        yield int(one), np.unique(person[year == one])


def years(index: Index, *, least: int) -> frozenset[int]:
    """The years in which at least so many visits began, whoever came: of the whole store, so that they tell nothing of a group."""
    table = index.table("visit_occurrence")
    start = table.take("visit_start_date", table.all_rows())
    year = start[start != NULL].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    found, size = np.unique(year, return_counts=True)
    return frozenset(found[size >= least].tolist())


def top_codes(index: Index, persons: Ints, *, domain: str, count: int, margin: int = 0) -> Iterator[tuple[int, Ints]]:
    """The concepts of a domain that most of them have, the commonest first, each with its persons: `count` of them, and those
    that less than `margin` persons part from the last."""
    told = DOMAINS[domain]
    table = index.table(told.table)
    rows = _rows(table, persons)
    concept, person = table.take(told.concept or "", rows), table.person(rows)
    pairs = np.unique(np.stack([concept, person], axis=1), axis=0)
    found, first, size = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    order = np.lexsort((found, -size))
    if len(order) > count:
        order = order[(np.arange(len(order)) < count) | (size[order] > size[order[count - 1]] - margin)]
    for place in order:
        yield int(found[place]), pairs[first[place] : first[place] + size[place], 1]


def timeline(index: Index, person: int) -> list[Event]:
    """Everything told of one person (a dense number), the latest first."""
    found: list[Event] = []
    for name in TOLD:
        domain = DOMAINS[name]
        table = index.table(domain.table)
        rows = _rows(table, np.array([person]))
        start = table.take(domain.start, rows)
        columns = {
            "end": table.take(domain.end, rows) if domain.end else np.full(len(rows), NULL),
            "concept": table.take(domain.concept or "", rows),
            "visit": table.take(domain.visit, rows) if domain.visit else np.zeros(len(rows), np.int64),
            "unit": table.take("unit_concept_id", rows) if name == "Measurement" else np.zeros(len(rows), np.int64),
            "site": table.take("care_site_id", rows) if name == "VisitOccurrence" else np.zeros(len(rows), np.int64),
        }
        value = table.take("value_as_number", rows) if name in {"Measurement", "Observation"} else np.full(len(rows), np.nan)
        for at, day in enumerate(start):
            held = {key: int(column[at]) for key, column in columns.items()}
            end = None if held["end"] == NULL else held["end"]
            number = None if np.isnan(value[at]) else float(value[at])
            found.append(Event(name, int(day), end, held["concept"], held["visit"], number, held["unit"], held["site"]))
    return sorted(found, key=lambda one: (-one.day, TOLD.index(one.domain), one.concept))


def visit_counts(index: Index, persons: Ints) -> Ints:
    """How many visits each person has, and the day of the last: two rows."""
    table = index.table("visit_occurrence")
    rows = _rows(table, persons)
    place = np.searchsorted(persons, table.person(rows))
    last = np.full(len(persons), NULL)
    np.maximum.at(last, place, table.take("visit_start_date", rows))
    return np.stack([np.bincount(place, minlength=len(persons)), last])
