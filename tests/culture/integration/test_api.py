"""The youth's JSON API: who may, what it answers, and its contract attacked by Schemathesis."""

import json
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS

from diptych.commons import clock
from diptych.commons.web import bearer
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.people.models import Person
from tests.culture.factories import AT, PASSWORD, offer, pro, stock, youth
from tests.thoroughness import examples

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


def as_(person: Person) -> dict[str, Any]:
    """The headers of somebody's program."""
    token = bearer.issue(person_id=person.pk, audience=str(person.audience), at=AT)
    return {"headers": {"Authorization": f"Bearer {token}", "Accept": "application/json"}}


def post(client: Client, path: str, body: dict[str, Any], **others: Any) -> Any:
    """POST JSON."""
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", **others)


def test_the_river_by_program(client: Client) -> None:
    """Sign in, find, look, book (twice is once), see the ticket and the wallet, cancel (twice is once)."""
    ines, screening = youth(), stock(event=True, price_cents=8_00)
    signed = post(client, "token", {"email": ines.email.upper(), "password": PASSWORD})
    assert signed.status_code == 200
    ours = {"headers": {"Authorization": f"Bearer {signed.json()['access']}"}}
    found = client.get("/api/v1/offers", {"text": "court metrage"}).json()
    assert [card["id"] for card in found["cards"]] == [screening.offer_id]
    page = client.get(f"/api/v1/offers/{screening.offer_id}").json()
    assert [(s["id"], s["price_cents"], s["left"]) for s in page["stocks"]] == [(screening.pk, 8_00, 10)]
    ours["headers"]["Idempotency-Key"] = "a-key"
    made = post(client, "bookings", {"stock_id": screening.pk, "places": 2}, **ours)
    again = post(client, "bookings", {"stock_id": screening.pk, "places": 2}, **ours)
    assert (made.status_code, again.status_code, made.json()["id"]) == (201, 200, again.json()["id"])
    ticket = client.get(f"/api/v1/bookings/{made.json()['id']}", **ours).json()
    assert (ticket["token"], ticket["cancellable"], ticket["total_cents"]) == (made.json()["token"], True, 16_00)
    assert [b["id"] for b in client.get("/api/v1/bookings", **ours).json()] == [ticket["id"]]
    assert client.get("/api/v1/wallet", **ours).json()["left_cents"] == 150_00 - 16_00
    assert [post(client, f"bookings/{ticket['id']}/cancel", {}, **ours).status_code for _ in range(2)] == [204, 204]
    assert client.get("/api/v1/wallet", **ours).json()["left_cents"] == 150_00
    assert [b["status"] for b in client.get("/api/v1/bookings?ended=true", **ours).json()] == ["CANCELLED"]


def test_refusals_are_json_with_a_code(client: Client) -> None:
    """Status by kind, code, a sentence, the facts; in the language that is asked for."""
    ines = youth()
    gone = stock(quantity=0)
    answer = post(client, "bookings", {"stock_id": gone.pk}, **as_(ines))
    assert (answer.status_code, answer.json()["code"]) == (409, "bookings.sold_out")
    assert post(client, "bookings", {"stock_id": 2**40}, **as_(ines)).status_code == 404
    assert client.get(f"/api/v1/offers/{2**40}").json()["code"] == "catalogue.not_found"
    assert client.get(f"/api/v1/offers/{offer(published=False).pk}").status_code == 404
    assert client.get(f"/api/v1/bookings/{2**40}", **as_(ines)).json()["code"] == "bookings.not_found"
    assert client.get("/api/v1/wallet", **as_(youth(age=15))).status_code == 204


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "stock_id"),
        ({"stock_id": "x"}, "stock_id"),
        ({"stock_id": 0}, "stock_id"),
        ({"stock_id": 2**63}, "stock_id"),
        ({"stock_id": 1, "places": 3}, "places"),
        ({"stock_id": 1, "places": 1.5}, "places"),
        ({"stock_id": None}, "stock_id"),
    ],
)
def test_malformed_bodies_name_their_field(client: Client, body: dict[str, Any], field: str) -> None:
    """422, the field named, never the value."""
    answer = post(client, "bookings", body, **as_(youth()))
    assert (answer.status_code, answer.json()["code"]) == (422, "api.malformed")
    assert answer.json()["facts"]["field"] == field
    assert field in answer.json()["message"]


@pytest.mark.parametrize(
    ("language", "query", "message"),
    [
        ("fr", "page=0", "La demande n’est pas celle attendue : page doit valoir au moins 1."),
        ("en", "page=0", "The request is not as expected: page must be at least 1."),
        ("fr", "page=x", "La demande n’est pas celle attendue : page doit être un nombre entier."),
    ],
)
def test_what_is_malformed_is_said_in_the_readers_language(client: Client, language: str, query: str, message: str) -> None:
    answer = client.get(f"/api/v1/offers?{query}", headers={"Accept-Language": language})
    assert (answer.status_code, answer.json()["message"]) == (422, message)
    assert answer.json()["facts"] == {"field": "page", "fault": "greater_than_equal" if query == "page=0" else "int_parsing"}


def test_who_may(client: Client) -> None:
    """No token, a forged one, an ended one, a venue's: nothing. A suspended account's token books nothing."""
    item = stock()
    body = {"stock_id": item.pk}
    ines = youth()
    old = bearer.issue(person_id=ines.pk, audience="youth", at=AT - bearer.ACCESS_FOR)
    good = bearer.issue(person_id=ines.pk, audience="youth", at=AT)
    for token in ("", "x", "1.youth.9999999999.AAAA", old, good[:-2] + "AA", good.replace("youth", "staff"), "é" * 40):
        answer = post(client, "bookings", body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, token
    assert post(client, "bookings", body).status_code == 401
    assert post(client, "bookings", body, **as_(pro())).status_code == 403
    suspended = youth(state="SUSPENDED")
    assert post(client, "bookings", body, **as_(suspended)).json()["code"] == "bookings.account_closed"
    assert post(client, "token", {"email": ines.email, "password": "wrong"}).status_code == 401
    assert Booking.objects.count() == 0


def test_the_session_needs_its_csrf_token() -> None:
    """From a page of the same site: with the token yes, without it no."""
    client, ines, item = Client(enforce_csrf_checks=True), youth(), stock()
    client.force_login(ines)
    assert post(client, "bookings", {"stock_id": item.pk}).status_code == 403
    client.cookies["csrftoken"] = "a" * 32
    assert post(client, "bookings", {"stock_id": item.pk}, headers={"X-CSRFToken": "a" * 32}).status_code == 201


def test_refresh_tokens_are_used_once(client: Client) -> None:
    """A new pair each time; a spent one closes the family, whoever holds the other."""
    ines = youth()
    first = post(client, "token", {"email": ines.email, "password": PASSWORD}).json()
    second = post(client, "token/refresh", {"refresh": first["refresh"]})
    assert second.status_code == 200
    stolen = post(client, "token/refresh", {"refresh": first["refresh"]})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "bearer.refresh_refused")
    assert post(client, "token/refresh", {"refresh": second.json()["refresh"]}).status_code == 401


def test_hostile_searches(client: Client) -> None:
    """Whatever is typed, an answer."""
    stock(event=True)
    for text in ("' or 1=1 --", "%", "_", "\\", "&|!:*", "<script>", "\U0001f3ac", "a" * 200, "é" * 200, "(((", "court -metrage"):
        assert client.get("/api/v1/offers", {"text": text}).status_code == 200, text
    for bad in (
        {"text": "a" * 201},
        {"latitude": "nan"},
        {"page": "0"},
        {"from_day": "never"},
        {"sort": "luck"},
        {"radius_km": "-1"},
    ):
        assert client.get("/api/v1/offers", bad).status_code == 422, bad


def test_the_contract_is_served(client: Client) -> None:
    """OpenAPI, with every operation; and the key that checks tickets."""
    contract = client.get("/openapi.json").json()
    operations = {op["operationId"] for path in contract["paths"].values() for op in path.values()}
    assert operations == {"sign_in", "refresh", "search", "venues", "offer", "book", "bookings", "booking", "cancel", "wallet"}
    assert client.get("/.well-known/diptych-ticket-key.json").json()["crv"] == "Ed25519"


@pytest.mark.django_db(transaction=True)
def test_schemathesis() -> None:
    """Hundreds of drawn requests on the served contract: no server error, no answer that the contract does not allow."""
    ines = youth()
    stock(event=True)
    token = bearer.issue(person_id=ines.pk, audience="youth", at=AT)
    with _Served() as base:
        contract = schemathesis.openapi.from_url(f"{base}/openapi.json")
        wanted = CHECKS.get_by_names(
            ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
        )

        tried = 0
        for result in contract.get_all_operations():
            tried += _attack(result.ok().as_strategy(), token, wanted)
        assert tried >= 9 * 20
    connections.close_all()


def _attack(strategy: Any, token: str, wanted: Any) -> int:
    count = 0

    @settings(max_examples=examples(40), suppress_health_check=list(HealthCheck))
    @given(case=strategy)
    def run(case: Any) -> None:
        nonlocal count
        count += 1
        case.call_and_validate(checks=wanted, headers={"Authorization": f"Bearer {token}"})

    run()
    return count


class _Served:
    "The application on a port of this machine, in a thread that shares the frozen clock."

    def __enter__(self) -> str:
        application = get_wsgi_application()

        def served(environ: Any, start: Any) -> Any:
            try:
                with clock.frozen(at=AT):
                    return application(environ, start)
            finally:
                connections.close_all()  # of the server's thread: the test's database is dropped at the end

        self._server = make_server("127.0.0.1", 0, served, handler_class=_Quiet)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def test_an_address_with_a_null_character_is_malformed_not_a_fault() -> None:
    answer = post(Client(), "token", {"email": "ines\0@exemple.fr", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (422, "api.malformed")
