"""What a youth sees while a page is on its way: nothing for 300 ms, then its shape; in a real browser, routes held back.

Pictures are left in `.cache/youth/` to be looked at.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from diptych.culture.domain.people.models import Person
from tests.culture.journeys.test_youth_app import PICTURES, browser, ines, window

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

__all__ = ["browser", "ines"]

WATCH = """() => {
  window.seen = [];
  document.addEventListener("click", () => { window.begun ??= performance.now(); }, true);
  document.addEventListener("submit", () => { window.begun ??= performance.now(); }, true);
  new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => {
    if (!node.classList?.contains("skeleton")) return;
    window.seen.push(performance.now() - window.begun);
    const look = (selector) => document.querySelector(selector);
    sessionStorage.setItem("seen", JSON.stringify({
      late: window.seen[0],
      cards: node.classList.contains("skeleton--cards"),
      said: look("main > [role=status]")?.textContent ?? "",
      title: look("main h1")?.checkVisibility() ?? null,
      motion: getComputedStyle(look("main .skeleton__item span")).animationName,
      width: document.documentElement.scrollWidth,
    }));
  }))).observe(document.body, { childList: true, subtree: true });
}"""
"""Notes what is shown while the next page is on its way: Playwright asks a page nothing until that page has come."""


def opened(browser: Browser, server: Any, person: Person, path: str) -> tuple[Page, list[Route]]:
    """A page that is watched, and the requests that it makes from now on, held back until the test lets them go."""
    page = window(browser, server, person=person, service_workers="block").new_page()
    page.goto(server.url + path, wait_until="networkidle")
    page.evaluate(WATCH)
    held: list[Route] = []
    page.route(
        "**/*", lambda route: held.append(route) if route.request.resource_type in {"document", "xhr"} else route.continue_()
    )
    return page, held


def followed(page: Page, held: list[Route], link: str, to: str) -> dict[str, Any]:
    """Follow a link whose page comes a second late; what was shown meanwhile, as the old page noted it."""
    page.evaluate("link => { setTimeout(() => document.querySelector(link).click(), 50); }", link)
    page.wait_for_timeout(1_050)
    held.pop().continue_()
    page.wait_for_url(to)
    return dict(json.loads(page.evaluate("sessionStorage.getItem('seen')")))


def test_a_late_page_shows_its_shape_after_300_ms(browser: Browser, live_server: Any, ines: Person) -> None:
    page, held = opened(browser, live_server, ines, "/")
    seen = followed(page, held, ".top a[href='/places/']", "**/places/")
    assert 300 <= seen["late"] < 900
    assert "Ça arrive" in seen["said"]
    assert seen["title"] is False
    assert seen["motion"] == "none"
    assert page.locator("main .skeleton").count() == 0
    page.unroute("**/*")
    page.go_back()
    assert page.locator("main .skeleton").count() == 0


def test_late_results_show_cards_and_escape_brings_the_old_ones_back(browser: Browser, live_server: Any, ines: Person) -> None:
    page, held = opened(browser, live_server, ines, "/recherche/")
    before = page.locator("#results .offer").count()
    page.locator(".finder input[name=q]").fill("jazz")
    page.locator(".finder input[name=q]").press("Enter", no_wait_after=True)
    page.locator("#results > .skeleton--cards").wait_for()
    assert page.locator("#results .offer").first.is_hidden()
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / "waiting-cards.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")
    assert page.locator("#results .offer:visible").count() == before
    held.pop().continue_()
    page.wait_for_timeout(500)
    assert page.locator("#results .skeleton").count() == 0


def test_a_search_that_fails_brings_the_results_back(browser: Browser, live_server: Any, ines: Person) -> None:
    page, held = opened(browser, live_server, ines, "/recherche/")
    page.locator(".finder input[name=q]").fill("jazz")
    page.locator(".finder input[name=q]").press("Enter", no_wait_after=True)
    page.locator("#results > .skeleton--cards").wait_for()
    held.pop().abort()
    page.locator("#results .offer").first.wait_for()
    assert page.locator("#results .skeleton").count() == 0


def test_what_is_quick_shows_no_shape(browser: Browser, live_server: Any, ines: Person) -> None:
    page, held = opened(browser, live_server, ines, "/recherche/")
    page.locator(".finder input[name=q]").fill("jazz")
    with page.expect_event("request"):
        page.locator(".finder input[name=q]").press("Enter", no_wait_after=True)
    while not held:
        page.wait_for_timeout(5)
    held.pop().fulfill(body='<section id="results"><p class="quick">1</p></section>', content_type="text/html")
    page.locator(".quick").wait_for()
    page.wait_for_timeout(600)
    assert page.evaluate("window.seen") == []


def test_it_breathes_for_those_who_do_not_mind(browser: Browser, live_server: Any, ines: Person) -> None:
    page, held = opened(browser, live_server, ines, "/")
    page.emulate_media(reduced_motion="no-preference")
    seen = followed(page, held, ".top a[href='/favoris/']", "**/favoris/")
    assert seen["cards"] is True
    assert seen["motion"] == "breathe"
    assert seen["width"] <= 390
