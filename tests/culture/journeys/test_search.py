"""A youth on a phone types a few letters, one of them wrong, finds as they type, and books; finds the cinema too. With axe.

Pictures are left in `.cache/youth/` to be looked at.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from diptych.commons import clock
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.terms import Entry
from diptych.culture.domain.people.models import Person
from diptych.culture.search.answering import our_library
from diptych.culture.search.indexing import rebuild
from tests.culture.journeys.test_youth_app import browser, ines, looked_at, window

__all__ = ["browser", "ines"]  # fixtures of the app's own journey

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_few_letters_with_a_typo_then_a_booking(
    browser: Browser,
    live_server: Any,
    ines: Person,
    settings: Any,
    tmp_path: Path,
    theme: str,
) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"
    rebuild(library=our_library(), at=clock.now())
    page, faults = window(browser, live_server, theme=theme, person=ines).new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/recherche/", wait_until="networkidle")
    expect(page.locator("#results .offer")).to_have_count(4)
    page.locator("input[name=q]").press_sequentially("nuti", delay=30)  # « nuit », two letters the wrong way round; no Enter
    expect(page.locator("#results .offer")).to_have_count(1)
    expect(page.locator("#results .offer").first).to_contain_text("Nuit du court-métrage")
    assert page.locator("input[name=q]").input_value() == "nuti"
    assert page.evaluate("document.activeElement.name") == "q", "one goes on typing"
    looked_at(page, f"search-typo-{theme}")
    page.locator("input[name=q]").fill("melyes")
    expect(page.locator(".venue")).to_have_count(1)
    expect(page.locator(".venue")).to_contain_text("Cinéma Le Méliès")
    looked_at(page, f"search-venue-{theme}")
    page.locator(".venue a").click()
    page.wait_for_url(re.compile(r"/lieux/\d+/$"))
    looked_at(page, f"venue-{theme}")
    page.goto(f"{live_server.url}/recherche/?q=nuti", wait_until="networkidle")
    page.locator("#results .offer a").first.click()
    page.locator(".choice .button").last.click()
    page.locator("#places-1").check()
    page.locator("form .button--wide").click()
    page.locator(".ticket__letters").wait_for()
    booked = Booking.objects.latest("pk")
    assert (booked.stock.offer_id, booked.entry) == (ines.offer_id, Entry.SEARCH)
    assert faults == []
