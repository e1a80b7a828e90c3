"""The hospital's demo: one a folder, made in seconds, the same from the same seed."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from diptych.commons.processes import alone
from diptych.commons.refusal import Refused
from diptych.health.site import world
from diptych.health.site.demo import ALREADY, _hospital
from diptych.health.site.world.examples import asked_of
from diptych.health.warehouse.research.cohort.count import Desk
from diptych.health.warehouse.research.index.care_sites import care_sites
from diptych.health.warehouse.research.index.postings import FORMAT
from diptych.health.warehouse.research.index.store import CURRENT, Store, releases

AT = datetime(2026, 11, 25, tzinfo=UTC)


def test_one_demo_a_folder(tmp_path: Path) -> None:
    lock = tmp_path / "health-demo.lock"
    with (
        alone(lock, otherwise=ALREADY, home="here"),
        pytest.raises(Refused) as refused,
        alone(lock, otherwise=ALREADY, home="here"),
    ):
        pass
    assert refused.value.code == "demo.health_already_runs"


def test_the_hospital_hangs_together_and_comes_back_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        made = world.make(store=tmp_path / name, seed=3, at=AT, persons=3_000)
        assert made.findings == () and made.rows["person"] == 3_000
    one, two = (Store(tmp_path / name).manifest["tables"] for name in ("one", "two"))
    assert one == two
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert world.make(store=tmp_path / "three", seed=4, at=AT, persons=3_000).rows != made.rows


def test_the_ready_questions_find_somebody_and_their_places_are_a_tree(tmp_path: Path) -> None:
    world.make(store=tmp_path / "store", seed=1, at=AT, persons=12_000)
    desk = Desk(tmp_path / "store")
    places = care_sites(desk.index)
    assert [site.name for site in places.values() if site.above is None] == ["GHU des Trois-Rivières"]
    for name, request in world.EXAMPLES:
        look = desk.look(type(request)(tuple(places), request.member, request.resource, request.concept_sets))
        assert len(look.population) > 11_000 and look.persons is not None and len(look.persons) >= 10, name


def _found(store: Path) -> dict[str, int]:
    "How many patients each ready question finds."
    desk = Desk(store)
    found = {}
    for name, request in asked_of(world.roots(store)):
        reached = [site.id for site in care_sites(desk.index).values()]
        look = desk.look(replace(request, care_sites=tuple(reached)))
        assert look.persons is not None
        found[name] = len(look.persons)
    return found


def test_the_hospital_that_comes_through_the_flow_is_the_one_that_was_drawn(tmp_path: Path) -> None:
    """Three formats and their dirt: the ready questions find those whom they find in what was drawn."""
    few = {"seed": 1, "at": AT, "persons": 4_000}
    brought = world.bring(store=tmp_path / "demo" / "store", **few)
    drawn = world.make(store=tmp_path / "drawn", **few)
    assert brought.rows["person"] == drawn.rows["person"] == 4_000, "one person, however many hospitals and numbers"
    for table in ("visit_occurrence", "condition_occurrence", "procedure_occurrence", "drug_exposure", "measurement"):
        assert 0 <= drawn.rows[table] - brought.rows[table] <= drawn.rows[table] / 500, table
    told, expected = _found(tmp_path / "demo" / "store"), _found(tmp_path / "drawn")
    assert set(expected.values()) != {0}
    assert all(abs(told[name] - expected[name]) <= 2 for name in expected), (told, expected)

    room = world.Room(tmp_path / "demo" / "store")
    facts = json.loads((room.home / "omop" / "current.json").read_text())
    assert set(facts["fates"]) == {"madeleine_bres", "ambroise_vidal", "tilleuls"}
    assert all(fates["quarantined"] for fates in facts["fates"].values())
    assert not [why for why in facts["why"] if why["why"] == "unplaced"]
    assert facts["rows"]["unmapped"] == 3
    assert "anatomopathologie" in {path.name for path in (room.home / "sources").iterdir()}
    for path in room.home.rglob("*"):
        assert not path.is_file() or b"Gauthier" not in path.read_bytes(), path

    again = world.bring(store=tmp_path / "demo" / "store", **few)
    assert again.rows == brought.rows


def _started(store: Path, *, fresh: bool = False) -> str:
    "What the demo says of its hospital when it starts on a store, made the short way where it must be made."
    said = io.StringIO()
    _hospital(Console(file=said, soft_wrap=True), store, seed=1, fresh=fresh, make=partial(world.make, persons=1_000))
    return said.getvalue()


@pytest.mark.parametrize("older", [{"format": 1}, {"format": None}, {}], ids=["the first format", "null", "none said"])
def test_a_hospital_of_an_older_index_is_made_anew_and_says_so(tmp_path: Path, older: dict[str, object]) -> None:
    store = tmp_path / "store"
    assert not world.is_made(store)
    assert "Another version" not in _started(store) and world.is_made(store)
    assert _started(store) == ""

    index = Store(store).folder / "index" / "index.json"
    said = json.loads(index.read_text())
    del said["format"]
    index.write_text(json.dumps(said | older))
    assert not world.is_made(store) and world.is_there(store)
    with pytest.raises(Refused) as refused:
        Desk(store)
    assert refused.value.code == "omop.damaged"

    old = Store(store).release
    assert "made anew" in _started(store)
    assert world.is_made(store) and Store(store).release != old and old in releases(store)
    Desk(store)


def care_sites_of_the_demo(release: Path, name: str = "GHU des Trois-Rivières") -> None:
    pq.write_table(pa.table({"care_site_name": [name]}), release / "care_site.parquet")


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("site", ["Hôpital de quelqu’un", None])
def test_somebodys_own_store_is_neither_opened_nor_replaced(tmp_path: Path, site: str | None, older: bool, fresh: bool) -> None:
    store = tmp_path / "store"
    (index := store / "releases" / "r1" / "index").mkdir(parents=True)
    (index / "index.json").write_text(json.dumps({"format": FORMAT - older}))
    if site:
        care_sites_of_the_demo(index.parent, site)
    (store / CURRENT).write_text("r1\n")
    with pytest.raises(Refused) as refused:
        _started(store, fresh=fresh)
    assert refused.value.code == "demo.not_invented" and refused.value.refusal.facts["release"] == "r1"
    assert releases(store) == ["r1"] and (index / "index.json").exists()


@pytest.mark.parametrize("content", [None, "", "{", "[]", "\udcff"], ids=["missing", "empty", "cut", "a list", "no UTF-8"])
def test_a_damaged_index_is_refused_and_nothing_is_made_over_it(tmp_path: Path, content: str | None) -> None:
    store = tmp_path / "store"
    (index := store / "releases" / "r1" / "index").mkdir(parents=True)
    (store / CURRENT).write_text("r1\n")
    care_sites_of_the_demo(index.parent)
    if content is not None:
        (index / "index.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(Refused) as refused:
        _started(store)
    assert refused.value.code == "omop.damaged" and releases(store) == ["r1"]


def test_a_flow_that_fails_says_so(tmp_path: Path) -> None:
    (tmp_path / "room").write_text("where the room should be")
    with pytest.raises(Refused) as refused:
        world.bring(store=tmp_path / "store", seed=1, at=AT, persons=50)
    told = refused.value.refusal.facts
    assert (refused.value.code, told["verb"]) == ("demo.not_brought", "health vocabulary load")
    assert "Invalid value for '--home'" in told["words"]
