"""What partners are told: places given back or looked for, notices; a dead partner alone in its lane; its faults on a screen."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from diptych.commons import clock
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.models import Booking, PartnerCall, PartnerFault, PartnerHealth
from diptych.culture.domain.bookings.operations import partner_calls
from diptych.culture.domain.bookings.terms import CallKind
from diptych.culture.domain.catalogue.models import PartnerOffer, Stock
from diptych.culture.domain.venues.models import PartnerVenue, TicketingSystem, Venue
from diptych.culture.gateways.ticketing import Answer, Declined, FakeTicketing, Request
from diptych.culture.jobs import owe_partners
from diptych.culture.jobs.settle_holds import Lanes, settle_holds
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.partners import Program
from tests.culture.privacy import messages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with clock.frozen(at=AT):
        yield


def seats(name: str = "Théâtre de la Halle") -> Stock:
    """Ten places of a venue whose ticketing is elsewhere."""
    return factories.stock(of=factories.offer(at_venue=factories.venue(name=name, ticketed=True), event=True))


def book(stock: Stock, places: int = 1) -> Booking:
    """Somebody books."""
    made = operations.book(person_id=factories.youth().pk, stock_id=stock.pk, places=places, at=AT)
    return Booking.objects.get(pk=made.id)


def relayed() -> None:
    """What the outbox would relay, each message once."""
    for topic, (_, consume) in owe_partners.CONSUMES.items():
        for message in messages(topic):
            consume(message, None, AT)  # type: ignore[arg-type]  # the connection is not used


def owed() -> list[tuple[str, list[str]]]:
    """What is still owed."""
    return [(call.kind, call.barcodes) for call in PartnerCall.objects.filter(ended_at=None).order_by("pk")]


def settle(fake: Any, *, at: Any = AT) -> None:
    settle_holds(at=at, ticketing=fake)


def test_a_place_that_its_holder_cancels_goes_back_to_the_system_that_sold_it() -> None:
    fake, booking = FakeTicketing(seats=3), book(seats(), 2)
    settle(fake)
    assert len(fake.sold) == 1
    operations.cancel(booking_id=booking.pk, person_id=booking.person_id, at=AT)
    relayed()
    relayed()  # a message delivered twice owes once
    assert owed() == [("CANCEL", [f"{booking.pk}-{booking.token}-{n}" for n in range(2)])]
    settle(fake)
    assert (fake.sold, owed()) == ({}, [])


def test_a_place_sold_but_never_heard_of_is_found_and_given_back() -> None:
    """The system sold, the worker died before it wrote the barcodes, the minute passed: nobody here knows them."""
    fake, stock = FakeTicketing(seats=3), seats()
    booking = book(stock)
    fake.book(Request(f"{booking.pk}-{booking.token}", "", "", 1, "", 1, 1))
    assert operations.release_late_holds(at=AT + timedelta(seconds=60)) == 1
    relayed()
    assert owed() == [("FIND", [])]
    assert PartnerCall.objects.get().made_at == AT, "owed since it ended, though due later"
    settle(fake)
    assert fake.sold != {}, "not before a minute: an answer may still be on its way"
    settle(fake, at=AT + timedelta(seconds=60))
    assert (fake.sold, owed()) == ({}, [])
    stock.refresh_from_db()
    assert (stock.booked, queries.discrepancies()) == (0, [])


def test_what_was_found_and_could_not_be_given_back_is_known_from_then_on() -> None:
    class Half(FakeTicketing):
        def give_back(self, **given: Any) -> str:
            return "status_500"

    fake, booking = Half(seats=3), book(seats())
    operations.cancel(booking_id=booking.pk, person_id=booking.person_id, at=AT)
    relayed()
    later = AT + timedelta(seconds=60)
    settle(fake, at=later)
    assert owed() == [("CANCEL", [f"{booking.pk}-{booking.token}-0"])]


@pytest.mark.parametrize("why", ["sold_out", "not_enough_seats"])
def test_a_system_that_refused_sold_nothing(why: str) -> None:
    class Full(FakeTicketing):
        def book(self, request: Request) -> Answer:
            return Declined(why)

    book(seats())
    settle(Full())
    relayed()
    assert PartnerCall.objects.count() == 0


def test_places_that_came_too_late_leave_nothing_to_look_for() -> None:
    booking = book(seats())
    operations.cancel(booking_id=booking.pk, person_id=booking.person_id, at=AT)
    relayed()
    system = booking.offer.venue.ticketing_id
    assert system is not None
    partner_calls.owe_back(booking_id=booking.pk, system_id=system, barcodes=["a"], at=AT)
    partner_calls.owe_back(booking_id=booking.pk, system_id=system, barcodes=["a", "b"], at=AT)
    relayed()
    assert owed() == [("CANCEL", ["a", "b"])]


def test_a_debt_is_tried_again_later_then_given_up_and_said() -> None:
    fake, booking = FakeTicketing(seats=3), book(seats())
    settle(fake)
    operations.cancel(booking_id=booking.pk, person_id=booking.person_id, at=AT)
    relayed()
    silent, at = FakeTicketing(silent=True), AT
    for _ in range(8):
        settle(silent, at=at)
        at += timedelta(days=2)
        PartnerHealth.objects.update(rests_until=None)
    assert owed() == []
    (line,) = queries.partner_lines()
    assert (line.failures, line.given_up, line.waiting, line.faults[0].why, line.faults[0].kind) == (
        8, 1, 0, "timeout", CallKind.CANCEL,
    )  # fmt: skip


def test_a_venue_may_have_addresses_of_its_own() -> None:
    stock = seats()
    venue = stock.offer.venue
    assert venue.ticketing is not None
    link = PartnerVenue.objects.create(partner=venue.ticketing, venue=venue, made_at=AT, notification_url="https://own.example/n")
    book(stock)
    (hold,) = queries.holds_waiting(at=AT)
    assert (hold.urls.booking, hold.urls.notification) == ("http://127.0.0.1:9/book", "https://own.example/n")
    link.booking_url, link.cancellation_url = "https://own.example/b", "https://own.example/c"
    link.save()
    (hold,) = queries.holds_waiting(at=AT)
    assert (hold.urls.booking, hold.urls.cancellation) == ("https://own.example/b", "https://own.example/c")


def test_a_dead_system_slows_nobody_down() -> None:
    """While it thinks, with every place of its lanes taken and dozens that wait, another's place is confirmed."""
    dead, prompt = seats("Mort"), seats("Vif")
    Stock.objects.filter(pk=dead.pk).update(quantity=100)
    for _ in range(20):
        book(dead)
    booking, release, fake = book(prompt), threading.Event(), FakeTicketing()

    class Half(FakeTicketing):
        def book(self, request: Request) -> Answer:
            if request.stock_id == dead.pk:
                release.wait(20)
            return fake.book(request)

    lanes = Lanes(Half())
    lanes.start(at=AT)
    lanes.finish(seconds=5)
    booking.refresh_from_db()
    assert booking.status == "CONFIRMED"
    assert Booking.objects.filter(status="HELD").count() == 20
    release.set()
    while lanes.finish(seconds=5):
        pass
    lanes.close()
    assert Booking.objects.filter(status="HELD").count() == 16, "four lanes, no more"


def test_a_system_that_fails_rests_then_is_tried_once_at_a_time() -> None:
    stock, silent = seats(), FakeTicketing(silent=True)
    for _ in range(3):
        book(stock)
    settle(silent)
    health = PartnerHealth.objects.get()
    assert (health.failures, health.rests_until) == (3, AT + timedelta(seconds=2))
    settle(silent, at=AT + timedelta(seconds=1))
    assert PartnerFault.objects.count() == 3, "left alone"
    settle(silent, at=AT + timedelta(seconds=2))
    assert PartnerFault.objects.count() == 4, "one at a time"
    settle(FakeTicketing(), at=AT + timedelta(seconds=30))
    health.refresh_from_db()
    assert (health.failures, health.rests_until, health.answered_at) == (0, None, AT)


def test_faults_are_kept_by_the_hundred() -> None:
    stock = seats()
    venue = stock.offer.venue
    assert venue.ticketing_id is not None
    for _ in range(partner_calls.FAULTS_KEPT + 5):
        partner_calls.note_fault(
            system_id=venue.ticketing_id, venue_id=venue.pk, kind=CallKind.BOOK, why="x" * 99, at=AT
        )  # fmt: skip
    assert PartnerFault.objects.count() == partner_calls.FAULTS_KEPT


def test_a_system_is_told_of_bookings_that_it_does_not_sell() -> None:
    """Of its own offers alone, and nothing personal."""
    venue = factories.venue()
    program = Program(venue)
    TicketingSystem.objects.filter(pk=program.id).update(notification_url="https://own.example/n")
    other, stock = factories.stock(of=factories.offer(at_venue=venue)), factories.stock(of=factories.offer(at_venue=venue))
    PartnerOffer.objects.create(offer=stock.offer, venue=venue, partner_id=program.id, source_id="marees")
    fake, booking = FakeTicketing(), book(stock)
    book(other)
    relayed()
    settle(fake)
    operations.cancel(booking_id=booking.pk, person_id=booking.person_id, at=AT)
    relayed()
    settle(fake)
    common = {
        "bookingId": booking.pk, "bookingQuantity": 1, "offerId": stock.offer_id, "offerName": "L’Atelier des marées",
        "offerPrice": 8_00, "stockId": stock.pk, "stockIdAtProvider": "", "venueId": venue.pk,
    }  # fmt: skip
    assert fake.told == [{"action": "BOOK", **common}, {"action": "CANCEL", **common}]
    assert owed() == []


def test_who_wants_no_notice_is_told_nothing() -> None:
    venue = factories.venue()
    program = Program(venue)
    stock = factories.stock(of=factories.offer(at_venue=venue))
    PartnerOffer.objects.create(offer=stock.offer, venue=venue, partner_id=program.id)
    book(stock)
    relayed()
    assert PartnerCall.objects.count() == 0


def test_a_venue_sees_the_faults_of_its_own_system_alone() -> None:
    mine, other = seats(), seats("Ailleurs")
    for stock, why in ((mine, "timeout"), (other, "status_500")):
        venue = stock.offer.venue
        assert venue.ticketing is not None
        PartnerVenue.objects.create(partner=venue.ticketing, venue=venue, made_at=AT)
        partner_calls.note_fault(system_id=venue.ticketing.pk, venue_id=venue.pk, kind=CallKind.BOOK, why=why, at=AT)
    (line,) = queries.partner_lines(venue_ids=[mine.offer.venue_id])
    assert [fault.why for fault in line.faults] == ["timeout"]
    assert len(queries.partner_lines()) == 2
    assert queries.partner_lines(venue_ids=[Venue.objects.create(name="x", created_at=AT).pk]) == []


def test_the_screens_say_what_went_wrong() -> None:
    mine, staff = seats().offer.venue, factories.signed_in(factories.staff())
    assert mine.ticketing is not None
    member, stranger = factories.signed_in(factories.pro(venue=mine)), factories.signed_in(factories.pro(venue=factories.venue()))
    assert "Aucun système pour l’instant" in member.get("/pro/billetterie/").content.decode()
    PartnerVenue.objects.create(partner=mine.ticketing, venue=mine, made_at=AT)
    whys = ("timeout", "unreachable", "private", "malformed", "status_401", "status_503")
    for why in whys:
        for kind in CallKind:
            partner_calls.note_fault(system_id=mine.ticketing.pk, venue_id=mine.pk, kind=kind, why=why, at=AT)
    PartnerFault.objects.filter(kind__in=["FIND", "TELL_BOOKED"], why__in=whys[:3]).delete()
    for page in (member.get("/pro/billetterie/"), staff.get("/equipe/billetteries/")):
        said = page.content.decode()
        assert (page.status_code, mine.ticketing.name in said, "répond mal" in said) == (200, True, True)
        assert "il refuse notre signature" in said
        assert "503" in said
    assert mine.ticketing.name not in stranger.get("/pro/billetterie/").content.decode()
    partner_calls.note_answer(system_id=mine.ticketing.pk, at=AT)
    assert "répond mal" not in member.get("/pro/billetterie/").content.decode()
