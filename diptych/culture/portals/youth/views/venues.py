"""A venue's own page: what it is, where, when it is open, and what can be booked there."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from .. import words
from ..pages import page, position_of
from .search import PER_PAGE, number_of

from diptych.commons import clock
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import Criteria
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.venues import queries as venues
from diptych.culture.search import answering as engine


@door(VISITOR)
def venue(request: HttpRequest, venue_id: int) -> HttpResponse:
    """A venue and its offers, the soonest first."""
    at = clock.now()
    shown = catalogue.shown_venue(venue_id=venue_id)
    zone = people.zone_name(department=shown.department)
    found = engine.search(
        criteria=Criteria(venue_id=venue_id, sort="date"), at=at, page=number_of(request), per_page=PER_PAGE,
        after=request.GET.get("after", ""),
    )  # fmt: skip
    context: dict[str, Any] = {
        "venue": shown,
        "needs": [(words.NEEDS[need], has) for need, has in shown.access.items()],
        "accessibility_said": any(has is not None for has in shown.access.values()),
        "hours": venues.days_ahead(venue_id=venue_id, at=at, zone=zone),
        "here": position_of(request),
        "map_latitude": None if shown.latitude is None else f"{shown.latitude:.6f}",
        "map_longitude": None if shown.longitude is None else f"{shown.longitude:.6f}",
        "found": found,
        "page": Paginator(range(found.total), PER_PAGE).get_page(found.page),
    }
    return page(request, "venue", context, zone=zone)
