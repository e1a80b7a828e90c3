"""A cinema connects its ticketing, in a browser, on a phone and on a desk: the key shown once, the sample partner as a second process
that publishes its evening with it, a youth who books, the partner's barcode on the ticket; then the partner dead, and who sees it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings.models import Booking, PartnerFault
from diptych.culture.domain.venues.models import PartnerKey, TicketingSystem, Venue
from tests import chromium
from tests.culture import factories
from tests.culture.integration.test_sample_partner import Partner, until, worker
from tests.culture.journeys.test_sign_up import clean, window

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

__all__ = ["worker"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


@pytest.mark.parametrize("width", [390, 1280])
def test_a_cinema_connects_its_ticketing(browser: Browser, live_server: Any, tmp_path: Path, worker: None, width: int) -> None:
    now, live = clock.now(), live_server.url
    venue = factories.venue(name="Cinéma Le Palace", activity="CINEMA", at=now)
    page = window(browser, live_server, factories.pro(venue=venue), width)
    page.goto(f"{live}/pro/structures/")
    page.locator("[href='/pro/billetterie/']").click()
    clean(page)
    page.locator("main [href='/pro/billetterie/nouvelle/']").click()
    clean(page)
    page.get_by_role("button", name="Créer sa clé").click()  # nothing said: the form again
    clean(page)
    page.fill("[name=own-name]", "Billetterie du Palace")
    page.get_by_role("button", name="Créer sa clé").click()
    page.get_by_role("heading", name="La clé de votre système").wait_for()
    clean(page)
    key, secret, _ = page.locator("main code").all_inner_texts()
    page.get_by_role("link", name="C’est copié").click()
    page.get_by_role("heading", name="Billetterie du Palace").first.wait_for()
    assert key not in page.content()
    assert secret not in page.content()
    clean(page)

    partner = Partner(tmp_path, secret, key)
    partner.serve()
    try:
        show = partner.talk("publish", live, "--venue", str(venue.pk), "--here", partner.url, "--seats", "3")
        page.reload()
        page.get_by_role("button", name="Lui laisser vendre les places").click()
        page.get_by_text("il vend les places de ce lieu").wait_for()
        clean(page)

        youth = window(browser, live_server, factories.youth(at=now), width)
        youth.goto(f"{live}/recherche/?q=cordes")
        youth.locator("#results .offer a").first.click()
        youth.wait_for_url(f"**/offres/{show['event']}/**")
        youth.locator(".choice .button").last.click()
        youth.locator("form .button--wide").click()
        until(lambda: Booking.objects.filter(status="CONFIRMED").exists())
        booking = Booking.objects.get()
        youth.goto(f"{live}/places/{booking.pk}/")
        (sold,) = partner.report()["sold"]
        youth.get_by_text(sold["barcode"]).wait_for()
        assert "Siège A1" in youth.locator("main").inner_text().replace("\u00a0", " ")
        clean(youth)
        youth.emulate_media(color_scheme="dark")
        clean(youth)
    finally:
        partner.kill()

    other = window(browser, live_server, factories.youth(at=now), width)
    other.goto(f"{live}/offres/{show['event']}/")
    other.locator(".choice .button").last.click()
    other.locator("form .button--wide").click()
    until(PartnerFault.objects.filter(why="unreachable").exists)
    other.goto(f"{live}/places/{Booking.objects.get(status='HELD').pk}/")
    other.get_by_text("confirme ta place").wait_for()
    clean(other)
    page.goto(f"{live}/pro/billetterie/")
    page.get_by_text("personne à cette adresse").first.wait_for()
    clean(page)
    team = window(browser, live_server, factories.staff(), width)
    team.goto(f"{live}/equipe/billetteries/")
    team.get_by_text("répond mal").wait_for()
    team.get_by_text("personne à cette adresse").first.wait_for()
    clean(team)

    page.get_by_role("link", name="Gérer Billetterie du Palace").click()
    page.get_by_role("button", name="Nouvelle clé").click()
    second = page.locator("main code").first.inner_text()
    page.get_by_role("link", name="C’est copié").click()
    page.get_by_role("button", name=f"Mettre fin à la clé {key[:12]}").click()
    page.locator(".toast").first.wait_for()
    clean(page)
    assert list(PartnerKey.objects.filter(ends_at=None).values_list("prefix", flat=True)) == [second[:12]]
    page.get_by_role("button", name="Déconnecter", exact=True).click()
    page.wait_for_url("**/pro/billetterie/")
    clean(page)
    assert Venue.objects.get(pk=venue.pk).ticketing_id is None
    assert TicketingSystem.objects.get().structure_id == venue.structure_id
