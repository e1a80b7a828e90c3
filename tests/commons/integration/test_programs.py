"""Programs: their own chain guards as the pages' does, whoever calls; a caller with a session takes the pages' way."""

import json
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import Client, RequestFactory
from django.urls import get_resolver

from diptych.commons import clock
from diptych.commons.web import bearer
from diptych.commons.web.doors import every_door
from diptych.commons.web.programs import is_program
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import Audience
from tests.culture import factories

pytestmark = pytest.mark.django_db

SEALS = (
    "Content-Security-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "Referrer-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "X-Permitted-Cross-Domain-Policies",
)


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(at=factories.AT):
        yield


def bearing(person: Person) -> dict[str, Any]:
    """The headers of somebody's program."""
    token = bearer.issue(person_id=person.pk, audience=str(person.audience), at=factories.AT)
    return {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_ACCEPT": "application/json"}


def asked(path: str, *, session: bool = False) -> WSGIRequest:
    """A request, not sent."""
    request = RequestFactory().get(path)
    if session:
        request.COOKIES["sessionid"] = "x"
    return request


@pytest.mark.parametrize(
    ("path", "session", "program"),
    [
        ("/api/v1/offers", False, True),
        ("/api/v1/offers", True, False),
        ("/api/v1/token", False, False),
        ("/api/v1/token/refresh", False, False),
        ("/", False, False),
        ("/apiary/", False, False),
    ],
)
def test_which_way_a_request_takes(path: str, session: bool, program: bool) -> None:
    assert is_program(asked(path, session=session)) is program


TOKENS = {
    "nobody": (Audience.VISITOR, lambda: {"HTTP_ACCEPT": "application/json"}),
    "a forged token": (Audience.VISITOR, lambda: {"HTTP_AUTHORIZATION": "Bearer 1.youth.9", "HTTP_ACCEPT": "application/json"}),
    "youth": (Audience.YOUTH, lambda: bearing(factories.youth())),
    "venue": (Audience.VENUE, lambda: bearing(factories.pro(venue=factories.venue()))),
    "staff": (Audience.STAFF, lambda: bearing(factories.staff())),
}


@pytest.mark.parametrize("who", TOKENS)
def test_each_door_of_the_api_by_token(who: str) -> None:
    """The doors' own walk goes by session, and so by the pages' way: this one goes through the programs' chain."""
    audience, headers = TOKENS[who]
    sent, wrong = headers(), []
    doors = [door for door in every_door(get_resolver().url_patterns) if door.name.startswith("youth-api:")]
    assert len(doors) > 8
    for door in doors:
        if door.address.startswith("/api/v1/token"):
            continue
        address = door.address.replace("<offer_id>", "1").replace("<booking_id>", "1")
        response = Client().generic(door.method, address, b"", "application/json", **sent)
        allowed = bool(door.audiences and {audience, Audience.VISITOR} & door.audiences)
        stopped = response.status_code in (401, 403) and response.json()["code"].startswith("doors.")
        missing = [name for name in SEALS if name not in response.headers]
        if stopped == allowed or missing or response.cookies or response.status_code >= 500:
            wrong.append((door.method, address, response.status_code, missing))
    assert wrong == []


def test_the_seals_are_those_of_a_page() -> None:
    page, program = (Client().get(path, secure=True).headers for path in ("/compte/connexion/", "/api/v1/offers"))
    assert {name: program[name] for name in SEALS} == {name: page[name] for name in SEALS}


def test_a_host_that_is_not_ours_is_refused_with_the_seals(settings) -> None:
    settings.ALLOWED_HOSTS = ["diptych.example"]
    response = Client().get("/api/v1/offers", HTTP_HOST="ailleurs.example")
    assert response.status_code == 400
    assert [name for name in SEALS if name not in response.headers] == []


def test_a_session_without_a_form_token_books_nothing() -> None:
    """A session may book through the API from our own pages only: another site's form has no token."""
    person, date = factories.youth(), factories.stock()
    client = Client(enforce_csrf_checks=True)
    client.cookies = factories.signed_in(person).cookies
    body = json.dumps({"stock_id": date.pk, "places": 1})
    assert client.post("/api/v1/bookings", body, "application/json").status_code == 403
    assert not Booking.objects.exists()


def test_the_straight_way_and_ninjas_say_the_same() -> None:
    """A booking by session goes through django-ninja, one by token straight: same fields, same kinds of values."""
    answers = []
    for by_token in (True, False):
        person, date = factories.youth(), factories.stock()
        client = Client() if by_token else factories.signed_in(person)
        headers = bearing(person) if by_token else {"HTTP_ACCEPT": "application/json"}
        response = client.post("/api/v1/bookings", json.dumps({"stock_id": date.pk, "places": 1}), "application/json", **headers)
        assert response.status_code == 201
        assert response["Content-Type"] == "application/json; charset=utf-8"
        answers.append({name: type(value) for name, value in response.json().items()})
    assert answers[0] == answers[1]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"stock_id": "x", "places": 1}', b'{"stock_id": 1, "places": 3}', b"\xff"])
def test_what_is_not_plainly_right_is_refused_as_everywhere(body: bytes) -> None:
    """By token, the straight way gives over to django-ninja: the same answer as to a session, which never went straight."""
    person = factories.youth()
    by_token = Client().generic("POST", "/api/v1/bookings", body, "application/json", **bearing(person))
    by_session = factories.signed_in(person).generic(
        "POST", "/api/v1/bookings", body, "application/json", HTTP_ACCEPT="application/json"
    )
    assert by_token.status_code in (400, 422)
    assert (by_token.status_code, by_token.json()) == (by_session.status_code, by_session.json())


def test_a_key_too_long_is_refused() -> None:
    headers = bearing(factories.youth()) | {"HTTP_IDEMPOTENCY_KEY": "k" * 65}
    response = Client().post("/api/v1/bookings", json.dumps({"stock_id": 1, "places": 1}), "application/json", **headers)
    assert (response.status_code, response.json()["code"]) == (422, "api.malformed")


@pytest.mark.parametrize(("language", "said"), [("fr", "fr"), ("en", "en"), ("", "fr")])
def test_refusals_speak_the_callers_language(language: str, said: str) -> None:
    response = Client().get("/api/v1/wallet", HTTP_ACCEPT_LANGUAGE=language)
    assert (response.status_code, response["Content-Language"]) == (401, said)
