"""The venue's portal: every page, hostile input, somebody else's things missing, files that are safe to open."""

import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from diptych.commons import clock
from diptych.commons.web.formatting import cell
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.bookings.queries.tickets import ticket_text
from diptych.culture.domain.catalogue.models import Offer, Stock
from tests.culture import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def at() -> Any:
    return clock.now()


@pytest.fixture
def shop(at: Any) -> Any:
    return factories.venue(at=at)


@pytest.fixture
def counter(shop: Any, at: Any) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(factories.pro(venue=shop, at=at), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def booked(shop: Any, at: Any, *, name: str = "L’Événement", event: bool = False) -> Booking:
    offer = factories.offer(at_venue=shop, at=at, name=name, event=event)
    youth = factories.youth(at=at, first_name="Inès", last_name="Benali", age=18)
    made = book(person_id=youth.pk, stock_id=factories.stock(of=offer, at=at).pk, places=1, at=at)
    return Booking.objects.get(pk=made.id)


PAGES = ["/pro/", "/pro/comptoir/", "/pro/comptoir/hors-ligne/", "/pro/offres/", "/pro/offres/nouvelle/", "/pro/reservations/"]


@pytest.mark.parametrize("address", PAGES)
def test_every_page_opens_with_and_without_something_to_show(counter: Client, shop: Any, at: Any, address: str) -> None:
    assert counter.get(address).status_code == 200
    booked(shop, at)
    assert counter.get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_a_youth_does_not_enter(address: str, at: Any) -> None:
    client = Client(headers={"accept": "text/html"})
    client.force_login(factories.youth(at=at), backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(address).status_code == 403


def test_a_code_is_looked_up_validated_and_taken_back(counter: Client, shop: Any, at: Any) -> None:
    booking = booked(shop, at)
    typed = f" {booking.token[:3].lower()} {booking.token[3:].lower()} "
    seen = counter.post("/pro/comptoir/", {"code": typed}).content.decode()
    assert "Inès B." in seen
    assert "Benali" not in seen
    done = counter.post("/pro/comptoir/valider/", {"code": booking.token}, follow=True)
    assert booking.token in done.content.decode()
    booking.refresh_from_db()
    assert booking.status == "USED"
    again = counter.post("/pro/comptoir/valider/", {"code": booking.token})
    assert (again.status_code, b"bookings.already_used" in again.content) == (410, True)
    counter.post("/pro/comptoir/reprendre/", {"code": booking.token}, follow=True)
    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"


def test_each_refusal_says_its_code(counter: Client, shop: Any, at: Any) -> None:
    def refused(code: str) -> tuple[int, str]:
        page = counter.post("/pro/comptoir/", {"code": code})
        found = re.search(r"bookings\.[a-z_]+", page.content.decode())
        return page.status_code, found[0] if found else ""

    assert refused("ZZZZZZ") == (404, "bookings.token_unknown")
    assert refused("01") == (422, "bookings.token_malformed")
    assert refused("\0" * 5000) == (422, "bookings.token_malformed")
    assert refused("<b>K7M</b>") == (422, "bookings.token_malformed")
    assert refused(booked(factories.venue(at=at, name="Ailleurs"), at).token) == (404, "bookings.other_venue")
    cancelled = booked(shop, at)
    Booking.objects.filter(pk=cancelled.pk).update(status="CANCELLED", cancelled_at=at, cancellation="OFFERER")
    assert refused(cancelled.token) == (200, "bookings.already_cancelled")
    assert refused(booked(shop, at, event=True).token) == (200, "bookings.not_yet_usable")
    held = booked(shop, at)
    Booking.objects.filter(pk=held.pk).update(status="HELD", held_until=at + timedelta(minutes=5))
    assert refused(held.token) == (200, "bookings.still_held")


def test_a_scanned_text_gives_its_code(counter: Client, shop: Any, at: Any) -> None:
    booking = booked(shop, at)
    for text in (ticket_text(booking, venue_id=shop.pk), f"PASSCULTURE:v3;TOKEN:{booking.token}"):
        assert b"In\xc3\xa8s B." in counter.post("/pro/comptoir/", {"code": text}).content


@pytest.mark.parametrize("path", ["/pro/comptoir/", "/pro/comptoir/valider/"])
def test_a_right_code_under_a_false_signature_is_refused(counter: Client, shop: Any, at: Any, path: str) -> None:
    text = ticket_text(booked(shop, at), venue_id=shop.pk)
    other = ticket_text(booked(shop, at), venue_id=shop.pk)
    forged = [
        text.rpartition(";SIG:")[0] + ";SIG:" + other.rpartition(";SIG:")[2],
        text[:-3],
        text.replace("PLACES:1", "PLACES:2"),
    ]
    pages = [counter.post(path, {"code": one}).content.decode() for one in forged]
    assert [re.findall(r"bookings\.[a-z_]+", page)[:1] for page in pages] == [["bookings.ticket_forged"]] * 3
    assert not Booking.objects.filter(status="USED").exists()


def test_an_offer_from_its_kind_to_its_publication(counter: Client, shop: Any, at: Any) -> None:
    assert b"OEUVRE_ART" not in counter.get("/pro/offres/nouvelle/").content
    values = {"venue": shop.pk, "name": "Nuit <b>blanche</b>", "is_duo": "on", "duration_minutes": "90"}
    made = counter.post("/pro/offres/nouvelle/SEANCE_CINE/", values)
    offer = Offer.objects.get(venue=shop)
    assert made.headers["Location"] == f"/pro/offres/{offer.pk}/dates/"
    refused = counter.post(f"/pro/offres/{offer.pk}/publier/", {})
    assert (refused.status_code, offer.validation) == (409, "DRAFT")
    day = (at + timedelta(days=10)).date()
    dates = {
        "first_day": str(day), "last_day": str(day + timedelta(days=2)), "hours": "14h, 20:30", "closes": "0",
        "label_1": "Plein tarif", "price_1": "12,50", "quantity_1": "80", "label_2": "Réduit", "price_2": "6.4", "quantity_2": "",
    }  # fmt: skip
    assert counter.get(f"/pro/offres/{offer.pk}/dates/").status_code == 200
    assert counter.post(f"/pro/offres/{offer.pk}/dates/", dates).status_code == 302
    assert Stock.objects.filter(offer=offer).count() == 12
    assert set(Stock.objects.filter(offer=offer).values_list("price_cents", "quantity")) == {(1250, 80), (640, None)}
    assert counter.post(f"/pro/offres/{offer.pk}/publier/", {}).status_code == 302
    seen = counter.get(f"/pro/offres/{offer.pk}/").content.decode()
    assert "Nuit &lt;b&gt;blanche&lt;/b&gt;" in seen
    stock = Stock.objects.filter(offer=offer).first()
    assert stock is not None
    line = f"/pro/offres/{offer.pk}/dates/{stock.pk}/"
    assert counter.get(line).status_code == 200
    assert counter.post(f"{line}retirer/").status_code == 302
    assert Stock.objects.filter(offer=offer, deleted_at=None).count() == 11
    assert counter.get(f"/pro/offres/{offer.pk}/modifier/").status_code == 200
    assert counter.post(f"/pro/offres/{offer.pk}/retirer/").status_code == 302


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "300,01"}, {"price": "-1"}, {"price": "douze"}, {"price": "1e3"}, {"price": "9" * 5000}, {"price": "NaN"}, {"price": ""},
        {"quantity": "-1"}, {"quantity": "9" * 400}, {"quantity": "1.5"}, {"booking_limit_at": "hier"}, {"booking_limit_at": "0001-01-01T00:00"},
    ],
)  # fmt: skip
def test_hostile_stocks_are_refused(counter: Client, shop: Any, at: Any, changes: dict[str, str]) -> None:
    offer = factories.offer(at_venue=shop, at=at)
    page = counter.post(f"/pro/offres/{offer.pk}/dates/", {"price": "8", "quantity": "4"} | changes)
    assert (page.status_code, Stock.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"first_day": "2020-01-01"}, {"first_day": "9999-12-31"}, {"last_day": "2019-01-01"}, {"hours": "25:00"}, {"hours": ""},
        {"hours": ",".join(f"{n}:0{n % 6}" for n in range(24)) + ",1:11,2:22"}, {"last_day": "2199-01-01"}, {"closes": "tard"}, {"weekdays": "9"},
    ],
)  # fmt: skip
def test_hostile_dates_are_refused(counter: Client, shop: Any, at: Any, changes: dict[str, str]) -> None:
    offer = factories.offer(at_venue=shop, at=at, event=True)
    day = str((at + timedelta(days=9)).date())
    page = counter.post(
        f"/pro/offres/{offer.pk}/dates/", {"first_day": day, "hours": "20:30", "closes": "0", "price_1": "8"} | changes
    )
    assert (page.status_code, Stock.objects.count()) == (422, 0)


@pytest.mark.parametrize(
    "changes",
    [{"name": ""}, {"name": "x" * 91}, {"name": "a\0b"}, {"description": "x" * 10_001}, {"venue": "0"}, {"venue": "nous"}],
)
def test_hostile_offers_are_refused(counter: Client, shop: Any, changes: dict[str, str]) -> None:
    page = counter.post("/pro/offres/nouvelle/LIVRE_PAPIER/", {"venue": shop.pk, "name": "L’Événement"} | changes)
    assert (page.status_code, Offer.objects.count()) == (422, 0)


def test_a_script_is_no_address(counter: Client, shop: Any) -> None:
    values = {"venue": shop.pk, "name": "Un balado", "url": "javascript:alert(1)"}
    assert counter.post("/pro/offres/nouvelle/PODCAST/", values).status_code == 422


def test_what_is_somebody_elses_is_missing(counter: Client, at: Any) -> None:
    offer = factories.offer(at=at)
    stock = factories.stock(of=offer, at=at)
    for end in ("", "modifier/", "dates/", f"dates/{stock.pk}/"):
        assert counter.get(f"/pro/offres/{offer.pk}/{end}").status_code == 404, end
    for end in ("publier/", "retirer/", f"dates/{stock.pk}/retirer/"):
        assert counter.post(f"/pro/offres/{offer.pk}/{end}").status_code == 404, end
    assert counter.get("/pro/offres/nouvelle/OEUVRE_ART/").status_code in (404, 422)


@pytest.mark.parametrize(
    "query", ["?status=PIZZA&since=demain&until=0001-01-01&page=x", "?page=99999999999", "?q=%00", "?offer=-1"]
)
def test_filters_that_make_no_sense_narrow_nothing(counter: Client, shop: Any, at: Any, query: str) -> None:
    booked(shop, at)
    for address in ("/pro/reservations/", "/pro/offres/", "/pro/reservations.csv", "/pro/reservations.xlsx"):
        assert counter.get(address + query).status_code == 200


def test_files_hold_no_formula(counter: Client, shop: Any, at: Any) -> None:
    booked(shop, at, name='=HYPERLINK("http://x.example";"cliquez")')
    answer = counter.get("/pro/reservations.csv")
    text = b"".join(answer).decode()  # type: ignore[arg-type]
    assert text.startswith("\ufeff")
    assert "\"'=HYPERLINK" in text
    assert ";8,00;" in text
    book = zipfile.ZipFile(io.BytesIO(b"".join(counter.get("/pro/reservations.xlsx"))))  # type: ignore[arg-type]
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "HYPERLINK" in sheet
    assert "<f>" not in sheet


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "  =1", "\r=1"])
def test_what_begins_like_a_formula_is_quoted(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_the_worker_keeps_the_counter(counter: Client) -> None:
    answer = counter.get("/pro/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert b"/pro/comptoir/hors-ligne/" in answer.content
