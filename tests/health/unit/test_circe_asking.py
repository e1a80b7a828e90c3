"""A request in Circe's words: each way of relating cards finds whom the request finds; what cannot be said is named."""

import pytest

from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.cohort import meaning, terms
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import circe, circe_asking, circe_writing
from tests.health.spec.asking import ASPIRIN, FLU, SETS, basic, condition, on, request, together
from tests.health.spec.tables import tables

EVENT = (n.Dating.EVENT, n.Dating.ENTRY)
WORLD = meaning.World(
    tables("""
condition_occurrence
| person | start | concept | visit |
| 1      | 10    | flu     | 1     |
| 2      | 10    | flu     | 2     |
| 3      | 10    | flu     | 4     |
| 3      | 11    | flu     | 5     |
| 4      | 10    | flu     | 6     |
| 5      | 10    | flu     | 7     |

drug_exposure
| person | start | concept | visit |
| 1      | 20    | aspirin | 1     |
| 2      | 90    | aspirin | 3     |
| 3      | 12    | aspirin | 4     |
| 4      | 9     | aspirin | 6     |
""")
)
BOTH = (basic(1), basic(2, on("DrugExposure", ASPIRIN), n.Resource.MEDICATION_ADMINISTRATION))


def _related(constraint: n.Constraint, *members: n.Member) -> n.Request:
    return together(n.Join.AND, *(members or BOTH), constraints=(constraint,))


def _soon(*ids: int, days: int = 30) -> n.InOrder:
    return n.InOrder(ids, most=n.Duration(days=days), dating=tuple((id_, EVENT) for id_ in ids), known=True)


THREE = (*BOTH, basic(3, condition(FLU)))


@pytest.mark.parametrize(
    ("asked", "persons"),
    [
        (_related(_soon(1, 2)), [1, 3]),
        (_related(_soon(1, 3, 2), *THREE), [1, 3]),
        (_related(_soon(2, 1)), [4]),
        (_related(n.InOrder((1, 2), dating=((1, EVENT), (2, EVENT)), known=True)), [1, 2, 3]),
        (_related(n.Tied(n.Tie.SAME_ENCOUNTER, (1, 2))), [1, 3, 4]),
        (_related(n.Tied(n.Tie.DIFFERENT_ENCOUNTER, (1, 2))), [2, 3]),
        (request(basic(1, inclusive=False)), []),
    ],
)
def test_it_finds_as_many(asked: n.Request, persons: list[int]) -> None:
    assert meaning.persons(WORLD, asked) == persons
    said = circe.read(circe_writing.write(circe_asking.definition_of(asked, titles={1: "grippe"})), origin="written")
    assert sorted({row[0] for row in meaning.rows(WORLD, said.cohort)}) == persons


def test_a_set_without_a_name_bears_its_card() -> None:
    sets = tuple(n.ConceptSet(one.id, "", one.items) for one in SETS)
    inside = n.Together(100, n.Join.AND, (basic(7), n.Together(9, n.Join.OR, (basic(8, on("DrugExposure", ASPIRIN)),))))
    said = circe_asking.definition_of(n.Request((1,), inside, concept_sets=sets), titles={7: "grippe"})
    assert {one.id: one.name for one in said.concept_sets if one.id in {FLU, ASPIRIN, 8}} == {FLU: "grippe", ASPIRIN: "8", 8: "8"}
    assert circe_asking.definition_of(n.Request((1,), None, concept_sets=sets[:1])).concept_sets[0].name == str(FLU)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (n.Request((1,), None, n.Resource.ENCOUNTER), terms.NOT_PERSONS.code),
        (request(n.Basic(1, n.Resource.CONDITION, n.Search("code=E11"))), terms.FOREIGN_CARD.code),
        (request(basic(1, n.People((), (1, 2)), n.Resource.PATIENT)), terms.LISTED_CARD.code),
        (
            request(basic(1, n.People((n.Number("person.year_of_birth", n.Op.GTE, 1950),)), n.Resource.PATIENT)),
            terms.BORN_CARD.code,
        ),
        (_related(n.InOrder((1, 2), most=n.Duration(hours=5))), terms.UNRELATED_CARDS.code),
        (_related(n.Tied(n.Tie.SAME_EPISODE, (1, 2))), terms.UNRELATED_CARDS.code),
        (_related(n.Tied(n.Tie.DIFFERENT_ENCOUNTER, (1, 2, 3)), *THREE), terms.UNRELATED_CARDS.code),
    ],
)
def test_what_cannot_be_said(asked: n.Request, code: str) -> None:
    with pytest.raises(Refused) as refused:
        circe_asking.definition_of(asked)
    assert refused.value.code == code
