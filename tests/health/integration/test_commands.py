"""The verbs of `diptych health`, run as a person or a program would."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb

from tests.health.worlds import ASTHMA, FLU, World, cohort, condition, group, near


def _diptych(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "diptych", "health", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_from_a_source_to_rows(tmp_path: Path) -> None:
    world = World()
    for asthma in (False, True):
        person = world.person()
        world.condition(person, FLU, 5)
        world.condition(person, FLU, 50)
        if asthma:
            world.condition(person, ASTHMA, 6)
    store, source = tmp_path / "store", world.write(tmp_path / "source")
    loaded = _diptych("omop", "load", source, "--store", store, "--json")
    assert loaded.returncode == 0, loaded.stderr
    assert json.loads(loaded.stdout)["tables"]["condition_occurrence"] == 5
    rule = {"name": "asthma soon", "expression": group(near(condition(2), (0, 1), (3, 1)))}
    (tmp_path / "7.json").write_text(json.dumps(cohort(condition(1), InclusionRules=[rule]) | {"Colour": "red"}))
    (tmp_path / "12.json").write_text(json.dumps(cohort(condition(1))))

    counted = _diptych("cohort", "count", tmp_path, "--store", store, "--json")
    lines = [json.loads(line) for line in counted.stdout.splitlines()]
    assert [(line["definition"], line["persons"], line["entries"]) for line in lines] == [("7", 1, 1), ("12", 2, 4)]
    assert "$.Colour" in counted.stderr

    out = tmp_path / "it's rows.parquet"
    assert _diptych("cohort", "rows", tmp_path, "--store", store, "--out", out).returncode == 0
    found = duckdb.connect().read_parquet(str(out)).order("ALL").fetchall()
    assert [(row[0], row[1]) for row in found] == [(7, 2), (12, 1), (12, 1), (12, 2), (12, 2)]

    steps = json.loads(_diptych("cohort", "attrition", tmp_path / "7.json", "--store", store, "--json").stdout)
    assert [(step["rule"], step["persons"], step["events"]) for step in steps][:2] == [
        ("entry events", 2, 4),
        ("asthma soon", 1, 1),
    ]

    shown = json.loads(_diptych("omop", "show", "--store", store, "--json").stdout)
    assert shown["tables"]["person"]["rows"] == 2


def test_mistakes_are_said_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(cohort(condition(1))))
    for arguments, code, status in (
        (("omop", "load", tmp_path / "absent", "--store", tmp_path / "store"), "omop.no_source", 2),
        (("cohort", "count", tmp_path / "b.json", "--store", tmp_path), "cohort.no_file", 2),
        (("cohort", "count", tmp_path / "a.json", "--store", tmp_path), "omop.no_store", 1),
    ):
        done = _diptych(*arguments)
        assert done.returncode == status
        assert code in done.stderr


def test_rows_that_cannot_be_written(tmp_path: Path) -> None:
    world = World()
    world.condition(world.person(), FLU, 5)
    source, store = world.write(tmp_path / "source"), tmp_path / "store"
    _diptych("omop", "load", source, "--store", store)
    (tmp_path / "a.json").write_text(json.dumps(cohort(condition(1))))
    done = _diptych("cohort", "rows", tmp_path / "a.json", "--store", store, "--out", tmp_path / "no" / "such.parquet")
    assert done.returncode == 1
    assert "cohort.no_room" in done.stderr


def test_lint_tells_warnings_and_fails_on_errors(tmp_path: Path) -> None:
    warned, wrong = cohort(condition(1)) | {"Colour": "red"}, cohort(condition(9))
    (tmp_path / "a.json").write_text(json.dumps(warned))
    done = _diptych("cohort", "lint", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "unknown_key" in done.stdout
    assert "The cohort ends on the day it starts." in done.stdout
    done = _diptych("cohort", "lint", tmp_path, "--language", "fr")
    assert "La cohorte finit le jour où elle commence." in done.stdout

    (tmp_path / "0.json").write_text(json.dumps(wrong))
    done = _diptych("cohort", "lint", tmp_path, "--json")
    assert done.returncode == 2
    assert json.loads(done.stderr)["code"] == "cohort.wrong"
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert (first["definition"], first["error"]["code"], first["findings"]) == ("0", "cohort.wrong", [])
    assert first["error"]["facts"]["place"] == "$.PrimaryCriteria.CriteriaList[0].ConditionOccurrence.CodesetId"
    assert (second["definition"], second["error"]) == ("a", None)
    found = {one["code"]: one for one in second["findings"]}
    assert found["unknown_key"]["path"] == "$.Colour"
    assert found["unused_set"]["severity"] == "warning"
    assert set(found["unused_set"]) == {"code", "severity", "path", "en", "fr"}

    done = _diptych("cohort", "lint", tmp_path / "absent.json")
    assert (done.returncode, "cohort.no_file" in done.stderr) == (2, True)
