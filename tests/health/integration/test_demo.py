"""The hospital's demo: one a folder, made in seconds, the same from the same seed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from diptych.commons.refusal import Refused
from diptych.health.site import world
from diptych.health.site.demo import _alone
from diptych.health.warehouse.research.cohort.count import Desk
from diptych.health.warehouse.research.index.care_sites import care_sites
from diptych.health.warehouse.research.index.store import Store

AT = datetime(2026, 11, 25, tzinfo=UTC)


def test_one_demo_a_folder(tmp_path: Path) -> None:
    with _alone(tmp_path), pytest.raises(Refused) as refused, _alone(tmp_path):
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
