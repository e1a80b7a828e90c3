"""The counter in a real browser: typed, pasted, scanned, off line, without script; on a phone and a desk, light and dark.

Pictures are left in `.cache/counter/` to be looked at.
"""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import segno
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from diptych.commons import clock
from diptych.commons.web import assets
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.bookings.queries import booking_of
from tests import chromium
from tests.culture import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PICTURES = Path(".cache/counter")
WIDTHS = {"phone": 390, "desk": 1280}


class Shop:
    """A bookshop, its seller, and Inès who booked a book there."""

    def __init__(self) -> None:
        at = clock.now()
        self.venue = factories.venue(name="Librairie des Halles", at=at)
        self.seller = factories.pro(venue=self.venue, at=at)
        self.youth = factories.youth(first_name="Inès", last_name="Benali", age=18, at=at)
        offer = factories.offer(at_venue=self.venue, name="L’Événement", creator="Annie Ernaux", at=at)
        self.offer_id = offer.pk
        made = book(person_id=self.youth.pk, stock_id=factories.stock(of=offer, price_cents=640, at=at).pk, places=1, at=at)
        self.token, self.booking_id = made.token, made.id
        self.qr = booking_of(person_id=self.youth.pk, booking_id=made.id, at=at).qr_text

    @property
    def status(self) -> str:
        """Where the booking stands now."""
        return Booking.objects.get(pk=self.booking_id).status


@pytest.fixture
def shop() -> Shop:
    """A bookshop with one booking that waits."""
    return Shop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    assets.build()
    with chromium.launched() as browser:
        yield browser


def window(
    browser: Browser, server: Any, shop: Shop, *, device: str = "phone", theme: str = "light", **options: Any
) -> BrowserContext:
    """A window where the seller is signed in."""
    size = {"width": WIDTHS[device], "height": 844}
    context = browser.new_context(viewport=size, locale="fr-FR", reduced_motion="reduce", **options)
    client = Client()
    client.force_login(shop.seller, backend="allauth.account.auth_backends.AuthenticationBackend")
    context.add_cookies(
        [
            {"name": "theme", "value": theme, "url": server.url},
            {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": server.url},
        ]
    )
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
def test_every_page_stands_and_axe_finds_nothing(browser: Browser, live_server: Any, shop: Shop, device: str, theme: str) -> None:
    pages = {
        "home": "/pro/", "offers": "/pro/offres/", "kinds": "/pro/offres/nouvelle/", "offer": f"/pro/offres/{shop.offer_id}/",
        "form": "/pro/offres/nouvelle/CONCERT/", "stocks": f"/pro/offres/{shop.offer_id}/dates/", "bookings": "/pro/reservations/",
        "offline": "/pro/comptoir/hors-ligne/",
    }  # fmt: skip
    context = window(browser, live_server, shop, device=device, theme=theme)
    page = context.new_page()
    for name, address in pages.items():
        page.goto(live_server.url + address)
        looked_at(page, f"{name}-{device}-{theme}")
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("device", ["phone", "desk"])
def test_a_code_typed_is_validated_then_taken_back(
    browser: Browser, live_server: Any, shop: Shop, device: str, theme: str
) -> None:
    context = window(browser, live_server, shop, device=device, theme=theme)
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}/pro/comptoir/")
    looked_at(page, f"counter-empty-{device}-{theme}")
    page.get_by_label("Code de la réservation").press_sequentially(shop.token.lower())
    expect(page.get_by_role("heading", name="Réservation valable")).to_be_focused()
    expect(page.locator("#answer")).to_contain_text("Inès B.")
    looked_at(page, f"counter-valid-{device}-{theme}")
    page.get_by_role("button", name="Remettre et valider").click()
    expect(page.get_by_role("heading", name="Remise et validée")).to_be_visible()
    expect(page.locator("#today")).to_contain_text(shop.token)
    assert shop.status == "USED"
    page.get_by_role("link", name="Personne suivante").click()
    page.get_by_label("Code de la réservation").press_sequentially(shop.token)
    expect(page.locator("#answer")).to_contain_text("bookings.already_used")
    looked_at(page, f"counter-used-{device}-{theme}")
    page.get_by_role("button", name="Annuler cette validation").click()
    expect(page.get_by_role("heading", name="Validation annulée")).to_be_visible()
    assert shop.status == "CONFIRMED"
    assert faults == []
    context.close()


def test_without_script_it_is_one_field_and_a_button(browser: Browser, live_server: Any, shop: Shop) -> None:
    context = window(browser, live_server, shop, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/pro/comptoir/")
    page.get_by_label("Code de la réservation").fill(shop.token)
    page.get_by_role("button", name="Vérifier").click()
    page.get_by_role("button", name="Remettre et valider").click()
    expect(page.get_by_role("heading", name="Remise et validée")).to_be_visible()
    assert shop.status == "USED"
    context.close()


def test_with_no_network_the_signature_is_checked_here(browser: Browser, live_server: Any, shop: Shop) -> None:
    context = window(browser, live_server, shop)
    page = context.new_page()
    page.goto(f"{live_server.url}/pro/comptoir/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    context.set_offline(True)
    page.goto(f"{live_server.url}/pro/comptoir/")
    expect(page.locator("main").get_by_text("Pas de réseau", exact=True).first).to_be_visible()

    def paste(text: str) -> None:
        page.evaluate(
            """text => { const data = new DataTransfer(); data.setData("text", text);
            document.getElementById("id_code").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})); }""",
            text,
        )

    paste(shop.qr.replace("PLACES:1", "PLACES:2"))
    expect(page.locator("#answer h2")).to_contain_text("n’a pas été émis par le service")
    paste("DIPTYCH:v1;TOKEN:ABC")
    expect(page.locator("#answer h2")).to_contain_text("n’est pas un billet")
    paste(shop.qr)
    expect(page.locator("#answer h2")).to_contain_text("Billet authentique")
    looked_at(page, "counter-offline-valid")
    page.get_by_role("button", name="Remettre, et garder à valider").click()
    expect(page.locator("#later")).to_contain_text(shop.token)
    paste(shop.qr)
    expect(page.locator("#answer h2")).to_contain_text("déjà été vu sur cet appareil")
    looked_at(page, "counter-offline-later")
    assert shop.status == "CONFIRMED"
    context.set_offline(False)
    page.get_by_role("button", name="Vérifier maintenant").click()
    page.get_by_role("button", name="Remettre et valider").click()
    expect(page.get_by_role("heading", name="Remise et validée")).to_be_visible()
    expect(page.locator("#later")).to_be_hidden()
    assert shop.status == "USED"
    context.close()


def test_the_camera_reads_a_qr_code(browser: Browser, live_server: Any, shop: Shop, tmp_path: Path) -> None:
    film = tmp_path / "qr.y4m"
    film.write_bytes(_film(shop.qr))
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    filming = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", *fake])
    context = window(filming, live_server, shop)
    context.grant_permissions(["camera"], origin=live_server.url)
    page = context.new_page()
    page.goto(f"{live_server.url}/pro/comptoir/")
    page.get_by_role("button", name="Scanner").click()
    expect(page.get_by_role("heading", name="Réservation valable")).to_be_visible(timeout=15_000)
    filming.close()


def test_a_refused_camera_says_what_to_do(browser: Browser, live_server: Any, shop: Shop) -> None:
    context = window(browser, live_server, shop)
    page = context.new_page()
    page.goto(f"{live_server.url}/pro/comptoir/")
    page.get_by_role("button", name="Scanner").click()
    expect(page.locator("#scan [role=status]")).to_contain_text("tapez", ignore_case=True)
    looked_at(page, "counter-camera-refused")
    context.close()


def _film(text: str, *, width: int = 640, height: int = 480) -> bytes:
    "A few frames of a QR code on white, in YUV 4:2:0, as Chromium's fake camera reads them."
    code = segno.make_qr(text)
    rows = [list(row) for row in code.matrix_iter(scale=5, border=4)]
    top, left = (height - len(rows)) // 2, (width - len(rows[0])) // 2
    luma = bytearray(b"\xeb" * width * height)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                luma[(top + y) * width + left + x] = 16
    frame = b"FRAME\n" + bytes(luma) + b"\x80" * (width * height // 2)
    film = io.BytesIO()
    film.write(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\n".encode())
    film.write(frame * 5)
    return film.getvalue()
