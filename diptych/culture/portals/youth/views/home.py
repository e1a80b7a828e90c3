"""The home page: the question, the search, and shelves that say why they are there."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..pages import SIGNING_UP, department_of, page, position_of, youth_id
from ..words import door_of

from diptych.commons import clock
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.bookings import queries as bookings
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.editorial import queries as editorial


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
    viewer = editorial.viewer_of(
        person_id=person_id, latitude=here.latitude if here else None, longitude=here.longitude if here else None, at=at
    )
    chosen = editorial.shelves_for(viewer=viewer, at=at)
    shelves = catalogue.home(
        person_id=person_id,
        latitude=here.latitude if here else None,
        longitude=here.longitude if here else None,
        department=department_of(request),
        at=at,
        tried=tried,
        stored=not chosen,
    )
    return page(
        request, "home", {"shelves": shelves, "chosen": [(row, door_of(row.id)) for row in chosen], "has_place": here is not None}
    )


@door(VISITOR)
@require_safe
def shelf(request: HttpRequest, shelf_id: int) -> HttpResponse:
    """One of the editors' shelves, whole."""
    at, here = clock.now(), position_of(request)
    viewer = editorial.viewer_of(
        person_id=youth_id(request), latitude=here.latitude if here else None, longitude=here.longitude if here else None, at=at
    )
    shown = editorial.shelf_page(shelf_id=shelf_id, viewer=viewer, at=at)
    return page(request, "shelf", {"shelf": shown, "de": door_of(shelf_id)})
