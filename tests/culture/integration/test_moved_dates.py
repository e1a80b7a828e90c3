"""A date that moves, on the real database: new limits, each holder told once, whoever and however often it is followed."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from diptych.commons import outbox
from diptych.culture.domain.bookings import operations, queries
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.terms import Status
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.catalogue.operations import offers as catalogue
from diptych.culture.domain.catalogue.terms import StockDraft
from diptych.culture.domain.people.models import Person
from diptych.culture.jobs import follow_moves
from tests.culture.factories import AT, offer, stock, venue, youth

pytestmark = pytest.mark.django_db

LATER = AT + timedelta(hours=3)
H48 = timedelta(hours=48)


def booked(person: Person, of: Stock, *, at: datetime = AT) -> Booking:
    """A booking of one place."""
    return Booking.objects.get(pk=operations.book(person_id=person.pk, stock_id=of.pk, places=1, at=at).id)


def move(of: Stock, starts_at: datetime, *, at: datetime = LATER) -> None:
    """The venue moves a date."""
    of.refresh_from_db()
    draft = StockDraft(price_cents=of.price_cents, quantity=of.quantity, starts_at=starts_at, booking_limit_at=starts_at)
    catalogue.edit_stock(stock_id=of.pk, venue_ids=[of.offer.venue_id], draft=draft, actor="person:1", at=at)


def messages(*topics: str) -> list[dict[str, object]]:
    """What the outbox holds of some topics, in its order."""
    with connection.cursor() as cursor:
        cursor.execute("select topic, payload from outbox_message where topic = any(%s) order by id", (list(topics),))
        return [{"topic": topic, **outbox_payload(payload)} for topic, payload in cursor.fetchall()]


def outbox_payload(payload: object) -> dict[str, object]:
    """A payload, whichever way the driver gives it."""
    import json

    return dict(json.loads(payload)) if isinstance(payload, str) else dict(payload)  # type: ignore[call-overload]


def deliver(*, at: datetime) -> None:
    """What the relay would hand to the consumer, once for each move."""
    for found in messages("catalogue.stock_moved"):
        follow_moves.follow(outbox.Message(1, "catalogue.stock_moved", "", found, at, 0), None, at)  # type: ignore[arg-type]


def test_each_booking_gets_the_limit_of_the_guide() -> None:
    """min(new event, now + 48 h); the holder is told before, after and until when."""
    screening = stock(event=True)
    made = booked(youth(), screening)
    assert made.cancellation_limit_at == AT + H48
    after = AT + timedelta(days=20)
    move(screening, after)
    deliver(at=LATER)
    made.refresh_from_db()
    assert (made.cancellation_limit_at, made.event_at) == (LATER + H48, after)
    (told,) = messages("bookings.moved")
    assert (told["booking_id"], told["after"], told["limit_at"]) == (made.pk, after.isoformat(), (LATER + H48).isoformat())
    assert told["before"] == (AT + timedelta(days=10)).isoformat()


def test_a_date_brought_near_can_be_cancelled_until_it_begins() -> None:
    screening = stock(event=True)
    made = booked(youth(), screening)
    soon = LATER + timedelta(hours=5)
    move(screening, soon)
    deliver(at=LATER)
    made.refresh_from_db()
    assert made.cancellation_limit_at == soon
    operations.cancel(booking_id=made.pk, person_id=made.person_id, at=soon - timedelta(minutes=1))


def test_a_booking_whose_limit_had_passed_opens_again() -> None:
    """Ten days on, the holder could no longer cancel; the move gives them 48 hours from when they are told."""
    screening = stock(event=True)
    made = booked(youth(), screening)
    at = AT + timedelta(days=5)
    assert queries.booking_of(person_id=made.person_id, booking_id=made.pk, at=at).why_not_cancel is not None
    move(screening, AT + timedelta(days=30), at=at)
    deliver(at=at + timedelta(hours=1))
    again = queries.booking_of(person_id=made.person_id, booking_id=made.pk, at=at + timedelta(hours=2))
    assert (again.why_not_cancel, again.cancellation_limit_at) == (None, at + timedelta(hours=49))


def test_it_is_followed_once_however_often_it_is_told() -> None:
    screening = stock(event=True)
    made = booked(youth(), screening)
    move(screening, AT + timedelta(days=20))
    deliver(at=LATER)
    deliver(at=LATER + timedelta(days=1))
    made.refresh_from_db()
    assert made.cancellation_limit_at == LATER + H48
    assert len(messages("bookings.moved")) == 1


def test_moved_and_moved_back_before_anybody_was_told_changes_nothing() -> None:
    screening = stock(event=True)
    made, first = booked(youth(), screening), screening.starts_at
    assert first is not None
    move(screening, AT + timedelta(days=20))
    move(screening, first)
    deliver(at=LATER)
    made.refresh_from_db()
    assert (made.cancellation_limit_at, made.event_at) == (AT + H48, first)
    assert messages("bookings.moved") == []


def test_moved_told_then_moved_back_is_told_again() -> None:
    screening = stock(event=True)
    made, first = booked(youth(), screening), screening.starts_at
    assert first is not None
    move(screening, AT + timedelta(days=20))
    deliver(at=LATER)
    back = LATER + timedelta(days=1)
    move(screening, first, at=back)
    deliver(at=back)
    made.refresh_from_db()
    assert (made.cancellation_limit_at, made.event_at) == (back + H48, first)
    assert [told["after"] for told in messages("bookings.moved")] == [(AT + timedelta(days=20)).isoformat(), first.isoformat()]


def test_used_and_cancelled_bookings_are_left_alone() -> None:
    screening = stock(event=True)
    used, gone = booked(youth(), screening), booked(youth(), screening)
    operations.cancel(booking_id=gone.pk, person_id=gone.person_id, at=AT)
    operations.use(token=used.token, venue_ids=[screening.offer.venue_id], actor="person:1", at=AT + H48)
    move(screening, AT + timedelta(days=20), at=AT + H48)
    deliver(at=AT + H48)
    for each in (used, gone):
        each.refresh_from_db()
        assert each.cancellation_limit_at == AT + H48
    assert messages("bookings.moved", "bookings.held_moved") == []


def test_a_held_place_follows_without_a_letter() -> None:
    """Nobody was told its date yet; the place stays held, until its own deadline."""
    screening = stock(of=offer(event=True, at_venue=venue(ticketed=True)))
    made = booked(youth(), screening)
    assert made.status == Status.HELD
    move(screening, AT + timedelta(days=20), at=AT + timedelta(seconds=5))
    deliver(at=AT + timedelta(seconds=10))
    made.refresh_from_db()
    assert (made.status, made.event_at, made.held_until) == (Status.HELD, AT + timedelta(days=20), AT + timedelta(seconds=60))
    assert made.cancellation_limit_at == AT + timedelta(seconds=10) + H48
    assert [told["topic"] for told in messages("bookings.moved", "bookings.held_moved")] == ["bookings.held_moved"]


def test_what_is_booked_after_the_move_has_not_moved() -> None:
    screening = stock(event=True)
    booked(youth(), screening)
    move(screening, AT + timedelta(days=20))
    late = booked(youth(), screening, at=LATER)
    deliver(at=LATER + timedelta(minutes=1))
    late.refresh_from_db()
    assert late.cancellation_limit_at == LATER + H48
    assert len(messages("bookings.moved")) == 1


@pytest.mark.django_db(transaction=True)
def test_followed_twice_at_once_tells_each_holder_once() -> None:
    """Four relays on connections of their own, while a holder cancels: each live booking is set and told once."""
    screening = stock(event=True, quantity=20)
    made = [booked(youth(), screening) for _ in range(8)]
    move(screening, AT + timedelta(days=20))
    done: list[int] = []
    begin = threading.Barrier(5)

    def follow() -> None:
        begin.wait(10)
        done.append(operations.follow_moved_stock(stock_id=screening.pk, at=LATER))
        connections.close_all()

    def cancel() -> None:
        begin.wait(10)
        operations.cancel(booking_id=made[-1].pk, person_id=made[-1].person_id, at=LATER)
        connections.close_all()

    threads = [threading.Thread(target=follow) for _ in range(4)] + [threading.Thread(target=cancel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    told = [each["booking_id"] for each in messages("bookings.moved")]
    assert len(done) == 4
    assert len(told) == len(set(told)) == sum(done)
    assert set(told) >= {each.pk for each in made[:-1]}
    assert set(Booking.objects.filter(status=Status.CONFIRMED).values_list("cancellation_limit_at", flat=True)) == {LATER + H48}
    assert queries.discrepancies() == []
