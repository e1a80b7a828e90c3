"""Checks: what is wrong with a source, before anything of it is written.

Holds the checks that the shapes declare (tables and columns that lack, types, required values, keys, orphans, dates) and the
report of what they find. Never changes data.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import duckdb
import numpy as np
import numpy.typing as npt

from .source import NARROW, Source, unreadable
from .terms import FINDINGS

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES, Column, Shape

SHOWN = 5
"""How many rows a finding names."""
YEARS = (1800, 2200)
"""Dates of events outside are faults: years 0 and 9999 stand for what nobody knew. The vocabulary's 2099 is inside."""
HELD = (1, 9999)
"""Dates outside are grave: no calendar of ours has them, infinity among them, and the index cannot hold them."""
LARGEST = 2**62 - 1
"""Whole numbers beyond, either way, are grave: the index marks a null by one of them."""
_SPARSE = 16
"""A key whose numbers are this many times rarer than their span is counted by DuckDB, not by marks in memory."""


class Level(Enum):
    """How grave a finding is: GRAVE prevents a load, FAULT a strict one, NOTE none."""

    GRAVE = "grave"
    FAULT = "fault"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """A fault of the source: where, what, how many rows, and the first of them, counted from 1 (a CSV's header aside)."""

    table: str
    column: str | None
    rows: int | None
    what: str
    level: Level
    first: tuple[int, ...] = ()

    def __str__(self) -> str:
        place = f"{self.table}.{self.column}" if self.column else self.table
        if self.rows is None:
            return f"{place}: {self.what}"
        named = ", ".join(map(str, self.first)) + (", …" if self.rows > len(self.first) else "")
        return f"{place}: {self.what} ({self.rows} row{'s' if self.rows > 1 else ''}: {named})"

    def facts(self) -> dict[str, object]:
        """The same, for machines."""
        return {
            "table": self.table, "column": self.column, "level": self.level.value, "what": self.what,
            "rows": self.rows, "first": list(self.first),
        }  # fmt: skip


def checked(source: Source, *, strict: bool, progress: Callable[[str], None] = lambda table: None) -> tuple[Finding, ...]:
    """The findings of a source that may be loaded. Refused (`omop.findings`) with a grave one, and if `strict` with a fault."""
    findings = tuple(check(source, progress=progress))
    faults = [one for one in findings if one.level is Level.GRAVE or (strict and one.level is Level.FAULT)]
    if faults:
        told = [str(one) for one in faults]
        deny(FINDINGS, count=len(faults), first=told[0], findings=told, report=[one.facts() for one in findings])
    return findings


def check(source: Source, *, progress: Callable[[str], None] = lambda table: None) -> list[Finding]:
    """What is wrong with a source, table by table in the order of the shapes."""
    findings = [
        Finding(name, None, None, "the table is missing", Level.GRAVE)
        for name, shape in SHAPES.items()
        if shape.must_exist and name not in source.relations
    ]
    lacking = [
        Finding(name, column.name, None, "the column is missing", Level.GRAVE)
        for name in source.relations
        for column in SHAPES[name].columns
        if column.required and not source.theirs(SHAPES[name], column)
    ]
    if lacking:
        return findings + lacking
    keys = _Keys(source)
    for name in source.relations:
        progress(name)
        try:
            findings += _Table(source, SHAPES[name], keys).findings()
        except duckdb.IOException:
            raise
        except duckdb.Error as error:
            unreadable(name, error)
    return findings


class _Rule(NamedTuple):
    """A fault that rows may have: the SQL of a row that has it, and what a finding says.

    `nowhere`: SQL over the whole table, true where no row can have it, by least and greatest values and numbers of values, which
    cost a fraction of a count. `joins`: it looks into another table; alone, that does not carry a wide table's columns along.
    """

    condition: str
    column: Column
    what: str
    level: Level
    nowhere: str = "false"
    joins: bool = False


class _Keys:
    "The keys that other tables may name, each made when first asked for."

    def __init__(self, source: Source) -> None:
        self._source = source
        self._made: dict[str, tuple[int, int] | None] = {}

    def lacks(self, table: str, value: str) -> str | None:
        "The SQL of 'no such row there'; None where the source lacks that table."
        told = self.told(table, value)
        return told and told[0]

    def told(self, table: str, value: str) -> tuple[str, str] | None:
        "The same, with what says that no row lacks it ('' where only a join can)."
        if table not in self._source.relations:
            return None
        if table not in self._made:
            shape = SHAPES[table]
            key = self._source.expression(shape, shape.columns[0])
            self._source.connection.execute(
                f"CREATE TEMP TABLE keys_{table} AS SELECT DISTINCT {key} AS k FROM {self._source.relations[table]} WHERE {key} IS NOT NULL"
            )
            low, high, count = self._source.connection.execute(
                f"SELECT min(k), max(k), count(*) FROM keys_{table}"
            ).fetchone() or (None, None, 0)
            dense = count and high - low + 1 == count  # then two comparisons do what a join would
            self._made[table] = (low, high) if dense else None
        bounds = self._made[table]
        if bounds is None:
            # Nothing is NOT IN an empty table too, says SQL: an empty link would name a row that is not there.
            return f"({value} IS NOT NULL AND {value} NOT IN (SELECT k FROM keys_{table}))", ""
        return _beyond(value, *bounds)


def _beyond(value: str, low: object, high: object) -> tuple[str, str]:
    "The SQL of a value outside two others, and of there being none."
    return f"{value} NOT BETWEEN {low} AND {high}", f"coalesce(min({value}) >= {low} AND max({value}) <= {high}, true)"


def _times(rule: _Rule) -> str:
    "The SQL of the number of rows that have a fault."
    return f"count(*) FILTER (WHERE {rule.condition})"


@dataclass(frozen=True)
class _Table:
    source: Source
    shape: Shape
    keys: _Keys

    def findings(self) -> list[Finding]:
        rules = [rule for column in self.shape.columns if self.has(column) for rule in self.of_column(column)]
        for start, end in self.shape.spans():
            if self.has(start) and self.has(end):
                rules.append(_Rule(f"{self.sql(end)} < {self.sql(start)}", end, "it ends before it starts", Level.FAULT))
        found = [
            Finding(self.shape.name, rule.column.name, number, rule.what, rule.level, self.rows(rule.condition))
            for rule, number in zip(rules, self.counts(rules), strict=True)
            if number
        ]
        return found + self.concepts() + self.duplicates() + (self.circles() if self.shape.name == "concept_ancestor" else [])

    def counts(self, rules: list[_Rule]) -> list[int]:
        "How many rows have each fault: first which faults nobody can have, all in one reading, then the numbers of the others."
        numbers = dict.fromkeys(range(len(rules)), 0)
        cheap = [place for place, rule in enumerate(rules) if not rule.joins]
        first = self.ask([_times(rules[place]) if rules[place].nowhere == "false" else rules[place].nowhere for place in cheap])
        open_ = []
        for place, said in zip(cheap, first, strict=True):
            if said is False:
                open_.append(place)
            elif said is not True:
                numbers[place] = int(said)
        numbers |= dict(zip(open_, self.ask([_times(rules[place]) for place in open_]), strict=True))
        for place, rule in enumerate(rules):
            if rule.joins:
                (numbers[place],) = self.ask([_times(rule)])
        return list(numbers.values())

    def ask(self, sums: list[str]) -> tuple[int, ...]:
        "Sums over the whole table."
        if not sums:
            return ()
        return self.source.connection.execute(f"SELECT {', '.join(sums)} FROM {self.relation}").fetchone() or ()

    @property
    def relation(self) -> str:
        return self.source.relations[self.shape.name]

    def has(self, column: Column) -> bool:
        return self.source.theirs(self.shape, column) is not None

    def sql(self, column: Column) -> str:
        return self.source.expression(self.shape, column)

    def of_column(self, column: Column) -> list[_Rule]:
        name, kind = self.source.theirs(self.shape, column) or ("NULL", "")
        value = self.sql(column)
        given = f"({name} IS NOT NULL AND {name} <> '')" if kind == "VARCHAR" else f"{name} IS NOT NULL"
        rules = []
        if not self.source.sure(self.shape, column):
            wrong = f"{value} IS NULL"
            if column.type == "BIGINT":  # a cast would round 18.9 in silence
                wrong = f"({wrong} OR TRY_CAST({name} AS DOUBLE) <> {value})"
            rules.append(_Rule(f"{given} AND {wrong}", column, f"not a {column.type}", Level.GRAVE))
        if column.type == "BIGINT" and kind not in NARROW:
            out, none = _beyond(value, -LARGEST, LARGEST)
            rules.append(_Rule(out, column, f"a number beyond {LARGEST}, which cannot be held", Level.GRAVE, none))
        if column.required:
            none = "false" if kind == "VARCHAR" else f"count({name}) = count(*)"
            rules.append(_Rule(f"NOT ({given})", column, "a value is missing", Level.FAULT, none))
        if column.type in {"DATE", "TIMESTAMP"} and not column.name.startswith("valid_"):
            for (low, high), what, level in (
                (YEARS, "a year that cannot be", Level.FAULT),
                (HELD, "a date that cannot be held", Level.GRAVE),
            ):
                last = f"{high}-12-31" + ("" if column.type == "DATE" else " 23:59:59.999999")
                out, none = _beyond(value, f"{column.type} '{low:04}-01-01'", f"{column.type} '{last}'")
                rules.append(_Rule(out, column, f"{what}: before {low} or after {high}", level, none))
        if column.refers and column.refers != "concept" and (told := self.keys.told(column.refers, value)):
            out, none = told
            rules.append(_Rule(out, column, f"no such {column.refers}", Level.FAULT, none or "false", joins=not none))
        return rules

    def concepts(self) -> list[Finding]:
        "Concepts that the vocabulary lacks: told, as a vocabulary may be a part. Few are distinct, so that they are grouped first."
        found = []
        for column in self.shape.columns:
            if column.refers != "concept" or not self.has(column) or not (lacks := self.keys.lacks("concept", "v")):
                continue
            value = self.sql(column)
            row = self.source.connection.execute(
                f"SELECT sum(n) FROM (SELECT {value} AS v, count(*) AS n FROM {self.relation} GROUP BY 1) WHERE v <> 0 AND {lacks}"
            ).fetchone()
            if row and row[0]:
                first = self.rows(f"{value} <> 0 AND {self.keys.lacks('concept', value)}")
                found.append(Finding(self.shape.name, column.name, int(row[0]), "no such concept", Level.NOTE, first))
        return found

    def duplicates(self) -> list[Finding]:
        columns = [column for name in self.shape.key if (column := self.shape.column(name)) and self.has(column)]
        names = ", ".join(self.sql(column) for column in columns)
        if len(columns) == 1 and columns[0].type == "BIGINT":
            number = self.repeated(names)
        else:
            row = self.source.connection.execute(
                f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {self.relation} GROUP BY {names} HAVING count(*) > 1)"
            ).fetchone()
            number = int(row[0]) if row else 0
        if not number:
            return []
        rows = self.source.connection.execute(
            f"SELECT n FROM (SELECT row_number() OVER () AS n, * FROM {self.relation}) "
            f"QUALIFY row_number() OVER (PARTITION BY {names} ORDER BY n) > 1 ORDER BY n LIMIT {SHOWN}"
        ).fetchall()
        first = tuple(int(row[0]) for row in rows)
        return [Finding(self.shape.name, columns[0].name, number, "the key is there twice", Level.FAULT, first)]

    def repeated(self, key: str) -> int:
        "How many rows repeat a key seen before: a mark in memory for each number where the numbers are close together."
        run = self.source.connection.execute
        if self.rising(key):
            return 0
        low, high, count = run(f"SELECT min({key}), max({key}), count({key}) FROM {self.relation}").fetchone() or (None, None, 0)
        if not count:
            return 0
        if high - low > _SPARSE * count + (1 << 20):
            row = run(f"SELECT count({key}) - count(DISTINCT {key}) FROM {self.relation}").fetchone()
            return int(row[0]) if row else 0
        marks = np.zeros(high - low + 1, dtype=np.bool_)
        for numbers in self.numbers(f"{key} - {low}", given=key):
            marks[numbers] = True
        return int(count) - int(np.count_nonzero(marks))

    def rising(self, key: str) -> bool:
        "Whether each key is greater than the one before it, as databases number their rows: then none is there twice."
        last = None
        for numbers in self.numbers(key, given=key):
            if len(numbers) and ((last is not None and numbers[0] <= last) or not bool((numbers[1:] > numbers[:-1]).all())):
                return False
            last = numbers[-1] if len(numbers) else last
        return True

    def numbers(self, value: str, *, given: str) -> Iterator[npt.NDArray[np.int64]]:
        "The whole numbers of a column where it is given, a part at a time, in the order of the rows."
        found = self.source.connection.cursor().sql(f"SELECT {value} AS k FROM {self.relation} WHERE {given} IS NOT NULL")
        for batch in found.to_arrow_reader(1 << 20):
            yield batch.column(0).to_numpy(zero_copy_only=False)

    def circles(self) -> list[Finding]:
        "Terms above themselves: what is left when terms with nothing above or nothing below are taken away, again and again."
        pairs = [self.sql(column) for column in self.shape.columns[:2]]
        got = self.source.connection.execute(
            f"SELECT coalesce({pairs[0]}, 0) AS a, coalesce({pairs[1]}, 0) AS d, row_number() OVER () AS n FROM {self.relation}"
        ).fetchnumpy()
        above, below, row = (np.asarray(got[name]) for name in ("a", "d", "n"))
        kept = np.flatnonzero(above != below)
        while len(kept):
            left = kept[np.isin(above[kept], below[kept]) & np.isin(below[kept], above[kept])]
            if len(left) == len(kept):
                first = tuple(int(n) for n in row[kept[:SHOWN]])
                return [
                    Finding(
                        self.shape.name,
                        "descendant_concept_id",
                        len(kept),
                        "terms go round in a circle",
                        Level.FAULT,
                        first,
                    )
                ]
            kept = left
        return []

    def rows(self, condition: str) -> tuple[int, ...]:
        "The numbers of the first rows where a condition holds."
        found = self.source.connection.execute(
            f"SELECT n FROM (SELECT row_number() OVER () AS n, * FROM {self.relation}) WHERE {condition} ORDER BY n LIMIT {SHOWN}"
        ).fetchall()
        return tuple(int(row[0]) for row in found)
