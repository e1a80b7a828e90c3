"""Closing one's own account, and opening it again within 60 days."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from ..pages import page, refused_on

from diptych.commons import clock
from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.terms import OWN_CLOSINGS, AccountState, Audience


def _paused(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    state = request.user.state  # type: ignore[union-attr]  # a Person
    reported = state == AccountState.SUSPICIOUS_LOGIN_REPORTED_BY_USER
    context = {
        "closed": state in OWN_CLOSINGS,
        "reported": reported,
        "why": sentence(refusal) if refusal else "",
        "code": refusal.reason.code if refusal else "",
    }
    return page(request, "leaving", context)


@door(Audience.YOUTH)
@refused_on(_paused)
def leave(request: HttpRequest) -> HttpResponse:
    """Close my account, once I have read what it does."""
    if request.method != "POST":
        return _paused(request)
    people.close_own(person_id=request.user.pk, at=clock.now())
    logout(request)
    messages.success(request, gettext("Your account is closed. Sign in within 60 days to open it again."))
    return HttpResponseRedirect(reverse("youth:home"))


@door(Audience.YOUTH)
@refused_on(_paused)
def come_back(request: HttpRequest) -> HttpResponse:
    """My account is closed, by me: the one thing to do is to open it again."""
    if request.method != "POST":
        return _paused(request)
    people.return_to_own(person_id=request.user.pk, at=clock.now())
    messages.success(request, gettext("Your account is open again."))
    return HttpResponseRedirect(reverse("youth:home"))
