"""The youth's app in a real browser: on a phone and on a desk, light and dark, with axe; and off line, and without script.

Pictures are left in `.cache/youth/` to be looked at.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.catalogue.models import Shelf
from diptych.culture.domain.catalogue.operations import favour
from diptych.culture.domain.people.models import Person
from tests import chromium
from tests.culture import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = Path(".cache/youth")
WIDTHS = {"phone": 390, "desk": 1280}
TITLES = (
    "Nuit du court-métrage",
    "Impro sans filet",
    "Jam jazz",
    "Les Pêcheurs de perles, version anticonstitutionnellement longue",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


@pytest.fixture
def ines() -> Person:
    """Inès, 18, with one place booked, one favourite, and things to find around Saint-Étienne."""
    at = clock.now()
    person = factories.youth(first_name="Inès", last_name="Bertin", at=at)
    cinema = factories.venue(
        name="Cinéma Le Méliès",
        address="28 allées Jean-Jaurès",
        activity="CINEMA",
        accessible_motor=True,
        accessible_audio=False,
        at=at,
    )
    offers = [
        factories.offer(
            at_venue=cinema, event=True, name=title, at=at, duration_minutes=95,
            description="Six films courts, de la comédie au fantastique. Puis on en parle.",
        )
        for title in TITLES
    ]  # fmt: skip
    for number, offer in enumerate(offers):
        for day in range(1, 4):
            starts = at + timedelta(days=3 * number + day, hours=2)
            factories.stock(
                of=offer, event=True, price_cents=400 * number, at=at, starts_at=starts, booking_limit_at=starts, quantity=4
            )
    made = bookings.book(person_id=person.pk, stock_id=offers[1].stocks.order_by("-starts_at").first().pk, places=2, at=at)
    person.booking_id, person.offer_id, person.stock_id = made.id, offers[0].pk, offers[0].stocks.first().pk
    for place, (title, hint) in enumerate([("Ce soir, à pied", "12 min max"), ("Et si tu changeais ?", "pas encore essayé")]):
        Shelf.objects.create(title=title, hint=hint, offers=[offer.pk for offer in offers], position=place, shown_from=at)
    favour(person_id=person.pk, offer_id=offers[2].pk, at=at)
    return person


def window(
    browser: Browser, server: Any, *, device: str = "phone", theme: str = "light", person: Person | None = None, **options: Any
) -> BrowserContext:
    """A window of the browser, somebody signed in where one is given."""
    context = browser.new_context(
        viewport={"width": WIDTHS[device], "height": 844}, locale="fr-FR", reduced_motion="reduce", **options
    )
    context.add_cookies([{"name": "theme", "value": theme, "url": server.url}])
    if person is not None:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url}])
    return context


def looked_at(page: Page, name: str) -> None:
    """Nothing found by axe, nothing wider than the screen; a picture stays."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desk"])
def test_every_page_stands_and_axe_finds_nothing(
    browser: Browser, live_server: Any, ines: Person, device: str, theme: str
) -> None:
    pages = {
        "home": "/", "search": "/recherche/?q=", "search-none": "/recherche/?q=zzzzz", "offer": f"/offres/{ines.offer_id}/",
        "book": f"/offres/{ines.offer_id}/reserver/?stock={ines.stock_id}", "places": "/places/", "past": "/places/passees/",
        "ticket": f"/places/{ines.booking_id}/", "cancel": f"/places/{ines.booking_id}/annuler/", "wallet": "/portefeuille/",
        "favourites": "/favoris/", "me": "/moi/", "offline": "/hors-ligne/", "credit": "/inscription/credit/",
    }  # fmt: skip
    page, faults = window(browser, live_server, device=device, theme=theme, person=ines).new_page(), list[str]()
    page.on("console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name, path in pages.items():
        page.goto(live_server.url + path, wait_until="networkidle")
        looked_at(page, f"{name}-{device}-{theme}")
        if name == "offer":
            assert page.locator("#map .map__venue").is_visible()
    assert faults == []


@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_visitor_may_look_and_sign_up(browser: Browser, live_server: Any, ines: Person, device: str) -> None:
    page = window(browser, live_server, device=device).new_page()
    visited = {
        "home": "/",
        "offer": f"/offres/{ines.offer_id}/",
        "sign-up": "/inscription/",
        "check-mail": "/inscription/courriel/",
    }
    for name, path in visited.items():
        page.goto(live_server.url + path, wait_until="networkidle")
        looked_at(page, f"visitor-{name}-{device}")


def comes_true(page: Page, asked: str, *, seconds: int = 30) -> None:
    """Wait until an asynchronous function answers true: `wait_for_function` takes the promise itself for a yes."""
    turn = "if ((most -= 0.05) < 0) throw new Error('it never came true'); await new Promise((then) => setTimeout(then, 50));"
    page.evaluate(f"async (most) => {{ const asked = {asked}; while (!(await asked())) {{ {turn} }} }}", seconds)


def test_the_ticket_opens_without_network_and_goes_when_signing_out(browser: Browser, live_server: Any, ines: Person) -> None:
    context = window(browser, live_server, person=ines)
    page = context.new_page()
    page.goto(f"{live_server.url}/places/", wait_until="networkidle")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    kept = "async () => (await caches.keys()).filter(n => n.startsWith('tickets-')).length && (await caches.match('/places/%d/')) !== undefined"
    comes_true(page, kept % ines.booking_id)
    context.set_offline(True)
    page.goto(f"{live_server.url}/places/{ines.booking_id}/")
    page.locator(".ticket__qr svg").wait_for()
    assert page.locator("[data-offline]").is_visible()
    looked_at(page, "ticket-offline")
    page.goto(f"{live_server.url}/portefeuille/")
    assert page.locator(".empty").is_visible()
    context.set_offline(False)
    page.goto(f"{live_server.url}/moi/", wait_until="networkidle")
    page.locator("form[action*=deconnexion] button").click()
    page.wait_for_load_state("networkidle")
    comes_true(page, "async () => !(await caches.keys()).some(n => n.startsWith('tickets-'))")


def test_around_me_by_the_browsers_position(browser: Browser, live_server: Any, ines: Person) -> None:
    context = window(
        browser, live_server, person=ines, geolocation={"latitude": 45.44, "longitude": 4.39}, permissions=["geolocation"]
    )
    page = context.new_page()
    page.goto(live_server.url, wait_until="networkidle")
    page.locator("a[data-around]").click()
    page.wait_for_url("**/recherche/?around=1")
    assert "45.4" not in page.url
    assert page.locator("#results .offer").count() == len(TITLES)


def test_everything_is_booked_without_script(browser: Browser, live_server: Any, ines: Person) -> None:
    page = window(browser, live_server, person=ines, java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/offres/{ines.offer_id}/")
    page.locator(".choice .button").last.click()  # the furthest: it can still be cancelled
    page.locator("#places-1").check()
    page.locator("form .button--wide").click()
    assert page.locator(".ticket__letters").is_visible()
    page.locator("a.button--danger").click()
    page.locator("form .button--danger").click()
    assert page.url == f"{live_server.url}/places/"


def test_the_heart_is_kept_in_place(browser: Browser, live_server: Any, ines: Person) -> None:
    page = window(browser, live_server, person=ines).new_page()
    page.goto(f"{live_server.url}/offres/{ines.offer_id}/", wait_until="networkidle")
    page.locator(".keep button").click()
    page.locator(".keep__on").wait_for()
    looked_at(page, "offer-kept")
