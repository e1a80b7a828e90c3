"""The result: who is found, by age and sex, by year, by what most of them have."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..desk import store
from ..pictures import pyramid_of, top_of, years_of
from ..showing import Showing, figures, unit
from .seen import account_of, found_by, kept_of

from diptych.commons.web.doors import door
from diptych.health.warehouse.research.accounts.terms import EVERYBODY


@door(*EVERYBODY)
@never_cache
@require_safe
def results(request: HttpRequest, question_id: int) -> HttpResponse:
    """Pictures with their tables."""
    kept, account = kept_of(request, question_id), account_of(request)
    persons, _ = found_by(request, kept)
    context = {"kept": kept, "account": account, "counted": persons is not None}
    if persons is not None:
        opened, showing = store(), Showing(account)
        count = showing.of(persons)
        context |= {
            "figure": figures(count), "unit": unit(count), "exact": showing.exact, "enough": count.number is not None,
            "pyramid": pyramid_of(opened, persons, showing), "years": years_of(opened, persons, showing),
            "tops": [
                (gettext("Diagnoses"), top_of(opened, persons, showing, domain="ConditionOccurrence")),
                (gettext("Drugs"), top_of(opened, persons, showing, domain="DrugExposure")),
                (gettext("Acts"), top_of(opened, persons, showing, domain="ProcedureOccurrence")),
            ],
        }  # fmt: skip
    return render(request, "cohorts/results.html", context)
