"""OMOP's SQL, table by table: small tables in, small tables out; the same on Spark, to whose words sqlglot carries it.

What a table in does not say is empty. Columns that end in `_date` are days; an empty cell is no value.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from ..omop_cases import CASES
from ..sparks import ON_SPARK

from diptych.health.warehouse.identified.omop import collecting, mapping, workshop
from diptych.health.warehouse.identified.omop.making import TABLES, statements
from diptych.health.warehouse.identified.omop.preparing import Preparing


def _value(name: str, kind: str, text: str) -> Any:
    if not text:
        return None
    if kind == "BIGINT":
        return int(text)
    if kind == "DOUBLE":
        return float(text)
    return date.fromisoformat(text) if kind == "DATE" else text


def table(text: str) -> tuple[list[str], list[list[str]]]:
    """The names of a small table's columns, and its rows."""
    names, *rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return names, rows


@pytest.fixture(scope="module")
def shapes() -> Iterator[dict[str, dict[str, str]]]:
    """The columns and types of every table that the SQL reads, as a run makes them."""
    with _furnished() as con:
        Preparing(con, lambda *_: None).all()
        for name in TABLES:
            con.execute(f"CREATE TABLE omop.{name} AS {statements(name)[0]}")
        asked = """SELECT table_schema || '.' || table_name, list(column_name ORDER BY ordinal_position),
            list(data_type ORDER BY ordinal_position)
            FROM information_schema.columns WHERE table_schema IN ('intake', 'omop') GROUP BY ALL"""
        yield {name: dict(zip(names, kinds, strict=True)) for name, names, kinds in con.execute(asked).fetchall()}


def _furnished():  # type: ignore[no-untyped-def]
    return _Furnished()


class _Furnished:
    "A workshop with its words, in which nothing was collected."

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        self._opened = workshop.opened(home=Path(), scratch=None)
        con = self._opened.__enter__()
        workshop.furnish(con, vocabulary=Path("/nowhere"), mapping=mapping.in_force(Path("/nowhere")))
        con.execute("CREATE TABLE numbers (shape VARCHAR, source VARCHAR, key VARCHAR, id BIGINT)")
        collecting.empty(con)
        return con

    def __exit__(self, *said: Any) -> None:
        self._opened.__exit__(*said)


def given_rows(given: dict[str, str], shapes: dict[str, dict[str, str]]) -> dict[str, list[dict[str, Any]]]:
    found = {}
    for name, text in given.items():
        names, rows = table(text)
        assert set(names) <= shapes[name].keys(), name
        found[name] = [
            {column: _value(column, shapes[name][column], cell) for column, cell in zip(names, row, strict=True)} for row in rows
        ]
    return found


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def checked(ask: Callable[[list[str]], list[tuple[Any, ...]]], out: str) -> None:
    names, rows = table(out)
    assert sorted([plain(cell) for cell in row] for row in ask(names)) == sorted(rows)


@pytest.mark.parametrize("name", CASES)
def test_small_tables_in_and_out(name: str, shapes: dict[str, dict[str, str]]) -> None:
    made, given, out = CASES[name]
    with _furnished() as con:
        for relation, columns in shapes.items():
            con.execute(f"CREATE TABLE {relation} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        for relation, rows in given_rows(given, shapes).items():
            con.register("given", pa.Table.from_pylist(rows))
            con.execute(f"INSERT INTO {relation} BY NAME FROM given")
        checked(lambda names: con.execute(f"SELECT {', '.join(names)} FROM ({statements(made)[0]})").fetchall(), out)


def test_every_table_has_a_case() -> None:
    assert {made for made, *_ in CASES.values()} == set(TABLES)


@pytest.mark.parametrize("made", [*TABLES, "identity", "code", "unit"])
def test_sqlglot_carries_every_statement_to_spark(made: str) -> None:
    sqlglot = pytest.importorskip("sqlglot")
    for statement in statements(made):
        [carried] = sqlglot.transpile(statement, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        assert sqlglot.parse_one(carried, read="spark") is not None


@pytest.mark.parametrize("mark", [pytest.param("", marks=ON_SPARK)])
def test_small_tables_in_and_out_on_spark(mark: str, shapes: dict[str, dict[str, str]]) -> None:
    import sqlglot
    from pyspark.sql import SparkSession

    spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config(
        "spark.sql.shuffle.partitions", "1"
    ).getOrCreate()  # fmt: skip
    kinds = {
        "VARCHAR": "string",
        "BIGINT": "bigint",
        "INTEGER": "int",
        "DOUBLE": "double",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "BOOLEAN": "boolean",
    }

    def view(relation: str, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
        said = ", ".join(f"{column} {kinds.get(kind, 'bigint')}" for column, kind in columns.items())
        spark.createDataFrame([tuple(row.get(column) for column in columns) for row in rows], said).createOrReplaceTempView(
            relation
        )

    try:
        with _furnished() as con:
            for name in ("word", "conversion", "ucum"):
                found = con.sql(f"FROM vocabulary.{name}")
                columns = dict(zip(found.columns, map(str, found.types), strict=True))
                view(f"vocabulary_{name}", columns, [dict(zip(columns, row, strict=True)) for row in found.fetchall()])
        for made, given, out in CASES.values():
            rows = given_rows(given, shapes)
            for relation, columns in shapes.items():
                view(relation.replace(".", "_"), columns, rows.get(relation, []))
            tree = sqlglot.parse_one(statements(made)[0], read="duckdb")
            for one in tree.find_all(sqlglot.exp.Table):
                if one.db:
                    one.replace(sqlglot.exp.to_table(f"{one.db}_{one.name}").as_(one.alias or one.name))
            carried = tree.sql("spark")
            checked(
                lambda names, carried=carried: [
                    tuple(row) for row in spark.sql(f"SELECT {', '.join(names)} FROM ({carried})").collect()
                ],
                out,
            )
    finally:
        spark.stop()


def test_a_merge_then_a_split_of_identities() -> None:
    def persons(*events: str) -> list[int]:
        with _furnished() as con:
            con.execute(
                """INSERT INTO collected.patient BY NAME SELECT 'ehr' AS source, 100 + n AS origin, CAST(n AS VARCHAR) AS patient,
                '1985' AS birth FROM range(1, 4) AS t (n)"""
            )
            for number, event in enumerate(events):
                kind, patient, other = event.split()
                con.execute(
                    """INSERT INTO collected.identity_event BY NAME SELECT 'ehr' AS source, $n AS origin, CAST($n AS VARCHAR) AS event,
                    $kind AS kind, $patient AS patient, $other AS other, TIMESTAMP '2026-01-01' + to_days($n) AS happened_datetime""",
                    {"n": number, "kind": kind, "patient": patient, "other": other},
                )
            Preparing(con, lambda *_: None).all()
            refused = con.execute("SELECT reason FROM refused").fetchall()
            assert len(refused) == sum("9" in event for event in events)
            return [person for (person,) in con.execute("SELECT person_id FROM intake.patient ORDER BY number").fetchall()]

    assert persons() == [1, 2, 3]
    assert persons("merge 3 2", "merge 2 9") == [1, 2, 2], "number 9 is nobody's"
    assert persons("merge 2 1", "merge 3 2") == [1, 1, 1]
    assert persons("merge 2 1", "split 2 1") == [1, 2, 3]
