"""The ticketing systems that work for a venue: how each answers, and what went wrong of late."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..mine import mine_of, page

from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries import partner_lines
from diptych.culture.domain.people.terms import Audience


@door(Audience.VENUE)
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """Those of one's own venues."""
    mine = mine_of(request)
    return page(request, "systems", mine, rows=partner_lines(venue_ids=mine.venue_ids))
