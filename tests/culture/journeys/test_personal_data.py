"""Personal data in a real browser, on a phone and on a desk: a youth takes a copy, deletes their account and takes it back;
an officer gives, corrects, anonymises. axe finds nothing. Pictures are left in `.cache/pictures/personal_data/`.
"""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.personal_data.models import Extract
from diptych.culture.jobs import erase_requested, make_extract
from tests import chromium
from tests.culture import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = Path(".cache/pictures/personal_data")


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
            viewport={"width": request.param, "height": 844}, base_url=live_server.url, locale="fr-FR", accept_downloads=True
        ).new_page()
        opened.said = []
        opened.on("console", lambda message: opened.said.append(message.text) if message.type == "error" else None)
        yield opened


def enter(page: Page, person: Person, base: str) -> None:
    """Sign in, by the session alone."""
    page.context.clear_cookies()
    client = factories.signed_in(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}])


def seen(page: Page, name: str) -> None:
    """Keep a picture; the page has no fault of accessibility, no sideways scroll, nothing refused by its policy."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{page.viewport_size['width']}.png", full_page=True)
    faults = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in faults] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    assert [text for text in page.said if "Content Security Policy" in text] == []


def test_a_youth_and_their_data(page, live_server):
    at = clock.now()
    ines = factories.youth(email="ines@exemple.example", first_name="Inès", at=at)
    enter(page, ines, live_server.url)
    page.goto("/moi/")
    page.get_by_role("link", name="Voir mes données").click()
    page.wait_for_url("**/moi/donnees/")
    page.get_by_role("button", name="Demander une copie").click()
    page.get_by_text("en préparation", exact=True).wait_for()
    seen(page, "copy-asked")
    assert make_extract.make(extract_id=Extract.objects.get().pk, at=clock.now())
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger").click()
    assert download.value.suggested_filename == "mes-donnees.zip"
    seen(page, "copy-ready")
    page.get_by_role("link", name="Supprimer mon compte").click()
    page.wait_for_url("**/moi/supprimer/")
    seen(page, "delete")
    page.get_by_label("J’ai compris").check()
    page.get_by_role("button", name="Supprimer mon compte").click()
    page.get_by_role("heading", name="Ton compte est fermé").wait_for()
    seen(page, "deleted")
    ines.refresh_from_db()
    enter(page, ines, live_server.url)
    page.goto("/moi/donnees/")
    seen(page, "waiting")
    page.get_by_role("button", name="Garder mon compte").click()
    page.get_by_role("link", name="Supprimer mon compte").wait_for()
    assert Person.objects.get(pk=ines.pk).state == "ACTIVE"


def test_an_officer_gives_corrects_and_anonymises(page, live_server):
    lou = factories.youth(age=15, at=clock.now())
    enter(page, factories.staff(staff_roles=[StaffRole.DPO, StaffRole.SUPPORT_N2]), live_server.url)
    page.goto("/equipe/donnees/")
    page.fill("[name=person_id]", str(lou.pk))
    page.get_by_role("button", name="Demander l’extrait").click()
    page.get_by_text("en préparation", exact=True).wait_for()
    assert make_extract.make(extract_id=Extract.objects.get().pk, at=clock.now())
    page.goto("/equipe/donnees/rectifier/")
    seen(page, "rectify")
    page.fill("[name=person_id]", str(lou.pk))
    page.fill("[name=first_name]", "Lou-Ann")
    page.get_by_role("button", name="Corriger").click()
    page.wait_for_url("**/equipe/donnees/")
    seen(page, "office")
    page.get_by_role("link", name="Anonymiser un compte").click()
    page.fill("[name=person_id]", str(lou.pk))
    page.get_by_role("button", name="Voir ce qui partirait").click()
    page.get_by_role("button", name="Anonymiser").wait_for()
    seen(page, "anonymise")
    page.get_by_role("button", name="Anonymiser").click()
    page.wait_for_url("**/equipe/donnees/")
    assert erase_requested.run(at=clock.now()) == 1
    assert Person.objects.get(pk=lou.pk).state == "ANONYMIZED"
