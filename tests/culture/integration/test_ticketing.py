"""Outside ticketing: the same tests on the fake and on the real gateway against a partner that really listens."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connections

from diptych.commons import clock
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.gateways.ticketing import (
    SIGNATURE_HEADER,
    Answer,
    Declined,
    FakeTicketing,
    Granted,
    HttpTicketing,
    Place,
    Request,
    Silent,
    Ticketing,
    sign,
)
from diptych.culture.jobs.settle_holds import run_until, settle_holds
from tests.culture.factories import AT, offer, stock, venue, youth

SECRET = "s" * 32


class Partner(ThreadingHTTPServer):
    """A partner's server: a fake ticketing behind HTTP, that checks signatures. `behave` replaces its answers."""

    daemon_threads = True

    def __init__(self, seats: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seats = FakeTicketing(seats=seats)
        self.behave: Callable[[BaseHTTPRequestHandler], bool] = lambda handler: False
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Partner

    def do_POST(self) -> None:
        """Book or cancel, in the wire form of guide §6.1."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.behave(self):
            return
        expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, self.headers[SIGNATURE_HEADER]):
            self.reply(401, {"error": "signature"})
            return
        asked = json.loads(json.loads(body))
        if self.path == "/cancel":
            self.server.seats.give_back(url="", secret="", barcodes=asked["barcodes"])
            self.reply(200, {})
            return
        answer = self.server.seats.book(Request(asked["bookingKey"], "", "", 1, "", 1, asked["bookingQuantity"]))
        if isinstance(answer, Granted):
            tickets = [{"barcode": place.barcode, "seat": place.seat} for place in answer.places]
            self.reply(200, {"remainingQuantity": 1, "tickets": tickets})
        else:
            self.reply(409, {"error": answer.why, "remainingQuantity": 0})

    def reply(self, status: int, body: Any) -> None:
        """Answer JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def partner() -> Iterator[Partner]:
    """A partner with three seats."""
    with Partner(seats=3) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(params=["fake", "real"])
def ticketing(request: pytest.FixtureRequest, partner: Partner) -> Ticketing:
    """Each gateway in turn, with three seats behind it."""
    return FakeTicketing(seats=3) if request.param == "fake" else HttpTicketing(private=True, deadline_seconds=1)


def ask(gateway: Ticketing, partner: Partner, key: str, quantity: int = 1, secret: str = SECRET) -> Answer:
    """Ask the partner for places."""
    return gateway.book(Request(key, f"{partner.url}/book", secret, 7, "seance-7", 3, quantity))


def test_places_are_sold_until_none_is_left(ticketing: Ticketing, partner: Partner) -> None:
    """Two, then the same two for the same key, then too many, then the last, then none; what is given back is sold again."""
    first = ask(ticketing, partner, "a", 2)
    assert isinstance(first, Granted)
    assert first.places == (Place("a-0", "A1"), Place("a-1", "A2"))
    assert ask(ticketing, partner, "a", 2) == first
    assert ask(ticketing, partner, "b", 2) == Declined("not_enough_seats")
    assert isinstance(ask(ticketing, partner, "b"), Granted)
    assert ask(ticketing, partner, "c") == Declined("sold_out")
    assert ticketing.give_back(url=f"{partner.url}/cancel", secret=SECRET, barcodes=["a-0", "a-1"]) == ""
    assert isinstance(ask(ticketing, partner, "c", 2), Granted)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, b"not json", Silent("malformed")),
        (200, [], Silent("malformed")),
        (200, {"tickets": []}, Silent("malformed")),
        (200, {"tickets": [{"barcode": 7}]}, Silent("malformed")),
        (200, {"tickets": [{"seat": "A1"}]}, Silent("malformed")),
        (200, {"tickets": [{"barcode": "x"}, {"barcode": "y"}]}, Silent("malformed")),
        (200, b"{" + b" " * 70_000 + b"}", Silent("malformed")),
        (302, {}, Silent("status_302")),
        (500, {}, Silent("status_500")),
        (409, b"no", Silent("status_409")),
        (409, {"error": "sold_out"}, Declined("sold_out")),
    ],
)
def test_answers_are_not_trusted(partner: Partner, status: int, body: Any, expected: Answer) -> None:
    """Whatever a partner sends, the booking is confirmed only by as many well-formed tickets as were asked for."""

    def behave(handler: Any) -> bool:
        handler.reply(status, body)
        return True

    partner.behave = behave
    assert ask(HttpTicketing(private=True, deadline_seconds=1), partner, "a") == expected


def test_silence_and_distance(partner: Partner) -> None:
    """Too slow, not there, no address: silent, never an exception."""
    gateway = HttpTicketing(private=True, deadline_seconds=0.2)
    partner.behave = lambda handler: bool(time.sleep(0.5)) or True
    assert ask(gateway, partner, "a") == Silent("timeout")
    assert gateway.give_back(url=f"{partner.url}/cancel", secret=SECRET, barcodes=["a"]) == "timeout"
    assert gateway.book(Request("a", "http://127.0.0.1:9/book", SECRET, 1, "", 1, 1)) == Silent("unreachable")
    assert gateway.book(Request("a", "nowhere", SECRET, 1, "", 1, 1)) == Silent("unreachable")


def test_the_signature_covers_the_body(partner: Partner) -> None:
    """A wrong secret is refused by the partner."""
    assert ask(HttpTicketing(private=True, deadline_seconds=1), partner, "a", secret="another") == Silent("status_401")
    assert sign(b"x", "k") != sign(b"y", "k")


@pytest.fixture
def seats(db: None, partner: Partner) -> Stock:
    """Ten places of ours, three of the partner's."""
    theatre = venue(name="Théâtre de la Halle", ticketed=True)
    system = theatre.ticketing
    assert system is not None
    system.booking_url, system.cancellation_url, system.secret = f"{partner.url}/book", f"{partner.url}/cancel", SECRET
    system.save()
    return stock(of=offer(at_venue=theatre, event=True))


def hold(seats: Stock, places: int = 1) -> operations.BookingMade:
    """Somebody books: the place is held."""
    return operations.book(person_id=youth().pk, stock_id=seats.pk, places=places, at=clock.now())


def test_a_hold_is_confirmed_or_released(seats: Stock, ticketing: Ticketing, partner: Partner) -> None:
    """Two are sold by the partner, the third is told sold out and gets everything back."""
    with clock.frozen(at=AT):
        made = [hold(seats, 2), hold(seats, 2), hold(seats, 1)]
        assert {m.status.value for m in made} == {"HELD"}
        assert settle_holds(at=AT, ticketing=ticketing) == {"confirmed": 2, "released": 1, "silent": 0, "given_back": 0}
        assert settle_holds(at=AT, ticketing=ticketing) == {"confirmed": 0, "released": 0, "silent": 0, "given_back": 0}
    rows = list(Booking.objects.order_by("pk"))
    # They are asked for at the same time: which of the two pairs comes first is the partner's to say.
    assert (sorted(row.status for row in rows[:2]), rows[2].status) == (["CANCELLED", "CONFIRMED"], "CONFIRMED")
    assert sorted(ticket["seat"] for row in rows for ticket in row.tickets) == ["A1", "A2", "A3"]
    assert queries.discrepancies() == []


def test_a_silent_partner_holds_until_the_deadline(seats: Stock) -> None:
    """Asked again and again, then the place and the money come back by themselves."""
    silent = FakeTicketing(silent=True)
    with clock.frozen(at=AT):
        made = hold(seats)
        assert settle_holds(at=AT, ticketing=silent)["silent"] == 1
    assert operations.release_late_holds(at=AT + timedelta(seconds=59)) == 0
    assert operations.release_late_holds(at=AT + timedelta(seconds=60)) == 1
    assert Booking.objects.get(pk=made.id).status == "CANCELLED"
    seats.refresh_from_db()
    assert seats.booked == 0
    assert queries.discrepancies() == []


@pytest.mark.django_db(transaction=True)
def test_seats_that_come_too_late_are_given_back(seats: Stock) -> None:
    """The holder cancelled while the partner was thinking: the seats go back to the partner."""
    fake = FakeTicketing(seats=3)

    class Slow:
        def book(self, request: Request) -> Answer:
            answer = fake.book(request)
            booking = Booking.objects.get(stock=seats)
            operations.cancel(booking_id=booking.pk, person_id=booking.person_id, at=AT)
            connections.close_all()  # of this thread
            return answer

        def give_back(self, **given: Any) -> str:
            return fake.give_back(**given)

        def notify(self, **given: Any) -> str:
            return fake.notify(**given)

    with clock.frozen(at=AT):
        hold(seats)
        assert settle_holds(at=AT, ticketing=Slow())["given_back"] == 1
        assert fake.sold != {}
        settle_holds(at=AT, ticketing=fake)
    assert fake.sold == {}
    assert queries.discrepancies() == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_settles_on_its_own(seats: Stock) -> None:
    """The loop that the worker runs confirms a hold with the real gateway, and stops when told."""
    made, stop = hold(seats), threading.Event()
    loop = threading.Thread(target=run_until, args=(stop,), kwargs={"rest_seconds": 0.05})
    loop.start()
    deadline = time.monotonic() + 10
    while Booking.objects.get(pk=made.id).status == "HELD" and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    loop.join(10)
    assert Booking.objects.get(pk=made.id).status == "CONFIRMED"
