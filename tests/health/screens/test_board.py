"""The board: each gesture changes the request and its counts; what cannot be done says why and changes nothing."""

import json
import re

import pytest

from diptych.commons import journal
from diptych.commons.refusal import Refused
from diptych.health.warehouse.research.accounts.queries import account_id_of
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.portal import desk
from diptych.health.warehouse.research.questions import operations, queries, terms
from diptych.health.warehouse.research.questions.terms import Form
from tests.health.screens import factories
from tests.health.screens.conftest import AT

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def karim():
    return factories.account("Karim", investigator=True)


@pytest.fixture
def lea():
    return factories.account("Léa")


def whole(page: str) -> str:
    return (
        re.sub(r"<.*", "", re.search(r'id="whole"[^>]*>(.*?)</p>', page, re.S)[1], flags=re.S)
        .replace("\xa0", " ")
        .replace("&lt;", "<")
        .strip()
    )


def asked(id_: int, who) -> n.Request:
    return cohort360.read(queries.question(question_id=id_, account_id=who.pk).asked, origin="test").request


def place(id_: int, who) -> int:
    return queries.question(question_id=id_, account_id=who.pk).place


def do(client, id_: int, who, gesture: str, **data):
    return client.post(f"/requetes/{id_}/geste/", {"gesture": gesture, "place": place(id_, who), **data}, **HTMX)


def test_the_board_shows_the_count_of_each_card_and_of_the_whole(karim):
    id_ = factories.question(karim)
    page = factories.signed_in(karim).get(f"/requetes/{id_}/").content.decode()
    found = desk.look(queries.opened(asked(id_, karim)), karim).look
    assert whole(page) == str(len(found.persons))
    shown = re.findall(r'<b class="figure">(.*?)</b>', page)
    assert len(shown) == 7 and shown[0] == f"{len(found.members[2]):,}".replace(",", "\xa0")


def test_a_researcher_sees_rounded_counts_only_and_the_same_each_time(lea, karim):
    id_ = factories.question(lea)
    client = factories.signed_in(lea)
    pages = [client.get(f"/requetes/{id_}/").content.decode() for _ in range(2)]
    assert re.findall(r'class="figure">(.*?)<', pages[0]) == re.findall(r'class="figure">(.*?)<', pages[1])
    exact = len(desk.look(queries.opened(asked(id_, lea)), lea).look.persons)
    assert int(whole(pages[0])) % 10 == 0 and abs(int(whole(pages[0])) - exact) < 10
    few = factories.question(
        lea,
        asked=cohort360.write(
            n.Request(
                (1,),
                n.Together(
                    1,
                    n.Join.AND,
                    (n.Basic(2, n.Resource.CONDITION, n.Criterion("ConditionOccurrence"), n.Often(n.Compare.GTE, 500)),),
                ),
            )
        ),
    )
    assert whole(client.get(f"/requetes/{few}/").content.decode()) == "< 10"
    assert "Too few" not in client.get(f"/requetes/{few}/resultat/").content.decode()


def test_exact_counts_are_journalled(karim, django_assert_max_num_queries):
    from django.db import connection

    id_ = factories.question(karim)
    factories.signed_in(karim).get(f"/requetes/{id_}/")
    with connection.cursor() as cursor:
        found = journal.entries(cursor, subject=f"question:{id_}", act="cohorts.count_exact")
        assert found[0].actor == str(karim) and found[0].facts["persons"] > 0
        assert journal.verify(cursor).broken_at is None


def test_gestures_change_the_request_and_can_be_undone(lea):
    id_ = factories.question(lea)
    client = factories.signed_in(lea)
    before = whole(client.get(f"/requetes/{id_}/").content.decode())
    assert do(client, id_, lea, "turn", card=2).status_code == 200
    assert not queries.opened(asked(id_, lea)).member.members[0].inclusive
    client.post(f"/requetes/{id_}/annuler/", **HTMX)
    assert whole(client.get(f"/requetes/{id_}/").content.decode()) == before
    client.post(f"/requetes/{id_}/refaire/", **HTMX)
    assert not asked(id_, lea).member.members[0].inclusive
    do(client, id_, lea, "down", card=2)
    assert [one.id for one in asked(id_, lea).member.members] == [3, 2, 4, 8]
    do(client, id_, lea, "up", card=2)
    do(client, id_, lea, "wrap", card=3)
    wrapped = asked(id_, lea).member.members[1]
    assert isinstance(wrapped, n.Together) and wrapped.members[0].id == 3
    do(client, id_, lea, "join", card=wrapped.id, join="nAmongM", count=1)
    assert asked(id_, lea).member.members[1].join is n.Join.N_AMONG_M
    do(client, id_, lea, "remove", card=wrapped.id)
    assert [one.id for one in asked(id_, lea).member.members] == [2, 4, 8]


def test_a_card_is_added_filled_and_counted(karim):
    made = factories.signed_in(karim).post("/requetes/nouvelle/")
    id_ = int(re.search(r"requetes/(\d+)/", made["Location"])[1])
    client = factories.signed_in(karim)
    page = do(client, id_, karim, "add", card=1, kind="measurement").content.decode()
    assert 'class="editor"' in page and "criterion--open" in page
    found = client.get(f"/requetes/{id_}/critere/2/concepts/", {"q": "HEMOGLOBINE gly"}, **HTMX).content.decode()
    concept = re.search(r'value="(\d+)"', found)[1]
    sent = {"concept": concept, "below": "on", "value_op": "gt", "value": "8", "often_op": ">=", "often_n": "2", "age_from": "40",
            "since": "2020-01-01", "place": place(id_, karim)}  # fmt: skip
    page = client.post(f"/requetes/{id_}/critere/2/", sent, **HTMX).content.decode()
    card = asked(id_, karim).member.members[0]
    assert card.often == n.Often(n.Compare.GTE, 2) and card.age.least == n.Age(40)
    assert card.source.filters[0] == n.Number("value_as_number", n.Op.GT, 8.0)
    assert 0 < int(whole(page)) < 6000
    wrong = client.post(f"/requetes/{id_}/critere/2/", {**sent, "value": "", "place": place(id_, karim)}, **HTMX).content.decode()
    assert 'aria-invalid="true"' in wrong and asked(id_, karim).member.members[0] == card


def test_relations_are_made_and_removed(karim):
    id_ = factories.question(karim)
    client = factories.signed_in(karim)
    do(client, id_, karim, "unrelate", card=1, relation=0)
    assert asked(id_, karim).member.constraints == ()
    page = do(client, id_, karim, "relate", first=2, then=3, tie="", least=1, most=90).content.decode()
    assert "relation" in page
    [made] = asked(id_, karim).member.constraints
    assert (made.ids, made.least, made.most) == ((2, 3), n.Duration(days=1), n.Duration(days=90))
    do(client, id_, karim, "relate", first=2, then=3, tie="sameEncounter")
    assert asked(id_, karim).member.constraints[1] == n.Tied(n.Tie.SAME_ENCOUNTER, (2, 3))


def test_the_demo_s_limit_of_time_and_what_it_leaves_out_can_be_read(karim):
    """Fewer days are fewer patients; of a criterion left out, the number is of those who have it; each step has its name."""
    id_ = factories.question(karim)
    client = factories.signed_in(karim)
    pages = [
        do(client, id_, karim, "reorder", card=1, relation=0, cards=[2, 3], least=1, most=days).content.decode()
        for days in (90, 30)
    ]
    assert int(whole(pages[1])) < int(whole(pages[0]))
    assert pages[0].count("patients l’ont") == 1 and "dans cet ordre" in pages[0]
    assert "90+" in pages[0] and "âge en années, au jour de la livraison" in pages[0]
    tied = do(client, id_, karim, "relate", first=2, then=3, tie="sameEncounter").content.decode()
    assert "avec ces relations" in tied and "dans cet ordre" not in tied


def test_an_order_of_three_is_made_changed_counted_and_undone(karim):
    id_ = factories.question(karim)
    client = factories.signed_in(karim)
    do(client, id_, karim, "unrelate", card=1, relation=0)
    before = whole(client.get(f"/requetes/{id_}/").content.decode())
    page = do(client, id_, karim, "relate", first=2, then=[3, 4], tie="", most=900).content.decode()
    assert "dans les 900 jours suivant le précédent" in page.replace("\xa0", " ")
    [made] = asked(id_, karim).member.constraints
    assert made.ids == (2, 3, 4) and made.most == n.Duration(days=900)
    page = do(client, id_, karim, "reorder", card=1, relation=0, cards=[2, 3, "", ""], least="", most=30).content.decode()
    assert re.search(r'<details class="relate" open>', page) and 'name="cards"' in page
    two = whole(page)
    page = do(client, id_, karim, "reorder", card=1, relation=0, cards=[3, 2, 4], least=1, most=30).content.decode()
    three = whole(page)
    found = desk.look(queries.opened(asked(id_, karim)), karim).look
    assert three in {str(len(found.persons)), "0"} and int(three) <= int(two) <= int(before)
    assert asked(id_, karim).member.constraints[0].ids == (3, 2, 4)
    for expected in (two, None, before):
        page = client.post(f"/requetes/{id_}/annuler/", **HTMX).content.decode()
        assert expected is None or whole(page) == expected


def test_an_order_with_hours_is_kept_as_it_was_imported(karim):
    order = n.InOrder((2, 3), None, n.Duration(hours=6), known=True)
    member = n.Together(
        1,
        n.Join.AND,
        tuple(n.Basic(i, n.Resource.CONDITION, n.Criterion("ConditionOccurrence")) for i in (2, 3)),
        constraints=(order,),
    )
    id_ = factories.question(karim, asked=cohort360.write(n.Request((1,), member)))
    page = factories.signed_in(karim).get(f"/requetes/{id_}/").content.decode()
    assert 'class="related"' in page and 'value="reorder"' not in page


REFUSED = {
    terms.NO_CARD: ("turn", {"card": 99}),
    terms.NOT_A_GROUP: ("add", {"card": 2, "kind": "drug"}),
    terms.ROOT_STAYS: ("remove", {"card": 1}),
    terms.NO_ORDER: ("relate", {"first": 2, "then": 8}),
    terms.MISORDERED: ("relate", {"first": 2, "then": 3, "least": 9, "most": 3}),
}


@pytest.mark.parametrize("reason", REFUSED, ids=lambda one: one.code)
def test_what_cannot_be_done_says_why_on_the_board(karim, reason):
    id_ = factories.question(karim)
    gesture, data = REFUSED[reason]
    before = asked(id_, karim)
    response = do(factories.signed_in(karim), id_, karim, gesture, **data)
    assert response.status_code in {404, 409, 422} and 'role="alert"' in response.content.decode()
    assert asked(id_, karim) == before
    answer = factories.signed_in(karim).post(
        f"/requetes/{id_}/geste/", {"gesture": gesture, "place": 1, **data}, HTTP_ACCEPT="application/json"
    )
    assert answer.json()["code"] == reason.code


def test_two_windows_do_not_edit_over_one_another(karim):
    id_ = factories.question(karim)
    client = factories.signed_in(karim)
    do(client, id_, karim, "turn", card=2)
    late = client.post(f"/requetes/{id_}/geste/", {"gesture": "turn", "card": 3, "place": 1}, HTTP_ACCEPT="application/json")
    assert (late.status_code, late.json()["code"]) == (409, terms.CHANGED_ELSEWHERE.code)


def code_of(call) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code


def test_operations_refuse_what_makes_no_sense(karim, lea):
    id_ = factories.question(karim)
    who = {"question_id": id_, "account_id": karim.pk, "at": AT}
    assert code_of(lambda: operations.undo(**who)) == terms.NOTHING_TO_UNDO.code
    assert code_of(lambda: operations.redo(**who)) == terms.NOTHING_TO_REDO.code
    assert code_of(lambda: operations.rename(**who, name=" ")) == terms.NAME_MISSING.code
    assert code_of(lambda: operations.share(**who, with_id=karim.pk)) == terms.SHARED_WITH_SELF.code
    assert code_of(lambda: operations.undo(question_id=id_, account_id=lea.pk, at=AT)) == terms.NOT_FOUND.code
    assert operations.save(**who, release="r") == 1
    assert code_of(lambda: operations.save(**who, release="r")) == terms.NOT_CHANGED.code
    assert code_of(lambda: queries.version(question_id=id_, number=9)) == terms.NO_VERSION.code
    assert code_of(lambda: operations.apply(**who, place=1, gesture="within", sites=())) == terms.NO_PERIMETER.code
    assert code_of(lambda: account_id_of(email="nobody@exemple.fr")) == "accounts.not_found"
    full = n.Together(1, n.Join.AND, tuple(n.Basic(i, n.Resource.PATIENT, n.People()) for i in range(2, 201)))
    big = factories.question(karim, asked=cohort360.write(n.Request((1,), full)))
    more = n.Basic(0, n.Resource.PATIENT, n.People())
    assert (
        code_of(lambda: operations.apply(question_id=big, account_id=karim.pk, at=AT, place=1, gesture="add", to=1, card=more))
        == terms.TOO_MANY_CARDS.code
    )


def test_a_version_is_kept_compared_and_taken_up(karim):
    id_ = factories.question(karim)
    client = factories.signed_in(karim)
    client.post(f"/requetes/{id_}/enregistrer/", {"name": "Diabète, première"})
    do(client, id_, karim, "remove", card=8)
    client.post(f"/requetes/{id_}/enregistrer/", {"name": "Diabète, seconde"})
    page = client.get(f"/requetes/{id_}/versions/").content.decode()
    assert "Diabète, seconde" in page and "gained" in page and "retiré" in page
    client.post(f"/requetes/{id_}/versions/1/reprendre/")
    assert asked(id_, karim).member.members[-1].id == 8
    assert queries.question(question_id=id_, account_id=karim.pk).can_undo


def test_a_copy_is_given_and_counts_what_its_owner_may_ask(karim, lea):
    id_ = factories.question(lea)
    client = factories.signed_in(lea)
    assert client.post(f"/requetes/{id_}/partager/", {"email": "nobody@exemple.fr"}).status_code == 200
    assert client.post(f"/requetes/{id_}/partager/", {"email": "karim@recherche.exemple.fr"}).status_code == 302
    [copy] = queries.questions_of(account_id=karim.pk)
    assert copy.given_by == "Léa" and copy.asked == queries.question(question_id=id_, account_id=lea.pk).asked


def test_an_account_asks_about_its_own_places_only(karim):
    tilleuls = next(site.id for site in desk.store().places.values() if site.name == "Hôpital des Tilleuls")
    narrow = factories.account("Noé", investigator=True, care_sites=(tilleuls,))
    request = n.Request((1,))
    wide, here = (desk.look(request, who).look.persons for who in (karim, narrow))
    assert 0 < len(here) < len(wide) == 6000
    id_ = factories.question(narrow, asked=cohort360.write(queries.opened(request)))
    page = factories.signed_in(narrow).get(f"/requetes/{id_}/perimetre/").content.decode()
    assert "Tilleuls" in page and "Madeleine" not in page
    client = factories.signed_in(narrow)
    refused = client.post(f"/requetes/{id_}/perimetre/", {"place_of_care": "1", "place": "1"}, HTTP_ACCEPT="application/json")
    assert refused.json()["code"] == terms.NO_PERIMETER.code
    assert client.post(f"/requetes/{id_}/perimetre/", {"place_of_care": str(tilleuls), "place": "1"}).status_code == 302
    assert asked(id_, narrow).care_sites == (tilleuls,)


def test_files_come_in_and_go_out(karim):
    client = factories.signed_in(karim)
    id_ = factories.question(karim)
    out = client.get(f"/requetes/{id_}/requete.json")
    assert out.json() == queries.question(question_id=id_, account_id=karim.pk).asked
    made = client.post("/requetes/importer/", {"text": json.dumps(out.json() | {"extra": 1})}, follow=True)
    assert "extra" in made.content.decode()
    theirs = {"_type": "request", "sourcePopulation": {"caresiteCohortList": [1]}, "request": {
        "_type": "basicResource", "_id": 1, "isInclusive": True, "resourceType": "Condition", "filterFhir": "code=E11"}}  # fmt: skip
    page = client.post("/requetes/importer/", {"text": json.dumps(theirs)}, follow=True).content.decode()
    assert whole(page) == "—" and "code=E11" in page
    for text in ("{", '{"_type": "request"}', '{"ConceptSets": 3}'):
        assert (
            'class="alert alert--bad"' in (again := client.post("/requetes/importer/", {"text": text}).content.decode())
            or "errorlist" in again
        )


def test_a_definition_of_circe_is_answered_rule_by_rule(karim):
    diabetes = next(one.id for one in desk.store().concepts.values() if one.code == "E11")
    sets = [
        {"id": 0, "name": "diabète", "expression": {"items": [{"concept": {"CONCEPT_ID": diabetes}, "includeDescendants": True}]}}
    ]
    primary = {"CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}], "ObservationWindow": {"PriorDays": 0, "PostDays": 0},
               "PrimaryCriteriaLimit": {"Type": "First"}}  # fmt: skip
    rule = {"name": "Deux fois", "expression": {"Type": "ALL", "CriteriaList": [{"Criteria": {"ConditionOccurrence": {"CodesetId": 0}},
            "StartWindow": {"Start": {"Days": 1, "Coeff": 1}, "End": {"Coeff": 1}}, "Occurrence": {"Type": 2, "Count": 1}}],
            "DemographicCriteriaList": [], "Groups": []}}  # fmt: skip
    text = json.dumps({"ConceptSets": sets, "PrimaryCriteria": primary, "InclusionRules": [rule]})
    client = factories.signed_in(karim)
    page = client.post("/requetes/importer/", {"text": text}, follow=True).content.decode()
    assert "Deux fois" in page and int(whole(page)) > 0
    [kept] = queries.questions_of(account_id=karim.pk)
    assert kept.form is Form.DEFINITION
    for part in ("resultat", "versions", "patients"):
        assert client.get(f"/requetes/{kept.id}/{part}/").status_code == 200
    assert client.post(f"/requetes/{kept.id}/geste/", {"gesture": "turn", "card": 1, "place": 1}).status_code in {404, 422}


def test_patients_are_shown_under_pseudonyms_and_noted(karim):
    from django.db import connection

    id_ = factories.question(karim, 2)
    client = factories.signed_in(karim)
    page = client.get(f"/requetes/{id_}/patients/").content.decode()
    names = re.findall(r"patients/([0-9A-F-]{14})/", page)
    assert len(names) == 25
    assert client.get(f"/requetes/{id_}/patients/{names[0]}/").status_code == 200
    lost = client.get(f"/requetes/{id_}/patients/0000-0000-0000/", HTTP_ACCEPT="application/json")
    assert lost.json()["code"] == terms.NO_PATIENT.code
    with connection.cursor() as cursor:
        acts = {entry.act for entry in journal.entries(cursor, actor=str(karim), limit=20)}
    assert {"cohorts.patients", "cohorts.patient"} <= acts


@pytest.mark.parametrize(
    "part", ["", "resultat/", "perimetre/", "versions/", "enregistrer/", "nommer/", "partager/", "supprimer/"]
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_is_drawn_in_both_languages(lea, part, language):
    id_ = factories.question(lea, 1)
    page = factories.signed_in(lea).get(f"/requetes/{id_}/{part}", HTTP_ACCEPT_LANGUAGE=language)
    assert page.status_code == 200 and f'lang="{language}"' in page.content.decode()


def test_a_request_is_removed_and_its_journal_stays(lea):
    id_ = factories.question(lea)
    client = factories.signed_in(lea)
    assert client.post(f"/requetes/{id_}/supprimer/").status_code == 302
    assert client.get(f"/requetes/{id_}/", HTTP_ACCEPT="application/json").status_code == 404
