"""A field officer's day: which places, in which order, which were seen. Each plans their own.

Does not hold what is written of a place (`field_places`).
"""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .asking import MOST_ID, actor_of, officer_of, today_of
from .field_forms import DayForm
from .field_words import KINDS
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.culture.domain.outreach import operations, queries
from diptych.culture.domain.outreach.terms import PLACE_MISSING, STOP_MISSING
from diptych.culture.domain.people.terms import Audience, Permission


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.VISIT_PLACES)
def day(request: HttpRequest) -> HttpResponse:
    """The officer's own day, today unless another is asked for."""
    at = clock.now()
    today = today_of(request, at)
    asked = DayForm(request.GET).or_else(today)
    stops = queries.day_of(officer_id=officer_of(request), day=asked, at=at)
    context = {
        "stops": [(stop, KINDS.get(stop.place.activity, "")) for stop in stops], "day": asked, "today": today,
        "form": DayForm(initial={"day": asked}), "before": asked - timedelta(days=1), "after": asked + timedelta(days=1),
        "metres": sum(stop.metres or 0 for stop in stops), "left": sum(stop.done_at is None for stop in stops),
        "due": queries.due_steps(officer_id=officer_of(request), until=asked),
    }  # fmt: skip
    return render(request, "backoffice/field_day.html", context)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def add(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Add a place to a day, then go back where one was (`back` in the form, an address of ours)."""
    if venue_id > MOST_ID:
        deny(PLACE_MISSING)
    at = clock.now()
    today = today_of(request, at)
    chosen = DayForm(request.POST).or_else(today)
    operations.add_stop(
        venue_id=venue_id, officer_id=officer_of(request), day=chosen, today=today, actor=actor_of(request), at=at
    )  # fmt: skip
    messages.success(request, gettext("Added to your day."))
    back = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(back if ours else _address(chosen))


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def stop(request: HttpRequest, stop_id: int) -> HttpResponse:
    """Act on one place of the day: `up`, `down`, `remove`, `seen`, or `unseen`."""
    if stop_id > MOST_ID:
        deny(STOP_MISSING)
    at = clock.now()
    own: dict[str, Any] = {"stop_id": stop_id, "officer_id": officer_of(request)}
    if "up" in request.POST or "down" in request.POST:
        operations.shift(**own, up="up" in request.POST)
    elif "remove" in request.POST:
        operations.remove_stop(**own, actor=actor_of(request), at=at)
        messages.success(request, gettext("Taken off your day."))
    else:
        seen = "unseen" not in request.POST
        operations.mark(**own, seen=seen, actor=actor_of(request), at=at)
        messages.success(request, gettext("Seen: write a note while it is fresh.") if seen else gettext("Taken back."))
    return redirect(_address(DayForm(request.POST).or_else(today_of(request, at))))


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def order(request: HttpRequest) -> HttpResponse:
    """Order the day by distance."""
    chosen = DayForm(request.POST).or_else(today_of(request, clock.now()))
    operations.order_by_distance(officer_id=officer_of(request), day=chosen)
    messages.success(request, gettext("Ordered: from the first, each time the nearest."))
    return redirect(_address(chosen))


def _address(chosen: Any) -> str:
    return f"{reverse('backoffice:field-day')}?day={chosen.isoformat()}"
