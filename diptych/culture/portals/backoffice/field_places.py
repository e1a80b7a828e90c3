"""Places to visit for the field officers: the list and its map, one place whole, what is written of it, shares by territory.

Each look at a place is journalled: its file shows people. Does not hold days (`field_days`) nor rules.
"""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .asking import MOST_ID, actor_of, officer_of, today_of
from .field_forms import ContactForm, DayForm, NextForm, NoteForm, PlacesForm, SameForm, SharesForm, StageForm
from .field_map import as_geojson, drawn
from .field_words import KINDS, SOURCES, STAGES
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.commons.web.paging import Pages
from diptych.culture.domain.outreach import operations, queries
from diptych.culture.domain.outreach.terms import CONTACT_MISSING, NO_SUCH_MOVE, NOT_A_PAIR, PLACE_MISSING, Stage
from diptych.culture.domain.people.queries import departments
from diptych.culture.domain.people.terms import Audience, Permission

FIRST: Final = "75"
"""The département shown to an officer whose account names none."""


def _asked(request: HttpRequest) -> dict[str, Any]:
    "What the address asks for, in the words of the query."
    asked = PlacesForm(request.GET).asked()
    department = asked.get("department") or request.user.department or FIRST  # type: ignore[union-attr]  # a Person: the door saw to it
    return {
        "department": department, "activity": asked.get("kind") or "", "stage": asked.get("stage") or "", "text": asked.get("q") or "",
        "officer_id": officer_of(request) if asked.get("mine") else None, "page": asked.get("page") or 1,
    }  # fmt: skip


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.VISIT_PLACES)
def places(request: HttpRequest) -> HttpResponse:
    """The places of a département: the list, and the map of the same."""
    asked, at = _asked(request), clock.now()
    found = queries.places_of(**asked, at=at)
    today = today_of(request, at)
    form = PlacesForm(initial=asked | {"kind": asked["activity"], "q": asked["text"], "mine": asked["officer_id"] is not None})
    stages = [(code, STAGES[code], found.by_stage.get(code, 0)) for code in Stage]
    context = {
        "found": found, "form": form, "stages": stages, "kinds": KINDS, "today": today,
        "pages": Pages(found.page, found.pages), "due": queries.due_steps(officer_id=officer_of(request), until=today),
        "day": DayForm(request.GET).or_else(today),
    }  # fmt: skip
    return render(request, "backoffice/field_places.html", context)


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.VISIT_PLACES)
def geojson(request: HttpRequest) -> HttpResponse:
    """The same places as GeoJSON (RFC 7946), over the communes of the département."""
    found = queries.places_of(**_asked(request), at=clock.now())
    return JsonResponse(as_geojson(found), content_type="application/geo+json")


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.VISIT_PLACES)
def place(request: HttpRequest, venue_id: int) -> HttpResponse:
    """One place."""
    return _file(request, venue_id)


def _file(request: HttpRequest, venue_id: int, **bound: Any) -> HttpResponse:
    _known(venue_id)
    at = clock.now()
    found = queries.place_detail(venue_id=venue_id, at=at)
    if found.head_id != venue_id:
        return redirect("backoffice:field-place", venue_id=found.head_id)
    operations.look_at_place(venue_id=venue_id, actor=actor_of(request), at=at)
    step = {"words": found.place.next_step, "on": found.place.next_on}
    context = {
        "file": found, "kind": KINDS.get(found.place.activity, ""), "source": SOURCES.get(found.source, found.source),
        "moves": [(after.value, STAGES[after].label) for after in found.moves], "next": NextForm(initial=step),
        "note": NoteForm(), "contact": ContactForm(), "today": today_of(request, at),
    }  # fmt: skip
    return render(request, "backoffice/field_place.html", context | bound, status=422 if bound else 200)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def stage(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Write how far a place is, or take the last change back (no stage in the form)."""
    _known(venue_id)
    who: dict[str, Any] = {"venue_id": venue_id, "actor": actor_of(request), "at": clock.now()}
    if "stage" not in request.POST:
        operations.undo_move(**who)
        messages.success(request, gettext("Taken back."))
        return redirect("backoffice:field-place", venue_id=venue_id)
    form = StageForm(request.POST)
    if not form.is_valid():
        deny(NO_SUCH_MOVE, before="…", after="…")
    operations.move(stage=Stage(form.cleaned_data["stage"]), officer_id=officer_of(request), **who)
    undo = reverse("backoffice:field-stage", args=[venue_id])
    messages.success(request, gettext("Written."), extra_tags=f"undo:{undo}")
    return redirect("backoffice:field-place", venue_id=venue_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def next_step(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Write what is next, or (`done` in the form) that it is done."""
    _known(venue_id)
    form, at = NextForm({} if "done" in request.POST else request.POST), clock.now()
    if not form.is_valid():
        return _file(request, venue_id, next=form)
    today = today_of(request, at)
    given = form.cleaned_data
    operations.plan_next(
        venue_id=venue_id, words=given["words"], on=given["on"], today=today, officer_id=officer_of(request),
        actor=actor_of(request), at=at,
    )  # fmt: skip
    messages.success(request, gettext("Written."))
    return redirect("backoffice:field-place", venue_id=venue_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def note(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Add a note."""
    _known(venue_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _file(request, venue_id, note=form)
    operations.add_note(venue_id=venue_id, text=form.cleaned_data["text"], actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Written."))
    return redirect("backoffice:field-place", venue_id=venue_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def contact(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Keep how to reach somebody."""
    _known(venue_id)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _file(request, venue_id, contact=form)
    operations.add_contact(venue_id=venue_id, **form.cleaned_data, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Written."))
    return redirect("backoffice:field-place", venue_id=venue_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def forget_contact(request: HttpRequest, venue_id: int, contact_id: int) -> HttpResponse:
    """Keep somebody no longer."""
    _known(venue_id)
    if contact_id > MOST_ID:
        deny(CONTACT_MISSING)
    operations.remove_contact(venue_id=venue_id, contact_id=contact_id, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Removed: nothing is left of it."))
    return redirect("backoffice:field-place", venue_id=venue_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VISIT_PLACES)
def same(request: HttpRequest, venue_id: int) -> HttpResponse:
    """Say that another row is the same place (`same` in the form), or that it is not."""
    _known(venue_id)
    form = SameForm(request.POST)
    if not form.is_valid():
        deny(NOT_A_PAIR)
    other, is_same = form.cleaned_data["other"], form.cleaned_data["same"]
    operations.say_same(one_id=venue_id, other_id=other, is_same=is_same, actor=actor_of(request), at=clock.now())
    messages.success(
        request, gettext("Joined: one place from now on.") if is_same else gettext("Two places: nobody is asked again.")
    )
    return redirect("backoffice:field-place", venue_id=venue_id)


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_ENTITY)
def shares(request: HttpRequest) -> HttpResponse:
    """What share of each kind of place is active, by territory: a picture, and the tables behind it."""
    form = SharesForm(request.GET or None)
    asked = form.asked() if form.is_bound else {}
    department, kind = asked.get("department") or "", asked.get("kind") or ""
    found = queries.shares(at=clock.now(), department=department, activity=kind)
    kinds = [(code, KINDS[code], share) for code, share in found.by_activity if code in KINDS]
    names = {one.code: one.name for one in departments()}
    context = {
        "found": found, "form": form, "kinds": kinds, "picture": drawn(found.by_territory), "kind": KINDS.get(kind, ""),
        "department": names.get(department, ""), "asked": {"department": department, "kind": kind},
    }  # fmt: skip
    return render(request, "backoffice/field_shares.html", context)


def _known(venue_id: int) -> None:
    if venue_id > MOST_ID:
        deny(PLACE_MISSING)
