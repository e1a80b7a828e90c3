"""The desks: a store asked for counts, members and rows, by the engine of one machine and by SQL; rows handed in."""

import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import (
    Definition,
    Desk,
    Hands,
    SqlDesk,
    dates,
    member_names,
    persons,
    rows_of,
    writable,
    write_rows,
)
from diptych.health.warehouse.research.cohort.engines.local.supplies import Stored
from tests.health.spec.asking import ASTHMA, FLU, NOTHING, basic, condition, request, together
from tests.health.spec.asking import cohort as asked_cohort
from tests.health.worlds import ASTHMA as ASTHMA_CONCEPT
from tests.health.worlds import FLU as FLU_CONCEPT
from tests.health.worlds import World


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """1 and 2 had the flu, 2 asthma too; 3 had nothing. All are of care site 1."""
    world = World()
    site = world.add("care_site", care_site_name="A")
    for concepts in ((FLU_CONCEPT,), (FLU_CONCEPT, ASTHMA_CONCEPT), ()):
        person = world.person()
        world.rows["person"][-1]["care_site_id"] = site
        for concept in concepts:
            world.condition(person, concept, 50)
    world.desk(tmp_path)
    return tmp_path / "store"


EITHER = together(n.Join.OR, basic(1, condition(FLU)), basic(2, condition(ASTHMA)))


def test_an_edited_card_alone_is_read_again(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, read = Desk(store), list[int]()
    rows, taken = Stored.rows, Stored.persons
    monkeypatch.setattr(Stored, "rows", lambda self, basic: (read.append(basic.id), rows(self, basic))[1])
    monkeypatch.setattr(Stored, "persons", lambda self, basic: (read.append(basic.id), taken(self, basic))[1])

    def looked(*, often: int = 1, days: int = 30, second: int = ASTHMA) -> tuple[list[int], list[int]]:
        """Flu so often, then asthma within so many days: who is found, and which cards were read for it."""
        read.clear()
        cards = (basic(1, condition(FLU), often=n.Often(n.Compare.GTE, often)), basic(2, condition(second)))
        within = n.InOrder(None, None, n.Duration(days=days))
        found = desk.look(together(n.Join.AND, *cards, constraints=(within,)))
        assert found.persons is not None
        return found.persons.tolist(), sorted(set(read))

    assert looked() == ([1], [1, 2])
    assert looked() == ([1], [])
    assert looked(days=60) == ([1], [])
    assert looked(days=60, often=2) == ([], [1])
    assert looked(days=60, second=FLU) == ([0, 1], []), "it was read as the first card"
    assert looked(days=60, second=NOTHING) == ([], [2])
    assert looked() == ([1], [])


def test_a_desk(store: Path) -> None:
    desk = Desk(store)
    selected = desk.select(EITHER)
    assert (selected.persons.tolist(), selected.members) == ([1, 2], {1: 2, 2: 1, 100: 2})
    assert (persons(selected), rows_of(selected).person.tolist()) == (2, [1, 2])
    look = desk.look(EITHER)
    assert look.persons is not None
    assert (look.population.tolist(), look.persons.tolist()) == ([0, 1, 2], [0, 1])
    assert {id_: found.tolist() for id_, found in look.members.items()} == {1: [0, 1], 2: [1], 100: [0, 1]}
    everybody = desk.look(request(None))
    assert everybody.persons is not None
    assert (everybody.persons.tolist(), everybody.members) == ([0, 1, 2], {})
    assert desk.index.persons.tolist() == [1, 2, 3]
    assert desk.vocabulary is desk.vocabulary


def test_a_member_that_cannot_be_counted_hides_no_other(store: Path) -> None:
    foreign = n.Basic(2, n.Resource.CONDITION, n.Search("code=E11"))
    look = Desk(store).look(together(n.Join.AND, basic(1), foreign))
    assert (look.persons, look.unknown) == (None, (2,))
    assert {id_: found.tolist() for id_, found in look.members.items()} == {1: [0, 1]}


def test_the_same_by_sql(store: Path) -> None:
    desk, sql = Desk(store), SqlDesk(store)
    assert sql.select(EITHER).persons.tolist() == [1, 2]
    answer, rows = desk.answer(asked_cohort()), sql.answer(asked_cohort())
    for name in ("person", "start", "end"):
        assert getattr(rows_of(rows), name).tolist() == getattr(rows_of(answer), name).tolist()
    assert persons(rows) == persons(answer) == 2


def test_rows_handed_in_answer_for_persons_only(tmp_path: Path) -> None:
    for name, text in (("1", "patient\n1\n"), ("99", "patient\n1\n2\n")):
        (tmp_path / f"resource_{name}.csv").write_text(text)
    selected = Hands(tmp_path).select(request(basic(1)))
    assert (selected.persons.tolist(), selected.members) == ([1], {1: 1})
    with pytest.raises(Refused) as refused:
        Hands(tmp_path).select(n.Request((1,), None, n.Resource.ENCOUNTER))
    assert refused.value.code == "cohort.not_persons"
    with pytest.raises(Refused) as refused:
        Hands(tmp_path / "nowhere")
    assert refused.value.code == "cohort.no_folder"


def test_rows_are_written_whole_or_not_at_all(store: Path, tmp_path: Path) -> None:
    desk, out = Desk(store), tmp_path / "it's.parquet"
    assert write_rows({7: desk.answer(asked_cohort()), 8: desk.select(EITHER)}, out=out) == 4
    found = pq.read_table(out).to_pylist()
    assert [(one["cohort_definition_id"], one["subject_id"]) for one in found] == [(7, 1), (7, 2), (8, 1), (8, 2)]
    assert [one["cohort_start_date"] for one in found] == [dates([18_262 + 50])[0]] * 2 + [None] * 2
    (tmp_path / "folder.parquet").mkdir()
    shut = tmp_path / "shut"
    shut.mkdir()
    (shut / ".rows.parquet.part").symlink_to(tmp_path / "gone" / "rows")  # where the rows would be gathered
    for place in (tmp_path / "folder.parquet", tmp_path / "nowhere" / "rows.parquet", shut / "rows.parquet"):
        with pytest.raises(Refused) as refused:
            write_rows({7: desk.select(EITHER)}, out=place)
        assert refused.value.code == "cohort.no_room"


def test_where_writing_is_not_permitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write anywhere
    with pytest.raises(Refused) as refused:
        writable(tmp_path / "rows.parquet")
    assert refused.value.code == "cohort.no_room"


def test_names() -> None:
    assert [Definition(name, asked_cohort(), ()).number(3) for name in ("12", "flu", "9" * 19)] == [12, 3, 3]
    assert member_names(request(None)) == {}
    assert member_names(together(n.Join.OR, basic(1), basic(2, inclusive=False))) == {
        100: "orGroup",
        1: "Condition",
        2: "Condition, excluded",
    }
