"""A request sees the persons of its care sites, and nobody else's rows (field guide warehouse.md, §1.3)."""

from pathlib import Path

import pytest

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import Desk
from diptych.health.warehouse.research.index.care_sites import care_sites
from diptych.health.warehouse.research.index.store import load
from tests.health.worlds import AT, FLU, World, day


def test_a_perimeter_bounds_the_whole_and_each_card(tmp_path: Path) -> None:
    world = World()
    for site in (1, 1, 2, None):
        person = world.person()
        world.condition(person, FLU, 5)
        if site:
            world.add(
                "visit_occurrence",
                person_id=person,
                visit_concept_id=9202,
                visit_start_date=day(5),
                visit_end_date=day(5),
                care_site_id=site,
            )
    load(source=world.write(tmp_path / "source"), store=tmp_path / "store", strict=False, at=AT)
    desk = Desk(tmp_path / "store")
    flu = n.Basic(2, n.Resource.CONDITION, n.Criterion("ConditionOccurrence"))
    everybody = n.Basic(3, n.Resource.PATIENT, n.People())
    words = n.Basic(4, n.Resource.CONDITION, n.Search("code=J10"))

    def look(sites: tuple[int, ...], *members: n.Member, join: n.Join = n.Join.AND):  # type: ignore[no-untyped-def]
        return desk.look(n.Request(sites, n.Together(1, join, members)))

    for sites, count in (((1,), 2), ((2,), 1), ((1, 2), 3), ((9,), 0)):
        found = look(sites, flu, everybody)
        assert (len(found.population), len(found.persons)) == (count, count)
        assert {id_: len(persons) for id_, persons in found.members.items()} == {1: count, 2: count, 3: count}
    assert len(desk.look(n.Request((1,))).persons) == 2
    partly = look((1,), flu, words)
    assert partly.persons is None and partly.unknown == (4,) and len(partly.members[2]) == 2


@pytest.mark.parametrize("kind", [46233688, 46233689])
@pytest.mark.parametrize("outer_first", [True, False])
def test_the_tree_of_places_is_read_whichever_way_it_was_written(tmp_path: Path, kind: int, outer_first: bool) -> None:
    world = World()
    world.person()
    for name in ("hospital", "ward", "other ward"):
        world.add("care_site", care_site_name=name)
    for outer, inner in ((1, 2), (1, 3), (3, 3)):
        one, two = (outer, inner) if outer_first else (inner, outer)
        world.add(
            "fact_relationship",
            domain_concept_id_1=57,
            fact_id_1=one,
            domain_concept_id_2=57,
            fact_id_2=two,
            relationship_concept_id=kind,
        )
    load(source=world.write(tmp_path / "source"), store=tmp_path / "store", strict=False, at=AT)
    places = care_sites(Desk(tmp_path / "store").index)
    assert {site.name: site.above for site in places.values()} == {"hospital": None, "ward": 1, "other ward": 1}
