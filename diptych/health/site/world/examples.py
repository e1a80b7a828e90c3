"""Three questions ready to play with, and who may ask them."""

from dataclasses import dataclass, replace
from typing import Final

from .words import ASSOCIATED, FEMALE, IDS, PRINCIPAL

from diptych.health.warehouse.research.accounts.terms import Right
from diptych.health.warehouse.research.cohort import nodes as n

PASSWORD: Final = "bonjour-diptych"  # noqa: S105  # the demo's, printed by it


@dataclass(frozen=True)
class Person:
    """An account of the demo: who they are, what they may do. They may ask about all its places."""

    who: str
    name: str
    email: str
    rights: tuple[Right, ...] = ()


PEOPLE: Final = (
    Person("researcher, rounded counts", "Léa Chercheuse", "lea@recherche.exemple.fr"),
    Person(
        "investigator, exact counts and patients",
        "Karim Investigateur",
        "karim@recherche.exemple.fr",
        (Right.EXACT, Right.PATIENTS),
    ),
)


class _Making:
    "A request in the making: numbers its cards, gives each its concepts."

    def __init__(self) -> None:
        self.sets: list[n.ConceptSet] = []
        self.last = 1

    def next(self) -> int:
        self.last += 1
        return self.last

    def event(self, resource: n.Resource, domain: str, vocabulary: str, *codes: str, filters: tuple[n.Filter, ...] = (),
              often: int = 1, inclusive: bool = True) -> n.Basic:  # fmt: skip
        id_ = self.next()
        self.sets.append(n.ConceptSet(id_, "", tuple(n.Item(IDS[vocabulary, code], descendants=True) for code in codes)))
        return n.Basic(
            id_, resource, n.Criterion(domain, id_, filters=filters), n.Often(n.Compare.GTE, often), inclusive=inclusive
        )

    def diagnosis(self, *codes: str, **more: object) -> n.Basic:
        return self.event(n.Resource.CONDITION, "ConditionOccurrence", "Condition", *codes, **more)  # type: ignore[arg-type]  # passed on

    def drug(self, *codes: str, **more: object) -> n.Basic:
        return self.event(n.Resource.MEDICATION_ADMINISTRATION, "DrugExposure", "Drug", *codes, **more)  # type: ignore[arg-type]  # passed on

    def test(self, code: str, op: n.Op, value: float) -> n.Basic:
        return self.event(
            n.Resource.OBSERVATION, "Measurement", "Measurement", code, filters=(n.Number("value_as_number", op, value),)
        )

    def request(self, *members: n.Member, constraints: tuple[n.Constraint, ...] = ()) -> n.Request:
        return n.Request((1,), n.Together(1, n.Join.AND, members, constraints=constraints), concept_sets=tuple(self.sets))


def _after(first: n.Basic, then: n.Basic, *, most: int, least: int | None = None) -> n.InOrder:
    dating = tuple((one.id, (n.Dating.EVENT, n.Dating.ENTRY)) for one in (first, then))
    sooner = None if least is None else n.Duration(days=least)
    return n.InOrder((first.id, then.id), sooner, n.Duration(days=most), dating, known=True)


def _diabetes() -> n.Request:
    "A visit brings its diagnosis and its drugs together: from one day on, the limit of time tells patients apart."
    make = _Making()
    diabetes, metformin = make.diagnosis("E11", often=2), make.drug("A10BA02")
    group_id = make.next()
    some = (make.test("4548-4", n.Op.GT, 8), make.test("39156-5", n.Op.GT, 30), make.diagnosis("N18"))
    two = n.Together(group_id, n.Join.N_AMONG_M, some, n.Compare.GTE, 2)
    pregnancy = make.diagnosis("O24", "O80", inclusive=False)
    return make.request(diabetes, metformin, two, pregnancy, constraints=(_after(diabetes, metformin, least=1, most=90),))


def _infarction() -> n.Request:
    make = _Making()
    infarction = make.diagnosis("I21", filters=(n.Has("condition_status_concept_id", (PRINCIPAL, ASSOCIATED)),))
    failure = make.diagnosis("I50")
    same = n.Tied(n.Tie.DIFFERENT_ENCOUNTER, (infarction.id, failure.id))
    return make.request(infarction, failure, constraints=(_after(infarction, failure, most=2 * 365), same))


def _breast() -> n.Request:
    make = _Making()
    women = n.Basic(make.next(), n.Resource.PATIENT, n.People((n.Has("person.gender_concept_id", (FEMALE,)),)))
    cancer = make.diagnosis("C50")
    either = n.Together(make.next(), n.Join.OR, (make.drug("L01"), make.drug("L02BA01")))
    death = n.Basic(make.next(), n.Resource.OBSERVATION, n.Criterion("Death"), inclusive=False)
    return make.request(women, cancer, either, death)


EXAMPLES: Final = (
    ("Diabète de type 2 puis metformine, à risque", _diabetes()),
    ("Insuffisance cardiaque après un infarctus", _infarction()),
    ("Cancer du sein traité, patientes en vie", _breast()),
)
"""Name and request, in Cohort360's words, of the places that `asked_of` says."""


def asked_of(care_sites: tuple[int, ...]) -> tuple[tuple[str, n.Request], ...]:
    """The questions, put to places of care."""
    return tuple((name, replace(request, care_sites=care_sites)) for name, request in EXAMPLES)
