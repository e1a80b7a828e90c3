"""The operations page: what waits for whom, sources, steps, the account of rows; and one source, with its deliveries."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .. import desk, words

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.health.warehouse.identified import waiting
from diptych.health.warehouse.identified.staff.terms import EVERYBODY

STEPS_SHOWN = 12


@door(*EVERYBODY)
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """How the room stands."""
    standing = waiting.look(desk.home(), desk.keys(), at=clock.now())
    desk.note(request, "look", "room:operations")
    steps = [(one, words.step(one.step), words.seconds(one.seconds)) for one in standing.ran[:STEPS_SHOWN]]
    rows = [
        (one.told, *_said(words.FRESHNESS[one.freshness]), standing.fates.get(one.told.source), one.running)
        for one in standing.sources
    ]
    queues = list(words.queues(standing.waits, desk.member(request).audience))
    return render(
        request, "room/home.html",
        {"standing": standing, "queues": queues, "steps": steps, "sources": rows, "home": desk.home()},
    )  # fmt: skip


def _said(word: tuple[str, str]) -> tuple[str, str]:
    return gettext(word[0]), word[1]


@door(*EVERYBODY)
@never_cache
@require_safe
def source(request: HttpRequest, name: str) -> HttpResponse:
    """One source: what was declared of it, its deliveries, why its rows are where they are."""
    known = waiting.source(desk.home(), desk.keys(), name)
    desk.note(request, "look", f"source:{name}")
    deliveries = [(one, *_said(words.STANDINGS[worth]), words.said_of(one)) for one, worth in known.deliveries]
    whys = [(one, words.why(one["why"])) for one in known.whys]
    return render(request, "room/source.html", {"known": known, "deliveries": deliveries, "whys": whys})
