"""A venue's bookings narrowed: by venue, by the days booked, of the event and of use; the files hold what the list does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from diptych.commons import clock
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.bookings.queries import bookings_for_venues, export_for_venues
from diptych.culture.domain.bookings.terms import Narrowing
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.venues.models import OpeningException, OpeningHours, Venue
from tests.culture import factories
from tests.culture.factories import AT

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 24, 22, 59, tzinfo=UTC)
"""23:59 in Paris: the last minute of the 24th."""


@pytest.fixture
def two() -> tuple[Venue, Venue, Person]:
    """Two venues of one structure, and their member."""
    shop = factories.venue(name="Librairie des Halles")
    stage = Venue.objects.create(structure=shop.structure, name="Scène des Halles", department="42", created_at=AT)
    return shop, stage, factories.pro(venue=shop)


def booked(at_venue: Venue, *, event: bool = False, at: datetime = AT, **changes: Any) -> Booking:
    offer = factories.offer(at_venue=at_venue, event=event)
    made = book(person_id=factories.youth().pk, stock_id=factories.stock(of=offer).pk, places=1, at=AT)
    Booking.objects.filter(pk=made.id).update(booked_at=at, **changes)
    return Booking.objects.get(pk=made.id)


def test_each_narrowing_keeps_its_own(two: tuple[Venue, Venue, Person]) -> None:
    shop, stage, _ = two
    book_used = booked(shop, status="USED", used_at=AT + timedelta(3))
    show = booked(stage, event=True, at=AT + timedelta(1))
    here = {shop.pk, stage.pk}

    def kept(**asked: Any) -> list[int]:
        listed = [row.id for row in bookings_for_venues(venue_ids=here, asked=Narrowing(**asked)).rows]
        assert [row.id for row in export_for_venues(venue_ids=here, asked=Narrowing(**asked))] == listed
        return listed

    assert kept() == [show.pk, book_used.pk]
    assert kept(venue_id=stage.pk) == [show.pk]
    assert kept(status="USED") == [book_used.pk]
    assert kept(event_since=AT + timedelta(10), event_until=AT + timedelta(11)) == [show.pk]
    assert kept(event_since=AT + timedelta(10, seconds=1)) == []
    assert kept(event_until=AT + timedelta(10)) == []
    assert kept(used_since=AT + timedelta(3), used_until=AT + timedelta(3, seconds=1)) == [book_used.pk]
    assert kept(used_until=AT + timedelta(3)) == []
    assert kept(since=AT + timedelta(1)) == [show.pk]
    assert kept(until=AT + timedelta(1)) == [book_used.pk]
    assert kept(text=book_used.token.lower()) == [book_used.pk]


def test_another_structures_venue_cannot_be_asked(two: tuple[Venue, Venue, Person]) -> None:
    other = booked(factories.venue(name="Ailleurs"))
    asked = Narrowing(venue_id=other.offer.venue_id)
    assert bookings_for_venues(venue_ids={two[0].pk}, asked=asked).total == 0


def csv_of(client: Client, query: str) -> list[str]:
    answer = client.get("/pro/reservations.csv" + query)
    return b"".join(answer).decode().splitlines()[1:]  # type: ignore[arg-type]


def test_a_day_is_whole_by_the_venues_clock_and_the_files_hold_the_list(two: tuple[Venue, Venue, Person]) -> None:
    shop, stage, member = two
    booked(shop, at=EVENING)
    booked(stage, at=EVENING + timedelta(minutes=1))
    client = Client(headers={"accept": "text/html"})
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    (line,) = csv_of(client, "?since=2026-11-24&until=2026-11-24")
    assert "Librairie des Halles" in line
    (line,) = csv_of(client, f"?venue={stage.pk}")
    assert "Scène des Halles" in line
    assert len(csv_of(client, "?venue=nous&used_since=hier&event_until=9999-12-31")) == 2
    page = client.get(f"/pro/reservations/?venue={stage.pk}&since=2026-11-25").content.decode()
    assert f'<option value="{stage.pk}" selected' in page
    assert '<details class="filters__more" open>' in page


def test_a_member_of_one_venue_is_not_asked_which() -> None:
    client = Client()
    client.force_login(factories.pro(venue=factories.venue()), backend="allauth.account.auth_backends.AuthenticationBackend")
    page = client.get("/pro/reservations/").content.decode()
    assert 'name="venue"' not in page
    assert "filters__more" in page


def test_a_youth_reads_when_the_venue_is_open() -> None:
    shop = factories.venue()
    offer = factories.stock(of=factories.offer(at_venue=shop)).offer
    address = f"/offres/{offer.pk}/"
    with clock.frozen(at=AT):
        assert 'id="hours"' not in Client().get(address).content.decode()
        OpeningHours.objects.create(venue=shop, weekday=1, opens="14:00", closes="19:00")
        OpeningException.objects.create(venue=shop, first_day="2026-11-25", last_day="2026-11-25", words="Inventaire")
        page = Client().get(address).content.decode()
    assert "14:00–19:00" in page
    assert "jusqu’à 19:00" in page
    assert "Inventaire" in page
    with clock.frozen(at=AT + timedelta(hours=3)):
        assert "jusqu’à 19:00" not in Client().get(address).content.decode()
