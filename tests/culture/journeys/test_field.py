"""A field officer plans a day in a browser, on the road and at a desk: the map, the list, the day's order, a visit, its note."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.outreach.models import Contact, Note, PlaceFile
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.venues.models import Commune, Venue
from tests import chromium
from tests.culture import factories
from tests.culture.journeys.test_sign_up import clean, window

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PLACES = (
    ("Cinéma Le Royal", "CINEMA", 45.44, 4.39), ("Musée de la Rubanerie", "MUSEUM", 45.46, 4.40),
    ("Bibliothèque du Crêt-de-Roc", "LIBRARY", 45.442, 4.392), ("Festival des Sept Collines", "FESTIVAL", 45.43, 4.37),
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


@pytest.mark.parametrize("width", [390, 1280])
def test_a_field_officer_plans_a_day_and_goes(browser: Browser, live_server: Any, width: int) -> None:
    at = clock.now()
    officer = factories.staff(at=at, staff_roles=[StaffRole.CHARGE_DEVELOPPEMENT], department="42")
    for n, name in enumerate(("Saint-Étienne", "Firminy", "Rive-de-Gier")):
        Commune.objects.create(
            insee=f"4221{n}", name=name, department="42", postcodes=["42000"], latitude=45.43 + n / 30, longitude=4.35 + n / 30,
            population=90_000 // (n + 1),
        )  # fmt: skip
    for n, (name, activity, north, east) in enumerate(PLACES):
        Venue.objects.create(
            name=name, activity=activity, city="Saint-Étienne", postcode="42000", department="42", latitude=north, longitude=east,
            source="open", source_id=str(n), created_at=at,
        )  # fmt: skip
    signed_up = factories.venue(name="Théâtre de l’Usine", activity="PERFORMANCE_HALL", at=at)
    factories.offer(at_venue=signed_up, at=at)

    page = window(browser, live_server, officer, width)
    page.goto(f"{live_server.url}/equipe/")
    page.locator("main a[href='/equipe/terrain/journee/']").click()
    clean(page)
    page.locator(".empty a").click()
    page.locator(".field-pin").first.wait_for()
    clean(page)
    assert page.locator(".field-pin").count() == 5
    page.select_option("[name=kind]", "CINEMA")
    page.locator("form.field-filters .button").click()
    page.wait_for_url("**kind=CINEMA**")
    assert page.locator(".places > li").count() == 1
    page.locator(".field-pin").first.click()
    page.locator(".leaflet-popup a").wait_for()
    clean(page)
    page.goto(f"{live_server.url}/equipe/terrain/")
    for name, *_ in PLACES:
        page.locator(".places > li", has_text=name).locator("button").click()
        page.locator(".toast").first.wait_for()
    page.goto(f"{live_server.url}/equipe/terrain/journee/")
    assert page.locator(".field-day > li").count() == len(PLACES)
    page.locator("form[action$='/ordre/'] button").click()
    page.locator(".toast").first.wait_for()
    clean(page)
    names = page.locator(".field-day h3").all_inner_texts()
    assert names.index("Bibliothèque du Crêt-de-Roc") - names.index("Cinéma Le Royal") == 1
    page.locator(".field-day > li").first.locator("[name=down]").focus()
    page.keyboard.press("Enter")
    page.locator(".field-day > li:nth-child(2)", has_text=names[0]).wait_for()
    page.locator(".field-day > li", has_text="Le Royal").locator("[name=seen]").click()
    page.get_by_text("Pas visité").wait_for()
    clean(page)
    page.get_by_role("link", name="Cinéma Le Royal").click()
    clean(page)
    page.fill("[name=text]", "Partants pour une semaine des ados.")
    page.locator("form#note .button").click()
    page.locator(".toast").first.wait_for()
    page.locator("summary", has_text="Ajouter quelqu’un").click()
    page.fill("[name=name]", "Mireille Astier")
    page.fill("[name=phone]", "04 77 00 00 12")
    page.check("[name=told]")
    clean(page)
    page.locator("form[action$='/contacts/'] .button").click()
    page.get_by_text("Mireille Astier", exact=False).first.wait_for()
    page.fill("[name=words]", "Envoyer la convention")
    page.fill("[name=on]", at.strftime("%Y-12-31"))
    page.locator("form[action$='/suite/'] .button").first.click()
    page.locator(".toast").first.wait_for()
    page.locator("button[name=stage][value=SIGNING_UP]").click()
    page.locator(".toast__undo").click()
    page.get_by_text("Annulé.").wait_for()
    clean(page)
    royal = Venue.objects.get(name="Cinéma Le Royal")
    assert PlaceFile.objects.get(venue=royal).stage == "MET"
    assert (Note.objects.get().venue_id, Contact.objects.get().venue_id) == (royal.pk, royal.pk)
    page.goto(f"{live_server.url}/equipe/terrain/parts/")
    page.get_by_text("20,0").first.wait_for()
    clean(page)
    page.goto(f"{live_server.url}/equipe/terrain/lieux/{signed_up.pk}/")
    clean(page)
