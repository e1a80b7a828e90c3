"""A store: checked before it is written, replaced whole, kept when a load fails."""

import shutil
from pathlib import Path

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort.count import Desk
from diptych.health.warehouse.research.index.store import CURRENT, Store, load
from tests.health.worlds import AT, FLU, World, ask, cohort, condition


def _world(tmp_path: Path) -> Path:
    world = World()
    world.condition(world.person(), FLU, 5)
    return world.write(tmp_path / "source")


def _load(source: Path, store: Path, *, strict: bool = False) -> list[str]:
    return [str(finding) for finding in load(source=source, store=store, strict=strict, at=AT).findings]


def _spoil(source: Path, table: str, old: str, new: str) -> None:
    file = source / f"{table}.csv"
    file.write_text(file.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("PERSON", "1980", "nineteen eighty", "person.year_of_birth: not a BIGINT (1 row: 1)"),
        ("PERSON", "year_of_birth", "yob", "person.year_of_birth: the column is missing"),
        ("CONDITION_OCCURRENCE", "2020-01-06", "2020-13-06", "condition_occurrence.condition_start_date: not a DATE (1 row: 1)"),
    ],
)
def test_a_grave_fault_is_refused_and_nothing_is_written(tmp_path: Path, table: str, old: str, new: str, said: str) -> None:
    source, store = _world(tmp_path), tmp_path / "store"
    assert _load(source, store) == []
    before = (store / CURRENT).read_text()
    _spoil(source, table, old, new)
    with pytest.raises(Refused) as refused:
        _load(source, store)
    assert refused.value.code == "omop.findings"
    assert refused.value.refusal.facts["first"] == said
    assert (store / CURRENT).read_text() == before
    assert ask(Desk(store), cohort(condition(1))) == [(1, 5, 5)]


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("CONDITION_OCCURRENCE", "1,1,1001", "1,77,1001", "condition_occurrence.person_id: no such person (1 row: 1)"),
        (
            "OBSERVATION_PERIOD",
            "2022-09-27",
            "2019-09-27",
            "observation_period.observation_period_end_date: it ends before it starts (1 row: 1)",
        ),
    ],
)
def test_other_faults_are_told_and_a_strict_load_refuses_them(tmp_path: Path, table: str, old: str, new: str, said: str) -> None:
    source = _world(tmp_path)
    _spoil(source, table, old, new)
    assert _load(source, tmp_path / "store") == [said]
    with pytest.raises(Refused) as refused:
        _load(source, tmp_path / "other", strict=True)
    assert refused.value.code == "omop.findings"
    assert not (tmp_path / "other").exists()


def test_a_table_that_must_be_there(tmp_path: Path) -> None:
    source = _world(tmp_path)
    (source / "PERSON.csv").unlink()
    with pytest.raises(Refused) as refused:
        _load(source, tmp_path / "store")
    assert refused.value.refusal.facts["first"] == "person: the table is missing"


def test_no_source(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other.duckdb").write_bytes(b"not a database at all, but long enough to look like one")
    for path, code in (("empty", "omop.no_source"), ("absent", "omop.no_source"), ("other.duckdb", "omop.no_database")):
        with pytest.raises(Refused) as refused:
            _load(tmp_path / path, tmp_path / "store")
        assert refused.value.code == code


def test_a_file_that_is_cut(tmp_path: Path) -> None:
    source, store = _world(tmp_path), tmp_path / "store"
    _load(source, store)
    whole = (Store(store).folder / "person.parquet").read_bytes()
    (source / "PERSON.csv").unlink()
    (source / "person.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused) as refused:
        _load(source, store)
    assert refused.value.code == "omop.unreadable"
    assert ask(Desk(store), cohort(condition(1))) == [(1, 5, 5)]


def test_a_store_whose_file_is_cut_says_so(tmp_path: Path) -> None:
    store = tmp_path / "store"
    _load(_world(tmp_path), store)
    file = Store(store).folder / "condition_occurrence.parquet"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(Refused) as refused:
        ask(Desk(store), cohort(condition(1)))
    assert refused.value.code == "omop.damaged"


def test_no_store(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Desk(tmp_path)
    assert refused.value.code == "omop.no_store"


def test_a_load_that_was_killed_leaves_the_old_release(tmp_path: Path) -> None:
    source, store = _world(tmp_path), tmp_path / "store"
    _load(source, store)
    left = store / "releases" / ".20261125T000000000001Z"
    shutil.copytree(Store(store).folder, left)
    assert ask(Desk(store), cohort(condition(1))) == [(1, 5, 5)]
    load(source=source, store=store, strict=False, at=AT.replace(year=2027))
    assert not left.exists()
    assert len(list((store / "releases").iterdir())) == 2, "the old release stays readable"
    assert Store(store).release.startswith("2027")
