"""My data: a copy of what is kept about me, deleting my account with what follows from it, taking that back."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from ..pages import page, refused_on, said

from diptych.commons import clock
from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.people import queries as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.personal_data import operations, queries


def _shown(request: HttpRequest, template: str, refusal: Refusal | None) -> HttpResponse:
    at, me = clock.now(), request.user.pk
    account = people.account_of(person_id=me, at=at)
    context = {
        "standing": queries.standing_of(person_id=me, at=at),
        "copies": queries.extracts_of(asker_id=me, at=at),
        "refused": said(refusal, zone=people.zone_name(department=account.department)),
        "code": refusal.reason.code if refusal else "",
    }
    return page(request, template, context)


def _data(request: HttpRequest, refusal: Refusal | None = None, **_: int) -> HttpResponse:
    return _shown(request, "data", refusal)


@door(Audience.YOUTH)
@never_cache
def data(request: HttpRequest) -> HttpResponse:
    """What is kept about me, and what I may do with it."""
    return _data(request)


@door(Audience.YOUTH)
@require_POST
@refused_on(_data)
def ask_copy(request: HttpRequest) -> HttpResponse:
    """Ask for a copy of my data."""
    operations.ask_extract(person_id=request.user.pk, asker_id=request.user.pk, at=clock.now())
    messages.success(request, gettext("Your copy is being made: come back in a minute."))
    return HttpResponseRedirect(reverse("youth:data"))


@door(Audience.YOUTH)
@never_cache
@refused_on(_data)
def copy(request: HttpRequest, extract_id: int) -> HttpResponse:
    """Fetch my copy: mine alone, for seven days."""
    content = operations.fetch_extract(extract_id=extract_id, asker_id=request.user.pk, at=clock.now())
    return HttpResponse(
        content, content_type="application/zip", headers={"Content-Disposition": 'attachment; filename="mes-donnees.zip"'}
    )


def _delete(request: HttpRequest, refusal: Refusal | None = None) -> HttpResponse:
    return _shown(request, "delete", refusal)


@door(Audience.YOUTH)
@never_cache
@refused_on(_delete)
def delete(request: HttpRequest) -> HttpResponse:
    """Delete my account: first what follows from it, then, once I said that I understand, do it."""
    if request.method != "POST" or "understood" not in request.POST:
        return _shown(request, "delete", None)
    operations.ask_erasure(person_id=request.user.pk, at=clock.now())
    standing = queries.standing_of(person_id=request.user.pk, at=clock.now())
    logout(request)
    return page(request, "deleted", {"standing": standing})


@door(Audience.YOUTH)
@require_POST
@refused_on(_data)
def undo(request: HttpRequest) -> HttpResponse:
    """Keep my account after all."""
    operations.undo_erasure(person_id=request.user.pk, at=clock.now())
    messages.success(request, gettext("Your account stays. Cancelled places stay cancelled."))
    return HttpResponseRedirect(reverse("youth:data"))
