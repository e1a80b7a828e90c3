"""Somebody who closed their own account, told us of a sign-in that was not theirs, or asked for its deletion, may sign in to open it again, and for their data.

Holds the middleware that leads them there. Does not hold for how long: the people chapter does.
"""

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from diptych.commons.refusal import refuse
from diptych.commons.web.refusals import answer, wants_json
from diptych.culture.domain.people.terms import ALREADY_SUSPENDED, OWN_CLOSINGS
from diptych.culture.domain.personal_data.queries import is_erasure_asked

_DATA: Final = frozenset({"youth:data", "youth:ask-copy", "youth:copy", "youth:delete", "youth:undo-delete"})
OPEN: Final = _DATA | {"youth:come-back", "account_logout", "signed-out", "choose-theme", "choose-language"}
"""A closed account's data stay its owner's: to read, take away, have deleted."""


class ClosedMiddleware:
    """Runs once the view is known, before doors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass through: the state is looked at when the view is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Lead a closed account's owner to the page that opens it again, or that takes back the deletion they asked for."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None  # nobody is signed in, and a shared page stays cacheable
        closed = getattr(request.user, "state", "") in OWN_CLOSINGS
        if not closed or (request.resolver_match and request.resolver_match.view_name in OPEN):
            return None
        if wants_json(request):
            return answer(request, refuse(ALREADY_SUSPENDED))
        return redirect("youth:data" if is_erasure_asked(person_id=request.user.pk or 0) else "youth:come-back")
