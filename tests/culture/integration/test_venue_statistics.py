"""A venue's figures: each booking in its month by the venue's clock, others' out, the page and its picture."""

from datetime import UTC, datetime, timedelta

import pytest

from diptych.commons import clock
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book
from diptych.culture.domain.bookings.queries.statistics import statistics_for_venues
from tests.culture import factories
from tests.culture.integration.test_structures import browser

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


def booked(shop, at, *, made, status="CONFIRMED", cents=8_00):
    stock = factories.stock(of=factories.offer(at_venue=shop, at=at), price_cents=cents, at=at)
    done = book(person_id=factories.youth(at=at).pk, stock_id=stock.pk, places=1, at=at)
    ends = {
        "USED": {"used_at": at, "validated_by": "OFFERER"},
        "CANCELLED": {"cancelled_at": at, "cancellation": "OFFERER"},
    }
    Booking.objects.filter(pk=done.id).update(booked_at=made, status=status, **ends.get(status, {}))


def test_each_booking_counts_in_its_month_by_the_venues_clock():
    shop, other = factories.venue(at=AT), factories.venue(at=AT)
    booked(shop, AT, made=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))  # already November in Paris
    booked(shop, AT, made=AT, status="USED", cents=9_00)
    booked(shop, AT, made=AT, status="CANCELLED")
    booked(shop, AT, made=AT - timedelta(days=500))
    booked(other, AT, made=AT)
    found = statistics_for_venues(venue_ids=[shop.pk], at=AT, zone="Europe/Paris")
    assert (len(found.months), str(found.months[0].first), str(found.months[-1].first)) == (12, "2025-12-01", "2026-11-01")
    last = found.months[-1]
    assert (last.booked, last.used, last.cancelled, last.used_cents) == (3, 1, 1, 9_00)
    assert sum(month.booked for month in found.months) == 3
    assert sorted(one.places for one in found.favourites) == [1, 1]


def test_the_page_with_and_without_figures():
    shop, at = factories.venue(), clock.now()
    own = browser(factories.pro(venue=shop))
    assert b'<svg class="columns-chart' not in own.get("/pro/reservations/chiffres/").content
    booked(shop, at, made=at)
    assert b'<svg class="columns-chart' in own.get("/pro/reservations/chiffres/").content
