"""A definition of Circe's on the screen: not edited card by card, answered rule by rule."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from ..cards import Step
from ..desk import store
from ..pictures import pyramid_of
from ..showing import Showing, figures, how_to_read, unit
from .seen import account_of, steps_of

from diptych.health.warehouse.research.cohort.lint.reports import findings_of
from diptych.health.warehouse.research.cohort.lint.rule import Severity
from diptych.health.warehouse.research.questions.queries import Kept


@dataclass(frozen=True)
class Remark:
    """What the lint has to say of one place of a definition, in the reader's language."""

    text: str
    path: str
    grave: bool


def remarks_on(asked: Any, *, name: str) -> list[Remark]:
    """What a definition probably does not mean, the gravest first."""
    french = (get_language() or "fr").startswith("fr")
    found = sorted(findings_of(asked, origin=name), key=lambda one: list(Severity).index(one.severity))
    return [Remark(one.french if french else one.english, one.path, one.severity is not Severity.INFORMATION) for one in found]


def definition(request: HttpRequest, kept: Kept) -> HttpResponse:
    """What the definition finds, and what each of its rules left."""
    account = account_of(request)
    found, showing = steps_of(request, kept), Showing(account)
    most = max(1, showing.length(found.population))

    def step(title: str, persons: object) -> Step:
        return Step(title, showing.text(persons), 100 * showing.length(persons) / most)  # type: ignore[arg-type]  # arrays

    names = [gettext("Entry events"), *(name or gettext("Rule {n}").format(n=n) for n, name in enumerate(found.names, 1))]
    steps = [step(gettext("Perimeter"), found.population), *(step(*pair) for pair in zip(names, found.persons, strict=True))]
    count = showing.of(found.whole)
    remarks = remarks_on(kept.asked, name=kept.name)
    context = {
        "kept": kept, "steps": steps, "figure": figures(count), "unit": unit(count), "note": how_to_read(exact=showing.exact, seconds=found.seconds),
        "pyramid": pyramid_of(store(), found.whole, showing), "account": account, "remarks": remarks,
    }  # fmt: skip
    return render(request, "cohorts/definition.html", context)
