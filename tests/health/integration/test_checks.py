"""Checks of a source: each names the table, the column and the rows."""

from pathlib import Path

import duckdb
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.index.store import load
from tests.health.worlds import AT, FLU, World, day


def _found(world: World, folder: Path) -> list[str]:
    done = load(source=world.write(folder / "source"), store=folder / "store", strict=False, at=AT)
    return [str(finding) for finding in done.findings]


def _world() -> World:
    world = World()
    world.condition(world.person(), FLU, 5)
    return world


def test_orphans_of_every_key(tmp_path: Path) -> None:
    world = _world()
    world.add("visit_occurrence", person_id=1, visit_concept_id=FLU, visit_start_date=day(1))
    world.add("visit_occurrence", visit_occurrence_id=5, person_id=1, visit_concept_id=FLU, visit_start_date=day(1))
    world.add("care_site", location_id=9)
    world.add("provider", care_site_id=8)
    world.add("location", state="33")
    world.condition(1, FLU, 6, visit_occurrence_id=2, provider_id=3)
    world.condition(1, 4444, 6)
    assert sorted(_found(world, tmp_path)) == [
        "care_site.location_id: no such location (1 row: 1)",
        "condition_occurrence.condition_concept_id: no such concept (1 row: 3)",
        "condition_occurrence.provider_id: no such provider (1 row: 2)",
        "condition_occurrence.visit_occurrence_id: no such visit_occurrence (1 row: 2)",
        "provider.care_site_id: no such care_site (1 row: 1)",
    ]


def test_keys_dates_and_circles(tmp_path: Path) -> None:
    world = _world()
    for n in range(7):
        world.condition(1, FLU, 6, condition_occurrence_id=1, condition_end_date="9999-12-31" if n else "0001-01-01")
    world.add("concept_ancestor", ancestor_concept_id=1001, descendant_concept_id=1002)
    world.add("concept_ancestor", ancestor_concept_id=1002, descendant_concept_id=1000)
    told = _found(world, tmp_path)
    for said in (
        "condition_occurrence.condition_occurrence_id: the key is there twice (7 rows: 2, 3, 4, 5, 6, …)",
        "condition_occurrence.condition_end_date: it ends before it starts (1 row: 2)",
        "condition_occurrence.condition_end_date: a year that cannot be: before 1800 or after 2200 (7 rows: 2, 3, 4, 5, 6, …)",
        "concept_ancestor.descendant_concept_id: terms go round in a circle (3 rows: 4, 5, 6)",
    ):
        assert said in told


def test_a_decimal_number_is_no_whole_one_and_keys_far_apart(tmp_path: Path) -> None:
    world = _world()
    world.condition(1, FLU, 6, condition_occurrence_id=10**15)
    world.condition(1, FLU, 6, condition_occurrence_id=10**15)
    assert any("the key is there twice (1 row: 3)" in said for said in _found(world, tmp_path))
    world.condition(1, "18.9", 6)  # type: ignore[arg-type] # what a file may hold
    with pytest.raises(Refused) as refused:
        _found(world, tmp_path)
    assert refused.value.code == "omop.findings"
    report = refused.value.refusal.facts["report"]
    assert [(one["column"], one["rows"], one["first"]) for one in report if one["level"] == "grave"] == [
        ("condition_concept_id", 1, [4])
    ]


def test_columns_by_the_names_of_either_version(tmp_path: Path) -> None:
    source = _world().write(tmp_path / "source")
    head = "visit_occurrence_id,person_id,visit_concept_id,visit_start_date,admitting_source_concept_id"
    (source / "visit_occurrence.csv").write_text(f"{head}\n1,1,1001,20200105,1002\n")
    load(source=source, store=tmp_path / "store", strict=True, at=AT)
    file = next((tmp_path / "store").rglob("visit_occurrence.parquet"))
    kept = duckdb.execute(
        "SELECT admitted_from_concept_id, visit_start_date::VARCHAR FROM read_parquet(?)", [str(file)]
    ).fetchall()
    assert kept == [(1002, "2020-01-05")]


def test_an_empty_link_to_an_empty_table_is_no_fault(tmp_path: Path) -> None:
    folder = _world().write(tmp_path / "source")
    duckdb.sql("SELECT 1::BIGINT AS provider_id WHERE false").write_parquet(str(folder / "provider.parquet"))
    assert [str(one) for one in load(source=folder, store=tmp_path / "store", strict=False, at=AT).findings] == []
