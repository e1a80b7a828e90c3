"""Custom reimbursement rules for the team: which are agreed, what a new one would change, made, ended.

Nobody keeps a rule without having read what it would have changed. Does not hold what may be agreed: the chapter does.
"""

from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from .asking import MOST_ID, actor_of
from .finance_rule_forms import EndForm, PageForm, RuleForm
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import Refusal, Refused
from diptych.commons.web import formatting
from diptych.commons.web.doors import door
from diptych.commons.web.paging import Pages
from diptych.commons.web.refusals import sentence, status_of
from diptych.culture.domain.people.terms import Audience, Permission
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.terms import (
    RULE_BACKWARD,
    RULE_SUM_OR_RATE,
    RULE_TOO_SOON,
    TARGET_NOT_FOUND,
    TARGET_WITHOUT_SIRET,
)

_FIELDS: Final = {
    TARGET_NOT_FOUND: "target",
    TARGET_WITHOUT_SIRET: "target",
    RULE_TOO_SOON: "first_day",
    RULE_BACKWARD: "last_day",
    RULE_SUM_OR_RATE: "percent",
}
"""Beside which field a refusal is said; any other stands above the form."""


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_REIMBURSEMENT_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    """The rules, and the form that begins another."""
    return _page(request, RuleForm())


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.CREATE_REIMBURSEMENT_RULES)
def trial(request: HttpRequest) -> HttpResponse:
    """What a rule would have changed, or why it may not be; nothing is written."""
    form = RuleForm(request.GET)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        found = queries.try_rule(**_asked(form), at=clock.now())
    except Refused as refused:
        return _refused(request, form, refused.refusal)
    asked = form.rule()
    context = {"form": form, "trial": found, "pays": _pays(asked["place_cents"], asked["rate"]), "scope": form.level()}
    return render(request, "backoffice/finance_rule.html", context)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.CREATE_REIMBURSEMENT_RULES)
def keep(request: HttpRequest) -> HttpResponse:
    """Agree on a rule, judged anew."""
    form = RuleForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        operations.add_custom_rule(**_asked(form), actor=actor_of(request), at=clock.now())
    except Refused as refused:
        return _refused(request, form, refused.refusal)
    messages.success(request, gettext("Rule kept: it decides what is used from its first day on."))
    return redirect("backoffice:finance-rules")


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.CREATE_REIMBURSEMENT_RULES)
def end(request: HttpRequest, rule_id: int) -> HttpResponse:
    """End a rule after a day, today at the earliest."""
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Give the last day of the rule."))
        return redirect("backoffice:finance-rules")
    try:
        operations.end_custom_rule(rule_id=min(rule_id, MOST_ID), until=form.until(), actor=actor_of(request), at=clock.now())
    except Refused as refused:
        if refused.refusal.reason is TARGET_NOT_FOUND:
            raise
        messages.error(request, sentence(refused.refusal))
    else:
        messages.success(request, gettext("The rule ends then: what was used under it stays paid by it."))
    return redirect("backoffice:finance-rules")


def _asked(form: RuleForm) -> dict[str, Any]:
    "The rule asked for, its target found by the number that names it."
    target = queries.rule_target(scope=form.level(), words=form.cleaned_data["target"])
    return {**form.rule(), "scope": form.level(), "target_id": target}


def _refused(request: HttpRequest, form: RuleForm, refusal: Refusal) -> HttpResponse:
    form.add_error(_FIELDS.get(refusal.reason), sentence(refusal))
    return _page(request, form, status=status_of(refusal))


def _page(request: HttpRequest, form: RuleForm, *, status: int = 200) -> HttpResponse:
    asked = PageForm(request.GET)
    page = asked.cleaned_data["page"] if asked.is_valid() else None
    found = queries.custom_rules(at=clock.now(), page=page or 1)
    rows = [(one, _pays(one.place_cents, one.rate), EndForm(auto_id=f"end-{one.id}-%s")) for one in found.rows]
    context = {"rows": rows, "pages": Pages(found.page, found.pages), "form": form}
    return render(request, "backoffice/finance_rules.html", context, status=status)


def _pays(place_cents: int | None, rate: Decimal | None) -> str:
    "What a rule pays, in words."
    language = get_language() or "fr"
    if place_cents is None:
        return formatting.rate(rate, language=language)
    return gettext("%(sum)s a place") % {"sum": formatting.money(place_cents, language=language)}
