"""The sample partner (`examples/ticketing`) as a second process: published by the public API, killed and slowed while people book.

Every place is confirmed or released by its deadline, nobody loses money, and what the partner sold is what we keep.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from diptych.commons import clock
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.models import Booking, PartnerCall, PartnerFault
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.venues.models import TicketingSystem, Venue
from diptych.culture.gateways.ticketing import HttpTicketing
from diptych.culture.jobs import owe_partners, settle_holds
from tests.culture import factories
from tests.culture.partners import Program
from tests.culture.privacy import messages

pytestmark = pytest.mark.django_db(transaction=True)

FILE = Path(__file__).parents[3] / "examples" / "ticketing" / "partner.py"
SEATS = 24


class Partner:
    """The process, on one port and one file of seats, whatever happens to it."""

    def __init__(self, folder: Path, secret: str, key: str) -> None:
        self.folder, self.process = folder, None
        (folder / "secret").write_text(secret)
        (folder / "key").write_text(key)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def serve(self, *, slow: float = 0) -> None:
        """Start it, and wait until it listens."""
        self.process: Any = subprocess.Popen(
            [sys.executable, FILE, "serve", "--port", str(self.port), "--file", self.folder / "seats.sqlite", "--seats", str(SEATS),
             "--secret-file", self.folder / "secret", "--slow", str(slow)], stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout.readline().strip() == str(self.port).encode()

    def kill(self) -> None:
        """As a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def run(self, *words: str) -> Any:
        """One of its other verbs, and what it prints."""
        said = subprocess.run([sys.executable, FILE, *words], capture_output=True, check=True, timeout=60)
        return json.loads(said.stdout) if said.stdout else None

    def report(self) -> Any:
        """What it sold."""
        return self.run("report", "--file", str(self.folder / "seats.sqlite"))

    def talk(self, verb: str, server: str, *words: str) -> Any:
        """One of its verbs that uses the public API."""
        return self.run(verb, "--api", server, "--key-file", str(self.folder / "key"), *words)


@pytest.fixture
def venue() -> Venue:
    return factories.venue(name="Salle des Cordes", at=clock.now())


@pytest.fixture
def partner(venue: Venue, tmp_path: Path) -> Iterator[Partner]:
    with connection.cursor() as cursor:
        cursor.execute("delete from outbox_message")  # of tests before, whose bookings are gone
    program = Program(venue, name="La Billetterie")
    system = TicketingSystem.objects.get(pk=program.id)
    Venue.objects.filter(pk=venue.pk).update(ticketing=system)
    made = Partner(tmp_path, system.secret, program.key)
    yield made
    made.kill()


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The loop of the real worker, less patient than in the field."""
    monkeypatch.setattr(settle_holds, "_gateway", lambda: HttpTicketing(private=True, deadline_seconds=0.5))
    stop = threading.Event()
    loop = threading.Thread(target=settle_holds.run_until, args=(stop,), kwargs={"rest_seconds": 0.05})
    loop.start()
    yield
    stop.set()
    loop.join(20)


def book(stock_id: int, *, left: float = 60) -> Booking:
    """Somebody books; `left`: seconds until the place's deadline."""
    at = clock.now() - timedelta(seconds=60 - left)
    made = operations.book(person_id=factories.youth(at=at - timedelta(days=1)).pk, stock_id=stock_id, places=1, at=at)
    return Booking.objects.get(pk=made.id)


def owe() -> None:
    """Relay what the outbox has for partners, at once instead of after a minute."""
    for topic, (_, consume) in owe_partners.CONSUMES.items():
        for message in messages(topic):
            consume(message, None, clock.now())  # type: ignore[arg-type]  # the connection is not used
    PartnerCall.objects.filter(ended_at=None).update(due_at=clock.now())


def until(true: Any, seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "in vain"
        time.sleep(0.05)


def test_a_show_published_sold_let_in_and_given_back(partner: Partner, venue: Venue, worker: None, live_server: Any) -> None:
    partner.serve()
    show = partner.talk("publish", live_server.url, "--venue", str(venue.pk), "--here", partner.url, "--seats", str(SEATS))
    kept, gone = book(show["stock"]), book(show["stock"])
    until(lambda: Booking.objects.filter(status="CONFIRMED").count() == 2)
    sold = {one["barcode"] for one in partner.report()["sold"]}
    assert sold == {ticket["barcode"] for booking in Booking.objects.all() for ticket in booking.tickets}
    operations.cancel(booking_id=gone.pk, person_id=gone.person_id, at=clock.now())
    owe()
    until(lambda: not PartnerCall.objects.filter(ended_at=None).exists())
    kept.refresh_from_db()
    assert [one["barcode"] for one in partner.report()["sold"]] == [kept.tickets[0]["barcode"]]
    Stock.objects.filter(pk=show["stock"]).update(starts_at=clock.now() + timedelta(days=1), booking_limit_at=clock.now())
    Booking.objects.filter(pk=kept.pk).update(cancellation_limit_at=clock.now() - timedelta(hours=1))
    partner.talk("door", live_server.url, kept.token)
    kept.refresh_from_db()
    assert (kept.status, queries.discrepancies()) == ("USED", [])


def test_it_refuses_what_the_pass_did_not_sign(partner: Partner) -> None:
    partner.serve()
    answer = HttpTicketing(private=True).give_back(url=f"{partner.url}/cancel", secret="another", barcodes=["x"])
    assert answer == "status_401"


def test_killed_and_slowed_in_the_middle_of_bookings(partner: Partner, venue: Venue, worker: None) -> None:
    """Dead, then slower than we wait (it sells and is not heard), then dead again, then well: more people than seats."""
    TicketingSystem.objects.update(booking_url=f"{partner.url}/book", cancellation_url=f"{partner.url}/cancel")
    now = clock.now()
    stock = factories.stock(of=factories.offer(at_venue=venue, event=True, at=now), at=now, quantity=60)
    partner.serve(slow=0.1)
    made = [book(stock.pk, left=14) for _ in range(8)]
    until(lambda: Booking.objects.filter(status="CONFIRMED").exists())
    partner.kill()
    made += [book(stock.pk, left=9) for _ in range(6)]
    time.sleep(1)
    partner.serve(slow=1.5)
    made += [book(stock.pk, left=4) for _ in range(4)]
    until(PartnerFault.objects.filter(why="timeout").exists)
    partner.kill()
    partner.serve()
    made += [book(stock.pk, left=14) for _ in range(16)]
    late = max(booking.held_until for booking in made if booking.held_until) + timedelta(seconds=2)
    until(lambda: not Booking.objects.filter(status="HELD").exists(), seconds=40)
    assert clock.now() < late, "confirmed or released by the deadline"
    states = list(Booking.objects.values_list("status", flat=True))
    assert set(states) == {"CONFIRMED", "CANCELLED"}, states
    owe()
    until(lambda: not PartnerCall.objects.filter(ended_at=None).exists(), seconds=40)
    assert not PartnerCall.objects.filter(gave_up=True).exists()
    ours = {ticket["barcode"] for booking in Booking.objects.filter(status="CONFIRMED") for ticket in booking.tickets}
    assert {one["barcode"] for one in partner.report()["sold"]} == ours, "no place is lost, none is sold twice"
    stock.refresh_from_db()
    assert (stock.booked, len(ours)) == (states.count("CONFIRMED"), states.count("CONFIRMED"))
    assert queries.discrepancies() == []
    (line,) = queries.partner_lines()
    assert line.faults
    assert set(PartnerFault.objects.values_list("why", flat=True)) >= {"unreachable", "timeout"}
