"""Every address × everybody: whoever a door names gets past it, anybody else is refused, and no address has no door."""

import re
from functools import cache

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from diptych.commons.web.doors import Door, every_door
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.site.access import DOORS, LIMITS, SECOND_FACTOR_DOORS
from tests.culture import factories

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json, */*;q=0.1"}
"""A reader of JSON, so that a refusal says its code; not quite what makes allauth take a page for a script's request."""
SAMPLES = {
    "attempt": "00000000-0000-0000-0000-000000000000",
    "token": "K7M3QX",
    "subcategory": "LIVRE_PAPIER",
    "uidb36": "1",
    "key": "set-password",
    "provider_id": "etat",
    "app_label": "editorial",
    "model_name": "shelf",
}


@cache
def doors() -> tuple[Door, ...]:
    """The site's."""
    return tuple(every_door(get_resolver().url_patterns))


def concrete(address: str) -> str:
    """An address with believable values in it."""
    address = re.sub(r"\(\?P<(\w+)>[^)]+\)", lambda found: SAMPLES.get(found[1], "1"), address).replace("\\.", ".")
    return re.sub(r"<(?:(\w+):)?(\w+)>|\{(\w+)\}", lambda found: SAMPLES.get(found[2] or found[3], "1"), address)


def suspended() -> Client:
    """The browser of somebody who was suspended while signed in."""
    person = factories.youth()
    client = factories.signed_in(person)
    people.suspend(person_id=person.pk, actor="person:1", reason="FRAUD_SUSPICION", at=factories.AT)
    return client


EVERYBODY = {
    "visitor": (Audience.VISITOR, Client),
    "youth of 17": (Audience.YOUTH, lambda: factories.signed_in(factories.youth(age=17))),
    "youth of 18": (Audience.YOUTH, lambda: factories.signed_in(factories.youth(age=18))),
    "venue's member": (Audience.VENUE, lambda: factories.signed_in(factories.pro(venue=factories.venue()))),
    "pro without a venue": (Audience.VENUE, lambda: factories.signed_in(factories.pro())),
    "staff": (Audience.STAFF, lambda: factories.signed_in(factories.staff())),
    "suspended": (Audience.VISITOR, suspended),
}


def said(response: HttpResponse) -> str:
    """The code of a refusal, or nothing."""
    return (
        str(response.json().get("code", ""))
        if response.headers.get("Content-Type") == "application/json" and response.content[:1] == b"{"
        else ""
    )


@pytest.mark.parametrize("who", EVERYBODY)
def test_each_door_lets_in_those_it_names_and_nobody_else(who):
    audience, browser = EVERYBODY[who]
    kept = browser().cookies
    wrong = []
    for door in doors():
        for method in door.method.split(", "):
            client = Client()
            client.cookies = kept
            session = client.session
            before = dict(session.items())
            response = client.generic(method, concrete(door.address), b"", "application/x-www-form-urlencoded", **JSON)
            allowed = bool(door.audiences and {audience, Audience.VISITOR} & door.audiences)
            if Audience.PARTNER in (door.audiences or ()):  # a program's key alone opens it, and it says so in its own words
                if (response.status_code, response.json()) != (401, {"auth": "API key required"}):
                    wrong.append((method, door.address, response.status_code, "a key is asked for"))
                continue
            stopped = said(response) in {"doors.closed", "doors.sign_in"}
            if (
                stopped == allowed
                or response.status_code >= 500
                or (stopped and response.status_code != (401 if audience is Audience.VISITOR else 403))
            ):
                wrong.append((method, door.address, response.status_code, said(response)))
            if who != "visitor" and "_auth_user_id" in before and "_auth_user_id" not in client.session:
                kept = browser().cookies  # this door signs out
    assert wrong == []


def test_staff_without_a_second_factor_go_nowhere_but_to_set_it_up():
    client = factories.signed_in(factories.staff(), second_factor=False)
    wrong = []
    for door in doors():
        if door.name in SECOND_FACTOR_DOORS:
            continue
        method = door.method.split(", ")[0]
        response = client.generic(method, concrete(door.address), b"", "application/x-www-form-urlencoded", **JSON)
        if (response.status_code, said(response)) != (403, "second_factor.needed"):
            wrong.append((method, door.address, response.status_code))
    assert wrong == []


def test_no_address_has_no_door():
    assert [door.address for door in doors() if door.audiences is None] == []


def test_an_address_without_a_door_is_refused(settings):
    settings.ROOT_URLCONF = _Undeclared
    for person in (factories.youth(), factories.staff()):
        response = factories.signed_in(person).get("/oubli/", **JSON)
        assert (response.status_code, said(response)) == (403, "doors.closed")
    assert [door.audiences for door in every_door(_Undeclared.urlpatterns)] == [None]


class _Undeclared:
    @staticmethod
    def forgotten(request: HttpRequest) -> HttpResponse:
        """A view whose author forgot its door."""
        return HttpResponse("open")

    urlpatterns = (path("oubli/", forgotten, name="forgotten"),)


def test_a_page_sends_a_visitor_to_sign_in_and_back():
    response = Client().get("/equipe/journal/?act=people.suspend", HTTP_ACCEPT="text/html")
    assert response["Location"] == "/compte/connexion/?next=/equipe/journal/%3Fact%3Dpeople.suspend"


def test_tables_name_views_that_exist():
    names = {door.name for door in doors()}
    assert sorted(set(DOORS) - names) == []
    assert sorted(SECOND_FACTOR_DOORS - names) == []
    portals = {name.split(":")[0] for name in names}
    assert sorted(name for name in set(LIMITS) - names if ":" not in name or name.split(":")[0] in portals) == []
