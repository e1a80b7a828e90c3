"""A structure's venues: a new one, and the page of each."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from ..forms.places import PageForm, PlaceForm, filled_with
from ..mine import mine_of, page
from ..refusals import drawn_by, said

from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations.opening import open_venue
from diptych.culture.domain.venues.operations.pages import edit_page
from diptych.culture.domain.venues.terms import Activity


def _new_refused(request: HttpRequest, refusal: Refusal, *, structure_id: int) -> HttpResponse:
    mine, form = mine_of(request), PlaceForm(request.POST)
    own = queries.own_structure(structure_id=structure_id, person_id=mine.person_id)
    form.is_valid()
    form.add_error("siret" if "siret" in refusal.reason.code else None, said(refusal, zone=mine.zone))
    return page(request, "place_new", mine, form=form, structure=own)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_new_refused)
def new(request: HttpRequest, *, structure_id: int) -> HttpResponse:
    """A new venue of a structure."""
    mine, form = mine_of(request), PlaceForm(request.POST or None)
    own = queries.own_structure(structure_id=structure_id, person_id=mine.person_id)
    if form.is_valid():
        given = form.cleaned_data | {"activity": Activity(form.cleaned_data["activity"])}
        made = open_venue(
            **given, department="", structure_id=structure_id, person_id=mine.person_id, actor=mine.actor, at=mine.at
        )
        if not given["siret"]:
            messages.success(request, gettext("Venue added. Now choose the venue where its revenue counts."))
            return redirect("venue:links", venue_id=made)
        messages.success(request, gettext("Venue added. Now say who you are and when you are open."))
        return redirect("venue:place", venue_id=made)
    return page(request, "place_new", mine, form=form, structure=own, status_code=422 if form.is_bound else 200)


def _edit_refused(request: HttpRequest, refusal: Refusal, *, venue_id: int) -> HttpResponse:
    mine = mine_of(request)
    found = queries.venue_page(venue_id=venue_id, person_id=mine.person_id)
    form = PageForm(request.POST, exceptions=len(found.draft.exceptions))
    form.is_valid()
    form.add_error(None, said(refusal, zone=mine.zone))
    return page(request, "place", mine, form=form, place=found)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_edit_refused)
def edit(request: HttpRequest, *, venue_id: int) -> HttpResponse:
    """What a venue's page says."""
    mine = mine_of(request)
    found = queries.venue_page(venue_id=venue_id, person_id=mine.person_id)
    form = PageForm(request.POST or None, exceptions=len(found.draft.exceptions), initial=filled_with(found.draft))
    if form.is_valid():
        edit_page(venue_id=venue_id, person_id=mine.person_id, draft=form.draft(), actor=mine.actor, at=mine.at)
        messages.success(request, gettext("Page kept: its texts and access show on each of your offers."))
        return redirect("venue:place", venue_id=venue_id)
    return page(request, "place", mine, form=form, place=found, status_code=422 if form.is_bound else 200)
