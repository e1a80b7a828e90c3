"""Every answer carries its security headers, whatever its status; the policy allows nothing unsafe."""

import os
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.test import Client

from tests.culture import factories

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/composants/",
    "/compte/connexion/",
    "/openapi.json",
    "/api/v1/offers",
    "/api/v1/wallet",
    "/nulle-part/",
    "/equipe/",
]


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_is_guarded(page):
    headers = Client().get(page, secure=True).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert headers["Permissions-Policy"].startswith("camera=(self), geolocation=(self), microphone=()")
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_https_is_remembered(settings):
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    assert (
        Client()
        .get("/compte/connexion/", secure=True)["Strict-Transport-Security"]
        .startswith("max-age=31536000; includeSubDomains")
    )


def test_cookies_are_closed_to_scripts_and_to_other_sites():
    client = Client()
    client.get("/compte/connexion/")
    person = factories.youth()
    client.post("/compte/connexion/", {"login": person.email, "password": factories.PASSWORD})
    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == client.cookies["csrftoken"]["samesite"] == "Lax"
    assert site.SESSION_COOKIE_SECURE is False, "tests serve without TLS; below, what is said with it"


def test_with_tls_cookies_are_secure():
    code = (
        "import django; from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    )
    environ = {**os.environ, "DIPTYCH_PLAIN_HTTP": "0", "DJANGO_SETTINGS_MODULE": "diptych.culture.site.settings"}
    said = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["True", "True", "31536000"]


@pytest.mark.parametrize("path", ["/compte/connexion/", "/compte/deconnexion/", "/compte/mot-de-passe/oublie/"])
def test_a_form_needs_its_token(path):
    assert Client(enforce_csrf_checks=True).post(path, {}).status_code == 403


def test_pages_of_people_stay_out_of_shared_caches():
    page = factories.signed_in(factories.staff()).get("/equipe/")
    assert "private" in page["Cache-Control"]
