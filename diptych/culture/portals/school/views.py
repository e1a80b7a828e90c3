"""The school's portal: the outings that were made for it and that it may pre-book, searched.

Opened by a pass (gateways/school_pass) that names the school, kept in the session: nobody's account. Does not hold pre-booking, which comes with
teachers' accounts.
"""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import VISITOR, door
from diptych.culture.domain.catalogue.queries import LONGEST_TEXT
from diptych.culture.domain.collective.queries import lists
from diptych.culture.gateways import school_pass
from diptych.culture.search import beside

KEPT: Final = "school_pass"
"""Key of the session under which the pass stays: it ends with its day."""


class OutingsForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(label=_("Search"), required=False, max_length=LONGEST_TEXT)


@door(VISITOR)
@never_cache
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Open the portal with a pass."""
    school_pass.read(token, at=clock.now())
    request.session[KEPT] = token
    return HttpResponseRedirect(reverse("school:outings"))


@door(VISITOR)
@never_cache
@require_safe
def outings(request: HttpRequest) -> HttpResponse:
    """The outings of the school whose pass this session keeps."""
    at, form = clock.now(), OutingsForm(request.GET)
    school = _school(request, at)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    context: dict[str, Any] = {
        "school": lists.school_named(uai=school),
        "text": text,
        "outings": beside.outings(text=text, school=school, at=at),
        "too_long": not form.is_valid(),
    }
    return render(request, "school/outings.html", context)


def _school(request: HttpRequest, at: datetime) -> str:
    "The school of this session. Refuses where there is no pass, or its day is over."
    kept = request.session.get(KEPT)
    if not isinstance(kept, str):
        deny(school_pass.BAD_PASS)
    return school_pass.read(kept, at=at)
