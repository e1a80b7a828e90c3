"""The list of one's requests, and new ones."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ..desk import store
from ..showing import note
from .seen import account_of

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.health.warehouse.research.accounts.terms import EVERYBODY
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import cohort360
from diptych.health.warehouse.research.questions import operations, queries
from diptych.health.warehouse.research.questions.terms import Form


@door(*EVERYBODY)
@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One's requests, the latest changed first."""
    account = account_of(request)
    found = queries.questions_of(account_id=account.pk)
    note(account, "cohorts.list", str(account))
    return render(request, "cohorts/home.html", {"questions": found, "account": account, "release": store().release})


@door(*EVERYBODY)
@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """A request about everybody whom one may ask about, ready to be narrowed."""
    account = account_of(request)
    empty = queries.opened(n.Request(tuple(account.care_sites)))
    made = operations.create(
        account_id=account.pk, name=request.POST.get("name") or gettext("Untitled request"), form=Form.REQUEST,
        asked=cohort360.write(empty), at=clock.now(),
    )  # fmt: skip
    return redirect("cohorts:board", made)
