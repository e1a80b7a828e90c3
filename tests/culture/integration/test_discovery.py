"""By which door bookings come, from the address to the figures; first times and third kinds; what is masked."""

from datetime import timedelta

import pytest
from django.test import Client

from diptych.commons import clock
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.operations import book, cancel
from diptych.culture.domain.bookings.queries.discovery import EntryLine, discovery
from diptych.culture.domain.bookings.terms import Entry
from diptych.culture.domain.people.models import Person
from tests.culture.factories import AT, offer, signed_in, staff, stock, venue, youth

pytestmark = pytest.mark.django_db
KINDS = ("LIVRE_PAPIER", "CONCERT", "SEANCE_CINE")
SINCE = AT - timedelta(days=30)


def booked(person: Person, kind: str, *, entry: Entry | None, minutes: int = 0) -> int:
    """A free booking of a kind, by a door."""
    made = stock(of=offer(at_venue=venue(), subcategory=kind), price_cents=0)
    return book(person_id=person.pk, stock_id=made.pk, places=1, at=AT + timedelta(minutes=minutes), entry=entry).id


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("rayon", Entry.SHELF), ("recherche", Entry.SEARCH), ("favoris", Entry.FAVOURITES), ("", Entry.LINK),
        ("ailleurs", Entry.LINK), ("<script>", Entry.LINK),
    ],
)  # fmt: skip
def test_the_door_is_carried_from_the_offer_to_the_booking(client: Client, said: str, kept: Entry):
    person = youth()
    client.force_login(person)
    one = stock(of=offer(at_venue=venue(), subcategory="CONCERT"), price_cents=0)
    page = client.get(f"/offres/{one.offer_id}/", {"de": said} if said else {}).content.decode()
    assert ("&amp;de=" in page) == (kept is not Entry.LINK)
    address = f"/offres/{one.offer_id}/reserver/"
    client.get(address, {"stock": one.pk, "de": said})
    answer = client.post(address, {"stock": one.pk, "places": 1, "de": said})
    assert answer.status_code == 302
    assert Booking.objects.get().entry == kept


def test_cards_say_where_they_stand(client: Client):
    person = youth()
    client.force_login(person)
    one = stock(of=offer(at_venue=venue(), subcategory="CONCERT"), price_cents=0)
    client.post(f"/offres/{one.offer_id}/favori/", {"keep": "1"})
    assert f"/offres/{one.offer_id}/?de=favoris" in client.get("/favoris/").content.decode()
    assert f"/offres/{one.offer_id}/?de=recherche" in client.get("/recherche/").content.decode()


def test_first_times_and_third_kinds_are_counted_by_the_door_they_came_by():
    for _ in range(12):
        person = youth()
        booked(person, KINDS[0], entry=Entry.SEARCH)
        booked(person, KINDS[0], entry=Entry.SEARCH, minutes=1)
        booked(person, KINDS[1], entry=Entry.SHELF, minutes=2)
        booked(person, KINDS[2], entry=Entry.SHELF, minutes=3)
    gone = youth()
    for minutes, kind in enumerate(KINDS):
        number = booked(gone, kind, entry=Entry.LINK, minutes=minutes)
        cancel(booking_id=number, person_id=gone.pk, at=AT + timedelta(minutes=9))
    found = discovery(since=SINCE, at=AT + timedelta(hours=1))
    assert found.thirds == 10, "twelve, rounded down; what was cancelled does not count"
    assert found.entries == (
        EntryLine(Entry.SEARCH, 20, 10, 0, "LIVRE", 1.0),
        EntryLine(Entry.SHELF, 20, 20, 10, found.entries[1].main_kind, 0.5),
    )
    assert [(one.people, one.wide) for one in found.departments] == [(10, 10)]
    later = discovery(since=AT + timedelta(minutes=2, seconds=30), at=AT + timedelta(hours=1))
    assert [(line.entry, line.bookings, line.thirds) for line in later.entries] == [(Entry.SHELF, 10, 10)]


def test_few_are_masked_and_say_nothing_of_what_they_booked():
    booked(youth(), KINDS[0], entry=None)
    found = discovery(since=SINCE, at=AT + timedelta(hours=1))
    assert found.entries == (EntryLine(None, None, None, 0, "", 0),)
    assert [(one.people, one.wide) for one in found.ages] == [(None, 0)]


def test_the_teams_page():
    client = signed_in(staff())
    assert "Aucune réservation" in client.get("/equipe/decouverte/").content.decode()
    for _ in range(11):
        booked(youth(), KINDS[0], entry=Entry.SEARCH)
    Booking.objects.update(booked_at=clock.now())
    page = client.get("/equipe/decouverte/?jours=365").content.decode()
    assert "la recherche" in page and "Livres, 100" in page
    assert client.get("/equipe/decouverte/?jours=zzz").status_code == 200
