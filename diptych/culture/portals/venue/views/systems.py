"""The ticketing systems that work for a venue: how each answers, and what went wrong of late."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..mine import mine_of, page

from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries import partner_lines
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues.queries import own_systems


@door(Audience.VENUE)
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """Those of one's own venues, and one's structures' own that work for none."""
    mine = mine_of(request)
    rows = partner_lines(venue_ids=mine.venue_ids)
    working = {row.id for row in rows}
    idle = [one for one in own_systems(person_id=mine.person_id) if one[0] not in working]
    return page(request, "systems", mine, rows=rows, idle=idle)
