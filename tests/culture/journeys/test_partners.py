"""Partners in a browser, on a phone and on a desk: a bookseller signs up, is validated, sells, scans, is paid and reads why.

The letters are read where the fake mail gateway keeps them; the team is another window, always at its desk.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.domain.reimbursements import queries
from diptych.culture.domain.reimbursements.models import BankAccount, Invoice
from diptych.culture.domain.venues.models import Commune
from diptych.culture.jobs import make_batches, make_invoices, price_bookings, settle_transfers
from tests import chromium
from tests.culture import factories
from tests.culture.integration.test_structures import deliver, link_in
from tests.culture.journeys.test_sign_up import clean, window

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


@pytest.mark.parametrize("width", [390, 1280])
def test_a_bookseller_from_sign_up_to_a_transfer(
    browser: Browser, live_server: Any, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    at, address, live = clock.now(), f"nora.{width}@merle.example", live_server.url
    Commune.objects.create(
        insee="42218", name="Saint-Étienne", department="42", postcodes=["42000"], latitude=45.4, longitude=4.4
    )
    size = {"width": width, "height": 844}
    visitor = browser.new_context(viewport=size, locale="fr-FR", reduced_motion="reduce").new_page()
    visitor.goto(f"{live}/compte/connexion/")
    visitor.locator("a[href='/pro/inscription/']").click()
    clean(visitor)
    visitor.fill("[name=email]", address)
    visitor.fill("[name=password]", factories.PASSWORD)
    visitor.locator("main form .button--wide").click()
    visitor.wait_for_url("**/pro/inscription/courriel/")
    clean(visitor)
    deliver()
    visitor.goto(live + link_in(address))
    visitor.locator("main form .button--wide").click()
    visitor.wait_for_url("**/compte/connexion/")

    page = window(browser, live_server, Person.objects.get(email=address), width)
    page.goto(f"{live}/pro/")
    clean(page)
    page.locator(".todo [href='/pro/structures/nouvelle/']").click()
    clean(page)
    page.fill("[name=siren]", "732829320")
    page.fill("[name=name]", "Merle SARL")
    page.locator("main form .button").click()
    page.wait_for_url("**/lieux/nouveau/")
    clean(page)
    page.fill("[name=name]", "Le Merle moqueur")
    page.select_option("[name=activity]", "BOOKSTORE")
    page.fill("[name=siret]", "732 829 320 00074")
    page.fill("[name=postcode]", "42000")
    page.fill("[name=city]", "Saint-Étienne")
    page.locator("main form .button").click()
    page.wait_for_url("**/pro/lieux/*/")
    clean(page)
    page.fill("[name=description]", "Romans, bandes dessinées, conseils.")
    page.fill("[name=day_1]", "10:00-12:30, 14:00-19:00")
    page.locator("main form .button").click()
    page.locator(".toast").first.wait_for()
    clean(page)
    page.goto(f"{live}/pro/structures/")
    clean(page)
    page.locator("main .lines a").first.click()
    page.fill("[name=email]", "paul@merle.example")
    page.locator("form[action$='/inviter/'] .button").click()
    page.locator(".toast").first.wait_for()
    clean(page)

    page.goto(f"{live}/pro/banque/")
    clean(page)
    page.locator("a[href$='/banque/nouveau/']").click()
    clean(page)
    page.fill("[name=label]", "Compte courant")
    page.fill("[name=holder]", "Merle SARL")
    page.fill("[name=iban]", "FR76 3000 6000 0112 3456 7890 189")
    page.fill("[name=bic]", "AGRIFRPP")
    rib = {"name": "rib.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 RIB"}
    page.set_input_files("[name=first_document]", rib)
    page.locator("main form .button").click()
    page.wait_for_url("**/pro/banque/")
    clean(page)
    page.locator("a[href$='/paiement/']").click()
    clean(page)
    page.locator("form[action$='/lier/'] .button").first.click()
    page.locator(".toast").first.wait_for()
    clean(page)

    team = window(browser, live_server, factories.staff(at=at), width=1280)
    for way in ("structures", "comptes-bancaires"):
        team.goto(f"{live}/equipe/{way}/")
        clean(team)
        team.locator("main table a").first.click()
        clean(team)
        team.set_viewport_size(size)
        clean(team)
        team.set_viewport_size({"width": 1280, "height": 844})
        team.select_option("form[action$='/decider/'] select", "VALIDATED" if way == "structures" else "en_instruction")
        team.locator("form[action$='/decider/'] .button").click()
        team.locator(".toast").first.wait_for()
        clean(team)
    account = BankAccount.objects.get()
    team.goto(f"{live}/equipe/comptes-bancaires/{account.pk}/")
    team.select_option("form[action$='/decider/'] select", "accepte")
    team.locator("form[action$='/decider/'] .button").click()
    team.locator(".toast").first.wait_for()
    clean(team)

    page.goto(f"{live}/pro/offres/nouvelle/LIVRE_PAPIER/")
    page.fill("[name=name]", "L’Atelier des marées")
    for name, value in (("author", "Zoé Marin"), ("ean", "9782070360024")):
        if page.locator(f"[name={name}]").count():
            page.fill(f"[name={name}]", value)
    page.locator("main form .button").click()
    page.wait_for_url("**/dates/")
    page.fill("[name=price]", "8,50")
    page.locator("main form .button").click()
    page.wait_for_url("**/pro/offres/*/")
    page.locator("form[action$='/publier/'] .button").click()
    page.locator(".toast").first.wait_for()
    clean(page)
    page.goto(f"{live}/pro/offres/")
    clean(page)
    page.goto(f"{live}/pro/")
    clean(page)
    assert page.locator(".todo").count() == 0

    youth = factories.youth(at=at)
    made = book(person_id=youth.pk, stock_id=Stock.objects.get().pk, places=1, at=clock.now())
    page.goto(f"{live}/pro/comptoir/")
    page.get_by_label("Code de la réservation").press_sequentially(Booking.objects.get(pk=made.id).token)
    page.get_by_role("button", name="Remettre et valider").click()
    page.get_by_role("heading", name="Remise et validée").wait_for()
    assert Booking.objects.get(pk=made.id).status == "USED"

    page.goto(f"{live}/pro/reservations/")
    clean(page)
    page.locator(".filters__more > summary").click()
    page.fill("[name=used_since]", clock.now().strftime("%Y-%m-%d"))
    page.select_option("[name=status]", "USED")
    page.locator("form.filters .button").click()
    page.get_by_text(Booking.objects.get(pk=made.id).token).wait_for()
    clean(page)
    with page.expect_download() as file:
        page.locator("a[href*='reservations.csv']").click()
    assert Booking.objects.get(pk=made.id).token in file.value.path().read_text(encoding="utf-8-sig")
    lines = page.evaluate("[...document.querySelectorAll('.navbar a')].map(a => a.getBoundingClientRect().height)")
    assert max(lines) - min(lines) < 1  # the bar's words stay on their line

    page.goto(f"{live}/pro/reservations/chiffres/")
    clean(page)
    for address_ in ("offres/", "offres/regles/"):
        team.goto(f"{live}/equipe/{address_}")
        clean(team)
        team.set_viewport_size(size)
        clean(team)
        team.set_viewport_size({"width": 1280, "height": 844})

    used_at = Booking.objects.get(pk=made.id).used_at or clock.now()
    paid_at = queries.cutoff_of(queries.next_payment_day(at=used_at)) + timedelta(hours=8)
    monkeypatch.setattr(clock, "now", lambda: paid_at)
    price_bookings.run(at=paid_at)
    assert make_batches.run(at=paid_at) == 1
    make_invoices.run(at=paid_at)
    _pay(window(browser, live_server, factories.staff(staff_roles=[StaffRole.DAF], at=at), width), live)
    monkeypatch.setattr(clock, "now", lambda: paid_at + timedelta(days=3))
    assert settle_transfers.run(at=clock.now()) == 1

    reads = window(browser, live_server, Person.objects.get(email=address), width)
    reads.goto(f"{live}/pro/remboursements/")
    clean(reads)
    reads.get_by_role("link", name=Invoice.objects.get().reference).click()
    reads.get_by_role("heading", name="Réservation par réservation").wait_for()
    said = reads.locator("main").inner_text().replace("\u00a0", " ").replace("\u202f", " ")
    for word in ("L’Atelier des marées", "8,50 €", "Livres", "100 %", "VIR1"):
        assert word in said, (word, said)
    clean(reads)


def _pay(officer: Page, live: str) -> None:
    """A finance officer sends the first batch; the job hands it to the bank, which takes it."""
    officer.goto(f"{live}/equipe/paiements/")
    clean(officer)
    officer.locator("a[href$='/lots/1/']").click()
    clean(officer)
    officer.get_by_role("button", name="Envoyer").click()
    officer.get_by_text("Cochez d’abord la case").first.wait_for()
    clean(officer)
    for act, says in (("Envoyer", "est écrit"), ("La banque l’a pris", "1 réservation remboursée")):
        officer.locator("main form [name=sure]").check()
        officer.get_by_role("button", name=act).click()
        officer.get_by_text(says).first.wait_for()
        settle_transfers.deliver(at=clock.now())
        officer.reload()
        clean(officer)
