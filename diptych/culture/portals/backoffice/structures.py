"""Structures for the team: the queue, one file whole, the decision, those who ask to join.

Each look at a file is journalled with its members' addresses in it. Does not hold rules.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .asking import MOST_ID, actor_of
from .permits import permit
from .structure_forms import DecideForm, QueueForm
from .structure_words import STRUCTURE_STATES

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.culture.domain.people.queries import may
from diptych.culture.domain.people.terms import NOT_PERMITTED, Audience, Permission
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations import joining
from diptych.culture.domain.venues.operations.validating import decide_structure, look_at_structure
from diptych.culture.domain.venues.terms import STRUCTURE_MISSING, Validation


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_ENTITY)
def structures(request: HttpRequest) -> HttpResponse:
    """The structures, oldest first: those that wait unless another state is asked for."""
    form = QueueForm(request.GET)
    asked: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    state, text = asked.get("state") or "", asked.get("q") or ""
    queue = queries.structure_queue(validation=state, text=text, page=asked.get("page") or 1)
    states = [(code, STRUCTURE_STATES[code], queue.by_state.get(code, 0), code == state) for code in Validation]
    return render(
        request, "backoffice/structures.html",
        {"queue": queue, "states": states, "state": state, "text": text, "every": sum(queue.by_state.values())},
    )  # fmt: skip


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_PRO_ENTITY)
def structure(request: HttpRequest, structure_id: int) -> HttpResponse:
    """One structure's file: what it is, who acts for it, what was decided."""
    return _file(request, structure_id)


def _file(request: HttpRequest, structure_id: int, form: DecideForm | None = None) -> HttpResponse:
    if structure_id > MOST_ID:
        deny(STRUCTURE_MISSING)
    found = queries.structure_file(structure_id=structure_id)
    look_at_structure(structure_id=structure_id, actor=actor_of(request), at=clock.now())
    moves = [after for after in found.moves if _may(request, after)]
    context = {
        "file": found,
        "form": (form or DecideForm(moves=moves)) if moves else None,
        "may_answer": _may(request, Validation.VALIDATED),
    }
    return render(request, "backoffice/structure.html", context, status=422 if form else 200)


def _may(request: HttpRequest, after: Validation) -> bool:
    needed = Permission.CLOSE_OFFERER if after is Validation.CLOSED else Permission.VALIDATE_OFFERER
    return may(roles=request.user.staff_roles, permission=needed)  # type: ignore[union-attr]  # a Person: the door saw to it


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.READ_PRO_ENTITY)
def decide(request: HttpRequest, structure_id: int) -> HttpResponse:
    """Decide on a structure; closing asks for another permission than the rest."""
    if structure_id > MOST_ID:
        deny(STRUCTURE_MISSING)
    form = DecideForm(request.POST, moves=list(queries.structure_file(structure_id=structure_id).moves))
    if not form.is_valid():
        return _file(request, structure_id, form)
    given, after = form.cleaned_data, Validation(form.cleaned_data["validation"])
    if not _may(request, after):
        deny(NOT_PERMITTED)
    decide_structure(
        structure_id=structure_id, validation=after, reason=given["reason"], note=given["note"], actor=actor_of(request),
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, gettext("Decided: its members are written to."))
    return redirect("backoffice:structure", structure_id=structure_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.VALIDATE_OFFERER)
def answer(request: HttpRequest, structure_id: int, person_id: int) -> HttpResponse:
    """Accept somebody who asks to join a structure, or not (`no` in the form)."""
    if max(structure_id, person_id) > MOST_ID:
        deny(STRUCTURE_MISSING)
    joining.decide_request(
        structure_id=structure_id, asker_id=person_id, accepted="no" not in request.POST, actor=actor_of(request), at=clock.now()
    )
    messages.success(request, gettext("Answered: they are written to."))
    return redirect("backoffice:structure", structure_id=structure_id)
