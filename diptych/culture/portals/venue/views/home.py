"""The venue's home: what is awaited today, and the ways to the rest."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..mine import mine_of, page

from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries import bookings_for_venues, recent_at_counter
from diptych.culture.domain.bookings.terms import Status
from diptych.culture.domain.catalogue.queries.own_offers import own_offers, sessions_between
from diptych.culture.domain.people.terms import Audience


@door(Audience.VENUE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Sessions of the next two days, bookings that wait, what was handed over last."""
    mine = mine_of(request)
    waiting = bookings_for_venues(venue_ids=mine.venue_ids, at=mine.at, status=Status.CONFIRMED, per_page=5)
    return page(
        request, "home", mine, waiting=waiting,
        offers=own_offers(venue_ids=mine.venue_ids, at=mine.at, per_page=1).by_status,
        sessions=sessions_between(venue_ids=mine.venue_ids, since=mine.at - timedelta(hours=3), until=mine.at + timedelta(days=2)),
        today=recent_at_counter(venue_ids=mine.venue_ids, at=mine.at, limit=5),
    )  # fmt: skip
