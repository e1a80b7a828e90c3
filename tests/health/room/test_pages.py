"""The locked room's pages: who may open which, what waits for whom, a code mapped and taken back, a release signed; all journalled."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import get_resolver

from diptych.commons.refusal import Refused
from diptych.commons.web.doors import every_door
from diptych.health.commands.room import open_one
from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.quality.book import Book
from diptych.health.warehouse.identified.staff.queries import journalled
from diptych.health.warehouse.identified.staff.terms import Role
from tests.health.hospitals import AT, Hospital
from tests.health.room.conftest import PASSWORD

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
I10 = {"vocabulary": "CIM10", "code": "I10"}


def doors():
    return list(every_door(get_resolver().url_patterns))


def concrete(address: str) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", "french_ehr", address)


@pytest.mark.parametrize("who", ["visitor", "engineer", "steward", "dpo"])
def test_each_door_lets_in_those_it_names_and_nobody_else(who, browser):
    kept = browser(who).cookies if who != "visitor" else Client().cookies
    wrong = []
    for door in doors():
        if door.name == "sign-out":
            continue
        for method in door.method.split(", "):
            client = Client()
            client.cookies = kept
            response = client.generic(method, concrete(door.address), b"", "application/x-www-form-urlencoded", **JSON)
            said = response.json().get("code", "") if response.headers.get("Content-Type") == "application/json" else ""
            allowed = bool(door.audiences and {who, Role.VISITOR} & door.audiences)
            if (said in {"doors.closed", "doors.sign_in"}) == allowed or response.status_code >= 500:
                wrong.append((method, door.address, response.status_code, said))
    assert wrong == []


def test_no_address_has_no_door():
    assert [door.address for door in doors() if door.audiences is None] == []


def test_a_password_opens_and_the_journal_keeps_it(browser):
    browser("engineer")
    client = Client()
    sent = {"username": "Engineer@salle.exemple.fr", "password": "wrong"}
    assert client.post("/compte/connexion/", sent).status_code == 200
    assert client.post("/compte/connexion/", sent | {"password": PASSWORD}).status_code == 302
    assert journalled()[0].act == "staff.sign_in"


def test_what_waits_for_whom_and_where_rows_are(browser):
    page = browser("engineer").get("/").content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").replace("\u202f", " ")
    assert "Dossier patient, couche brute : 1 ligne en quarantaine" in text
    assert "2 codes n’ont pas de concept" in text
    assert "Reçues 13 Chargées" in text
    assert {"réception", "standardisation", "pseudonymisation et publication"} <= {one for one in (
        "réception", "standardisation", "pseudonymisation et publication") if one in text}  # fmt: skip
    assert [entry.act for entry in journalled(limit=1)] == ["room.look"]
    assert "Curie" not in page and "NIR" not in page


def test_a_source_tells_its_deliveries_and_no_row(browser):
    response = browser("engineer").get("/sources/french_ehr/")
    page = response.content.decode()
    assert "une valeur qui n’est pas de son type" in page and "diptych health flow replay --source french_ehr" in page
    assert "hier" not in re.sub(r"<time.*?</time>", "", page), "what a bad row says stays sealed"
    assert browser("dpo").get("/sources/nothing/", **JSON).json()["code"] == "landing.no_source"


def test_a_code_is_mapped_applied_by_the_next_run_and_taken_back(browser, hospital: Hospital):
    steward = browser("steward")
    listed = steward.get("/codes/").content.decode()
    assert listed.index("CIM10 I10") < listed.index("CIM10 A999"), "the most used first"
    found = steward.get("/codes/code/", I10 | {"q": "HYPERTENSION essent"}).content.decode()
    assert "320128" in found and "4322024" not in found
    assert 'value="45591453"' not in steward.get("/codes/code/", I10 | {"q": "source"}).content.decode()

    for wrong, code in (
        ({"concept": "45591453", "why": "no"}, "standardise.not_standard"),
        ({"concept": "9" * 30, "why": "no"}, "standardise.not_standard"),
        ({"concept": "320128", "why": "  "}, "standardise.no_why"),
        ({"concept": "320128", "why": "x", "code": "NOWHERE"}, "standardise.no_code"),
    ):
        assert steward.post("/codes/decider/", I10 | wrong, **JSON).json()["code"] == code
    given = I10 | {"concept": "320128", "why": "le catalogue le dit"}
    assert steward.post("/codes/decider/", given).status_code == 302
    assert "décidé, attend le prochain passage" in steward.get("/codes/").content.decode()
    page = steward.get("/codes/code/", I10).content.decode()
    assert "Anne Référente" in page and "le catalogue le dit" in page and "Hypertension essentielle" in page

    hospital.run(at=AT + timedelta(hours=1))
    assert set(hospital.column("condition_occurrence", "condition_concept_id")) == {0, 320128}
    assert "CIM10 I10" not in steward.get("/codes/").content.decode()
    assert steward.post("/codes/decider/", I10 | {"why": "une erreur"}).status_code == 302
    hospital.run(at=AT + timedelta(hours=2))
    assert set(hospital.column("condition_occurrence", "condition_concept_id")) == {0}
    told = steward.get("/codes/historique/").content.decode()
    assert told.index("une erreur") < told.index("le catalogue le dit")
    assert [entry.act for entry in journalled(limit=20)].count("room.decide") == 2


def test_only_a_steward_decides(browser):
    engineer = browser("engineer")
    assert engineer.post("/codes/decider/", I10 | {"concept": "320128", "why": "x"}, **JSON).json()["code"] == "doors.closed"
    page = engineer.get("/codes/code/", I10 | {"q": "hypertension"}).content.decode()
    assert 'name="concept"' not in page and 'name="why"' not in page
    assert (
        engineer.get("/codes/code/", {"vocabulary": "CIM10", "code": "NOWHERE"}, **JSON).json()["code"] == "standardise.no_code"
    )


def test_the_officer_signs_a_failing_release_by_name(browser, hospital: Hospital):
    book = Book(hospital.room.book)
    release = book.history()[-1]["release"]
    summary = book.page(release, "summary.json")
    before = summary.read_text(), book.page(release, "report.json").read_text()
    failing = json.loads(before[0]) | {"stops": ["isPrimaryKey.person.person_id"]}
    whole = json.loads(before[1])
    summary.write_text(json.dumps(failing))
    book.page(release, "report.json").write_text(json.dumps(whole | {"summary": whole["summary"] | {"stops": failing["stops"]}}))
    try:
        officer = browser("dpo")
        assert "1 contrôle bloquant échoue" in officer.get("/").content.decode()
        assert officer.post(f"/qualite/{release}/signer/", {"reason": "oui"}, **JSON).json()["code"] == "quality.nameless"
        assert officer.post(f"/qualite/{release}/signer/", {"reason": "les unités suivent lundi"}).status_code == 302
        page = officer.get("/qualite/").content.decode()
        assert "laissée passer par Denis Délégué" in page and "les unités suivent lundi" in page
        assert book.overriding(release).by == "Denis Délégué"  # type: ignore[union-attr]
        assert "room.sign" in officer.get("/journal/").content.decode()
    finally:
        summary.write_text(before[0])
        book.page(release, "report.json").write_text(before[1])


def test_an_empty_room_says_how_to_begin(browser, tmp_path, settings):
    settings.ROOM_HOME, settings.ROOM_KEYS = tmp_path / "home", tmp_path / "home.keys"
    client = browser("steward")
    assert "diptych health flow run" in client.get("/").content.decode()
    assert client.get("/codes/", **JSON).json()["code"] == "standardise.not_made"
    assert "Aucun rapport" in client.get("/qualite/").content.decode()


def test_a_step_that_was_killed_shows_as_such(browser, hospital: Hospital):
    path = hospital.room.home / "runs.jsonl"
    kept = path.read_text()
    assert {json.loads(line)["step"] for line in kept.splitlines()} == {step.__name__ for step in flow.STEPS}
    path.write_text(
        kept + json.dumps({"run": AT.isoformat(), "step": "receive", "began": "2027-01-01T00:00:00+00:00"}) + '\n{"cut'
    )
    try:
        assert "en cours, ou interrompue" in browser("engineer").get("/").content.decode()
    finally:
        path.write_text(kept)


@pytest.mark.parametrize(("given", "code"), [
    ({"email": "nobody"}, "staff.no_address"), ({"password": "short"}, "staff.weak_password"), ({"role": "visitor"}, "staff.no_role"),
    ({"email": "STEWARD@salle.exemple.fr"}, "staff.taken"),
])  # fmt: skip
def test_an_account_that_may_not_be_opened(browser, given, code):
    browser("steward")
    whole = {"email": "a@salle.exemple.fr", "name": "Ada", "password": PASSWORD, "role": "engineer"} | given
    with pytest.raises(Refused) as refused:
        open_one(**whole)
    assert refused.value.code == code


def test_too_many_wrong_passwords(browser):
    browser("steward")
    client, sent = Client(), {"username": "steward@salle.exemple.fr", "password": "wrong"}
    for _ in range(5):
        response = client.post("/compte/connexion/", sent, **JSON)
    assert (response.status_code, response.json()["code"]) == (429, "staff.locked_out")
