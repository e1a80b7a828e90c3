"""A finance officer handles an overpayment in a browser: one asks, another decides, the venue reads it and why.

The payments before it are the chapter's own operations, in December (`PaidWorld`).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.reimbursements import operations
from diptych.culture.domain.reimbursements.models import Incident
from diptych.culture.domain.venues.models import Membership
from diptych.culture.gateways import bank
from diptych.culture.jobs import make_invoices
from tests import chromium
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.journeys.test_sign_up import clean, window
from tests.culture.payments import DECEMBER, FIRST_OF_DECEMBER, PaidWorld, price_all

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HERE: dict[str, Any] = {"actor": "person:1", "at": DECEMBER}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


@pytest.mark.parametrize("width", [390, 1280])
def test_an_overpayment_from_what_was_paid_to_what_the_venue_reads(
    browser: Browser, live_server: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(clock, "now", lambda: DECEMBER + timedelta(days=1))
    world = PaidWorld(venues=1)
    world.paid(world.venues[0], 15_00, AT, kind="LIVRE_PAPIER")
    price_all()
    operations.make_batch(day=FIRST_OF_DECEMBER, **HERE)
    make_invoices.run(at=DECEMBER)
    operations.send_batch(number=1, payer=bank.payer(), write=bank.write, **HERE)
    operations.accept_batch(number=1, **HERE)
    booking = Booking.objects.get(status="REIMBURSED")
    live = f"{live_server.url}/equipe/paiements/"

    asks = window(browser, live_server, factories.staff(staff_roles=[StaffRole.DAF]), width)
    asks.goto(live)
    clean(asks)
    asks.locator("a[href$='/lots/1/']").click()
    clean(asks)
    asks.goto(f"{live}incidents/")
    clean(asks)
    form = asks.locator("form", has=asks.locator("[name=kind]"))
    form.locator("[name=bookings]").fill("ZZZZZZ")
    form.locator(".button").click()
    asks.locator(".field--bad").first.wait_for()  # what lacks is said beside its field
    clean(asks)
    form.locator("[name=bookings]").fill(booking.token.lower())
    form.locator("[name=sum]").fill("10,00")
    form.locator("[name=note]").fill("Prix affiché faux : 10 € et non 15 €.")
    form.locator(".button").click()
    asks.get_by_text("C’est vous qui l’avez demandé").wait_for()
    clean(asks)
    assert asks.get_by_role("button", name="Valider et appliquer").count() == 0, "nobody decides on their own"

    decides = window(browser, live_server, factories.staff(staff_roles=[StaffRole.DAF]), width)
    decides.goto(live)
    decides.get_by_role("link", name="Les voir").click()
    clean(decides)
    decides.locator("main table a").first.click()
    clean(decides)
    decides.get_by_role("button", name="Valider et appliquer").click()
    decides.get_by_text("appliqué").first.wait_for()
    clean(decides)
    assert Incident.objects.get().status == "validated"

    owner = Membership.objects.filter(structure=world.venues[0].structure).first()
    assert owner is not None
    venue = window(browser, live_server, owner.person, width)
    venue.goto(f"{live_server.url}/pro/remboursements/")
    venue.get_by_text("Correction : trop a été payé").first.wait_for()
    said = venue.locator("main").inner_text().replace("\u00a0", " ").replace("\u202f", " ")
    for word in ("-15 €", "10 €"):
        assert word.replace("-", "−") in said or word in said, (word, said)
    clean(venue)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_custom_rule_is_tried_kept_and_ended(
    browser: Browser, live_server: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr(clock, "now", lambda: DECEMBER + timedelta(days=1))
    world = PaidWorld(venues=1)
    world.paid(world.venues[0], 15_00, AT, kind="LIVRE_PAPIER")
    price_all()
    page = window(browser, live_server, factories.staff(staff_roles=[StaffRole.RESPONSABLE_DAF]), width)
    page.goto(f"{live_server.url}/equipe/")
    page.get_by_role("link", name="Paiements").first.click()
    page.get_by_text("Aucune règle particulière").wait_for()
    clean(page)
    page.get_by_role("button", name="Voir ce qu’elle changerait").click()
    page.locator(".field--bad").first.wait_for()
    clean(page)
    page.get_by_label("La règle vaut pour").select_option("venue")
    page.get_by_label("Son numéro").fill(world.venues[0].siret or "")
    page.get_by_label("Taux (%)").fill("80")
    page.get_by_label("Premier jour").fill("2026-12-03")
    page.locator("summary", has_text="Genres d’offre").click()
    page.get_by_label("Livre papier").check()
    clean(page)
    page.get_by_role("button", name="Voir ce qu’elle changerait").click()
    page.get_by_text("Rien n’est encore enregistré").wait_for()
    said = page.locator("main").inner_text().replace("\u00a0", " ").replace("\u202f", " ").replace("−", "-")
    for word in ("80 %", "15 €", "12 €", "-3 €"):
        assert word in said, (word, said)
    clean(page)
    page.get_by_role("button", name="Garder cette règle").click()
    page.locator("main table").wait_for()
    clean(page)
    page.locator("main table summary").click()
    page.locator("main table input[type=date]").fill("2026-12-31")
    clean(page)
    page.get_by_role("button", name="Y mettre fin après ce jour").click()
    page.get_by_text("La règle prendra fin").first.wait_for()
    clean(page)
