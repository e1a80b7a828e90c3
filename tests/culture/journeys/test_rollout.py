"""The back office's page of a roll-out in a real browser: looked at on a phone and a desk, stopped with a reason, taken back.

Pictures are left in `.cache/rollout/` to be looked at.
"""

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from playwright.sync_api import Page, expect

from diptych.commons import clock
from diptych.commons.rollout import operations
from diptych.commons.rollout.rules.form import read
from diptych.commons.web import assets
from diptych.commons.web.rollout import wiring
from tests import chromium
from tests.culture import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = Path(".cache/rollout")
RULES = [
    {"name": "loire", "from": "2026-06-01", "until": "2026-11-01", "departments": ["42"], "ages": [15, 17]},
    {"name": "half", "from": "2026-11-01", "until": "2027-02-01", "share": 0.5, "guard": {"errors": 0.01, "refusals": 0.4}},
    {"name": "all", "from": "2027-02-01", "but": ["988"]},
]


def looked_at(page: Page, name: str) -> None:
    """Nothing found by axe, nothing wider than the screen; a picture stays."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


def test_a_feature_is_read_stopped_and_taken_back(live_server: Any) -> None:
    at = clock.now()
    for n in range(60):
        factories.youth(age=16 + n % 2, department="42" if n % 3 else "93", credit=False, at=at)
    with connection.cursor() as cursor:
        plan, faults = read({"rules": RULES}, wiring().words)
        assert faults == []
        said = {"actor": "terminal:rollout", "reason": "la Loire d’abord, puis la moitié", "at": at}
        operations.set_plan(cursor, feature=wiring().features["venue.camera"], plan=plan, **said)
    assets.build()
    session = factories.signed_in(factories.staff(at=at)).cookies["sessionid"].value
    with chromium.launched() as browser:
        for device, width, theme in (("phone", 390, "light"), ("desk", 1280, "dark"), ("desk", 1280, "light")):
            context = browser.new_context(viewport={"width": width, "height": 844}, locale="fr-FR", reduced_motion="reduce")
            context.add_cookies(
                [
                    {"name": "theme", "value": theme, "url": live_server.url},
                    {"name": "sessionid", "value": session, "url": live_server.url},
                ]
            )
            page = context.new_page()
            for name, address in (
                ("list", ""), ("feature", "venue.camera/?apercu=1"), ("stop", "venue.camera/arreter/"), ("back", "venue.camera/revenir/0/"),
            ):  # fmt: skip
                page.goto(f"{live_server.url}/equipe/ouvertures/{address}")
                looked_at(page, f"{name}-{device}-{theme}")
        page.goto(f"{live_server.url}/equipe/ouvertures/venue.camera/")
        page.get_by_role("link", name="Arrêter maintenant").click()
        page.get_by_role("button", name="Arrêter").click()
        expect(page.get_by_label("Motif", exact=True)).to_be_visible()  # not without a reason
        page.get_by_label("Motif", exact=True).fill("les lectures échouent")
        page.get_by_role("button", name="Arrêter").click()
        expect(page.get_by_role("heading", name="Le comptoir lit les QR codes")).to_be_visible()
        expect(page.locator("main")).to_contain_text("les lectures échouent")
        page.get_by_role("link", name="Revenir à la version 1").click()
        page.get_by_label("Motif", exact=True).fill("c’est réparé")
        page.get_by_role("button", name="Revenir en arrière").click()
        expect(page.locator("main")).to_contain_text("retour en arrière (1)")
        looked_at(page, "after-desk-light")
