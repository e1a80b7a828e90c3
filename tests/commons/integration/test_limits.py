"""Rate limits: counts by window, shared by processes, without the database; 429 with its wait."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from timeit import timeit

import pytest
from django.test import Client

from diptych.commons import clock
from diptych.commons.web import limits
from diptych.commons.web.limits import Counters, Limit
from tests.culture import factories

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.fixture
def limited(settings, tmp_path):
    """Limits on, with counters of their own."""
    settings.LIMITS_ON = True
    settings.LIMITS_FILE = tmp_path / "limits"
    limits._counters.cache_clear()
    with clock.frozen(at=AT):
        yield settings
    limits._counters.cache_clear()


def test_a_window_counts_and_ends(tmp_path):
    counters = Counters(tmp_path / "limits")
    assert [counters.knock(7, window=1) for _ in range(3)] == [1, 2, 3]
    assert counters.knock(8, window=1) == 1
    assert counters.knock(7, window=2) == 1


def test_processes_share_their_counts(tmp_path):
    path = tmp_path / "limits"
    code = f"from pathlib import Path; from diptych.commons.web.limits import Counters; Counters(Path({str(path)!r})).knock(7, window=1)"
    counters = Counters(path)
    counters.knock(7, window=1)
    subprocess.run([sys.executable, "-c", code], check=True)
    assert counters.knock(7, window=1) == 3


def test_a_full_neighbourhood_gives_its_oldest_away(tmp_path):
    counters = Counters(tmp_path / "limits", slots=8)
    for who in range(8):
        counters.knock(who, window=who)
    assert counters.knock(100, window=9) == 1
    assert counters.knock(100, window=9) == 2
    assert counters.knock(7, window=7) == 2


def test_a_knock_costs_microseconds(tmp_path):
    counters = Counters(tmp_path / "limits")
    assert timeit(lambda: counters.knock(7, window=1), number=10_000) / 10_000 < 50e-6


@pytest.mark.django_db
def test_too_many_sign_ins_are_told_when_to_come_back(limited):
    limited.LIMITS = {"account_login": (Limit("field", 3, 900, field="login"),)}
    sent = {"login": "ines@exemple.example", "password": "faux"}
    assert [Client().post("/compte/connexion/", sent).status_code for _ in range(3)] == [200, 200, 200]
    refused = Client().post("/compte/connexion/", {**sent, "login": " INES@exemple.example"})
    assert (refused.status_code, refused["Retry-After"]) == (429, "900")
    assert Client().post("/compte/connexion/", {**sent, "login": "malo@exemple.example"}).status_code == 200
    assert Client().get("/compte/connexion/").status_code == 200
    with clock.frozen(at=AT + timedelta(minutes=15)):
        assert Client().post("/compte/connexion/", sent).status_code == 200


@pytest.mark.django_db
def test_a_program_is_answered_in_json(limited):
    limited.LIMITS = {"youth-api:search": (Limit("address", 1, 60, methods=frozenset({"GET"})),)}
    assert Client().get("/api/v1/offers").status_code == 200
    refused = Client().get("/api/v1/offers")
    assert (refused.status_code, refused.json()["code"]) == (429, "limits.too_often")
    assert Client(REMOTE_ADDR="192.0.2.9").get("/api/v1/offers").status_code == 200


@pytest.mark.django_db
def test_accounts_are_counted_by_session_and_by_token(limited, django_assert_num_queries):
    from diptych.commons.web import bearer

    limited.LIMITS = {"youth-api:book": (Limit("account", 1, 60),)}
    ines, malo = factories.youth(), factories.youth()
    body = {"stock_id": 1, "places": 1}

    def book(person):
        token = bearer.issue(person_id=person.pk, audience="youth", at=clock.now())
        return Client().post("/api/v1/bookings", body, "application/json", HTTP_AUTHORIZATION=f"Bearer {token}")

    assert book(ines).status_code == 404
    with django_assert_num_queries(0):
        assert book(ines).status_code == 429
    assert book(malo).status_code == 404


def test_the_address_is_our_proxys_word_only_behind_a_proxy(rf, settings):
    request = rf.get("/", HTTP_X_FORWARDED_FOR="203.0.113.5, 198.51.100.7", REMOTE_ADDR="10.0.0.1")
    settings.TRUST_PROXY = False
    assert limits.client_address(request) == "10.0.0.1"
    settings.TRUST_PROXY = True
    assert limits.client_address(request) == "198.51.100.7"


def test_an_address_of_ipv6_counts_by_its_network(limited, rf):
    """Whoever has an address of IPv6 has 2^64 of them: each was a stranger to the limits."""

    def knock(address):
        return limits.why_not(name="door", limits=[Limit("address", 1, 60)], request=rf.post("/", REMOTE_ADDR=address))

    assert knock("2001:db8:0:1::1") is None
    assert knock("2001:db8:0:1:ffff::2") is not None
    assert knock("2001:db8:0:2::1") is None
    assert knock("::ffff:192.0.2.1") is None
    assert knock("192.0.2.1") is not None
    assert knock("192.0.2.2") is None
    assert knock("somewhere") is None
    assert knock("") is None


@pytest.mark.django_db
def test_passwords_are_not_guessed_by_programs_from_many_addresses(limited):
    """The table's own limits: twenty tries of one account in a quarter of an hour, wherever they come from and however they
    are written."""
    factories.youth(email="ines@exemple.example")

    def guess(place, email="ines@exemple.example", kind="application/json"):
        body = f'{{"email": "{email}", "password": "faux", "x": "&email=autre@exemple.example"}}'
        return Client(REMOTE_ADDR=f"198.51.100.{place}").post("/api/v1/token", body, kind).status_code

    assert {guess(place) for place in range(20)} == {401}
    assert guess(21) == guess(22, " INES@exemple.example") == guess(23, kind="application/x-www-form-urlencoded") == 429
    assert guess(24, "malo@exemple.example") == 401
    for odd in ("[]", "{", '{"email": 1}', "[" * 100_000, ""):
        assert Client(REMOTE_ADDR="198.51.100.25").post("/api/v1/token", odd, "application/json").status_code in (400, 422)
