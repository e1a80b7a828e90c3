"""Bad sources, given to a load: one line that names the table and the column, an exit status, and the store as it was."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.health.integration.conftest import Run, as_it_is
from tests.health.worlds import ASTHMA, FLU, World, cohort, concepts, condition


def world() -> World:
    made = World()
    for _ in range(2):
        made.condition(made.person(), FLU, 50)
    return made


def swapped(name: str, old: str, new: str) -> Callable[[Path], object]:
    def spoil(source: Path) -> None:
        file = source / f"{name}.csv"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return spoil


def parquet(table: str, sql: str) -> Callable[[Path], object]:
    def spoil(source: Path) -> None:
        (source / f"{table.upper()}.csv").unlink()
        duckdb.connect().execute(f"COPY ({sql}) TO '{source / table}.parquet' (FORMAT parquet)")

    return spoil


PERSON = "1980 AS year_of_birth, 0 AS gender_concept_id, 0 AS race_concept_id, 0 AS ethnicity_concept_id"
PERIOD = "SELECT 1 AS observation_period_id, 1 AS person_id, 0 AS period_type_concept_id, {0} AS observation_period_start_date, {0} AS observation_period_end_date"
DAY = "2020-02-20"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        *((swapped("CONDITION_OCCURRENCE", DAY, day), "condition_start_date: a date that cannot be held: before 1 or after 9999 (1 row: 1)")
          for day in ("0000-01-01", "-0044-03-15", "0044-03-15 (BC)", "10000-01-01", "5000000-03-15", "infinity", "-infinity")),
        (swapped("OBSERVATION_PERIOD", "2022-09-27", "infinity"), "observation_period_end_date: a date that cannot be held"),
        (parquet("observation_period", PERIOD.format("'infinity'::DATE")), "observation_period_start_date: a date that cannot be held"),
        (parquet("observation_period", PERIOD.format("'-infinity'::TIMESTAMP")), "a date that cannot be held"),
        (swapped("CONDITION_OCCURRENCE", "\n1,1,", "\n-9223372036854775808,1,"), "a number beyond 4611686018427387903"),
        (swapped("PERSON", "1980", "9223372036854775807"), "person.year_of_birth: a number beyond"),
        (swapped("PERSON", "1980", "nan"), "person.year_of_birth: not a BIGINT (1 row: 1)"),
        (swapped("PERSON", "1980", "Infinity"), "person.year_of_birth: not a BIGINT"),
        (parquet("person", f"SELECT 2::HUGEINT ** 100 AS person_id, {PERSON}"), "person.person_id: not a BIGINT"),
        (parquet("person", f"SELECT [1] AS person_id, {PERSON}"), "person.person_id: not a BIGINT"),
        (parquet("person", f"SELECT {2**62} AS person_id, {PERSON}"), "person.person_id: a number beyond"),
        (lambda source: (source / "PERSON.csv").write_bytes((source / "PERSON.csv").read_bytes() + b"\0\n"), "person: the file cannot be read"),
        (lambda source: (source / "PERSON.csv").write_bytes((source / "PERSON.csv").read_text().encode("utf-16")), "not UTF-8"),
        (lambda source: ((source / "PERSON.csv").unlink(), (source / "PERSON.csv").mkdir()), "person: the file cannot be read"),
        (lambda source: ((source / "PERSON.csv").unlink(), (source / "person.parquet").write_bytes(b"PAR1")), "person: the file cannot be read"),
    ],
)  # fmt: skip
def test_a_source_that_cannot_be_held(diptych: Run, tmp_path: Path, spoil: Callable[[Path], object], said: str) -> None:
    source, store = world().write(tmp_path / "source"), tmp_path / "store"
    assert diptych("health", "omop", "load", source, "--store", store)[0] == 0
    before = as_it_is(store)
    spoil(source)
    status, out, err = diptych("health", "omop", "load", source, "--store", store)
    assert (status, out, err.count("\n")) == (2, "", 1), err
    assert err.startswith(("error omop.findings: ", "error omop.unreadable: ")), err
    assert said in err
    assert as_it_is(store) == before


def test_dates_at_the_ends_of_the_calendar_and_terms_in_a_circle(diptych: Run, run: Run, tmp_path: Path) -> None:
    """They are told, and held: a strict load refuses them, another answers."""
    made = world()
    for number, day in enumerate(("0001-01-01", "9999-12-31"), 1):
        made.add(
            "condition_occurrence",
            condition_occurrence_id=50 + number,
            person_id=number,
            condition_concept_id=FLU,
            condition_start_date=day,
        )
    for above, below in ((FLU, ASTHMA), (ASTHMA, FLU)):
        made.add("concept_ancestor", ancestor_concept_id=above, descendant_concept_id=below)
    source, store = made.write(tmp_path / "source"), tmp_path / "store"
    status, _, err = diptych("health", "omop", "load", source, "--store", store, "--strict")
    assert (status, store.exists()) == (2, False)
    assert "error omop.findings" in err
    assert diptych("health", "omop", "load", source, "--store", store)[0] == 0
    file = tmp_path / "a.json"
    for adjust in ({}, {"DateAdjustment": {"StartOffset": -(2**30), "EndOffset": 2**30}}):
        asked = cohort(
            condition(1, **adjust), sets=(concepts(1, FLU, descendants=True),), EndStrategy={"DateOffset": {"Offset": 2**30}}
        )
        file.write_text(json.dumps(asked))
        for verb in (("count",), ("attrition",), ("explain", "--person", 2), ("rows", "--out", tmp_path / "out.parquet")):
            status, _, err = run(*verb, file, "--store", store)
            assert (status, err) == (0, "")


def test_two_loads_at_once_into_a_store_that_is_not_there(tmp_path: Path) -> None:
    """One of them makes it; the other is told, or comes after. Never neither."""
    source, store = world().write(tmp_path / "source"), tmp_path / "deep" / "store"
    command = [sys.executable, "-m", "diptych", "health", "omop", "load", str(source), "--store", str(store)]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ended = sorted((one.wait(), one.communicate()[1].partition(":")[0]) for one in both)
    assert ended[0] == (0, "")
    assert ended[1] in {(0, ""), (1, "error omop.busy")}
    assert (store / "CURRENT").exists()
    assert list((store / "releases").glob(".*")) == []
