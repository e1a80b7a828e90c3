"""Exchange: a question from a file of Cohort360's or Circe's, and to one."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ..cards import Drawing
from ..desk import Steps, answer, look, store
from ..forms import ImportForm
from ..refusals import in_form
from ..showing import Showing, note
from .definition import remarks_on
from .seen import account_of, kept_of, read_of

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.health.warehouse.research.accounts.terms import EVERYBODY
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.count import Look
from diptych.health.warehouse.research.cohort.terms import OTHERS, SITED
from diptych.health.warehouse.research.cohort.wire import circe, circe_asking, circe_writing, cohort360
from diptych.health.warehouse.research.cohort.wire.document import parsed_text
from diptych.health.warehouse.research.questions import operations
from diptych.health.warehouse.research.questions.terms import LONGEST_NAME, Form


@door(*EVERYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def import_(request: HttpRequest) -> HttpResponse:
    """Make a request of a file or a text. What cannot be read is refused with its place; what means nothing is told."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with in_form(form, None):
            return _imported(request, form.cleaned_data)
    return render(request, "cohorts/form.html", {
        "form": form, "title": gettext("Import a request"), "label": gettext("Import"), "kept": None, "text": "", "danger": False,
    })  # fmt: skip


def _imported(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    file = given.get("file")
    name = file.name.removesuffix(".json") if file else gettext("Imported request")
    value = parsed_text(file.read() if file else given["text"].encode("utf-8", "surrogatepass"), origin=name)
    reading: Any
    if cohort360.is_request(value):
        reading, form = cohort360.read(value, origin=name), Form.REQUEST
        asked = cohort360.write(reading.request, kept=reading.kept)
    else:
        reading, form, asked = circe.read(value, origin=name), Form.DEFINITION, value
        name = (reading.cohort.title or name) if not file else name
    made = operations.create(account_id=account_of(request).pk, name=name[:LONGEST_NAME], form=form, asked=asked, at=clock.now())
    if form is Form.DEFINITION and (remarks := remarks_on(asked, name=name)):
        told = ngettext(
            "The check has {n} remark on this definition.", "The check has {n} remarks on this definition.", len(remarks)
        )
        messages.warning(request, told.format(n=len(remarks)))
    if reading.unknown:
        told = ", ".join(reading.unknown[:5]) + ("…" if len(reading.unknown) > 5 else "")
        messages.warning(request, gettext("These keys mean nothing here and have no effect: {keys}").format(keys=told))
    return redirect("cohorts:board", made)


@door(*EVERYBODY)
@never_cache
@require_safe
def export(request: HttpRequest, question_id: int) -> HttpResponse:
    """The question as a file, in the words it is kept in."""
    kept = kept_of(request, question_id)
    note(account_of(request), "cohorts.export", f"question:{kept.id}")
    return _file(kept.asked, kept.name)


@door(*EVERYBODY)
@never_cache
@require_safe
def export_definition(request: HttpRequest, question_id: int) -> HttpResponse:
    """A request of cards as a definition of Circe's which, on this store, finds the same patients.

    Refused where Circe cannot say it (`definition_of`), asks about more places (`cohort.sited`), or finds others (`cohort.others`).
    """
    kept, account = kept_of(request, question_id), account_of(request)
    asked = read_of(kept)
    found = look(asked, account)
    titles = Drawing(request=asked, looked=found, opened=store(), showing=Showing(account)).board().titles
    cohort = circe_asking.definition_of(asked, title=kept.name, titles=titles)
    steps = answer(cohort, account)
    if not np.array_equal(steps.population, found.look.population):
        deny(SITED)
    if found.look.persons is None or not np.array_equal(steps.whole, found.look.persons):
        deny(OTHERS, card=_parting(asked, found.look, steps))
    note(account, "cohorts.export", f"question:{kept.id}", form=Form.DEFINITION.value)
    return _file(circe_writing.write(cohort), f"{kept.name}-circe")


def _parting(asked: n.Request, looked: Look, steps: Steps) -> str:
    "The first rule after which the definition has other persons than the cards: a relation's, where no card is."
    left, group = looked.population, asked.member
    cards = (
        [one for one in group.members if not (isinstance(one, n.Together) and one.empty)]
        if isinstance(group, n.Together) and group.join is n.Join.AND
        else []
    )
    for name, card, persons in zip(steps.names, cards, steps.persons[1:], strict=False):
        held = looked.members[card.id]
        left = np.intersect1d(left, held) if card.inclusive else np.setdiff1d(left, held)
        if not np.array_equal(left, persons):
            return name
    return steps.names[min(len(cards), len(steps.names) - 1)] if steps.names else gettext("Perimeter")


def _file(value: Any, name: str) -> HttpResponse:
    response = JsonResponse(value, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{slugify(name) or "requete"}.json"'
    return response
