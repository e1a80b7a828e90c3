"""A definition of Circe's on the screen: not edited card by card, answered rule by rule."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from ..cards import Step
from ..desk import store
from ..pictures import pyramid_of
from ..showing import Showing, figures, how_to_read, unit
from .seen import account_of, steps_of

from diptych.health.warehouse.research.questions.queries import Kept


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
    context = {
        "kept": kept, "steps": steps, "figure": figures(count), "unit": unit(count), "note": how_to_read(exact=showing.exact, seconds=found.seconds),
        "pyramid": pyramid_of(store(), found.whole, showing), "account": account,
    }  # fmt: skip
    return render(request, "cohorts/definition.html", context)
