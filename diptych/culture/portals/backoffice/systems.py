"""Partners' ticketing systems for the team: how each answers, and what went wrong of late."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .permits import permit

from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries import partner_lines
from diptych.culture.domain.people.terms import Audience, Permission


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_ENTITY)
def systems(request: HttpRequest) -> HttpResponse:
    """Every system, those that fail first."""
    rows = sorted(partner_lines(), key=lambda line: (line.failures == 0, line.name))
    return render(request, "backoffice/systems.html", {"rows": rows})
