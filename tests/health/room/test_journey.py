"""A steward's way in a real browser, on a desk and on a phone: what waits, a code, a concept, a decision, its history. axe looks at each page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from diptych.commons.web import assets
from tests.health.room.conftest import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PICTURES = Path(".cache/room")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def look(page: Page, name: str) -> None:
    """axe finds nothing, nothing is wider than the screen; a picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], name
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_steward_maps_a_code(chromium: Browser, live_server, browser, width: int, scheme: str) -> None:
    browser("steward")
    context = chromium.new_context(locale="fr-FR", viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/codes/")
    look(page, f"{width}-sign-in")
    page.get_by_label("Adresse e-mail").fill("steward@salle.exemple.fr")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Codes sans concept").wait_for()
    look(page, f"{width}-codes")
    page.get_by_role("link", name="CIM10 I10").click()
    page.get_by_label("Des mots, un code ou le numéro d’un concept").fill("hypertension")
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("checkbox", name="Hypertension essentielle").check()
    page.get_by_label("Pourquoi", exact=True).fill("le catalogue du laboratoire")
    look(page, f"{width}-code")
    page.get_by_role("button", name="Ce code veut dire ce qui est coché").click()
    page.get_by_role("heading", name="Ce qui a été décidé").wait_for()
    look(page, f"{width}-decided")
    for path, heading in (("/", "Ce qui attend, et qui"), ("/sources/french_ehr/", "Dossier patient, couche brute"),
                          ("/codes/historique/", "Toutes les décisions"), ("/qualite/", "Les contrôles des versions")):  # fmt: skip
        page.goto(f"{live_server.url}{path}")
        page.get_by_role("heading", name=heading).first.wait_for()
        look(page, f"{width}-{path.strip('/').replace('/', '-') or 'home'}")
    assert faults == []
    context.close()
