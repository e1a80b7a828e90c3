"""The venue's home: what is awaited today, and the ways to the rest."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..mine import Mine, mine_of, page
from ..words import STEPS
from .banking import is_paid
from .structures import told

from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries import bookings_for_venues, recent_at_counter
from diptych.culture.domain.bookings.terms import Narrowing, Status
from diptych.culture.domain.catalogue.queries.own_offers import own_offers, sessions_between
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.queries import OwnStructure
from diptych.culture.domain.venues.terms import Step, Validation


@door(Audience.VENUE)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What a newcomer does next; sessions of the next two days, bookings that wait, what was handed over last."""
    mine = mine_of(request)
    bookings = bookings_for_venues(venue_ids=mine.venue_ids, asked=Narrowing(status=Status.CONFIRMED), per_page=5)
    by_status = own_offers(venue_ids=mine.venue_ids, at=mine.at, per_page=1).by_status
    own = queries.structures_of(person_id=mine.person_id)
    return page(
        request, "home", mine, bookings=bookings, offers=by_status, todo=_todo(mine, own, sum(by_status.values())),
        states=[told(one) for one in own if one.is_member and one.validation != Validation.VALIDATED],
        waiting=queries.invitations_for(email=mine.email, at=mine.at) if mine.email_checked else [],
        sessions=sessions_between(venue_ids=mine.venue_ids, since=mine.at - timedelta(hours=3), until=mine.at + timedelta(days=2)),
        today=recent_at_counter(venue_ids=mine.venue_ids, at=mine.at, limit=5),
    )  # fmt: skip


def _todo(mine: Mine, own: list[OwnStructure], offers: int) -> list[tuple[Any, Any, str, bool, bool]]:
    "The steps of a newcomer: what, how, where, whether it is done, whether it is the next. None once all are done."
    steps = queries.next_steps(person_id=mine.person_id, offers=offers, is_paid=is_paid(mine))
    first = next((step for step, done in steps if not done), None)
    if first is None:
        return []
    members = [one for one in own if one.is_member]
    place = mine.venues[0].id if mine.venues else 0
    where = {
        Step.STRUCTURE: reverse("venue:structure-new"),
        Step.VENUE: reverse("venue:place-new", kwargs={"structure_id": members[0].id}) if members else "",
        Step.PAGE: reverse("venue:place", kwargs={"venue_id": place}) if place else "",
        Step.OFFER: reverse("venue:offer-kinds") if place else "",
        Step.PAYMENT: reverse("venue:banking") if place else "",
    }
    return [(*STEPS[step], where.get(step, ""), done, step is first) for step, done in steps]
