"""The home page: the question, the search, and shelves that say why they are there."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ..pages import SIGNING_UP, department_of, page, position_of, youth_id

from diptych.commons import clock
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.bookings import queries as bookings
from diptych.culture.domain.catalogue import queries as catalogue


@door(VISITOR)
def home(request: HttpRequest) -> HttpResponse:
    """What to do tonight, nearby, and for a change."""
    at, person_id, here = clock.now(), youth_id(request), position_of(request)
    if person_id is not None and request.session.pop(SIGNING_UP, None) and request.user.birth_date is None:  # type: ignore[union-attr]  # a Person
        return HttpResponseRedirect(reverse("youth:profile"))  # just signed in for the first time: one step is left
    tried: set[str] | None = None
    if person_id is not None:
        mine = [
            *bookings.bookings_of(person_id=person_id, at=at, ended=False),
            *bookings.bookings_of(person_id=person_id, at=at, ended=True),
        ]
        tried = catalogue.groups_of(subcategories={ticket.subcategory for ticket in mine})
    shelves = catalogue.home(
        person_id=person_id,
        latitude=here.latitude if here else None,
        longitude=here.longitude if here else None,
        department=department_of(request),
        at=at,
        tried=tried,
    )
    return page(request, "home", {"shelves": shelves, "has_place": here is not None})
