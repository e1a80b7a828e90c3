"""Signing in, in a real browser, on a phone and on a desk: password, second factor, forgotten password, back office.

axe finds nothing on each page. Pictures are left in `.cache/pictures/sign_in/` to be looked at.
"""

from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.people import operations as people
from tests import chromium
from tests.culture import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = Path(".cache/pictures/sign_in")


@pytest.fixture(scope="session", autouse=True)
def _no_session_left(django_db_setup, django_db_blocker):
    """The live server may outlive the database's end: its sessions are closed first."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )


@pytest.fixture(params=[390, 1280], ids=["phone", "desk"])
def page(request, live_server) -> Page:
    """A window on the site."""
    assets.build()
    with chromium.launched() as browser:
        opened = browser.new_context(
            viewport={"width": request.param, "height": 844}, base_url=live_server.url, locale="fr-FR"
        ).new_page()
        opened.said = []
        opened.on("console", lambda message: opened.said.append(message.text) if message.type == "error" else None)
        yield opened


def seen(page: Page, name: str) -> None:
    """Keep a picture; the page has no fault of accessibility, no sideways scroll, nothing refused by its policy."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{page.viewport_size['width']}.png", full_page=True)
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    assert [text for text in page.said if "Content Security Policy" in text] == []


def test_staff_set_up_their_second_factor_and_work(page):
    person = factories.staff(email="dominique@exemple.example")
    page.goto("/equipe/")
    seen(page, "sign-in")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", "pas le bon du tout")
    page.click("main form button[type=submit]")
    seen(page, "sign-in-refused")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/double-verification/activer/")
    seen(page, "set-up")
    secret = page.inner_text("main code").strip()
    page.fill("[name=code]", format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))
    page.click("main form button[type=submit] >> nth=0")
    page.wait_for_url("**/codes-de-secours/")
    seen(page, "recovery-codes")
    for address, name in (
        ("/equipe/", "home"),
        ("/equipe/lettres/", "letters"),
        ("/equipe/journal/", "journal"),
        ("/equipe/comptes/", "accounts"),
        ("/equipe/reservations/", "bookings"),
        ("/compte/double-verification/", "second-factor"),
        ("/compte/mot-de-passe/", "password"),
        ("/compte/deconnexion/", "sign-out"),
    ):
        page.goto(address)
        seen(page, name)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/deconnexion/faite/")
    seen(page, "signed-out")


def test_a_forgotten_password(page):
    page.goto("/compte/mot-de-passe/oublie/")
    seen(page, "forgotten")
    page.fill("[name=email]", "personne@exemple.example")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/oublie/envoye/")
    seen(page, "forgotten-sent")


def test_a_sign_in_from_a_new_device(page):
    """The owner's list of devices; the warning's page, and what it does."""
    person, at = factories.youth(email="lou@exemple.example"), clock.now()
    people.note_login(person_id=person.pk, device="phone", words="Firefox · Android", at=at)
    page.goto("/compte/connexion/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.click("main form button[type=submit]")
    page.goto("/portefeuille/bonus/")
    seen(page, "bonus")
    page.goto("/moi/appareils/")
    seen(page, "devices")
    page.click("form[action$='/confiance/'] button")
    page.locator(".toast").first.wait_for()
    page.goto(f"/compte/pas-moi/{people.alert_link_of(alert_id=person.login_alerts.get().pk)}/")
    seen(page, "not-me")
    page.click("main form button[type=submit]")
    page.locator("main .alert").first.wait_for()
    seen(page, "not-me-done")


def test_pages_that_refuse(page):
    page.goto("/compte/mot-de-passe/nouveau/1-abc/")
    seen(page, "link-dead")
    page.goto("/compte/suspendu/")
    seen(page, "suspended")
    page.goto("/compte/adresse/forge/")
    page.click("main form button[type=submit]")
    seen(page, "link-expired")
