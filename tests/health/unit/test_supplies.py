"""Where a request's rows come from: files handed in, a store; what lacks in them, and numbers beyond the usual."""

from pathlib import Path

import numpy as np
import pytest
from pyroaring import BitMap

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import meaning
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.engines.local import Handed, LocalEngine, Members
from diptych.health.warehouse.research.cohort.engines.local.happenings import Happenings, happenings, joined
from diptych.health.warehouse.research.cohort.engines.sql import OnDuckDB, SqlEngine
from tests.health.drawn.worlds import DrawnIndex
from tests.health.generative.test_sql_and_meaning import database
from tests.health.spec.asking import FLU, VIRAL, basic, condition, on, request, together
from tests.health.spec.tables import CONCEPTS, Tables, tables
from tests.health.worlds import VIRAL as VIRAL_CONCEPT
from tests.health.worlds import World


def _searched(id_: int, resource: n.Resource = n.Resource.CONDITION, **more: object) -> n.Basic:
    return n.Basic(id_, resource, n.Search("code=1"), **more)  # type: ignore[arg-type] # a resource's fields


def _handed(folder: Path, *files: str) -> Handed:
    (folder / "resource_99.csv").write_text("patient\n1\n2\n3\n")
    for number, text in enumerate(files, 1):
        (folder / f"resource_{number}.csv").write_text(text)
    return Handed(folder)


def _found(handed: Handed, member: n.Member) -> list[int]:
    return Members(handed, n.Request((1,), member)).persons().tolist()


def test_series_of_one_study_are_one_row(tmp_path: Path) -> None:
    handed = _handed(tmp_path, "patient;studyId;started\n1;7;2020-01-01\n1;7;\n2;7;2020-01-01\n2;8;2020-01-02\n")
    twice = n.Often(n.Compare.GTE, 2)
    assert _found(handed, _searched(1, n.Resource.IMAGING, often=twice)) == [2]
    assert _found(handed, _searched(1, n.Resource.CONDITION, often=twice)) == [1, 2]


def test_codes_are_told_apart_by_their_text(tmp_path: Path) -> None:
    handed = _handed(tmp_path, "patient;code\n1;A\n1;A\n2;A\n2;B\n3;\n3;\n")
    assert _found(handed, _searched(1, repeated=(n.Repeated(n.Compare.GTE, 2),))) == [1]


def test_all_rows_are_in_a_group(tmp_path: Path) -> None:
    handed = _handed(tmp_path, "patient;code\n1;A\n", "patient;code\n2;A\n1;A\n")
    assert _found(handed, n.Together(9, n.Join.AND, (_searched(1), _searched(2)))) == [1]


@pytest.mark.parametrize(
    ("text", "code"),
    [("subject\n1\n", "cohort.wrong_rows"), ("patient\none\n", "cohort.wrong_rows"), ("patient\n-1\n", "cohort.wrong_rows")],
)
def test_files_that_are_no_rows(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        _found(_handed(tmp_path, text), _searched(1))
    assert refused.value.code == code


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        _found(_handed(tmp_path), _searched(4))
    assert refused.value.code == "cohort.no_rows"


def _everyone_says(world: Tables, asked: n.Request) -> list[int]:
    found = meaning.persons(meaning.World(world), asked)
    assert LocalEngine(DrawnIndex(world)).persons(asked).tolist() == found
    assert SqlEngine(OnDuckDB(database(world))).persons(asked) == found
    return found


def test_without_a_year_there_is_no_age() -> None:
    world = tables("""
    person
    | id | born | site |
    | 1  |      | 1    |
    | 2  | 1990 | 1    |

    condition_occurrence
    | person | start | concept |
    | 1      | 5     | flu     |
    | 2      | 5     | flu     |
    """)
    assert _everyone_says(world, request(basic(1, age=n.AgeBand(n.Age(18), dating=(n.Dating.EVENT,))))) == [2]


def test_a_domain_without_concepts_is_read_whatever_the_set() -> None:
    world = tables("condition_occurrence\n| person | start | concept |\n| 1 | 5 | asthma |")
    assert _everyone_says(world, request(basic(1, on("ObservationPeriod", FLU)))) == [1]


def test_the_place_of_a_visit() -> None:
    world = tables("""
    visit_occurrence
    | id | person | start | end | concept | site |
    | 1  | 1      | 5     | 6   | other   | 7    |

    care_site
    | id | place_of_service_concept_id |
    | 7  | other                       |

    condition_occurrence
    | person | start | concept | visit |
    | 1      | 5     | flu     | 1     |
    | 2      | 5     | flu     |       |
    """)
    place = n.Has("visit.place_of_service_concept_id", (CONCEPTS["other"],))
    assert _everyone_says(world, request(basic(1, condition(FLU, place)))) == [1]


def test_a_set_that_a_store_keeps_for_all_below(tmp_path: Path) -> None:
    world = World()
    world.add("care_site", care_site_name="A")
    world.add("concept", concept_id=1003, concept_name="another flu")
    world.add("concept_ancestor", ancestor_concept_id=VIRAL_CONCEPT, descendant_concept_id=1003)
    for concept in (1001, 1003, VIRAL_CONCEPT, 1002):
        world.condition(world.person(), concept, 5)
        world.rows["person"][-1]["care_site_id"] = 1
    assert world.desk(tmp_path).select(request(basic(1, condition(VIRAL)))).persons.tolist() == [1, 2, 3]


def test_a_chain_that_breaks_at_its_first_link(tmp_path: Path) -> None:
    day = "patient;onsetDateTime\n1;2020-01-{}\n"
    handed = _handed(tmp_path, *(day.format(number) for number in ("05", "04", "06")))
    for ids, found in (((1, 2, 3), []), ((2, 1, 3), [1])):
        order = n.InOrder(ids)
        members = tuple(_searched(id_) for id_ in ids)
        assert _found(handed, n.Together(9, n.Join.AND, members, constraints=(order,))) == found


class _Given:
    "Rows by member."

    def __init__(self, *rows: Happenings) -> None:
        self._rows = rows

    def population(self, care_sites: tuple[int, ...]) -> BitMap:
        return BitMap(range(10))

    def rows(self, basic: n.Basic) -> Happenings:
        return self._rows[basic.id - 1]

    def persons(self, basic: n.Basic) -> None:
        return None

    def cost(self, basic: n.Basic) -> int:
        return 1


def _visits(*pairs: tuple[int, int]) -> Happenings:
    person, visit = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    return happenings(person, visit=visit)


def test_visits_are_told_apart_however_far_their_numbers_are() -> None:
    far = 2**60
    given = _Given(_visits((1, 5), (2, -far), (3, far)), _visits((1, far), (2, -far), (3, far), (3, 5)))
    tied = n.Tied(n.Tie.SAME_ENCOUNTER)
    asked = together(n.Join.AND, _searched(1), _searched(2), constraints=(tied,))
    assert Members(given, asked).persons().tolist() == [2, 3]


def test_rows_of_several_members_are_read_again() -> None:
    rows = joined([_visits((1, 5), (2, 6)), _visits((1, 7))])
    assert [rows.at("visit", np.array(places)).tolist() for places in ([0, 2], [1])] == [[5, 7], [6]]
    assert joined([]).known == frozenset()
