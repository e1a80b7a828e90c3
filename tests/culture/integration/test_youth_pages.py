"""The youth's pages by HTTP, on the real database: each page in each of its states. Codes and addresses, not sentences."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.http import urlencode

from diptych.commons import clock
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.catalogue.models import Favourite
from diptych.culture.domain.people.models import EmailCheck, Person
from diptych.culture.domain.people.operations import link_of
from diptych.culture.domain.wallet.models import Deposit
from tests.culture import factories
from tests.culture.factories import AT, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


def signed_in(person: Person) -> Client:
    client = Client(headers={"Accept": "text/html"})
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def booked(person: Person, **fields: Any) -> Booking:
    stock = factories.stock(event=True, **fields)
    made = bookings.book(person_id=person.pk, stock_id=stock.pk, places=1, at=AT)
    return Booking.objects.get(pk=made.id)


@pytest.mark.parametrize("name", ["home", "search", "sign-up", "check-mail", "manifest", "service-worker", "offline"])
def test_pages_open_to_visitors(name: str) -> None:
    assert Client().get(reverse(f"youth:{name}")).status_code == 200


@pytest.mark.parametrize("name", ["bookings", "past", "wallet", "favourites", "me", "profile", "credit"])
def test_pages_of_somebody_ask_to_sign_in_first(name: str) -> None:
    answer = Client(headers={"Accept": "text/html"}).get(reverse(f"youth:{name}"))
    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", ["home", "search", "bookings", "past", "wallet", "favourites", "me", "credit"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_of_a_new_youth_are_empty_and_stand(name: str, language: str) -> None:
    client = signed_in(factories.youth())
    client.cookies["django_language"] = language
    answer = client.get(reverse(f"youth:{name}"))
    assert answer.status_code == 200
    assert f'lang="{language}"' in answer.text


def test_the_wallet_is_in_sight_on_every_page() -> None:
    client = signed_in(factories.youth(age=17))
    for name in ("home", "search", "bookings", "favourites", "me"):
        assert "50\u00a0€" in client.get(reverse(f"youth:{name}")).text


def test_search_finds_and_says_how_many() -> None:
    stock = factories.stock(event=True)
    page = Client().get(reverse("youth:search"), {"q": "court"})
    assert reverse("youth:offer", args=[stock.offer_id]) in page.text
    assert 'class="empty"' in Client().get(reverse("youth:search"), {"q": "zzzzzzzz"}).text


def test_search_says_when_it_stopped_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        factories.stock(event=True)
    assert "2 offres ou plus" not in Client().get(reverse("youth:search")).text
    monkeypatch.setattr(sys.modules["diptych.culture.domain.catalogue.queries.search"], "MOST_RESULTS", 2)
    assert "2 offres ou plus" in Client().get(reverse("youth:search")).text


@pytest.mark.parametrize(
    "query",
    [
        {"page": "-1"}, {"page": "9999999999999999999999"}, {"group": "NOPE"}, {"since": "not a day"}, {"price": "-3"},
        {"radius": "7"}, {"access": ["audio", "nope"]}, {"sort": "nope"}, {"commune": "x"}, {"near": "Nulle-Part"},
        {"around": "1"}, {"when": "weekend"}, {"kind": ["LIVRE_PAPIER"], "group": "BOOKS"}, {"q": "\0"}, {"q": "(((\"'"},
    ],
)  # fmt: skip
def test_search_takes_whatever_is_typed(query: dict[str, Any]) -> None:
    assert Client().get(reverse("youth:search"), query).status_code == 200


def test_a_position_stays_in_the_session_and_out_of_the_address() -> None:
    client = Client()
    answer = client.post(reverse("youth:here"), {"latitude": "45.43971", "longitude": "4.38722"})
    assert answer.url == f"{reverse('youth:search')}?around=1"
    assert client.session["here"] == [45.44, 4.387]
    assert client.get(answer.url).status_code == 200


def test_the_offers_page_carries_linked_data_that_cannot_leave_its_block() -> None:
    offer = factories.offer(event=True, name="</script><script>alert(1)</script>")
    factories.stock(of=offer, event=True)
    text = Client().get(reverse("youth:offer", args=[offer.pk])).text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    assert block is not None
    data = json.loads(block[1])
    assert (data["@type"], data["name"]) == ("ScreeningEvent", offer.name)
    assert data["offers"][0]["price"] == "8.00"
    assert "<script>alert" not in text


def test_an_offer_that_is_not_shown_does_not_exist() -> None:
    assert Client().get(reverse("youth:offer", args=[factories.offer(published=False).pk])).status_code == 404
    assert Client().get("/offres/99999999999999999999999/").status_code == 404


def test_an_offer_says_why_it_cannot_be_booked() -> None:
    stock = factories.stock(event=True, quantity=1)
    bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    page = signed_in(factories.youth()).get(reverse("youth:offer", args=[stock.offer_id]))
    assert page.context["common_code"] == "bookings.sold_out"
    assert reverse("youth:book", args=[stock.offer_id]) + "?stock" not in page.text


def test_a_visitor_is_led_to_sign_in_and_back() -> None:
    stock = factories.stock(event=True)
    book = f"{reverse('youth:book', args=[stock.offer_id])}?stock={stock.pk}"
    assert book in Client().get(reverse("youth:offer", args=[stock.offer_id])).text
    assert "next=" in Client(headers={"Accept": "text/html"}).get(book).url


def test_booking_takes_one_confirmation_and_the_same_key_gives_the_same_ticket() -> None:
    client, stock = signed_in(factories.youth()), factories.stock(event=True)
    url = reverse("youth:book", args=[stock.offer_id])
    confirmation = client.get(url, {"stock": stock.pk})
    sent = {"stock": stock.pk, "places": "2", "key": confirmation.context["key"]}
    first, again = client.post(url, sent), client.post(url, sent)
    assert first.status_code == 302
    assert first.url == again.url
    assert Booking.objects.get().quantity == 2


@pytest.mark.parametrize(
    ("hours", "final"), [(47, True), (49, False), (24 * 30, False)], ids=["in 47 hours", "in 49 hours", "in a month"]
)
def test_the_confirmation_says_until_when_this_booking_can_be_cancelled(hours: int, final: bool) -> None:
    starts = AT + timedelta(hours=hours)
    stock = factories.stock(event=True, starts_at=starts, booking_limit_at=starts)
    page = signed_in(factories.youth()).get(reverse("youth:book", args=[stock.offer_id]), {"stock": stock.pk})
    assert page.context["final"] is final
    assert ("ne pourra pas être annulée" in page.text) is final
    book = factories.stock(event=False)
    page = signed_in(factories.youth()).get(reverse("youth:book", args=[book.offer_id]), {"stock": book.pk})
    assert (page.context["until"], page.context["final"]) == (None, False)


def test_a_conflict_is_shown_where_it_happened() -> None:
    client, stock = signed_in(factories.youth()), factories.stock(event=True, quantity=1)
    url = reverse("youth:book", args=[stock.offer_id])
    client.get(url, {"stock": stock.pk})
    bookings.book(person_id=factories.youth().pk, stock_id=stock.pk, places=1, at=AT)
    answer = client.post(url, {"stock": stock.pk, "places": "1", "key": "k" * 24})
    assert (answer.status_code, answer.context["why_code"]) == (409, "bookings.sold_out")


@pytest.mark.parametrize("sent", [{}, {"stock": "x"}, {"stock": "999999"}, {"stock": "99999999999999999999"}])
def test_a_stock_that_is_not_one_is_not_found(sent: dict[str, str]) -> None:
    client, stock = signed_in(factories.youth()), factories.stock(event=True)
    url = reverse("youth:book", args=[stock.offer_id])
    assert client.post(url, sent).status_code == 404
    assert client.get(url, sent).status_code == 404


@pytest.mark.parametrize(("places", "code"), [("9", "bookings.one_or_two_places"), ("deux", "bookings.one_or_two_places")])
def test_places_that_nobody_may_ask_for_are_refused_as_such(places: str, code: str) -> None:
    client, stock = signed_in(factories.youth()), factories.stock(event=True)
    url = reverse("youth:book", args=[stock.offer_id])
    answer = client.post(url, {"stock": stock.pk, "places": places, "key": "k" * 24})
    assert (answer.status_code, answer.context["why_code"]) == (422, code)
    assert not Booking.objects.exists()


def test_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back() -> None:
    stock = factories.stock(event=True)
    url = reverse("youth:book", args=[stock.offer_id])
    came_from = f"{url}?stock={stock.pk}"
    visitor = Client(headers={"Accept": "text/html"})
    answer = visitor.post(url, {"stock": stock.pk}, headers={"Referer": f"http://testserver{came_from}"})
    assert answer.status_code == 401
    assert answer.context["signing_in"].endswith(f"?{urlencode({'next': came_from})}")
    assert answer.context["signing_in"].replace("&", "&amp;") in answer.text
    for elsewhere in ("https://evil.example/", "//evil.example/", ""):
        assert "next" not in visitor.post(url, headers={"Referer": elsewhere}).context["signing_in"]


def test_a_ticket_is_its_holders_alone() -> None:
    person = factories.youth()
    booking = booked(person)
    url = reverse("youth:ticket", args=[booking.pk])
    page = signed_in(person).get(url)
    assert booking.token in page.text
    assert "<svg" in page.text
    assert page.headers["X-Diptych-Who"]
    assert signed_in(factories.youth()).get(url).status_code == 404


def test_cancelling_gives_the_credit_back_and_a_used_one_says_why_not() -> None:
    person = factories.youth()
    client, booking = signed_in(person), booked(person)
    url = reverse("youth:cancel", args=[booking.pk])
    assert client.get(url).status_code == 200
    assert client.post(url).url == reverse("youth:bookings")
    booking.refresh_from_db()
    assert booking.status == "CANCELLED"
    assert booking.token not in client.get(reverse("youth:ticket", args=[booking.pk])).text
    other = booked(person)
    Booking.objects.filter(pk=other.pk).update(status="USED", used_at=AT)
    refused = client.post(reverse("youth:cancel", args=[other.pk]))
    assert (refused.status_code, refused.context["ticket"].why_not_cancel.reason.code) == (409, "bookings.cannot_cancel_used")


@pytest.mark.parametrize("status", ["HELD", "CONFIRMED", "USED", "REIMBURSED", "CANCELLED"])
def test_a_ticket_stands_in_every_status(status: str) -> None:
    person = factories.youth()
    booking = booked(person)
    facts = {"status": status, "used_at": AT if status in {"USED", "REIMBURSED"} else None}
    facts |= {"cancelled_at": AT, "cancellation": "OFFERER"} if status == "CANCELLED" else {}
    facts |= {"held_until": AT} if status == "HELD" else {}
    Booking.objects.filter(pk=booking.pk).update(**facts)
    client = signed_in(person)
    shown = client.get(reverse("youth:ticket", args=[booking.pk])).text
    assert (booking.token in shown) == (status in {"CONFIRMED", "USED", "REIMBURSED"})
    assert client.get(reverse("youth:bookings")).status_code == client.get(reverse("youth:past")).status_code == 200


def test_the_calendar_file_holds_the_event_and_not_the_code() -> None:
    person = factories.youth()
    booking = booked(person)
    file = signed_in(person).get(reverse("youth:ics", args=[booking.pk]))
    assert file.headers["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20261204T150000Z" in file.text
    assert booking.token not in file.text
    thing = bookings.book(person_id=person.pk, stock_id=factories.stock().pk, places=1, at=AT)
    assert signed_in(person).get(reverse("youth:ics", args=[thing.id])).status_code == 404


def test_favourites_are_kept_and_let_go() -> None:
    person, stock = factories.youth(), factories.stock(event=True)
    client, url = signed_in(person), reverse("youth:favourite", args=[stock.offer_id])
    assert client.post(url, {"keep": "1"}).status_code == 302
    assert Favourite.objects.count() == 1
    assert stock.offer.name in client.get(reverse("youth:favourites")).text
    part = client.post(url, {"keep": "0"}, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert Favourite.objects.count() == 0
    away = client.post(url, {"keep": "1", "next": "https://elsewhere.example/"})
    assert away.url == reverse("youth:offer", args=[stock.offer_id])


def test_the_wallet_shows_each_movement_and_why() -> None:
    person = factories.youth(age=18)
    booking = booked(person)
    page = signed_in(person).get(reverse("youth:wallet")).text
    assert reverse("youth:ticket", args=[booking.pk]) in page
    assert "142\u00a0€" in page or "192\u00a0€" in page


def test_signing_up_from_the_address_to_the_credit() -> None:
    client = Client(headers={"Accept": "text/html"})
    sent = client.post(reverse("youth:sign-up"), {"email": "ines.bertin@exemple.example", "password": PASSWORD})
    assert sent.url == reverse("youth:check-mail")
    assert "ines.bertin@exemple.example" in client.get(sent.url).text
    link = reverse("youth:confirm", args=[link_of(check_id=EmailCheck.objects.get().pk)])
    assert client.get(link).status_code == 200
    assert client.post(link).url.startswith(reverse("account_login"))
    assert client.post(link).status_code == 410
    person = Person.objects.get(email="ines.bertin@exemple.example")
    assert person.email_validated_at == AT
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    profile = {"first_name": "Inès", "last_name": "Bertin", "birth_date": "2009-03-02", "department": "42"}
    assert client.post(reverse("youth:profile"), profile).url == reverse("youth:journey")
    assert client.get(reverse("youth:credit")).url == reverse("youth:journey")
    assert client.get(reverse("youth:journey")).context["state"] == "profile_completion"
    assert Deposit.objects.count() == 0
    assert client.get(reverse("youth:profile")).url == reverse("youth:journey")


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [("ines@", PASSWORD, "email"), ("ines@exemple.example", "court", "password"), ("", "", "email")],
)
def test_a_bad_sign_up_is_refused_beside_its_field(email: str, password: str, field: str) -> None:
    answer = Client().post(reverse("youth:sign-up"), {"email": email, "password": password})
    assert answer.context["form"].errors[field]
    assert not Person.objects.exists()


@pytest.mark.parametrize(("born", "reason"), [("2012-01-01", "age_too_young"), ("2001-01-01", "age_too_old")])
def test_somebody_too_young_or_too_old_is_told_so(born: str, reason: str) -> None:
    client = signed_in(factories.youth(credit=False, birth_date=None, department=""))
    sent = {"first_name": "Malo", "last_name": "Le Goff", "birth_date": born, "department": "29"}
    assert client.post(reverse("youth:profile"), sent).status_code == 302
    shown = client.get(reverse("youth:journey")).context["journey"]
    assert (shown.state, shown.reasons) == ("not_eligible", (reason,))
    assert client.get(reverse("youth:home")).status_code == 200


def test_a_birth_date_to_come_is_refused_beside_its_field() -> None:
    client = signed_in(factories.youth(credit=False, birth_date=None, department=""))
    sent = {"first_name": "Malo", "last_name": "Le Goff", "birth_date": "2030-01-01", "department": "29"}
    answer = client.post(reverse("youth:profile"), sent)
    assert answer.status_code == 422
    assert answer.context["form"].errors["birth_date"]


def test_an_unchecked_address_keeps_the_credit_closed() -> None:
    client = signed_in(factories.youth(credit=False, email_validated_at=None))
    assert client.get(reverse("youth:journey")).context["state"] == "email_validation"
    assert reverse("youth:check-mail") in client.get(reverse("youth:home")).text


def test_language_is_kept_for_pages_and_mails() -> None:
    person = factories.youth()
    client = signed_in(person)
    assert client.post(reverse("youth:language"), {"language": "en"}).url == reverse("youth:me")
    person.refresh_from_db()
    assert person.language == "en"
    assert 'lang="en"' in client.get(reverse("youth:me")).text
    assert client.post(reverse("youth:language"), {"language": "tlh"}).status_code == 422


def test_the_manifest_and_the_worker_say_what_they_must() -> None:
    told = Client().get(reverse("youth:manifest")).json()
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    worker = Client().get("/sw.js")
    assert worker.headers["Service-Worker-Allowed"] == "/"
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert '"/hors-ligne/"' in worker.text


def test_the_page_without_network_says_nothing_of_anybody() -> None:
    page = signed_in(factories.youth()).get(reverse("youth:offline"))
    assert 'name="diptych-who" content=""' in page.text
    assert "€" not in page.text


def test_a_venues_member_may_look_but_has_no_places() -> None:
    client = signed_in(factories.pro(venue=factories.venue()))
    assert client.get(reverse("youth:home")).status_code == 200
    assert client.get(reverse("youth:bookings")).status_code == 403


def test_a_date_far_away_waits_for_bookings_to_open() -> None:
    offer = factories.offer(event=True, bookings_allowed_at=AT + timedelta(days=2))
    factories.stock(of=offer, event=True)
    page = signed_in(factories.youth()).get(reverse("youth:offer", args=[offer.pk]))
    assert page.context["common_code"] == "bookings.not_yet_bookable"
