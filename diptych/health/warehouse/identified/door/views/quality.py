"""The pages of quality and of the journal: reports of releases, the decision to let one through, who did what through this door."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .. import desk

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.health.warehouse.identified import signing
from diptych.health.warehouse.identified.staff import queries
from diptych.health.warehouse.identified.staff.terms import EVERYBODY, Role


@door(*EVERYBODY)
@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The reports of releases, the latest first; what the last one fails, and who let it through."""
    found = signing.reports(desk.home())
    desk.note(request, "look", "room:quality")
    return render(request, "room/quality.html", {"reports": found, "last": found[0] if found else None})


@door(Role.DPO)
@require_POST
def sign(request: HttpRequest, release: str) -> HttpResponse:
    """Let a failing release through, by name."""
    member = desk.member(request)
    signing.sign(
        desk.home(), release=release, by=member.name, account=str(member), reason=request.POST.get("reason", ""), at=clock.now()
    )
    desk.note(request, "sign", f"release:{release}")
    messages.success(request, gettext("Signed: the next run publishes this release."))
    return redirect("room:quality")


@door(Role.DPO)
@never_cache
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Who did what through this door, the latest first."""
    before = request.GET.get("before", "")
    entries = queries.journalled(before=int(before[:18]) if before.isdecimal() else 0)
    desk.note(request, "look", "room:journal")
    names = queries.names(entry.actor for entry in entries)
    return render(
        request,
        "room/journal.html",
        {
            "entries": entries,
            "names": names,
            "last": entries[-1].id if entries else 0,
            "earlier": f"?before={entries[-1].id}" if entries else "",
        },
    )
