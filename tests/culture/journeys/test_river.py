"""The river, end to end in a browser, on a phone and on a desk: sign up → credit → find → book → show the code → validated.

The letters are read where the fake mail gateway keeps them, after the relay has run; the counter is another browser window.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Browser, Page
from psycopg.conninfo import make_conninfo

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.gateways import mail
from diptych.culture.jobs import relay_outbox
from tests import chromium
from tests.culture import factories
from tests.culture.factories import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


def window(browser: Browser, width: int) -> Page:
    return browser.new_context(viewport={"width": width, "height": 844}, locale="fr-FR", reduced_motion="reduce").new_page()


def clean(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"


def deliver() -> None:
    "What the worker does all the time."
    there = connection.settings_dict
    relay_outbox.run_once(
        url=make_conninfo(dbname=there["NAME"], user=there["USER"], host=there["HOST"], port=there["PORT"] or None)
    )


@pytest.mark.parametrize("width", [390, 1280])
def test_from_signing_up_to_the_counter(browser: Browser, live_server: Any, width: int) -> None:
    at = clock.now()
    cinema = factories.venue(name="Cinéma Le Méliès", activity="CINEMA", at=at)
    pro = factories.pro(venue=cinema, at=at)
    night = factories.offer(at_venue=cinema, event=True, name="Nuit du court-métrage", at=at)
    starts = at + timedelta(hours=20)
    factories.stock(of=night, event=True, price_cents=4_00, at=at, starts_at=starts, booking_limit_at=starts)
    address = f"ines.river.{width}@exemple.example"
    page = window(browser, width)

    page.goto(f"{live_server.url}/inscription/")
    clean(page)
    page.fill("[name=email]", address)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/inscription/courriel/")
    clean(page)

    deliver()
    letter = mail.mailbox().letters(to=address)[0].get_body(preferencelist=("plain",))
    assert letter is not None
    link = re.search(r"https?://[^/\s]+(/\S+)", letter.get_content())
    assert link is not None
    page.goto(live_server.url + link[1])
    clean(page)
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/compte/connexion/**")
    clean(page)
    page.fill("[name=login]", address)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/inscription/profil/")
    clean(page)
    page.fill("[name=first_name]", "Inès")
    page.fill("[name=last_name]", "Bertin")
    page.fill("[name=birth_date]", (at.date().replace(day=1) - timedelta(days=17 * 366)).isoformat())
    page.select_option("[name=department]", "42")
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/inscription/etapes/")
    clean(page)
    page.fill("[name=address]", "12 rue de la République")
    page.fill("[name=postcode]", "42000")
    page.fill("[name=city]", "Saint-Étienne")
    page.select_option("[name=activity]", "HIGH_SCHOOL_STUDENT")
    page.select_option("[name=school_type]", "PUBLIC_HIGH_SCHOOL")
    page.locator("main form .button--wide").click()
    page.locator("[name=way][value=ubble]").wait_for(state="attached")
    clean(page)
    page.locator("main form .button--wide").first.click()
    page.wait_for_url("**/demo/identite/**")
    clean(page)
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/inscription/etapes/")
    clean(page)
    page.locator("[name=true]").check()
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/inscription/credit/")
    assert "50" in page.locator(".money__figure").inner_text()
    clean(page)

    page.goto(live_server.url)
    page.fill("[type=search]", "court-métrage")
    page.keyboard.press("Enter")
    page.locator(".offer__title a").first.click()
    page.wait_for_url("**/offres/**")
    clean(page)
    page.locator(".choice .button").first.click()
    page.locator("#places-2").check()
    clean(page)
    page.locator("main form .button--wide").click()
    page.wait_for_url("**/places/**")
    clean(page)
    code = page.locator(".ticket__letters [aria-hidden]").inner_text().strip()
    assert Booking.objects.get().token == code
    assert "42" in page.locator(".balance__figure").first.inner_text() or width == 390

    counter = window(browser, 1280)
    counter.goto(f"{live_server.url}/compte/connexion/")
    counter.fill("[name=login]", pro.email)
    counter.fill("[name=password]", PASSWORD)
    counter.locator("main form .button--wide").click()
    counter.wait_for_url("**/pro/**")
    counter.goto(f"{live_server.url}/pro/comptoir/")
    counter.fill("[name=code]", code)
    counter.locator("form[action*=valider] .button--wide").click()
    counter.locator("#answer[data-state=USED]").wait_for()
    assert Booking.objects.get().status == "USED"

    page.reload()
    assert page.locator(".ticket__qr").count() == 0
    assert page.locator(".badge--good").is_visible()
    clean(page)
