"""Passes: checks asked together, so that a table is read a few times and not once a check.

Holds how a check's piece of SQL (`kinds`) becomes a column of one question. Names of tables and columns stand in it, having been
looked at; everything else travels as a parameter. Does not judge (`rules`).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import duckdb

from .kinds import Over, Shows, Template, template
from .rules import judged
from .tables import Tables, is_of
from .terms import Absent, Bound, Check, Kind, Result, Status, Today

from diptych.health.warehouse.mart.shapes import SHAPES

Told = Callable[[str, int], None]
"""Told of a table, and how many of its checks have their result."""

TOGETHER = 120
"""Checks in one question: beyond, DuckDB plans for longer than it reads."""
EXAMPLES = 3


@dataclass(slots=True)
class Asking:
    """What every question needs: the tables, the day, and the keys of their rows."""

    tables: Tables
    today: date

    def key(self, table: str) -> str | None:
        """The column whose values are shown as examples, where the table has one."""
        shape = SHAPES.get(table)
        named = shape.key if shape else (f"{table}_id",)
        return named[0] if len(named) == 1 and self.tables.has(table, named[0]) else None


def ask(asking: Asking, checks: Sequence[Check], told: Told) -> list[Result]:
    """The results of checks, in their order. A check that cannot be asked is an error of its own, and hides no other."""
    found: dict[str, Result] = {}
    groups: dict[tuple[str, Over, tuple[str, ...]], list[Check]] = defaultdict(list)
    for check in checks:
        if (known := _without_reading(asking, check)) is not None:
            found[check.id] = known
        else:
            groups[check.table, template(check).over, _together(check)].append(check)
    _people(asking.tables)
    _visits(asking.tables)
    told("", len(found))
    for (table, over, _), group in sorted(groups.items(), key=lambda one: (one[0][0], one[0][1].name, one[0][2])):
        for start in range(0, len(group), TOGETHER):
            for result in _group(asking, over, group[start : start + TOGETHER]):
                found[result.check.id] = result
            told(table, len(found))
    return [found[check.id] for check in checks]


def _together(check: Check) -> tuple[str, ...]:
    "What must be the same for two checks of a table to be asked in one question."
    match template(check).over:
        case Over.VALUES:
            return (check.field, *_refers(check))
        case Over.CONCEPTS:
            return (check.field, check.kind.value)
        case Over.ALONE:
            return (check.id,)
    return ()


def _refers(check: Check) -> tuple[str, str]:
    return check.other if check.kind is Kind.IS_FOREIGN_KEY else ("concept", "concept_id")


# ---- what names alone tell


def _without_reading(asking: Asking, check: Check) -> Result | None:
    tables = asking.tables
    there = check.table in tables.relations
    if check.kind is Kind.CDM_TABLE:
        return judged(check, violated=int(not there), among=1)
    if not there:
        return Result(check, Status.NOT_APPLICABLE, absent=Absent.TABLE)
    if check.kind is Kind.CDM_FIELD:
        return judged(check, violated=int(not tables.has(check.table, check.field)), among=1)
    if check.field and not tables.has(check.table, check.field):
        return Result(check, Status.NOT_APPLICABLE, absent=Absent.FIELD)
    if tables.rows[check.table] == 0 and check.kind not in {
        Kind.MEASURE_PERSON_COMPLETENESS,
        Kind.MEASURE_CONDITION_ERA_COMPLETENESS,
    }:
        return Result(check, Status.NOT_APPLICABLE, absent=Absent.EMPTY)
    if check.kind is Kind.CDM_DATATYPE and is_of(tables.columns[check.table][check.field], check.words[0]):
        return judged(check, violated=0, among=tables.rows[check.table])
    if not all(tables.has(table, *columns) for table, columns in _needs(check)):
        return Result(check, Status.NOT_APPLICABLE, absent=Absent.OTHER)
    return None


def _needs(check: Check) -> Iterator[tuple[str, tuple[str, ...]]]:
    "The tables and columns besides its field that a check reads."
    piece = template(check)
    if check.other[0]:
        yield check.other[0], (check.other[1],)
    match piece.over:
        case Over.PEOPLE:
            yield "person", ("person_id",)
            yield check.table, ("person_id",)
        case Over.VISITS:
            yield "visit_occurrence", ("visit_occurrence_id", "visit_start_date", "visit_end_date")
            yield check.table, ("visit_occurrence_id",)
        case Over.VALUES if check.kind is not Kind.IS_FOREIGN_KEY:
            yield "concept", ("concept_id", "domain_id", "concept_class_id", "standard_concept", "invalid_reason")
    match check.kind:
        case Kind.PLAUSIBLE_GENDER | Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS:
            yield "person", ("person_id", "gender_concept_id")
            yield check.table, ("person_id",)
        case Kind.PLAUSIBLE_UNIT_CONCEPT_IDS:
            yield check.table, ("unit_concept_id", "value_as_number")
        case Kind.PLAUSIBLE_VALUE_LOW | Kind.PLAUSIBLE_VALUE_HIGH if check.concepts:
            yield check.table, ("unit_concept_id", "value_as_number")
        case Kind.MEASURE_PERSON_COMPLETENESS:
            yield "person", ("person_id",)
            yield check.table, ("person_id",)
        case Kind.MEASURE_CONDITION_ERA_COMPLETENESS:
            yield "condition_occurrence", ("person_id",)
        case Kind.MEASURE_OBSERVATION_PERIOD_OVERLAP:
            yield check.table, ("person_id", "observation_period_start_date", "observation_period_end_date")
        case Kind.STAY_HAS_ROW:
            yield check.table, ("visit_concept_id", "visit_end_date")
        case Kind.REPEATED_ROW:
            yield check.table, check.words


# ---- what stands beside a row


def _people(tables: Tables) -> None:
    "A row a person: when born (the first of the month or year where the rest is not known), when dead, of which sex."
    if not tables.has("person", "person_id"):
        return
    columns = tables.columns["person"]
    moment = "birth_datetime" if "birth_datetime" in columns else "CAST(NULL AS TIMESTAMP)"
    month, day = (f"coalesce({name}, 1)" if name in columns else "1" for name in ("month_of_birth", "day_of_birth"))
    dated = (
        f"TRY_CAST(format('{{:04d}}-{{:02d}}-{{:02d}}', year_of_birth, {month}, {day}) AS DATE)"
        if "year_of_birth" in columns
        else "NULL"
    )
    dead = tables.has("death", "person_id", "death_date")
    tables.connection.execute(
        "CREATE OR REPLACE TEMP TABLE quality_people AS SELECT p.*, d.death FROM (SELECT person_id,"
        f" any_value({'gender_concept_id' if 'gender_concept_id' in columns else 'CAST(NULL AS BIGINT)'}) AS gender_concept_id,"
        f" any_value({moment}) AS birth_moment, any_value(coalesce(CAST({moment} AS DATE), {dated})) AS birth"
        " FROM quality_person WHERE person_id IS NOT NULL GROUP BY person_id) p LEFT JOIN ("
        + (
            "SELECT person_id, min(death_date) AS death FROM quality_death GROUP BY person_id"
            if dead
            else "SELECT CAST(NULL AS BIGINT) AS person_id, CAST(NULL AS DATE) AS death"
        )
        + ") d ON d.person_id = p.person_id"
    )


def _visits(tables: Tables) -> None:
    if tables.has("visit_occurrence", "visit_occurrence_id", "visit_start_date", "visit_end_date"):
        tables.connection.execute(
            "CREATE OR REPLACE TEMP VIEW quality_visits AS SELECT visit_occurrence_id, visit_start_date AS first_day,"
            " visit_end_date AS last_day FROM quality_visit_occurrence"
        )


# ---- one question for many checks


def _group(asking: Asking, over: Over, group: list[Check]) -> Iterable[Result]:
    try:
        return _ASKED[over](asking, group)
    except duckdb.Error as error:
        if len(group) > 1:
            return [result for check in group for result in _group(asking, over, [check])]
        return [Result(group[0], Status.ERROR, error=type(error).__name__)]


def _filled(asking: Asking, check: Check, number: int, given: dict[str, Any]) -> tuple[str, str, Template]:
    "The two conditions of a check, with its names in them and its values among the parameters."
    piece = template(check)
    names = {"f": check.field, "o": check.other[1], "raw": f't."{check.field}__raw"', "s": _source_of(asking, check)}
    if check.bound is not None:
        given[f"b{number}"] = _bound(check.bound, asking.today, asking.tables.columns[check.table].get(check.field, ""))
        names["b"] = f"$b{number}"
    if "{w}" in piece.violated:
        given[f"w{number}"] = check.words[0] if check.kind is Kind.PLAUSIBLE_FORM else list(check.words)
        names["w"] = f"$w{number}"
    return piece.violated.format(**names), piece.among.format(**names), piece


def _source_of(asking: Asking, check: Check) -> str:
    "The source's code beside a concept that may be empty: where there is one, an empty concept was not mapped."
    stem = check.field.removesuffix("_concept_id").removesuffix("_source")
    source = f"{stem}_source_value"
    return f"t.{source}" if not check.required and asking.tables.has(check.table, source) else "NULL"


def _bound(bound: Bound, today: date, type_: str) -> Any:
    if isinstance(bound, Today):
        bound = float(today.year + bound.years) if bound.years is not None else today + timedelta(days=bound.days)
    if isinstance(bound, date) and type_.startswith("TIMESTAMP"):
        return datetime.combine(bound, time())
    return bound


def _rows_of(asking: Asking, group: list[Check], joined: str) -> list[Result]:
    "Conditions on a row, each counted, in one pass."
    table = group[0].table
    given: dict[str, Any] = {}
    key, parts = asking.key(table), []
    for number, check in enumerate(group):
        violated, among, piece = _filled(asking, check, number, given)
        parts += [f"count(*) FILTER ({among})", f"count(*) FILTER ({violated})"]
        shown = key is not None and piece.shows is Shows.KEYS
        parts.append(f"min(t.{key}, {EXAMPLES}) FILTER ({violated})" if shown else "NULL")
    asked = f"SELECT {', '.join(parts)} FROM quality_{table} t {joined}"
    [row] = asking.tables.connection.execute(asked, given).fetchall()
    return [
        judged(check, violated=row[3 * n + 1], among=row[3 * n], examples=map(str, row[3 * n + 2] or ()))
        for n, check in enumerate(group)
    ]


def _alone_rows(asking: Asking, group: list[Check]) -> list[Result]:
    return _rows_of(asking, group, "")


def _beside_people(asking: Asking, group: list[Check]) -> list[Result]:
    return _rows_of(asking, group, "LEFT JOIN quality_people p ON p.person_id = t.person_id")


def _beside_visits(asking: Asking, group: list[Check]) -> list[Result]:
    return _rows_of(asking, group, "JOIN quality_visits v ON v.visit_occurrence_id = t.visit_occurrence_id")


def _values(asking: Asking, group: list[Check]) -> list[Result]:
    "How often each value is there, once; then every check on it."
    first, given = group[0], dict[str, Any]()
    other, column = _refers(first)
    parts = []
    for number, check in enumerate(group):
        violated, among, _ = _filled(asking, check, number, given)
        parts += [f"coalesce(sum(n) FILTER ({among}), 0)", f"coalesce(sum(n) FILTER ({violated}), 0)"]
        parts.append(f"max_by(value, {{n: n, value: value}}, {EXAMPLES}) FILTER ({violated})")
    referred = f"quality_{other}" if other == "concept" else f"(SELECT DISTINCT {column} FROM quality_{other})"
    [row] = asking.tables.connection.execute(
        f"SELECT {', '.join(parts)} FROM (SELECT {first.field} AS value, count(*) AS n FROM quality_{first.table} GROUP BY ALL)"
        f" LEFT JOIN {referred} k ON k.{column} = value",
        given,
    ).fetchall()
    return [
        judged(check, violated=int(row[3 * n + 1]), among=int(row[3 * n]), examples=map(str, row[3 * n + 2] or ()))
        for n, check in enumerate(group)
    ]


def _concepts(asking: Asking, group: list[Check]) -> list[Result]:
    "The rows of the group's concepts, found by one join with a table of the checks."
    first, connection = group[0], asking.tables.connection
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE quality_checks (number INTEGER, concept BIGINT, unit BIGINT, bound DOUBLE, sex BIGINT, units BIGINT[])"
    )
    rows = [_as_row(number, concept, check) for number, check in enumerate(group) for concept in check.concepts]
    connection.executemany("INSERT INTO quality_checks VALUES (?, ?, ?, ?, ?, ?)", rows)
    if first.kind is Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS and asking.tables.has("concept_ancestor", "descendant_concept_id"):
        connection.execute(
            "INSERT INTO quality_checks SELECT DISTINCT c.number, a.descendant_concept_id, c.unit, c.bound, c.sex, c.units"
            " FROM quality_checks c JOIN quality_concept_ancestor a ON a.ancestor_concept_id = c.concept"
            " WHERE a.descendant_concept_id NOT IN (SELECT concept FROM quality_checks o WHERE o.number = c.number)"
        )
    piece, key = template(first), asking.key(first.table)
    people = "LEFT JOIN quality_people p ON p.person_id = t.person_id" if "p." in piece.violated else ""
    shown = f"min(t.{key}, {EXAMPLES}) FILTER ({piece.among} AND ({piece.violated}))" if key else "NULL"
    found = connection.execute(
        f"SELECT c.number, count(*) FILTER ({piece.among}), count(*) FILTER ({piece.among} AND ({piece.violated})), {shown}"
        f" FROM quality_{first.table} t JOIN quality_checks c ON c.concept = t.{first.field} {people} GROUP BY c.number"
    ).fetchall()
    counted = {number: rest for number, *rest in found}
    results = []
    for number, check in enumerate(group):
        among, violated, examples = counted.get(number, (0, 0, None))
        results.append(judged(check, violated=violated, among=among, examples=map(str, examples or ())))
    return results


def _as_row(number: int, concept: int, check: Check) -> list[Any]:
    sexed = check.kind in {Kind.PLAUSIBLE_GENDER, Kind.PLAUSIBLE_GENDER_USE_DESCENDANTS}
    units = [int(one) for one in check.words] if check.kind is Kind.PLAUSIBLE_UNIT_CONCEPT_IDS else None
    return [number, concept, check.unit, check.bound, int(check.words[0]) if sexed else None, units]


def _question(asking: Asking, group: list[Check]) -> list[Result]:
    [check] = group
    piece, given = template(check), dict[str, Any]()
    names = {"t": f"quality_{check.table}", "f": check.field, "o": check.other[1], "other": f"quality_{check.other[0]}"}
    names |= {"key": asking.key(check.table) or "NULL", "columns": ", ".join(check.words)}
    for name, value in (("today", asking.today), ("b", check.bound)):
        if f"{{{name}}}" in piece.violated:
            given[name], names[name] = value, f"${name}"
    [(violated, among, examples)] = asking.tables.connection.execute(piece.violated.format(**names), given).fetchall()
    return [judged(check, violated=int(violated or 0), among=int(among or 0), examples=map(str, examples or ()))]


_ASKED: dict[Over, Callable[[Asking, list[Check]], list[Result]]] = {
    Over.ROWS: _alone_rows,
    Over.PEOPLE: _beside_people,
    Over.VISITS: _beside_visits,
    Over.VALUES: _values,
    Over.CONCEPTS: _concepts,
    Over.ALONE: _question,
}
