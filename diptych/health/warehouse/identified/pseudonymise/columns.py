"""The SQL of a table's way to the mart: each column by its row of the policy, each row by its person.

Holds what SQL each action is. Does not run it (`run`) and does not rewrite texts (`texts`).
"""

from dataclasses import dataclass, field

from .persons import POINTED_TO
from .policy import CROSSING, LEAST, ROWS, Row
from .tables import Tables
from .terms import Action, Coarser

from diptych.health.warehouse.mart.shapes import Column

SITE_DOMAIN = 57
"""OMOP's concept of a care site as one side of a fact: only facts about places cross."""


@dataclass
class Crossing:
    """How one table crosses: its SQL, the columns that are written, those that are texts, those that are dropped, and why."""

    table: str
    select: str = ""
    written: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    """By the policy."""
    without_row: list[str] = field(default_factory=list)
    """In the source, and in no row of the policy."""
    asked: list[str] = field(default_factory=list)
    """SQL to run first: the values that enough persons bear."""
    coarser: list[tuple[str, Coarser]] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)


def domain_of(table: str, column: Column) -> str:
    """What a number is the number of: a person, a visit. The same number in two domains has two pseudonyms."""
    if column.refers:
        return column.refers
    if table == "fact_relationship":
        return "care_site"
    for named in ("visit_occurrence", "visit_detail"):
        if column.name.endswith(f"{named}_id") or (column.name == "parent_visit_detail_id" and named == "visit_detail"):
            return named
    return table


def crossing(tables: Tables, table: str) -> Crossing:
    """How a table of the source crosses by the policy."""
    shape, made = CROSSING[table], Crossing(table)
    personal = shape.column("person_id") is not None
    known = {column.name for column in shape.columns} | {column.formerly for column in shape.columns if column.formerly}
    made.without_row = [name for name in tables.columns[table] if name not in known]
    selected = []
    for column in shape.columns:
        row, theirs = ROWS.get((table, column.name)), tables.column(table, column.name)
        if theirs is None:
            continue
        if row is None:
            made.without_row.append(column.name)
        elif row.action is Action.DROP:
            made.dropped.append(column.name)
        else:
            selected.append(f"{_expression(tables, made, row, column, theirs)} AS {column.name}")
            made.written.append(column.name)
            if row.action is Action.TEXT:
                made.texts.append(column.name)
    joined = f"FROM {tables.relations[table]} AS t" + (" JOIN people AS p ON p.person_id = t.person_id" if personal else "")
    made.select = f"SELECT {', '.join(selected)} {joined}{' '.join(made.joins)}{_only(tables, table)}"
    return made


def _only(tables: Tables, table: str) -> str:
    "Rows that do not cross, of tables that know no person."
    if table == "fact_relationship":
        return f" WHERE t.domain_concept_id_1 = {SITE_DOMAIN} AND t.domain_concept_id_2 = {SITE_DOMAIN}"
    if table == "location":
        lived = _lived_in(tables)
        places = f"SELECT location_id FROM {tables.relations['care_site']}" if "care_site" in tables.relations else "SELECT NULL"
        return f" WHERE t.location_id IN ({lived}) OR t.location_id IN ({places})"
    return ""


def _lived_in(tables: Tables) -> str:
    if tables.column("person", "location_id") is None:
        return "SELECT NULL::BIGINT"
    return f"SELECT x.location_id FROM {tables.relations['person']} x JOIN people ON people.person_id = x.person_id"


def _expression(tables: Tables, made: Crossing, row: Row, column: Column, theirs: str) -> str:
    value = f'CAST(t."{theirs}" AS {column.type})'
    if row.action is Action.HASH:
        domain = domain_of(row.table, column)
        if domain == "person":
            return "p.pseudonym"
        if domain in POINTED_TO and domain in tables.relations:
            made.joins.append(f" LEFT JOIN numbers_of_{domain} AS of_{column.name} ON of_{column.name}.id = {value}")
            return f"of_{column.name}.pseudonym"
        return f"pseudonym_of_{domain}({value})"
    if row.action is Action.SHIFT:
        return f"CAST({value} + p.days * INTERVAL 1 DAY AS {column.type})"
    if row.action is Action.GENERALISE:
        assert row.how is not None, "a house test sees that what is generalised says how"
        made.coarser.append((column.name, row.how))
        return _coarser(tables, made, row, column, value)
    return value


def _coarser(tables: Tables, made: Crossing, row: Row, column: Column, value: str) -> str:
    if row.how is Coarser.AGE:
        month, day = (f'coalesce(t."{name}", {default})' if (name := tables.column("person", said)) else str(default)
                      for said, default in (("month_of_birth", 7), ("day_of_birth", 1)))  # fmt: skip
        born = f"make_date(CAST({value} AS INTEGER), CAST({month} AS INTEGER), 1) + CAST({day} - 1 AS INTEGER)"
        return f"CAST(greatest(year(CAST({born} AS DATE) + p.days), p.oldest) AS {column.type})"
    often = f"often_{row.table}_{column.name}"
    relation = tables.relations[row.table]
    if row.how is Coarser.RARE:
        borne = f'SELECT DISTINCT t."{column.name}" AS value, t.person_id FROM {relation} t JOIN people USING (person_id)'
        made.asked.append(
            f"CREATE TABLE {often} AS SELECT CAST(value AS VARCHAR) AS value FROM ({borne}) GROUP BY value HAVING count(*) >= {LEAST}"
        )
        return f"CASE WHEN {value} IN (FROM {often}) THEN {value} END"
    counted = f'SELECT l."{column.name}" AS value FROM ({_lived_in(tables)}) x JOIN {relation} l USING (location_id)'
    made.asked.append(
        f"CREATE TABLE {often} AS SELECT CAST(value AS VARCHAR) AS value FROM ({counted}) GROUP BY value HAVING count(*) >= {LEAST}"
    )
    return f"CASE WHEN {value} IN (FROM {often}) OR t.location_id NOT IN ({_homes(tables)}) THEN {value} END"


def _homes(tables: Tables) -> str:
    "Where anybody lives, those who refused included: a place where nobody does is a hospital's, and public."
    if tables.column("person", "location_id") is None:
        return "SELECT NULL::BIGINT WHERE false"
    return f"SELECT location_id FROM {tables.relations['person']} WHERE location_id IS NOT NULL"
