"""My devices: those that signed in to my account; the one I hold may be trusted, another forgotten."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..pages import page, refused_on

from diptych.commons import clock
from diptych.commons.refusal import Refusal
from diptych.commons.web import devices as names
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people import queries
from diptych.culture.domain.people.terms import Audience


def _shown(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    me = request.user.pk
    context = {
        "devices": queries.devices_of(person_id=me),
        "here": people.device_hash(person_id=me, name=names.name_of(request)),
        "why": sentence(refusal) if refusal else "",
    }
    return page(request, "devices", context)


@door(Audience.YOUTH)
@never_cache
def devices(request: HttpRequest) -> HttpResponse:
    """Where my account was opened."""
    return _shown(request)


@door(Audience.YOUTH)
@require_POST
@refused_on(_shown)
def trust(request: HttpRequest) -> HttpResponse:
    """Trust the device that I hold."""
    people.trust_device(person_id=request.user.pk, device=names.name_of(request), at=clock.now())
    messages.success(request, gettext("This device is trusted: you stay signed in on it for a year."))
    return HttpResponseRedirect(reverse("youth:devices"))


@door(Audience.YOUTH)
@require_POST
@refused_on(_shown)
def forget(request: HttpRequest) -> HttpResponse:
    """Know a device no more."""
    people.forget_device(person_id=request.user.pk, hashed=request.POST.get("device", "")[:64], at=clock.now())
    messages.success(request, gettext("This device is forgotten: if it signs in again, we write to you."))
    return HttpResponseRedirect(reverse("youth:devices"))


@door(Audience.YOUTH)
@require_POST
def sign_out_all(request: HttpRequest) -> HttpResponse:
    """End my sessions on every device, this one included."""
    people.sign_out_everywhere(person_id=request.user.pk, at=clock.now())
    logout(request)  # what this session keeps goes with it, and does not wait for its end
    return HttpResponseRedirect(reverse("youth:home"))
