"""A thousand wrong codes, at the counter and by a partner's key: slowed, told in plain words, written nowhere; nobody else waits."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from diptych.commons import clock
from diptych.commons.web import limits
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.queries.tickets import ticket_text
from diptych.culture.domain.bookings.rules.tokens import ALPHABET, LENGTH
from diptych.culture.portals.partners_api.bookings import WRONG_CODES as BY_KEY
from diptych.culture.portals.venue.views.counter import WRONG_CODES as AT_COUNTER
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.partners import Program, booked

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
COUNTER = ("/pro/comptoir/", "/pro/comptoir/valider/", "/pro/comptoir/reprendre/")
API = (("GET", "token"), ("PATCH", "use/token"), ("PATCH", "keep/token"), ("PATCH", "cancel/token"))


@pytest.fixture(autouse=True)
def _limited(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.LIMITS_ON = True
    settings.LIMITS_FILE = tmp_path / "limits"
    limits._counters.cache_clear()
    yield
    limits._counters.cache_clear()


def wrong_codes(number: int = 1000) -> list[str]:
    draw = Random(17)
    return ["".join(draw.choices(ALPHABET, k=LENGTH)) for _ in range(number)]


def keyboard(venue: Any) -> Client:
    return factories.signed_in(factories.pro(venue=venue, at=AT))


def windows(misses: limits.Misses, seconds: int) -> int:
    """Windows that so many seconds from AT touch."""
    first = int(AT.timestamp())
    return (first + seconds) // misses.seconds - first // misses.seconds + 1


def written() -> str:
    """The journal and the outbox, whole."""
    with connection.cursor() as cursor:
        cursor.execute("select j::text from journal_entry j union all select o::text from outbox_message o")
        return "\n".join(text for (text,) in cursor.fetchall())


def test_a_venue_that_tries_a_thousand_codes_is_slowed_and_nobody_else(caplog: Any, capfd: Any) -> None:
    shop, elsewhere = factories.venue(), factories.venue(name="Ailleurs")
    mine, theirs = booked(shop), booked(elsewhere)
    guessing, neighbour, answers = keyboard(shop), keyboard(elsewhere), Counter[int]()
    caplog.set_level(0)
    before = written()
    for n, code in enumerate(codes := wrong_codes()):
        with clock.frozen(at=AT + n * SECOND):
            answers[(last := guessing.post(COUNTER[n % 3], {"code": code})).status_code] += 1
    assert answers.keys() == {404, 429}
    assert answers[404] <= AT_COUNTER.times * windows(AT_COUNTER, 1000)
    assert last.status_code == 429
    assert 0 < int(last.headers["Retry-After"]) <= AT_COUNTER.seconds
    said = unescape(last.content.decode())
    assert "Trop de codes faux : à nouveau possible dans" in said
    assert "Scannez le QR code, qui passe toujours" in said
    assert written() == before, "a wrong code is written nowhere"

    with clock.frozen(at=AT + 1000 * SECOND):
        assert guessing.post(COUNTER[1], {"code": mine.token}).status_code == 429, "not even a right one"
        mine.refresh_from_db()
        assert mine.status == "CONFIRMED"
        assert guessing.post(COUNTER[0], {"code": ticket_text(mine, venue_id=shop.pk)}).status_code == 200, "a ticket is no guess"
        assert neighbour.post(COUNTER[0], {"code": theirs.token}).status_code == 200
    with clock.frozen(at=AT + 1000 * SECOND + int(last.headers["Retry-After"]) * SECOND):
        assert guessing.post(COUNTER[1], {"code": mine.token}).status_code == 302
    mine.refresh_from_db()
    assert mine.status == "USED"
    out, err = capfd.readouterr()
    told = "\n".join((written(), caplog.text, out, err))
    assert [code for code in (*codes, mine.token, theirs.token) if code in told] == []


def test_a_thousand_at_one_instant_get_no_further() -> None:
    guessing = keyboard(factories.venue())
    with clock.frozen(at=AT):
        answers = [guessing.post(COUNTER[n % 3], {"code": code}).status_code for n, code in enumerate(wrong_codes(200))]
    assert answers == [404] * AT_COUNTER.times + [429] * (200 - AT_COUNTER.times)


def test_right_codes_and_what_is_no_code_are_not_counted() -> None:
    shop = factories.venue()
    right, keys = booked(shop), keyboard(shop)
    with clock.frozen(at=AT):
        for _ in range(AT_COUNTER.times + 1):
            assert keys.post(COUNTER[0], {"code": right.token}).status_code == 200
            assert keys.post(COUNTER[0], {"code": "0"}).status_code == 422
        assert keys.post(COUNTER[0], {"code": "ZZZZZZ"}).status_code == 404


def test_a_key_that_tries_a_thousand_codes_is_slowed_and_no_other_key(caplog: Any, capfd: Any) -> None:
    shop = factories.venue()
    mine = booked(shop)
    guessing, other, answers = Program(shop), Program(shop, name="Une autre"), Counter[int]()
    caplog.set_level(0)
    before = written()

    def ask(program: Program, n: int, code: str) -> Any:
        method, act = API[n % 4]
        with clock.frozen(at=AT + n * SECOND):
            return program.ask(method, f"/public/bookings/v1/{act}/{code}")

    for n, code in enumerate(codes := wrong_codes()):
        answers[(last := ask(guessing, n, code)).status_code] += 1
    assert answers.keys() == {404, 429}
    assert answers[404] <= BY_KEY.times * windows(BY_KEY, 1000)
    assert (last.status_code, last.headers["X-Reason"]) == (429, "limits.too_many_wrong")
    assert written() == before
    assert ask(guessing, 1001, mine.token).status_code == 429
    assert Booking.objects.get(pk=mine.pk).status == "CONFIRMED"
    assert ask(other, 1000, mine.token).status_code == 200
    wait = int(last.headers["Retry-After"])
    later = next(n for n in range(1000 + wait, 1005 + wait) if n % 4 == 1)
    assert ask(guessing, later, mine.token).status_code == 204
    assert Booking.objects.get(pk=mine.pk).status == "USED"
    out, err = capfd.readouterr()
    told = "\n".join((written(), caplog.text, out, err))
    assert [code for code in (*codes, mine.token) if code in told] == []


@pytest.mark.parametrize("misses", [AT_COUNTER, BY_KEY], ids=lambda misses: misses.door)
def test_a_code_is_not_guessed(misses: limits.Misses) -> None:
    """A thousand live bookings at one's own venues, wrong codes tried day and night: twelve weeks to one that is right."""
    guesses = len(ALPHABET) ** LENGTH / 1000
    a_day = misses.times * 86_400 / misses.seconds
    assert guesses / a_day >= 12 * 7
