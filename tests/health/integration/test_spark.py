"""The engine for many over a store: ten of the published definitions row for row, the command line, and its refusals."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.count import Desk, SqlDesk, dates, definitions
from diptych.health.warehouse.research.cohort.engines.local import Rows
from diptych.health.warehouse.research.cohort.engines.sql import OnSpark, SqlEngine, translated
from diptych.health.warehouse.research.cohort.wire.circe import read
from diptych.health.warehouse.research.index.store import Store, load
from tests.health.sparks import ON_SPARK
from tests.health.spec.engines import QUICK
from tests.health.worlds import ASTHMA, AT, FLU, World, cohort, condition, group, near

TEN = (27, 84, 216, 270, 719, 923, 1044, 1074, 1106, 1331)
"""Definitions that together use what the 110 use: rules, correlated criteria, additional criteria, censoring, custom eras,
measurements, procedures, drugs, first events and all."""


@pytest.fixture(scope="module")
def published(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the database that they were published with."""
    store = tmp_path_factory.mktemp("published") / "store"
    load(source=real_data / "omop" / "generated_24k.duckdb", store=store, strict=False, at=AT)
    return store


def _expected(real_data: Path) -> dict[int, list[tuple[object, ...]]]:
    found = defaultdict(list)
    for definition, *row in duckdb.sql(f"FROM '{real_data}/cohorts/expected_generated_24k.parquet' ORDER BY ALL").fetchall():
        found[definition].append(tuple(row))
    return found


def _said(rows: Rows) -> list[tuple[object, ...]]:
    return list(zip(rows.person.tolist(), dates(rows.start), dates(rows.end), strict=True))


@pytest.mark.real_data
def test_published_definitions_by_sql(real_data: Path, published: Path) -> None:
    desk, expected = SqlDesk(published), _expected(real_data)
    for number in TEN:
        (asked,) = definitions([real_data / "cohorts" / "definitions" / f"{number}.json"])
        assert _said(desk.answer(asked.cohort)) == expected[number], f"definition {number}"


@pytest.mark.real_data
@pytest.mark.parametrize("number", [pytest.param(number, marks=ON_SPARK) for number in TEN])
def test_published_definitions_on_spark(real_data: Path, published: Path, number: int) -> None:
    (asked,) = definitions([real_data / "cohorts" / "definitions" / f"{number}.json"])
    engine = SqlEngine(OnSpark(Store(published).folder, master="local[2]", options=QUICK))
    found = [(person, *dates(days)) for person, *days in engine.rows(asked.cohort)]
    assert found == _expected(real_data)[number] != []


# ---- the command line


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two persons with the flu, the second with asthma soon after; a definition and a request beside it."""
    folder, world = tmp_path_factory.mktemp("small"), World()
    for soon in (False, True):
        person = world.person()
        world.condition(person, FLU, 50)
        if soon:
            world.condition(person, ASTHMA, 60)
    world.desk(folder)
    rule = {"name": "asthma soon", "expression": group(near(condition(2), (0, 1), (30, 1)))}
    (folder / "7.json").write_text(json.dumps(cohort(condition(1), InclusionRules=[rule])))
    request = {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": None}
    (folder / "8.json").write_text(json.dumps(request))
    return folder


def _run(*arguments: object, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "diptych", "health", "cohort", *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("engine", ["duckdb", pytest.param("spark", marks=ON_SPARK)])
def test_the_same_answers_from_the_command_line(small: Path, tmp_path: Path, engine: str) -> None:
    asked = (small / "7.json", small / "8.json", "--store", small / "store", "--engine", engine)
    status, out, err = _run("count", *asked, "--json")
    assert status == 0, err
    assert err == "" or engine == "spark", "Spark says on standard error that it starts"
    assert [tuple(json.loads(line).values())[:3] for line in out.splitlines()] == [("7", 1, 1), ("8", 0, 0)]
    assert _run("rows", *asked, "--out", tmp_path / "rows.parquet")[0] == 0
    written = duckdb.read_parquet(str(tmp_path / "rows.parquet")).fetchall()
    rows = Desk(small / "store").answer(read(json.loads((small / "7.json").read_text()), origin="7").cohort).rows
    assert written == [(7, *row) for row in _said(rows)] != []


@pytest.mark.parametrize(
    ("more", "code", "status"),
    [
        (("--rows", "."), "cohort.store_only", 2),
        ((), "cohort.where", 2),
        (("--store", "nowhere"), "omop.no_store", 1),
    ],
)
def test_what_is_refused(small: Path, more: tuple[str, ...], code: str, status: int) -> None:
    for engine in ("duckdb", "spark"):
        found, out, err = _run("count", small / "8.json", "--engine", engine, *more)
        assert (found, out, err.count("\n")) == (status, "", 1)
        assert err.startswith(f"error {code}: ")


def test_a_master_goes_with_spark(small: Path) -> None:
    status, _, err = _run("count", small / "8.json", "--store", small / "store", "--master", "yarn")
    assert status == 2
    assert "it goes with --engine spark" in err


def test_without_the_extra_its_command_is_told(monkeypatch: pytest.MonkeyPatch, small: Path) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)  # as it is where nothing was installed
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    for ask in (lambda: SqlDesk(small / "store", master="local[2]"), lambda: translated("SELECT 1")):
        with pytest.raises(Refused) as refused:
            ask()
        assert refused.value.code == "cohort.no_spark"
        assert refused.value.refusal.facts["command"] == "make spark"


@pytest.mark.parametrize("master", [pytest.param("local[2]", marks=ON_SPARK), pytest.param("nonsense", marks=ON_SPARK)])
def test_spark_that_does_not_start(small: Path, tmp_path: Path, master: str) -> None:
    """Without Java, and where the master is none."""
    without = {"JAVA_HOME": str(tmp_path)} if master == "local[2]" else {}
    status, out, err = _run(
        "count", small / "7.json", "--store", small / "store", "--engine", "spark", "--master", master, **without
    )
    assert (status, out) == (1, "")
    assert err.splitlines()[-1].startswith("error cohort.spark_not_started: ")
