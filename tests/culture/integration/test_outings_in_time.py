"""What time does to schools' bookings: expired at their limit, used two days after the outing; to the second, once."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings

from diptych.commons import clock
from diptych.culture.domain.collective.models import CollectiveBooking
from diptych.culture.domain.venues.models import Venue
from diptych.culture.jobs import follow_outings
from tests.culture import factories
from tests.culture.factories import AT
from tests.culture.outings import START, act, booked, made
from tests.culture.partners import Program
from tests.culture.privacy import told

pytestmark = pytest.mark.django_db
LIMIT, END = AT + timedelta(days=20), START + timedelta(hours=2)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _sandbox(settings: LazySettings) -> Iterator[None]:
    settings.SANDBOX = True
    factories.school(uai="0421234A")
    with clock.frozen(at=AT):
        yield


@pytest.fixture
def program() -> Program:
    return Program(factories.venue(name="L’Atelier d’estampe"))


def test_a_pre_booking_expires_at_its_limit_and_a_confirmed_one_does_not(program: Program) -> None:
    venue = Venue.objects.get()
    waits, kept = (booked(program, made(program, venue)) for _ in range(2))
    assert act(program, kept, "confirm")[0] == 204
    assert follow_outings.run(at=LIMIT - SECOND) == 0
    assert (follow_outings.run(at=LIMIT), follow_outings.run(at=LIMIT)) == (1, 0)
    rows = dict(CollectiveBooking.objects.values_list("pk", "status"))
    assert rows == {waits: "CANCELLED", kept: "CONFIRMED"}
    assert CollectiveBooking.objects.get(pk=waits).cancellation == "EXPIRED"
    assert told(subject=f"collective_booking:{waits}")[0].act == "collective.expire"


def test_an_outing_is_used_two_days_after_its_end(program: Program) -> None:
    one = booked(program, made(program, Venue.objects.get()))
    assert act(program, one, "confirm")[0] == 204
    due = END + timedelta(hours=48)
    assert follow_outings.run(at=due - SECOND) == 0
    assert (follow_outings.run(at=due), follow_outings.run(at=due)) == (1, 0)
    booking = CollectiveBooking.objects.get()
    assert (booking.status, booking.used_at) == ("USED", due)
