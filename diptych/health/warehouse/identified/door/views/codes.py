"""The steward's pages: codes without a concept, what one means, and every decision with who made it, when and why."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .. import desk

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.health.warehouse.identified import coding
from diptych.health.warehouse.identified.staff import queries
from diptych.health.warehouse.identified.staff.terms import EVERYBODY, Role

A_PAGE = 50


@door(*EVERYBODY)
@never_cache
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """The codes without a concept, the most used first."""
    found = coding.uncoded(desk.home(), desk.keys())
    desk.note(request, "look", "room:codes")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    uses = sum(one.uses for one in found)
    return render(request, "room/codes.html", {"page": page, "many": len(found), "uses": uses})


@door(*EVERYBODY)
@never_cache
@require_safe
def code(request: HttpRequest) -> HttpResponse:
    """One code: how it is used, concepts that are looked for, what was decided of it."""
    vocabulary, asked = request.GET.get("vocabulary", ""), request.GET.get("code", "")
    words = request.GET.get("q")
    known = coding.one_code(desk.home(), desk.keys(), vocabulary=vocabulary, code=asked, words=words)
    desk.note(request, "look", "room:code", vocabulary=known.vocabulary, code=known.code)
    return render(request, "room/code.html", {"known": known, "names": _names(known.history)})


@door(Role.STEWARD)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Say which concepts a code means; none takes the decision in force back."""
    given = {name: request.POST.get(name, "") for name in ("vocabulary", "code", "why")}
    concepts = request.POST.getlist("concept")
    made = coding.decide(desk.home(), desk.keys(), **given, concepts=concepts, at=clock.now(), by=str(desk.member(request)))
    desk.note(request, "decide", "room:code", vocabulary=made.vocabulary_id, code=made.code, concepts=list(made.concepts))
    kept = gettext("Kept: the next run makes OMOP’s tables by it.") if concepts else gettext("Taken back, from the next run on.")
    messages.success(request, kept)
    back = urlencode({"vocabulary": made.vocabulary_id, "code": made.code})
    return redirect(f"{reverse('room:code')}?{back}")


@door(*EVERYBODY)
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every decision, the latest first."""
    decided = coding.decided(desk.home())
    desk.note(request, "look", "room:decisions")
    page = Paginator(decided, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "room/decisions.html", {"page": page, "names": _names(decided)})


def _names(decided: Sequence[coding.Decided]) -> dict[str, str]:
    return dict(queries.names(one.by for one in decided))
