"""Tables: a small OMOP database written as text tables.

A block is a table's name, then lines between bars: the columns, then a row each. Days are numbers from day 0 (1 January 2020),
an empty cell is null. Short names stand for a table's own columns: `person`, `id`, `start`, `end`, `concept`, `source`,
`visit`, `born`, `gender`, `site`. Whoever is named has a row in PERSON (a man born in 1980, of care site 1) and is observed from
day 0 to day 1000, unless a block says otherwise.
"""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from diptych.health.warehouse.mart.shapes import SHAPES
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from tests.health.worlds import DAY_ZERO

Tables = dict[str, list[dict[str, Any]]]

CONCEPTS = {
    "viral": 1000,
    "flu": 1001,
    "asthma": 1002,
    "aspirin": 2001,
    "ibuprofen": 2002,
    "glucose": 3001,
    "other": 9000,
    "man": 8507,
    "woman": 8532,
    "low": 4155143,
    "high": 4155142,
}
"""The concepts that specs speak of. `flu` is the only descendant of `viral`, which is no disease of anyone's."""
NAMES = {number: name for name, number in CONCEPTS.items()}
SHORT = {
    "person": "person_id",
    "born": "year_of_birth",
    "gender": "gender_concept_id",
    "site": "care_site_id",
    "value": "value_as_number",
    "visit": "visit_occurrence_id",
}


def day(number: int) -> date:
    """The day `number` days after day 0."""
    return DAY_ZERO + timedelta(days=number)


def tables(text: str) -> Tables:
    """The database that a text tells, with what goes without saying."""
    found: Tables = {}
    for name, lines in blocks(text):
        heads = [column_of(name, head) for head in lines[0]]
        rows = found.setdefault(name, [])
        for line in lines[1:]:
            row = {head: value(name, head, cell) for head, cell in zip(heads, line, strict=True)}
            key = "person_id" if name == "death" else f"{name}_id"
            rows.append(({} if key in row or name.startswith("concept") else {key: len(rows) + 1}) | row)
    _complete(found)
    return found


def blocks(text: str) -> list[tuple[str, list[list[str]]]]:
    """Each table's name and its lines of cells, the columns first."""
    found: list[tuple[str, list[list[str]]]] = []
    for line in (line.strip() for line in text.strip().splitlines()):
        if line.startswith("|"):
            found[-1][1].append([cell.strip() for cell in line.strip("|").split("|")])
        elif line:
            found.append((line, []))
    return found


def column_of(table: str, head: str) -> str:
    """The OMOP column that a short name stands for."""
    domain = next((one for one in DOMAINS.values() if one.table == table), None)
    if head == "id":
        return f"{table}_id"
    if domain and head in {"start", "end", "concept", "source"}:
        column = {"start": domain.start, "end": domain.end, "concept": domain.concept, "source": domain.source_concept}[head]
        assert column, f"{table} has no {head}"
        return column
    found = SHORT.get(head, head)
    assert SHAPES[table].column(found), f"{table} has no {found}"
    return found


def value(table: str, column: str, cell: str) -> Any:
    """A cell's value, by the type of its column."""
    shape = SHAPES[table].column(column)
    assert shape
    if not cell:
        return None
    match shape.type:
        case "DATE":
            return day(int(cell))
        case "TIMESTAMP":
            on, time = cell.split()
            return datetime.combine(day(int(on)), datetime.strptime(time, "%H:%M:%S").time())
        case "DOUBLE":
            return float(cell)
        case "VARCHAR":
            return cell
    return CONCEPTS[cell] if cell in CONCEPTS else int(cell)


def _complete(found: Tables) -> None:
    named = sorted({row["person_id"] for name, rows in list(found.items()) for row in rows if row.get("person_id") is not None})
    if "person" not in found:
        found["person"] = [
            {"person_id": one, "year_of_birth": 1980, "gender_concept_id": CONCEPTS["man"], "care_site_id": 1} for one in named
        ]
    if "observation_period" not in found:
        found["observation_period"] = [
            {
                "observation_period_id": number,
                "person_id": one,
                "observation_period_start_date": day(0),
                "observation_period_end_date": day(1000),
            }
            for number, one in enumerate(named, 1)
        ]
    if "concept" not in found:
        found["concept"] = [{"concept_id": number, "concept_name": name} for name, number in CONCEPTS.items()]
    if "concept_ancestor" not in found:
        pairs = [(one, one) for one in CONCEPTS.values()] + [(CONCEPTS["viral"], CONCEPTS["flu"])]
        found["concept_ancestor"] = [{"ancestor_concept_id": wide, "descendant_concept_id": narrow} for wide, narrow in pairs]
    for name, shape in SHAPES.items():
        for row in found.setdefault(name, []):
            for column in shape.columns:
                if column.required and column.name.endswith("_concept_id"):
                    row.setdefault(column.name, 0)


def write(found: Tables, folder: Path) -> Path:
    """Write the database as a release: a CSV file a table that has rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in found.items():
        if rows:
            with (folder / f"{table.upper()}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, [column.name for column in SHAPES[table].columns])
                writer.writeheader()
                writer.writerows(rows)
    return folder
