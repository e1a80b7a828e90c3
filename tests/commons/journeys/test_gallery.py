"""The gallery in a real browser: every component, in both panels, both themes, on a phone and on a desk, and axe finds nothing.

Pictures are left in `.cache/gallery/` to be looked at.
"""

import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from playwright.sync_api import Browser, Page

from diptych.commons.web import assets
from tests import chromium

pytestmark = pytest.mark.journey

PICTURES = Path(".cache/gallery")
WIDTHS = {"phone": 390, "desk": 1280, "small": 320}


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The site, served from a thread; the gallery reads no database."""
    assets.build()
    with override_settings(ROOT_URLCONF="diptych.commons.web.urls"):  # the design system by itself, whatever site it is in
        yield from _served()


def _served() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/composants/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium.launched() as browser:
        yield browser


def open_gallery(
    browser: Browser, address: str, *, width: int, panel: str = "culture", theme: str = "light", script: bool = True
) -> tuple[Page, list[str]]:
    """The gallery in a new window, and what the browser complained of."""
    context = browser.new_context(
        viewport={"width": width, "height": 844}, locale="fr-FR", java_script_enabled=script, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    page, faults = context.new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda response: faults.append(f"{response.status} {response.url}") if response.status >= 400 else None)
    page.goto(f"{address}?panel={panel}", wait_until="networkidle")
    return page, faults


@pytest.mark.parametrize("panel", ["culture", "health"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desk"])
def test_axe_finds_nothing(browser: Browser, address: str, device: str, theme: str, panel: str) -> None:
    page, faults = open_gallery(browser, address, width=WIDTHS[device], panel=panel, theme=theme)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{panel}-{theme}-{device}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert faults == []


@pytest.mark.parametrize("device", ["small", "phone", "desk"])
def test_nothing_is_wider_than_the_screen(browser: Browser, address: str, device: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS[device])
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[device]


def test_the_systems_dark_is_worn_where_the_reader_said_nothing(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(20, 14, 38)"
    assert Axe().run(page).violations_count == 0


def test_a_shelf_is_moved_by_keyboard(browser: Browser, address: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS["phone"])
    row = page.locator(".shelf__row").first
    row.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert row.evaluate("row => row.scrollLeft") > 0


def test_nothing_to_tap_is_smaller_than_44_px(browser: Browser, address: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS["phone"])
    small = page.evaluate(
        """taps => [...document.querySelectorAll(taps)]
        .filter(e => e.offsetParent).map(e => [e.className || e.outerHTML, e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
        .map(([name, box]) => `${name} ${box.width}x${box.height}`)""",
        ".button, .chip, .navbar a, .pages a, .sort, .tabs a, .field select, summary, .check, .toast button",
    )
    assert small == []


def test_a_dialog_opens_takes_the_focus_and_closes_with_escape(browser: Browser, address: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS["phone"])
    page.locator("[data-opens=cancel]").click()
    assert page.locator("dialog#cancel").is_visible()
    assert page.evaluate("document.activeElement.closest('dialog')?.id") == "cancel"
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Escape")
    assert not page.locator("dialog#cancel").is_visible()
    assert page.evaluate("document.activeElement.dataset.opens") == "cancel"


def test_a_code_may_be_pasted_with_spaces_in_small_letters(browser: Browser, address: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS["phone"])
    field = page.locator("#id_code")
    field.fill("")
    field.focus()
    page.keyboard.insert_text(" k7m 3qx ")
    assert field.input_value() == "K7M3QX"
    assert page.locator("#id_code + .code__boxes span").all_inner_texts() == list("K7M3QX")


def test_a_password_can_be_shown_and_a_toast_put_away(browser: Browser, address: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS["desk"])
    page.locator("#id_ok-password").fill("une phrase de passe")
    page.locator("[aria-controls=id_ok-password]").click()
    assert page.locator("#id_ok-password").get_attribute("type") == "text"
    before = page.locator(".toast").count()
    page.locator(".toast [data-dismiss]").first.click()
    assert page.locator(".toast").count() == before - 1


def test_the_theme_is_kept_without_script(browser: Browser, address: str) -> None:
    page, _ = open_gallery(browser, address, width=WIDTHS["desk"], script=False)
    page.locator(".switch__dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator("#id_code").is_visible()
