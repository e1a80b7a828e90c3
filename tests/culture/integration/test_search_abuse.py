"""Search abused: copied page after page, asked long and hostile things; and nothing that is typed is written down with who typed it."""

import base64
import http.client
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from diptych.commons import clock, web_server
from diptych.commons.web import bearer, limits
from diptych.culture.commands.bench.server import free_port
from diptych.culture.search.answering import our_library
from diptych.culture.search.indexing import rebuild
from diptych.culture.site.access import LIMITS
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.integration.test_search import offer, venue

SECRET = "zygomatiques"
"""A word that nothing of the service holds: wherever it is found, it was typed."""
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
LONG = ["x" * 3_000, "a " * 1_500, "é" * 2_000, "\U0001f3b8" * 1_000]


@pytest.fixture
def limited(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.LIMITS_ON, settings.LIMITS_FILE = True, tmp_path / "limits"
    limits._counters.cache_clear()
    with clock.frozen(at=AT):
        yield
    limits._counters.cache_clear()


def most(name: str, per: str, seconds: int) -> int:
    """What the service's own table allows."""
    return next(limit.times for limit in LIMITS[name] if (limit.per, limit.seconds) == (per, seconds))


def used_up(name: str, per: str, seconds: int, who: str) -> None:
    """As if somebody had asked all but one of their pages."""
    for _ in range(most(name, per, seconds) - 1):
        limits._counters().knock(limits._who(name, per, str(seconds), who), window=int(AT.timestamp()) // seconds)


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["youth:search", "youth-api:search", "youth-api:venues"])
@pytest.mark.parametrize("seconds", [60, 86_400])
def test_who_copies_the_catalogue_is_told_when_to_come_back(limited: None, door: str, seconds: int) -> None:
    path = {
        "youth:search": "/recherche/?q=nuit",
        "youth-api:search": "/api/v1/offers?text=nuit",
        "youth-api:venues": "/api/v1/venues?text=nuit",
    }[door]
    used_up(door, "address", seconds, "127.0.0.1")
    assert Client().get(path).status_code == 200
    refused = Client().get(path)
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) == seconds - int(AT.timestamp()) % seconds
    assert Client(REMOTE_ADDR="192.0.2.9").get(path).status_code == 200, "another address is none of that"
    if door == "youth:search":
        assert "<h1" in refused.content.decode(), "a page, that says how long"
        refused = Client().get(path, headers={"accept": "application/json"})
        assert refused.json()["code"] == "limits.too_often"
    else:
        assert refused.json()["code"] == "limits.too_often"
    with clock.frozen(at=AT + timedelta(seconds=seconds)):
        assert Client().get(path).status_code == 200


@pytest.mark.django_db
def test_one_person_is_counted_wherever_they_ask_from(limited: None) -> None:
    ines, malo = factories.youth(), factories.youth()
    used_up("youth:search", "account", 60, str(ines.pk))
    used_up("youth-api:search", "account", 60, str(ines.pk))
    browser = factories.signed_in(ines)
    assert browser.get("/recherche/", REMOTE_ADDR="192.0.2.1").status_code == 200
    assert browser.get("/recherche/", REMOTE_ADDR="192.0.2.2").status_code == 429
    assert factories.signed_in(malo).get("/recherche/", REMOTE_ADDR="192.0.2.2").status_code == 200

    def program(person_id: int, address: str) -> int:
        token = bearer.issue(person_id=person_id, audience="youth", at=clock.now())
        return Client(REMOTE_ADDR=address).get("/api/v1/offers", HTTP_AUTHORIZATION=f"Bearer {token}").status_code

    assert [program(ines.pk, f"192.0.2.{n}") for n in (3, 4)] == [200, 429]
    assert program(malo.pk, "192.0.2.4") == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", [*LONG, SCRIPT, "javascript:alert(1)", "{{ 73*73 }}", "%00", "\0", "' or 1=1 --", "\u202e\u2066", "(a+)+$" * 20]
)
def test_long_and_hostile_words_are_answered_and_never_run(text: str) -> None:
    offer(venue(), "La Nuit des étoiles")
    for given in (
        {"q": text},
        {"q": "nuit", "near": text},
        {"q": text, "page": text, "after": text, "kind": text, "radius": text},
    ):
        answer = Client().get("/recherche/", given)
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "5329" not in page, "a template of theirs is not run"
        assert "unsafe" not in answer["Content-Security-Policy"]
    assert Client().get("/api/v1/offers", {"text": text}).status_code in {200, 422}
    assert Client().get("/api/v1/venues", {"text": text}).status_code in {200, 422}


@pytest.fixture
def served(tmp_path: Path, settings: Any) -> Iterator[tuple[int, Path]]:
    """The real web server, as `diptych culture serve` starts it, on this test's database: its port and its log."""
    said, port, log = connection.get_connection_params(), free_port(), tmp_path / "web.log"
    (tmp_path / "static").mkdir()
    environ = {
        **os.environ, "DATABASE_URL": f"postgresql:///{said['dbname']}?host={said['host']}&user={said['user']}", "DIPTYCH_HOME": str(tmp_path),
        "DIPTYCH_MODE": "development", "DIPTYCH_PLAIN_HTTP": "1", "DIPTYCH_SECRET_KEY": settings.SECRET_KEY, "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings",
    }  # fmt: skip
    words = web_server.words(
        application="diptych.culture.site.wsgi:application", host="127.0.0.1", port=port, workers=1, threads=4, backpressure=64,
        static=tmp_path / "static",
    )  # fmt: skip
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", *words], env=environ, stdout=out, stderr=out, start_new_session=True)
    try:
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline and process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/openapi.json", timeout=10).read()
                break
            except OSError:
                time.sleep(0.1)
        assert process.poll() is None, log.read_text(errors="replace")
        yield port, log
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.mark.django_db(transaction=True)
def test_nothing_that_is_typed_is_written_down(served: tuple[int, Path], tmp_path: Path, settings: Any) -> None:
    port, log = served
    settings.SEARCH_FOLDER = tmp_path / "search"
    offer(venue(), "La Nuit des étoiles")
    rebuild(library=our_library(), at=clock.now())
    person = factories.youth()
    session = factories.signed_in(person).cookies["sessionid"].value
    token = bearer.issue(person_id=person.pk, audience="youth", at=clock.now())

    def ask(path: str, method: str = "GET", **headers: str) -> int:
        calling = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        calling.request(method, path, headers={"Cookie": f"sessionid={session}", "Accept": "text/html", **headers})
        answer = calling.getresponse()
        answer.read()
        calling.close()
        return answer.status

    asked = [
        ask(f"/recherche/?q={SECRET}"), ask(f"/recherche/?q=nuit&near={SECRET}"), ask(f"/recherche/?q={SECRET}&after={SECRET}&page={SECRET}"),
        ask(f"/api/v1/offers?text={SECRET}", Cookie="", Authorization=f"Bearer {token}"), ask(f"/api/v1/venues?text={SECRET}"),
        ask(f"/api/v1/offers?text={SECRET}&accessible={SECRET}"), ask(f"/{SECRET}/"), ask(f"/recherche/{SECRET}/"),
        ask(f"/recherche/?q={SECRET}", method="POST"), ask(f"/api/v1/offers?text={SECRET}", method="DELETE"),
    ]  # fmt: skip
    for path in (tmp_path / "search").glob("g*/*"):  # the engine breaks in the middle: PostgreSQL answers, and the log says so
        path.write_bytes(b"")
    asked += [ask(f"/recherche/?q={SECRET}+encore"), ask(f"/api/v1/offers?text={SECRET}")]
    assert [status for status in asked if status >= 500] == []
    assert asked[:5] == [200] * 5
    assert 404 in asked
    assert 422 in asked
    written = log.read_text(errors="replace")
    assert "recherche" in written or "PostgreSQL" in written, "what went wrong is logged"
    assert SECRET not in written
    assert person.email not in written
    with connection.cursor() as cursor:
        cursor.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"select count(*) from {table} t where t::text ilike %s", [f"%{SECRET}%"])
            assert cursor.fetchone() == (0,), table
        cursor.execute("select session_data from django_session")
        for (data,) in cursor.fetchall():
            for part in re.split(r"[:.]", data):
                assert SECRET.encode() not in base64.urlsafe_b64decode(
                    part + "=" * (-len(part) % 4) if len(part) % 4 != 1 else ""
                )
    assert len(tables) > 50
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
