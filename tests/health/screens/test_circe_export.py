"""A request of cards goes out as a definition of Circe's that, read back, finds as many; or its card is named and nothing goes out."""

import json
from datetime import date

import pytest

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort import terms
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.portal import desk
from diptych.health.warehouse.research.questions import queries
from tests.health.screens import factories

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
EVENT = (n.Dating.EVENT, n.Dating.ENTRY)


@pytest.fixture
def karim():
    return factories.account("Karim", investigator=True)


def often(compare: str, count: int, **more: bool) -> n.Often:
    return n.Often(n.Compare(compare), count, **more)


def diagnosis(id_: int, *filters: n.Filter, **more) -> n.Basic:
    return n.Basic(id_, n.Resource.CONDITION, n.Criterion("ConditionOccurrence", filters=filters), **more)


def drug(id_: int, **more) -> n.Basic:
    return n.Basic(id_, n.Resource.MEDICATION_ADMINISTRATION, n.Criterion("DrugExposure"), **more)


def visit(id_: int, *filters: n.Filter, **more) -> n.Basic:
    return n.Basic(id_, n.Resource.ENCOUNTER, n.Criterion("VisitOccurrence", filters=filters), **more)


def together(*members: n.Member, join: n.Join = n.Join.AND, **more) -> n.Together:
    return n.Together(more.pop("id_", 1), join, members, **more)


def order(*ids: int, **more) -> n.InOrder:
    return n.InOrder(ids, dating=tuple((id_, EVENT) for id_ in ids), known=True, **more)


def people(id_: int, *filters: n.Filter, persons: tuple[int, ...] | None = None) -> n.Basic:
    return n.Basic(id_, n.Resource.PATIENT, n.People(filters, persons))


WOMEN = n.Has("person.gender_concept_id", (8532,))
LATELY = n.Day("start", n.Op.BETWEEN, date(2023, 1, 1), date(2023, 12, 31))
DIED = n.Basic(9, n.Resource.OBSERVATION, n.Criterion("Death"), inclusive=False)
LONG = n.Number("length", n.Op.GTE, 5)

SAID = {
    "everybody": together(),
    "counts": together(diagnosis(2, often=often(">", 3)), drug(3, often=often("<=", 9)), visit(4, often=often("=", 4))),
    "in one visit": together(diagnosis(2, often=often(">=", 2, same_encounter=True)), people(3, WOMEN)),
    "on one day": together(drug(2, often=often(">=", 2, same_day=True))),
    "excluded": together(diagnosis(2, LATELY), DIED, together(visit(4, LONG), id_=3, join=n.Join.OR, inclusive=False)),
    "two among three": together(
        together(diagnosis(3, LATELY), visit(4, LONG), DIED, id_=2, join=n.Join.N_AMONG_M, compare=n.Compare.EQ, n=2)
    ),
    "three in order": together(
        diagnosis(2, LATELY), visit(3, LONG), drug(4), constraints=(order(2, 3, 4, most=n.Duration(days=900)),)
    ),
    "in one visit with": together(diagnosis(2, LATELY), visit(3, LONG), constraints=(n.Tied(n.Tie.SAME_ENCOUNTER, (2, 3)),)),
    "in another visit than": together(
        diagnosis(2, LATELY), visit(3, LONG), constraints=(n.Tied(n.Tie.DIFFERENT_ENCOUNTER, (2, 3)),)
    ),
}  # fmt: skip


def asked(karim, member: n.Member, sites: tuple[int, ...] = (1,)) -> int:
    return factories.question(karim, asked=cohort360.write(n.Request(sites, member)))


@pytest.mark.parametrize("case", [*SAID, 0, 1, 2])
def test_it_comes_back_with_as_many(karim, case):
    client = factories.signed_in(karim)
    id_ = factories.question(karim, case) if isinstance(case, int) else asked(karim, SAID[case])
    out = client.get(f"/requetes/{id_}/definition.json", **JSON)
    assert out.status_code == 200, out.json()
    assert "circe.json" in out["Content-Disposition"]
    client.post("/requetes/importer/", {"text": json.dumps(out.json())})
    back = next(one for one in queries.questions_of(account_id=karim.pk) if one.id != id_)
    kept = queries.question(question_id=id_, account_id=karim.pk)
    found = desk.look(queries.opened(cohort360.read(kept.asked, origin="x").request), karim)
    page = client.get(f"/requetes/{back.id}/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    count = len(found.look.persons)
    assert f">{count:,}<" in page.replace("\xa0", ",") and (count > 0 or case == 1)
    assert 'class="alert alert--bad"' not in page


SEARCH = n.Basic(2, n.Resource.CONDITION, n.Search("code=E11"))
ORDERED_GROUP = together(diagnosis(2), together(drug(4), visit(5), id_=3, join=n.Join.OR), constraints=(order(2, 3),))
HOURS = n.Duration(hours=6)
REFUSED = {
    "another system's": (terms.FOREIGN_CARD, together(SEARCH)),
    "a list": (terms.LISTED_CARD, together(people(2, persons=(1, 2)))),
    "a birth": (terms.BORN_CARD, together(people(2, n.Number("person.year_of_birth", n.Op.GTE, 1950)))),
    "an age": (terms.AGED_CARD, together(diagnosis(2, age=n.AgeBand(n.Age(18))))),
    "a code again": (terms.REPEATED_CARD, together(diagnosis(2, repeated=(n.Repeated(n.Compare.GTE, 2),)))),
    "a person's filter": (terms.FILTERED_CARD, together(people(2, n.Number("person.month_of_birth", n.Op.EQ, 5)))),
    "a diagnosis's day": (terms.DATED_CARD, together(diagnosis(2, often=often(">=", 2, same_day=True)))),
    "a death's visit": (
        terms.DATED_CARD,
        together(n.Basic(2, n.Resource.OBSERVATION, n.Criterion("Death"), often(">=", 2, same_encounter=True))),
    ),
    "a group in order": (terms.UNRELATED_CARDS, ORDERED_GROUP),
    "all, with a group": (
        terms.UNRELATED_CARDS,
        together(diagnosis(2), together(drug(4), id_=3, join=n.Join.OR), constraints=(n.Tied(n.Tie.SAME_ENCOUNTER),)),
    ),
    "hours": (terms.UNRELATED_CARDS, together(diagnosis(2), drug(3), constraints=(order(2, 3, most=HOURS),))),
    "by the stay": (terms.UNRELATED_CARDS, together(diagnosis(2), drug(3), constraints=(n.InOrder((2, 3)),))),
    "an episode": (terms.UNRELATED_CARDS, together(diagnosis(2), drug(3), constraints=(n.Tied(n.Tie.SAME_EPISODE, (2, 3)),))),
    "three visits": (
        terms.UNRELATED_CARDS,
        together(diagnosis(2), drug(3), visit(4), constraints=(n.Tied(n.Tie.DIFFERENT_ENCOUNTER, (2, 3, 4)),)),
    ),
    "the hour": (terms.OTHERS, together(visit(2), drug(3), constraints=(order(3, 2),))),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_circe_cannot_say_is_refused_and_named(karim, case):
    reason, member = REFUSED[case]
    out = factories.signed_in(karim).get(f"/requetes/{asked(karim, member)}/definition.json", **JSON)
    assert (out.status_code, out.json()["code"]) == (409, reason.code)
    assert out.json()["facts"]["card"] and "{" not in out.json()["message"]


def test_a_narrower_perimeter_is_refused(karim):
    tilleuls = next(site.id for site in desk.store().places.values() if site.name == "Hôpital des Tilleuls")
    client = factories.signed_in(karim)
    out = client.get(f"/requetes/{asked(karim, together(diagnosis(2)), (tilleuls,))}/definition.json", **JSON)
    assert out.json()["code"] == terms.SITED.code
    encounters = cohort360.write(n.Request((1,), together(diagnosis(2)), n.Resource.ENCOUNTER))
    out = client.get(f"/requetes/{factories.question(karim, asked=encounters)}/definition.json", **JSON)
    assert out.json()["code"] == terms.NOT_PERSONS.code
