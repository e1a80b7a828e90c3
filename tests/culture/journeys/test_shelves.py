"""An editor composes a shelf, gives it its date, sees it as a 16-year-old in Mayotte; it is there once the date has come.

On a real browser, with Wagtail's own screens under the site's content policy. Pictures are left in `.cache/shelves/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.editorial.models import Shelf
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import StaffRole
from tests import chromium
from tests.culture import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = Path(".cache/shelves")
MAYOTTE = ZoneInfo("Indian/Mayotte")
WAGTAILS = {"page-has-heading-one"}
"""What axe finds in Wagtail's own form: its heading is drawn later than its place. Ours have none. May only shrink."""


SETTLED = """async () => { await Promise.all(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().iterations !== Infinity).map(one => one.finished.catch(() => null))) }"""
"""Waits for what moves to have come: Wagtail's messages fade in, and half drawn they lack contrast."""


def looked_at(page: Page, name: str, *, known: frozenset[str] | set[str] = frozenset()) -> None:
    """Nothing found by axe, nothing wider than the screen, on a phone and a desk; pictures stay."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        page.evaluate(SETTLED)
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        found = {one["id"] for one in Axe().run(page).response["violations"]} - known
        assert found == set(), f"{name} at {width}: {found}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.set_viewport_size({"width": 1280, "height": 844})


@contextmanager
def window(browser: Browser, person: Person, url: str) -> Iterator[tuple[Page, list[str]]]:
    """Somebody's browser, and what its console complains of: a script or a style that the policy refused is among it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 844}, locale="fr-FR", reduced_motion="reduce", service_workers="block"
    )
    session = factories.signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
    page, said = context.new_page(), []  # type: tuple[Page, list[str]]
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: said.append(str(fault)))
    yield page, said
    page.goto("about:blank")  # the editor's page says that it is left
    page.wait_for_timeout(300)
    context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Begun before the test, not in it: Playwright changes the context, and a context has a connection of its own."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


def test_an_editor_composes_schedules_and_previews_a_shelf(
    live_server: Any, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    offers = [factories.stock(of=factories.offer(name=f"Livre {n}", at=now), price_cents=0, at=now).offer for n in range(3)]
    editor = factories.staff(staff_roles=[StaffRole.PROGRAMMATION_MARKET], at=now)
    youth = factories.youth(age=16, department="976", credit=False, at=now)
    elsewhere = factories.youth(age=16, department="42", credit=False, at=now)
    goes_live = (now + timedelta(days=3)).replace(second=0, microsecond=0)
    later = goes_live + timedelta(minutes=1)
    with window(browser, editor, live_server.url) as (page, said):
        page.goto(f"{live_server.url}/equipe/")
        page.get_by_role("link", name="Accueil des jeunes").click()
        looked_at(page, "list-empty")
        page.get_by_role("link", name="Ajouter").first.click()
        _compose(page, offers, goes_live)
        expect(page.get_by_text("Le guide de ton fait 2 remarques. Elles")).to_be_visible()
        expect(page.locator("[data-rule=orders]")).to_contain_text("DÉCOUVREZ")
        looked_at(page, "draft", known=WAGTAILS)
        page.get_by_label("Titre").fill("Vu de Mayotte")
        page.get_by_role("button", name="Plus d'actions").click()
        page.get_by_role("button", name="Programmer pour publication").click()
        expect(page.get_by_role("link", name="Vu de Mayotte").first).to_be_visible()
        looked_at(page, "list")
        shelf = Shelf.objects.get()
        assert (shelf.live, shelf.departments, shelf.offers) == (False, ["976"], [offer.pk for offer in offers])
        assert shelf.go_live_at is not None and abs(shelf.go_live_at - goes_live) < timedelta(minutes=1), "typed in Paris time"
        page.goto(f"{live_server.url}/equipe/editorial/snippets/editorial/shelf/history/{shelf.pk}/")
        looked_at(page, "history")
        _preview(page, live_server.url, shelf, goes_live)
        assert said == [], "the content policy refuses nothing of Wagtail's"

        for person in (youth, elsewhere):
            with window(browser, person, live_server.url) as (home, _):
                home.goto(live_server.url)
                expect(home.get_by_role("heading", name="Vu de Mayotte")).to_have_count(0)
        monkeypatch.setattr(clock, "now", lambda: later)
        with window(browser, elsewhere, live_server.url) as (home, _):
            home.goto(live_server.url)
            expect(home.get_by_role("heading", name="Vu de Mayotte")).to_have_count(0)
        with window(browser, youth, live_server.url) as (home, complaints):
            home.goto(live_server.url)
            expect(home.get_by_role("heading", name="Vu de Mayotte")).to_be_visible()
            looked_at(home, "home")
            home.get_by_role("link", name="Livre 1").click()
            expect(home.get_by_role("heading", name="Livre 1")).to_be_visible()
            assert home.url.endswith(f"?de=rayon-{shelf.pk}")
            assert complaints == []


def _compose(page: Page, offers: list[Any], goes_live: datetime) -> None:
    "A shelf chosen by hand, for Mayotte, from a date on; kept as a draft."
    looked_at(page, "new", known=WAGTAILS)
    page.get_by_label("Titre").fill("DÉCOUVREZ Mayotte")
    page.get_by_label("Type").select_option("HAND_PICKED")
    page.get_by_role("textbox", name="Offres").fill("\n".join(f"https://pass.example/offres/{offer.pk}/" for offer in offers))
    page.get_by_label("Départements").fill("976")
    page.get_by_role("button", name="Afficher/masquer le statut").click()
    page.get_by_role("button", name="Programmer").click()
    paris = goes_live.astimezone(ZoneInfo("Europe/Paris"))
    page.locator("#id_go_live_at").fill(paris.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Enregistrer la programmation").click()
    expect(page.get_by_text("Relecture").first).to_be_visible()


def _preview(page: Page, url: str, shelf: Shelf, goes_live: datetime) -> None:
    "The home as a 16-year-old in Mayotte: before, and on the day."
    page.goto(f"{url}/equipe/editorial/snippets/editorial/shelf/edit/{shelf.pk}/")
    page.get_by_role("link", name="16 ans, à Mayotte").click()
    expect(page.get_by_text("Brouillon : c’est ce que vous écrivez.")).to_be_visible()
    expect(page.get_by_role("heading", name="Vu de Mayotte")).to_be_visible()
    looked_at(page, "preview-draft")
    page.goto(f"{url}/equipe/accueil/?age=16&departement=976")
    expect(page.get_by_role("heading", name="Aucun rayon pour cette personne ce jour-là")).to_be_visible()
    local = (goes_live + timedelta(minutes=1)).astimezone(MAYOTTE)
    page.get_by_label("Jour").fill(local.strftime("%Y-%m-%d"))
    page.get_by_label("Heure").fill(local.strftime("%H:%M"))
    page.get_by_role("button", name="Voir l’accueil").click()
    expect(page.get_by_role("heading", name="Vu de Mayotte")).to_be_visible()
    looked_at(page, "preview")
    page.get_by_label("Département").select_option("42")
    page.get_by_role("button", name="Voir l’accueil").click()
    expect(page.get_by_role("heading", name="Vu de Mayotte")).to_have_count(0)
