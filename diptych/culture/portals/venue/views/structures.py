"""A professional's structures: the list, a new one, its members, venues, invitations and requests."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..forms.structures import InviteForm, StructureForm
from ..mine import mine_of, page
from ..refusals import drawn_by, said
from ..words import ACTIVITIES, REJECTIONS, STATES

from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations import joining
from diptych.culture.domain.venues.operations.opening import open_structure
from diptych.culture.domain.venues.queries import OwnStructure


def told(structure: OwnStructure) -> dict[str, Any]:
    """A structure with its state in words, and what the team said last."""
    words, tone = STATES[structure.validation]
    last = structure.decision
    reason = REJECTIONS.get(last.reason) if last and last.validation == structure.validation else None
    note = last.note if last and last.validation == structure.validation else ""
    return {"structure": structure, "words": words, "tone": tone, "reason": reason, "note": note}


@door(Audience.VENUE)
@require_safe
def structures(request: HttpRequest) -> HttpResponse:
    """The structures that one belongs to or has asked to join; invitations that wait."""
    mine = mine_of(request)
    rows = [told(one) for one in queries.structures_of(person_id=mine.person_id)]
    waiting = queries.invitations_for(email=mine.email, at=mine.at) if mine.email_checked else []
    return page(request, "structures", mine, rows=rows, waiting=waiting)


def _new_refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    form = StructureForm(request.POST)
    form.is_valid()
    form.add_error("siren" if "siren" in refusal.reason.code else None, said(refusal, zone="Europe/Paris"))
    return page(request, "structure_new", mine_of(request), form=form)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_new_refused)
def new(request: HttpRequest) -> HttpResponse:
    """Name a structure by its SIREN: sign it up, or ask to join it where it is known."""
    mine, form = mine_of(request), StructureForm(request.POST or None)
    if form.is_valid():
        made = open_structure(**form.cleaned_data, person_id=mine.person_id, actor=mine.actor, at=mine.at)
        if queries.own_structure(structure_id=made, person_id=mine.person_id).is_member:
            messages.success(request, gettext("Structure signed up. Add its venue: the team examines both."))
            return redirect("venue:place-new", structure_id=made)
        messages.success(request, gettext("This structure is known: your request to join it is sent."))
        return redirect("venue:structure", structure_id=made)
    return page(request, "structure_new", mine, form=form, status_code=422 if form.is_bound else 200)


@door(Audience.VENUE)
@require_safe
def structure(request: HttpRequest, *, structure_id: int) -> HttpResponse:
    """One structure."""
    return _structure_page(request, structure_id, InviteForm())


def _structure_page(request: HttpRequest, structure_id: int, form: InviteForm) -> HttpResponse:
    mine = mine_of(request)
    own = queries.own_structure(structure_id=structure_id, person_id=mine.person_id)
    members = [one for one in own.members if one.validation == "VALIDATED"]
    asking = [one for one in own.members if one.validation != "VALIDATED"]
    venues = [(venue, ACTIVITIES[venue.activity]) for venue in own.venues]
    return page(
        request, "structure", mine, **told(own), members=members, asking=asking, venues=venues, form=form,
        membership_words=STATES[own.membership][0],
    )  # fmt: skip


def _invite_refused(request: HttpRequest, refusal: Refusal, *, structure_id: int) -> HttpResponse:
    form = InviteForm(request.POST)
    form.is_valid()
    form.add_error("email", said(refusal, zone="Europe/Paris"))
    return _structure_page(request, structure_id, form)


@door(Audience.VENUE)
@require_POST
@drawn_by(_invite_refused)
def invite(request: HttpRequest, *, structure_id: int) -> HttpResponse:
    """Invite an address."""
    mine, form = mine_of(request), InviteForm(request.POST)
    if not form.is_valid():
        return _structure_page(request, structure_id, form)
    email = form.cleaned_data["email"]
    joining.invite(structure_id=structure_id, person_id=mine.person_id, email=email, actor=mine.actor, at=mine.at)
    messages.success(request, gettext("Invitation sent. It works once, for 14 days."))
    return redirect("venue:structure", structure_id=structure_id)


def _act_refused(request: HttpRequest, refusal: Refusal, **asked: Any) -> HttpResponse:
    messages.error(request, said(refusal, zone="Europe/Paris"))
    return _structure_page(request, asked["structure_id"], InviteForm())


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def withdraw(request: HttpRequest, *, structure_id: int, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    mine = mine_of(request)
    joining.withdraw_invitation(
        structure_id=structure_id, person_id=mine.person_id, invitation_id=invitation_id, actor=mine.actor, at=mine.at
    )
    messages.success(request, gettext("Invitation withdrawn."))
    return redirect("venue:structure", structure_id=structure_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def answer(request: HttpRequest, *, structure_id: int, person_id: int) -> HttpResponse:
    """Accept somebody who asks to join, or not (`no` in the form)."""
    mine, accepted = mine_of(request), "no" not in request.POST
    joining.answer_request(
        structure_id=structure_id, person_id=mine.person_id, asker_id=person_id, accepted=accepted, actor=mine.actor, at=mine.at
    )
    messages.success(request, gettext("Accepted: they are told.") if accepted else gettext("Refused: they are told."))
    return redirect("venue:structure", structure_id=structure_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_act_refused)
def remove(request: HttpRequest, *, structure_id: int, person_id: int) -> HttpResponse:
    """Take somebody off, or leave."""
    mine = mine_of(request)
    joining.remove_member(structure_id=structure_id, person_id=mine.person_id, member_id=person_id, actor=mine.actor, at=mine.at)
    messages.success(request, gettext("This person no longer acts for the structure."))
    return redirect("venue:structures")
