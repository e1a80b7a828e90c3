"""A venue connects its ticketing: a maker's system or its own, the keys that it is shown once, and whether it sells the venue's places."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..forms.systems import MakerForm, OwnForm
from ..mine import Mine, mine_of, page
from ..refusals import drawn_by, said

from diptych.commons.ids import draw
from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries import partner_lines
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations import connecting


def _forms(mine: Mine, posted: Any = None, *, own: bool = False) -> dict[str, Any]:
    venues, makers = [(one.id, one.name) for one in mine.venues], queries.makers()
    return {
        "maker": MakerForm(None if own else posted, venues=venues, makers=makers, prefix="maker") if makers else None,
        "own": OwnForm(posted if own else None, venues=venues, prefix="own"),
    }


def _connect_page(request: HttpRequest, *, own: bool = False, refusal: Refusal | None = None) -> HttpResponse:
    mine = mine_of(request)
    asked = request.POST if request.method == "POST" else None
    forms = _forms(mine, asked, own=own)
    form = forms["own" if own else "maker"]
    if asked is not None and form is not None:
        form.is_valid()
        if refusal is not None:
            form.add_error("name" if own and refusal.reason.code in _OF_THE_NAME else None, said(refusal, zone=mine.zone))
    return page(request, "system_connect", mine, forms=forms, status_code=200 if asked is None else 422)


_OF_THE_NAME = ("venues.partner_taken", "venues.name_missing")


def _maker_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _connect_page(request, refusal=refusal)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_maker_refused)
def connect(request: HttpRequest) -> HttpResponse:
    """What may be connected; posted: a maker's system, to a venue."""
    mine = mine_of(request)
    form = _forms(mine, request.POST)["maker"] if request.method == "POST" else None
    if form is None or not form.is_valid():
        return _connect_page(request)
    partner = form.cleaned_data["partner"]
    connecting.connect(partner_id=partner, venue_id=form.cleaned_data["venue"], person_id=mine.person_id, at=mine.at)
    messages.success(request, gettext("Connected: its maker may work for this venue from now on."))
    return redirect("venue:system", partner_id=partner)


def _own_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return _connect_page(request, own=True, refusal=refusal)


@door(Audience.VENUE)
@require_POST
@drawn_by(_own_refused)
def connect_own(request: HttpRequest) -> HttpResponse:
    """One's own system, for a venue: its key and its secret are shown this once."""
    mine = mine_of(request)
    form = _forms(mine, request.POST, own=True)["own"]
    if not form.is_valid():
        return _connect_page(request, own=True)
    made = connecting.connect_own(
        venue_id=form.cleaned_data["venue"], person_id=mine.person_id, name=form.cleaned_data["name"], draw=draw, at=mine.at
    )
    return _once(request, mine, made.partner_id, key=made.key, secret=made.secret)


def _once(request: HttpRequest, mine: Mine, partner_id: int, *, key: str = "", secret: str = "") -> HttpResponse:
    "What is shown this once. No redirect: it is written nowhere between this answer and the eyes."
    system = _system(mine, partner_id)
    return page(request, "system_once", mine, system=system, key=key, secret=secret, api=request.build_absolute_uri("/"))


def _system(mine: Mine, partner_id: int) -> queries.System:
    return queries.system_of(partner_id=partner_id, person_id=mine.person_id, venue_ids=mine.venue_ids, at=mine.at)


@door(Audience.VENUE)
@require_safe
def system(request: HttpRequest, *, partner_id: int) -> HttpResponse:
    """One system: its state, the venues it works for, and the keys of one's own."""
    return _system_page(request, partner_id)


def _system_page(request: HttpRequest, partner_id: int) -> HttpResponse:
    mine = mine_of(request)
    found = _system(mine, partner_id)
    rows = [line for line in partner_lines(venue_ids=mine.venue_ids) if line.id == partner_id]
    return page(request, "system", mine, system=found, rows=rows)


def _act_refused(request: HttpRequest, refusal: Refusal, *, partner_id: int, **asked: Any) -> HttpResponse:
    messages.error(request, said(refusal, zone="Europe/Paris"))
    return _system_page(request, partner_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def serve(request: HttpRequest, *, partner_id: int, venue_id: int) -> HttpResponse:
    """What a system does for a venue: `connect`, `sell`, `keep` (no longer sells) or `end` in the form."""
    mine = mine_of(request)
    asked: dict[str, Any] = {"partner_id": partner_id, "venue_id": venue_id, "person_id": mine.person_id, "at": mine.at}
    if "end" in request.POST:
        connecting.disconnect(**asked)
        messages.success(request, gettext("Disconnected: its keys open nothing there any more."))
        return redirect("venue:systems")
    if "connect" in request.POST:
        connecting.connect(**asked)
        messages.success(request, gettext("Connected."))
    else:
        sells = "sell" in request.POST
        connecting.sell(**asked, sells=sells)
        messages.success(
            request,
            gettext("From now on, it is asked for each place before it is confirmed.")
            if sells
            else gettext("From now on, places are confirmed here, without asking it."),
        )
    return redirect("venue:system", partner_id=partner_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def new_key(request: HttpRequest, *, partner_id: int) -> HttpResponse:
    """A further key of one's own system, shown this once."""
    mine = mine_of(request)
    key = connecting.new_key(partner_id=partner_id, person_id=mine.person_id, draw=draw, at=mine.at)
    return _once(request, mine, partner_id, key=key)


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def end_key(request: HttpRequest, *, partner_id: int) -> HttpResponse:
    """End a key of one's own system at once; `prefix` in the form is its beginning."""
    mine, prefix = mine_of(request), request.POST.get("prefix", "")[:12]
    connecting.end_key(partner_id=partner_id, person_id=mine.person_id, prefix=prefix, at=mine.at)
    messages.success(request, gettext("This key opens nothing any more."))
    return redirect("venue:system", partner_id=partner_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def new_secret(request: HttpRequest, *, partner_id: int) -> HttpResponse:
    """Another signing secret, shown this once."""
    mine = mine_of(request)
    secret = connecting.new_secret(partner_id=partner_id, person_id=mine.person_id, draw=draw, at=mine.at)
    return _once(request, mine, partner_id, secret=secret)
