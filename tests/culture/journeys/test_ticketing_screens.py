"""How ticketing systems answer, in a browser: for the venue, from its structures; for the team, among partners."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings.operations import partner_calls
from diptych.culture.domain.bookings.terms import CallKind
from diptych.culture.domain.venues.models import PartnerVenue
from tests import chromium
from tests.culture import factories
from tests.culture.journeys.test_sign_up import clean, window

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


@pytest.mark.parametrize("width", [390, 1280])
def test_what_went_wrong_is_said_and_what_to_do(browser: Browser, live_server: Any, width: int) -> None:
    now, live = clock.now(), live_server.url
    venue = factories.venue(name="Théâtre de la Halle", ticketed=True, at=now)
    assert venue.ticketing is not None
    PartnerVenue.objects.create(partner=venue.ticketing, venue=venue, made_at=now)
    partner_calls.note_answer(system_id=venue.ticketing.pk, at=now - timedelta(minutes=9))
    for minutes, kind, why in (
        (5, CallKind.BOOK, "timeout"), (4, CallKind.CANCEL, "status_503"), (3, CallKind.FIND, "unreachable"),
        (2, CallKind.TELL_BOOKED, "status_401"),
    ):  # fmt: skip
        at = now - timedelta(minutes=minutes)
        partner_calls.note_fault(system_id=venue.ticketing.pk, venue_id=venue.pk, kind=kind, why=why, at=at)
    page = window(browser, live_server, factories.pro(venue=venue), width)
    page.goto(f"{live}/pro/structures/")
    page.locator("[href='/pro/billetterie/']").click()
    page.get_by_text("il refuse notre signature").wait_for()
    clean(page)
    page.emulate_media(color_scheme="dark")
    clean(page)
    team = window(browser, live_server, factories.staff(), width)
    team.goto(f"{live}/equipe/structures/")
    team.locator("[href='/equipe/billetteries/']").click()
    team.get_by_text("répond mal").wait_for()
    clean(team)
