"""Minimisation: no personal field in an address, none in a log, no cookie but those that the service cannot do without."""

import ast
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import get_resolver

from .tree import ours

from diptych.commons.web.doors import every_door
from diptych.culture.domain.personal_data.rules.register import PERSONAL
from diptych.culture.domain.personal_data.terms import Category
from tests.culture import factories
from tests.house.test_doors import concrete

TELLING = {Category.IDENTITY, Category.CONTACT, Category.BIRTH}
COOKIES = {
    "sessionid": "who is signed in",
    "csrftoken": "that a form was ours",
    "messages": "what was just done, until it is shown",
    "django_language": "the language chosen",
    "theme": "the colours chosen",
    "device": "that a sign-in is from a device that its owner knows (security of authentication)",
}
"""Every cookie of the site: each strictly needed for what its reader asked (CNIL: no consent), none a third party's."""


def personal_words() -> set[str]:
    """Names of the columns that say who somebody is, and their usual synonyms."""
    named = {column.name for table in PERSONAL for column in table.columns if column.category in TELLING}
    return (named | {"mail", "name", "born", "birthday", "phone", "address", "nom", "prenom", "courriel"}) - {"extra_data"}


def test_no_address_of_the_site_takes_a_personal_field() -> None:
    doors = [door for door in every_door(get_resolver().url_patterns) if "/ouvertures/" not in door.address]  # a feature's name
    taken = {name for door in doors for name in re.findall(r"[<{](?:\w+:)?(\w+)[>}]", door.address)}
    assert len(taken) > 5
    assert sorted(taken & personal_words()) == []
    # a converter that takes any text could take an address: the few there are carry signed or drawn tokens
    free = {name for door in doors for name in re.findall(r"<str:(\w+)>", door.address)}
    assert free <= {"token", "subcategory"}


def _logged() -> list[tuple[str, int, str]]:
    "What each call of a logger names: its keywords, and the attributes in its values."
    found = []
    for path, tree in ours().items():
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"log", "logger", "logging"}
            ):
                continue
            names = [keyword.arg or "" for keyword in node.keywords]
            names += [
                inner.attr
                for part in (*node.args, *node.keywords)
                for inner in ast.walk(part)
                if isinstance(inner, ast.Attribute)
            ]
            found += [(path, node.lineno, name) for name in names]
    return found


def test_no_log_names_a_personal_field() -> None:
    said = _logged()
    assert len(said) > 5
    allowed = {("diptych/culture/jobs/timetable.py", "name")}  # a job's
    telling = [(path, line, name) for path, line, name in said if name in personal_words() and (path, name) not in allowed]
    assert [item for item in telling if item[2] != "__name__"] == []


@pytest.mark.django_db
def test_no_cookie_but_those_that_the_service_cannot_do_without() -> None:
    """Every address by GET, as a visitor, a youth and the team; then signing in, choosing, failing."""
    set_here: set[str] = set()
    for person in (None, factories.youth(), factories.staff()):
        for door in every_door(get_resolver().url_patterns):
            client = factories.signed_in(person) if person is not None else Client()
            client.cookies.clear() if person is None else None
            response = client.get(concrete(door.address), HTTP_ACCEPT="text/html")
            set_here |= set(response.cookies)
            assert all("domain" not in cookie or not cookie["domain"] for cookie in response.cookies.values())
    youth, client = factories.youth(), Client()
    client.post("/compte/connexion/", {"login": youth.email, "password": factories.PASSWORD})
    client.post("/moi/langue/", {"language": "en"})
    set_here |= set(client.cookies)
    assert sorted(set_here - set(COOKIES)) == []
    assert "sessionid" in set_here


@pytest.mark.django_db
def test_a_failed_sign_in_keeps_no_address() -> None:
    Client().post("/compte/connexion/", {"login": "zoe.canari@exemple.example", "password": "faux"})
    (attempt,) = AccessAttempt.objects.all()
    kept = " ".join(str(getattr(attempt, field.attname)) for field in AccessAttempt._meta.concrete_fields)
    assert "canari" not in kept.lower()
