"""Every address lets in whom its door names, and nobody else; and nobody else's requests."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from diptych.commons.web.doors import every_door
from diptych.health.warehouse.research.accounts.terms import Audience
from tests.health.screens import factories

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
EVERYBODY = {
    "visitor": (Audience.VISITOR, lambda: Client()),
    "researcher": (Audience.RESEARCHER, lambda: factories.signed_in(factories.account())),
    "investigator": (Audience.INVESTIGATOR, lambda: factories.signed_in(factories.account("Karim", investigator=True))),
}


def doors():
    return list(every_door(get_resolver().url_patterns))


def concrete(address: str) -> str:
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: "AAAA-BBBB-CCCC" if found[1] == "str" else "1", address)


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_door_lets_in_those_it_names_and_nobody_else(who):
    audience, browser = EVERYBODY[who]
    kept = browser().cookies
    wrong = []
    for door in doors():
        if door.name == "sign-out":
            continue
        for method in door.method.split(", "):
            client = Client()
            client.cookies = kept
            response = client.generic(method, concrete(door.address), b"", "application/x-www-form-urlencoded", **JSON)
            said = response.json().get("code", "") if response.headers.get("Content-Type") == "application/json" else ""
            allowed = bool(door.audiences and {audience, Audience.VISITOR} & door.audiences)
            stopped = said in {"doors.closed", "doors.sign_in"}
            if stopped == allowed or response.status_code >= 500:
                wrong.append((method, door.address, response.status_code, said))
    assert wrong == []


def test_no_address_has_no_door():
    assert [door.address for door in doors() if door.audiences is None] == []


def test_somebody_elses_request_is_as_one_that_does_not_exist():
    mine = factories.question(factories.account("Léa"))
    other = factories.signed_in(factories.account("Karim", investigator=True))
    wrong = []
    for door in doors():
        if "<int:question_id>" not in door.address:
            continue
        address = concrete(door.address.replace("<int:question_id>", str(mine)))
        data = {
            "gesture": "turn",
            "card": "2",
            "name": "x",
            "place": "1",
            "place_of_care": "1",
            "email": "lea@recherche.exemple.fr",
        }
        for method in ("get", "post"):
            response = getattr(other, method)(address, data, **JSON)
            if response.status_code not in {404, 405}:
                wrong.append((method, address, response.status_code))
    assert wrong == []


def test_a_password_opens_and_a_wrong_one_does_not():
    factories.account("Léa")
    client = Client()
    sent = {"username": "Lea@recherche.exemple.fr", "password": "wrong"}
    assert client.post("/compte/connexion/", sent).status_code == 200
    assert client.get("/", HTTP_ACCEPT="text/html").status_code == 302
    assert client.post("/compte/connexion/", {**sent, "password": factories.PASSWORD}).status_code == 302
    assert client.get("/", HTTP_ACCEPT="text/html").status_code == 200


def test_too_many_wrong_passwords_shut_the_door():
    factories.account("Léa")
    client = Client()
    for _ in range(6):
        response = client.post("/compte/connexion/", {"username": "lea@recherche.exemple.fr", "password": "wrong"}, **JSON)
    assert (response.status_code, response.json()["code"]) == (429, "accounts.locked_out")
