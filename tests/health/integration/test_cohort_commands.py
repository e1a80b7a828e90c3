"""The verbs of `diptych health cohort` beside counting: explain, diff, requests, rows handed in; and what they refuse."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import Desk, questions
from diptych.health.warehouse.research.cohort.difference import difference
from diptych.health.warehouse.research.index.store import Store
from tests.health.integration.conftest import Run
from tests.health.worlds import ASTHMA, FLU, World, cohort, concepts, condition, group, near


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three persons: all had the flu, the first asthma soon after, the second asthma late."""
    world, folder = World(), tmp_path_factory.mktemp("made")
    for late in (5, 45, None):
        person = world.person()
        world.condition(person, FLU, 50)
        if late is not None:
            world.condition(person, ASTHMA, 50 + late)
    world.desk(folder)
    return folder / "store"


@pytest.fixture
def store(made: Path) -> Iterator[Path]:
    """The store, which nothing changes."""
    before = {path: path.stat().st_mtime_ns for path in sorted(made.rglob("*"))}
    yield made
    assert {path: path.stat().st_mtime_ns for path in sorted(made.rglob("*"))} == before


def _soon(days: int = 30) -> dict[str, Any]:
    rule = {"name": "asthma soon", "expression": group(near(condition(2), (0, 1), (days, 1)))}
    return cohort(condition(1), InclusionRules=[rule])


def _file(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


# ---- explain, diff


def test_explain(run: Run, store: Path, tmp_path: Path) -> None:
    file = _file(tmp_path / "soon.json", _soon())
    status, out, _ = run("explain", file, "--store", store, "--person", 2)
    assert status == 0
    assert out.startswith("Person 2 is not in soon: it fails rule 1 «asthma soon»: needs at least 1")
    assert "15 days too late" in out.splitlines()[0]
    said = json.loads(run("explain", file, "--store", store, "--person", 1, "--json")[1])
    assert (said["definition"], said["person"], said["in"]) == ("soon", 1, True)
    assert said["rows"] == [{"cohort_start_date": "2020-02-20", "cohort_end_date": "2020-02-20"}]
    assert [one["code"] for one in said["findings"]] == ["entry", "rule", "ends", "rows"]


def test_diff(run: Run, store: Path, tmp_path: Path) -> None:
    before, after = _file(tmp_path / "before.json", _soon()), _file(tmp_path / "after.json", _soon(60))
    _, out, _ = run("diff", before, after, "--store", store, "--ids")
    assert out.splitlines() == [
        "rule 1 «asthma soon» › criterion 1 (ConditionOccurrence) › window end: 30 days after → 60 days after",
        "Persons: 1 before, 2 after: 1 gained, 0 lost, 0 redated.",
        "gained: 2",
        "lost: nobody",
    ]
    said = json.loads(run("diff", before, after, "--store", store, "--json")[1])
    assert said["same"] is False
    assert said["persons"] == {"before": 1, "after": 2, "gained": 1, "lost": 0, "redated": 0}
    said = json.loads(run("diff", before, before, "--json")[1])
    assert said == {"before": "before", "after": "before", "same": True, "changes": []}


# ---- requests


def request(**more: Any) -> dict[str, Any]:
    """A request: one criterion, less another."""
    first = {"_type": "basicResource", "_id": 1, "isInclusive": True, "resourceType": "Condition", "filterFhir": "code=J10"}
    other = first | {"_id": 2, "isInclusive": False, "resourceType": "Procedure"}
    together = {"_type": "andGroup", "_id": 0, "isInclusive": True, "criteria": [first, other], "temporalConstraints": []}
    return {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": together} | more


def handed(folder: Path) -> Path:
    """The rows of its criteria: persons 7 and 8, less 8."""
    folder.mkdir()
    (folder / "resource_1.csv").write_text("patient;onsetDateTime\n7;2020-01-01T00:00:00Z\n8;2020-01-01T00:00:00Z\n")
    (folder / "resource_2.csv").write_text("patient;performedDateTime\n8;2020-01-01T00:00:00Z\n")
    return folder


def test_requests_on_rows_handed_in(run: Run, tmp_path: Path) -> None:
    file, rows = _file(tmp_path / "3.json", request()), handed(tmp_path / "rows")
    said = json.loads(run("count", file, "--rows", rows, "--json")[1])
    assert (said["definition"], said["persons"], said["entries"]) == ("3", 1, 1)
    out = tmp_path / "out.parquet"
    assert run("rows", file, "--rows", rows, "--out", out)[0] == 0
    assert duckdb.connect().read_parquet(str(out)).fetchall() == [(3, 7, None, None)]
    members = json.loads(run("attrition", file, "--rows", rows, "--json")[1])
    assert [tuple(one.values()) for one in members] == [
        (0, "andGroup", 1),
        (1, "Condition", 2),
        (2, "Procedure, excluded", 1),
        (None, "request", 1),
    ]
    assert "Procedure, excluded" in run("attrition", file, "--rows", rows)[1]
    _, said_of_8, _ = run("explain", file, "--rows", rows, "--person", 8)
    assert said_of_8.startswith("Person 8 is not in 3: criterion 2 (excluded), Procedure: 1 records, 1 kept.")
    wider = _file(tmp_path / "4.json", request() | {"request": request()["request"]["criteria"][0]})
    lines = run("diff", file, wider, "--rows", rows)[1].splitlines()
    assert lines[-1] == "Persons: 1 before, 2 after: 1 gained, 0 lost, 0 redated."


@pytest.mark.real_data
def test_cohort360s_own_cases(run: Run, real_data: Path) -> None:
    folders = sorted((real_data / "cohorts" / "cohort360").iterdir())
    assert len(folders) == 8
    for folder in folders:
        expected = (folder / "expected.csv").read_text().split()[1:]
        said = json.loads(run("count", folder / "request.json", "--rows", folder, "--json")[1])
        assert said["persons"] == said["entries"] == len(expected), folder.name
        assert " is in " in run("explain", folder / "request.json", "--rows", folder, "--person", expected[0])[1]


def test_requests_on_a_store(run: Run, store: Path, tmp_path: Path) -> None:
    everyone = _file(tmp_path / "all.json", request(request=None))
    assert json.loads(run("count", everyone, "--store", store, "--json")[1])["persons"] == 0, "nobody is of care site 1"
    assert (
        "not in all: is not of the source population (care sites 1)"
        in run("explain", everyone, "--store", store, "--person", 1)[1]
    )
    status, _, err = run("count", _file(tmp_path / "searching.json", request()), "--store", store)
    assert (status, err.partition(":")[0]) == (2, "error cohort.no_rows")


# ---- what is refused: one line, naming the place


def _refused(run: Run, code: str, *arguments: object, status: int = 2) -> str:
    found, out, err = run(*arguments)
    assert (found, out) == (status, ""), err
    assert err.count("\n") == 1, err
    assert err.startswith(f"error {code}: "), err
    return err


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b'{"a":', "cohort.not_json", ""),
        (b"", "cohort.not_json", ""),
        (b"\xff\xfe", "cohort.not_json", ""),
        (b"[" * 100_000, "cohort.not_json", ""),
        (b"[]", "cohort.wrong", "at $, an object is expected"),
        (b"null", "cohort.wrong", "at $, an object is expected"),
        (b'{"ConceptSets": null, "PrimaryCriteria": null}', "cohort.wrong", "at $.PrimaryCriteria"),
        (b'{"PrimaryCriteria": {"CriteriaList": "x"}}', "cohort.wrong", "at $.PrimaryCriteria.CriteriaList"),
        (b'{"_type": "request", "sourcePopulation": null, "request": null}', "cohort.wrong", "at $.sourcePopulation"),
        (
            b'{"ConceptSets": [{"id": 1, "expression": {"items": [{"concept": {"CONCEPT_ID": null}}]}}]}',
            "cohort.wrong",
            "items[0]",
        ),
    ],
)
def test_a_definition_that_is_none(run: Run, store: Path, tmp_path: Path, content: bytes, code: str, said: str) -> None:
    file = tmp_path / "bad.json"
    file.write_bytes(content)
    for arguments in (("count",), ("attrition",), ("explain", "--person", 1)):
        assert said in _refused(run, code, *arguments, file, "--store", store)
    assert said in _refused(run, code, "diff", file, file)
    out = tmp_path / "out.parquet"
    _refused(run, code, "rows", file, "--store", store, "--out", out)
    assert not out.exists()


def test_null_wherever_it_may_be(store: Path, tmp_path: Path) -> None:
    """A key without a value is one that is not there: it is refused where it is needed, and has no effect elsewhere."""

    def nulled(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield value | {key: None}
                yield from (value | {key: changed} for changed in nulled(inner))
        elif isinstance(value, list):
            for place, inner in enumerate(value):
                yield from ([*value[:place], changed, *value[place + 1 :]] for changed in (None, *nulled(inner)))

    desk = Desk(store)
    for value in nulled(_soon()):
        try:
            asked = questions([_file(tmp_path / "null.json", value)])[0].asked
        except Refused as refused:
            assert refused.code == "cohort.wrong"
        else:
            assert isinstance(asked, n.Cohort)
            desk.answer(asked)
            assert difference(asked, asked) == ()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"CensorWindow": {"StartDate": "0000-01-01"}}, "at $.CensorWindow.StartDate"),
        ({"CensorWindow": {"EndDate": "10000-01-01"}}, "at $.CensorWindow.EndDate"),
        ({"CensorWindow": {"StartDate": 2020}}, "at $.CensorWindow.StartDate"),
        ({"CollapseSettings": {"EraPad": 1e999}}, "EraPad"),
    ],
)
def test_dates_and_numbers_that_are_none(run: Run, store: Path, tmp_path: Path, more: dict[str, Any], said: str) -> None:
    file = tmp_path / "bad.json"
    file.write_text(json.dumps(_soon() | more))
    status, _, err = run("count", file, "--store", store)
    assert (status, err.count("\n")) == (2, 1)
    assert err.startswith("error cohort.")
    assert said in err or "not_json" in err, err


def test_the_ends_of_the_calendar(run: Run, store: Path, tmp_path: Path) -> None:
    for window, persons in (({"StartDate": "0001-01-01", "EndDate": "9999-12-31"}, 1), ({"StartDate": "9999-12-31"}, 0)):
        file = _file(tmp_path / "dated.json", _soon() | {"CensorWindow": window})
        assert json.loads(run("count", file, "--store", store, "--json")[1])["persons"] == persons
        assert json.loads(run("explain", file, "--store", store, "--person", 1, "--json")[1])["in"] is bool(persons)
    inverted = {"StartDate": "9999-12-31", "EndDate": "0001-01-01"}
    assert "$.CensorWindow" in _refused(
        run, "cohort.wrong", "count", _file(tmp_path / "inverted.json", _soon() | {"CensorWindow": inverted}), "--store", store
    )
    backwards = {"name": "never", "expression": group(near(condition(2), (5, 1), (5, -1)))}
    said = run(
        "count", _file(tmp_path / "backwards.json", cohort(condition(1), InclusionRules=[backwards])), "--store", store, "--json"
    )
    assert said[0] == 2 or json.loads(said[1])["persons"] == 0, "a window the wrong way round holds nothing, or is refused"
    moved = condition(1, DateAdjustment={"StartOffset": 10**7, "EndOffset": 10**7}, Age={"Value": 1, "Op": "gt"})
    file = _file(tmp_path / "moved.json", cohort(moved))
    assert "is in no observation period" in run("explain", file, "--store", store, "--person", 1)[1]


def test_what_is_large(run: Run, store: Path, tmp_path: Path) -> None:
    """A concept set of 100,000 items, and a definition of 4 MB."""
    many = concepts(1, FLU, *range(10_000, 110_000), descendants=True)
    rules = [{"name": f"rule {n}", "description": "x" * 4000, "expression": group()} for n in range(1000)]
    file = _file(tmp_path / "large.json", cohort(condition(1), sets=(many,), InclusionRules=rules))
    assert file.stat().st_size > 4_000_000
    assert json.loads(run("count", file, "--store", store, "--json")[1])["persons"] == 3
    assert "Person 3 is in large" in run("explain", file, "--store", store, "--person", 3)[1]
    assert run("diff", file, file)[1] == "Nothing changed in meaning.\n"


def test_where_the_rows_are(run: Run, store: Path, tmp_path: Path) -> None:
    file, rows = _file(tmp_path / "a.json", _soon()), handed(tmp_path / "rows")
    for verb in (("count",), ("attrition",), ("explain", "--person", 1), ("rows", "--out", tmp_path / "out.parquet")):
        _refused(run, "cohort.where", *verb, file)
        _refused(run, "cohort.where", *verb, file, "--store", store, "--rows", rows)
        _refused(run, "cohort.requests_only", *verb, file, "--rows", rows)
        _refused(run, "cohort.no_folder", *verb, file, "--rows", tmp_path / "nowhere")
        _refused(run, "omop.no_store", *verb, file, "--store", tmp_path / "nowhere", status=1)
        _refused(run, "omop.no_store", *verb, file, "--store", file, status=1)
    (tmp_path / "empty").mkdir()
    _refused(run, "cohort.no_file", "count", tmp_path / "empty", "--store", store)
    _refused(run, "cohort.no_file", "diff", tmp_path / "empty", file)
    assert not (tmp_path / "out.parquet").exists()


def test_who_is_unknown(run: Run, store: Path, tmp_path: Path) -> None:
    said = _refused(
        run, "omop.no_person", "explain", _file(tmp_path / "a.json", _soon()), "--store", store, "--person", 99, status=1
    )
    assert "knows no person 99" in said
    asked, rows = _file(tmp_path / "b.json", request()), handed(tmp_path / "rows")
    _refused(run, "cohort.unknown_person", "explain", asked, "--rows", rows, "--person", 99, status=1)


def test_two_files_of_one_number(run: Run, store: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, second = _file(tmp_path / "7.json", _soon()), _file(tmp_path / "other" / "7.json", _soon())
    out = tmp_path / "out.parquet"
    assert "7 and 7 would both be number 7" in _refused(
        run, "cohort.same_number", "rows", first, second, "--store", store, "--out", out
    )
    third, named = _file(tmp_path / "2.json", _soon()), _file(tmp_path / "named.json", _soon())
    assert "2 and named" in _refused(run, "cohort.same_number", "rows", third, named, "--store", store, "--out", out)
    assert not out.exists()


def test_where_nothing_can_be_written(run: Run, store: Path, tmp_path: Path) -> None:
    file = _file(tmp_path / "a.json", _soon())
    (tmp_path / "folder").mkdir()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    places = [(tmp_path / "folder", "it is a folder"), (tmp_path / "no" / "x.parquet", "there is no folder")]
    if os.geteuid() != 0:  # the superuser may write anywhere
        places.append((closed / "x.parquet", "not permitted"))
    for out, said in places:
        assert said in _refused(run, "cohort.no_room", "rows", file, "--store", store, "--out", out, status=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "closed", "folder"]


def test_where_even_the_superuser_cannot_write(run: Run, store: Path, tmp_path: Path) -> None:
    if not Path("/proc/self").exists():
        pytest.skip("/proc is Linux's")
    _refused(
        run, "cohort.no_room", "rows", _file(tmp_path / "a.json", _soon()), "--store", store, "--out", "/proc/x.parquet", status=1
    )


def test_a_disk_that_is_full(run: Run, store: Path, tmp_path: Path) -> None:
    """The rows of before stay, and nothing is left beside them."""
    out = Path("/dev/full")
    if not out.exists():
        pytest.skip("/dev/full is Linux's")
    file, kept = _file(tmp_path / "a.json", _soon()), tmp_path / "rows.parquet"
    kept.write_bytes(b"before")
    (tmp_path / ".rows.parquet.part").symlink_to(out)
    _refused(run, "cohort.no_room", "rows", file, "--store", store, "--out", kept, status=1)
    assert kept.read_bytes() == b"before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "rows.parquet"]


def test_a_store_that_was_half_copied(run: Run, store: Path, tmp_path: Path) -> None:
    copied, file = tmp_path / "copied", _file(tmp_path / "a.json", _soon())
    for table in ("condition_occurrence", "observation_period", "concept_ancestor"):
        shutil.rmtree(copied, ignore_errors=True)
        shutil.copytree(store, copied)
        cut = Store(copied).folder / f"{table}.parquet"
        cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
        for verb in (("count",), ("attrition",), ("explain", "--person", 1), ("rows", "--out", tmp_path / "out.parquet")):
            wide = _file(
                tmp_path / "wide.json", cohort(condition(1), sets=(concepts(1, FLU, descendants=True), concepts(2, ASTHMA)))
            )
            said = _refused(run, "omop.damaged", *verb, wide, "--store", copied, status=1)
            assert f"{table}.parquet" in said
        cut.unlink()
        _refused(run, "omop.damaged", "explain", file, "--person", 1, "--store", copied, status=1)
    shutil.rmtree(copied / "releases")
    _refused(run, "omop.damaged", "count", file, "--store", copied, status=1)
    assert not (tmp_path / "out.parquet").exists()


def test_help_shows_an_example(run: Run) -> None:
    for verb in ("count", "rows", "attrition", "explain", "diff"):
        status, out, _ = run(verb, "--help")
        assert status == 0
        assert f"Example: diptych health cohort {verb} " in " ".join(out.split())
