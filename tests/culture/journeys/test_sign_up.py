"""Sign-up in a browser, on a phone: at 15, at 18 from Nouméa with a document refused and then good, a duplicate; the officer.

At 17 it is the river's (test_river). SMS are read where the fake operator keeps them, after the relay has run.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Browser, Page
from psycopg.conninfo import make_conninfo

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.people.models import Person
from diptych.culture.gateways import sms
from diptych.culture.jobs import relay_outbox
from tests import chromium
from tests.culture import factories
from tests.culture.applicants import applicant

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("DIPTYCH_SHOTS", "")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


def window(browser: Browser, live: Any, person: Person, width: int = 390) -> Page:
    """A browser where this person is signed in."""
    context = browser.new_context(viewport={"width": width, "height": 844}, locale="fr-FR", reduced_motion="reduce")
    cookie = factories.signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live.url}])
    return context.new_page()


def clean(page: Page) -> None:
    """Nothing for axe to find, nothing wider than the screen; a picture where one asks for it (DIPTYCH_SHOTS)."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    if SHOTS:
        folder = Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=folder / f"{len(list(folder.iterdir())):02}-{width}.png", full_page=True)


def go_on(page: Page, to: str) -> None:
    """Press the page's main button; the page it leads to must be clean."""
    page.locator("main form .button--wide").first.click()
    page.wait_for_url(to)
    clean(page)


def deliver() -> None:
    "What the worker does all the time."
    there = connection.settings_dict
    relay_outbox.run_once(
        url=make_conninfo(dbname=there["NAME"], user=there["USER"], host=there["HOST"], port=there["PORT"] or None)
    )


def profile(page: Page, activity: str) -> None:
    """Fill in the profile."""
    page.fill("[name=address]", "4 rue de l’Alma")
    page.fill("[name=postcode]", "98800")
    page.fill("[name=city]", "Nouméa")
    page.select_option("[name=activity]", activity)
    page.locator("main form .button--wide").click()
    page.wait_for_function("!document.querySelector('[name=address]')")
    clean(page)


def test_the_ways_to_a_credit(browser: Browser, live_server: Any) -> None:
    at = clock.now()
    steps = f"{live_server.url}/inscription/etapes/"

    malo = applicant(age=18, until="phone", department="988", at=at, first_name="Malo", last_name="Trégastan")
    page = window(browser, live_server, malo)
    page.goto(steps)
    clean(page)
    page.fill("[name=phone]", "+687 75 12 34")
    go_on(page, "**/inscription/etapes/")
    deliver()
    code = re.search(r"\d{6}", sms.tray().messages(to="+687751234")[0].text)
    assert code is not None
    page.fill("[name=code]", "12")
    go_on(page, "**/inscription/telephone/code/")
    page.fill("[name=code]", code[0])
    go_on(page, "**/inscription/etapes/")
    profile(page, "STUDENT")
    for found, then in (("blurry_document_video", "[role=alert]"), ("accepted", "[name=true]")):
        page.locator("main form .button--wide").first.click()
        page.wait_for_url("**/demo/identite/**")
        page.select_option("[name=found]", found)
        page.locator("main form .button--wide").click()
        page.locator(then).first.wait_for()
        clean(page)
    page.locator("[name=true]").check()
    go_on(page, "**/inscription/credit/")
    assert "150" in page.locator(".money__figure").inner_text()

    lou = factories.youth(age=15, credit=False, at=at, first_name="Lou", last_name="Fontbrune")
    page = window(browser, live_server, lou)
    page.goto(steps)
    clean(page)
    profile(page, "INACTIVE")
    assert "FREE_BENEFICIARY" in Person.objects.get(pk=lou.pk).roles

    again = applicant(age=18, at=at, first_name="Malo", last_name="Trégastan", birth_date=malo.birth_date)
    page = window(browser, live_server, again)
    page.goto(steps)
    page.locator("main form .button--wide").first.click()
    page.wait_for_url("**/demo/identite/**")
    page.locator("main form .button--wide").click()
    page.locator("[role=alert]").wait_for()
    clean(page)

    officer = window(browser, live_server, factories.staff(at=at), width=1280)
    officer.goto(f"{live_server.url}/equipe/jeunes/")
    officer.fill("[name=words]", "trégastan")
    officer.locator("main form .button").click()
    clean(officer)
    officer.locator(f"a[href='/equipe/jeunes/{again.pk}/']").click()
    clean(officer)
    decision = officer.locator("form[action$='/decider/']")
    decision.locator("[name=why]").fill("Deux cousins du même nom")
    decision.locator(".button").click()
    officer.locator(".toast").first.wait_for()
    officer.set_viewport_size({"width": 390, "height": 844})
    clean(officer)

    page.reload()
    page.locator("[name=true]").check()
    go_on(page, "**/inscription/credit/")
    assert Person.objects.get(pk=again.pk).roles == ["BENEFICIARY"]
