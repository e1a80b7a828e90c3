"""Offers for the team: those that wait, what each rule said, the decision; the rules, rates and confidences.

Does not hold rules: the catalogue judges.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .asking import MOST_ID, actor_of
from .offer_forms import ConfidenceForm, JudgeForm, LimitForm, RuleForm
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import Refused, deny
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.culture.domain.catalogue.operations import reviewing
from diptych.culture.domain.catalogue.queries import reviews
from diptych.culture.domain.catalogue.terms import NOT_FOUND, Confidence
from diptych.culture.domain.people.terms import Audience, Permission


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_OFFERS)
def queue(request: HttpRequest) -> HttpResponse:
    """The offers that wait, oldest first."""
    rows, total = reviews.offers_in_review()
    return render(request, "backoffice/offers.html", {"rows": rows, "total": total})


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_OFFERS)
def offer(request: HttpRequest, offer_id: int) -> HttpResponse:
    """One offer, with what the rules said of it."""
    return _page(request, offer_id)


def _page(request: HttpRequest, offer_id: int, form: JudgeForm | None = None) -> HttpResponse:
    if offer_id > MOST_ID:
        deny(NOT_FOUND)
    found = reviews.offer_in_review(offer_id=offer_id)
    context = {
        "offer": found,
        "form": form or JudgeForm(),
        "trust": ConfidenceForm(initial={"level": found.confidence}),
    }
    return render(request, "backoffice/offer.html", context, status=422 if form else 200)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_OFFERS)
def judge(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Approve an offer, or refuse it (`no` in the form) with why."""
    if offer_id > MOST_ID:
        deny(NOT_FOUND)
    form, approved = JudgeForm(request.POST), "no" not in request.POST
    if not form.is_valid() or (not approved and not form.cleaned_data["note"].strip()):
        if form.is_valid():
            form.add_error("note", gettext("Say why, in a few words: the venue reads it."))
        return _page(request, offer_id, form)
    note = form.cleaned_data["note"]
    reviewing.decide_offer(offer_id=offer_id, approved=approved, note=note, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Decided: the venue is written to."))
    return redirect("backoffice:offers")


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_OFFERS)
def trust(request: HttpRequest, offer_id: int) -> HttpResponse:
    """How the offers of this offer's venue are judged from now on."""
    if offer_id > MOST_ID:
        deny(NOT_FOUND)
    form = ConfidenceForm(request.POST)
    if form.is_valid():
        level = Confidence(form.cleaned_data["level"]) if form.cleaned_data["level"] else None
        venue_id = reviews.offer_in_review(offer_id=offer_id).venue_id
        reviewing.set_confidence(venue_id=venue_id, level=level, actor=actor_of(request), at=clock.now())
        messages.success(request, gettext("Kept: it holds for the next offers of this venue."))
    return redirect("backoffice:offer", offer_id=offer_id)


@door(Audience.STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permit(Permission.MANAGE_OFFERS)
def rules(request: HttpRequest) -> HttpResponse:
    """The validation rules and the price limits; a new rule by POST."""
    form = RuleForm(request.POST or None)
    if form.is_valid():
        try:
            reviewing.add_rule(**form.rule(), actor=actor_of(request), at=clock.now())
        except Refused as refused:
            form.add_error(None, sentence(refused.refusal))
        else:
            messages.success(request, gettext("Rule kept: it judges from now on."))
            return redirect("backoffice:offer-rules")
    return _rules_page(request, form, LimitForm())


def _rules_page(request: HttpRequest, form: RuleForm, limit: LimitForm) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "limit": limit, "rules": reviews.rules(), "limits": reviews.price_limits()}
    return render(request, "backoffice/offer_rules.html", context, status=422 if form.errors or limit.errors else 200)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_OFFERS)
def end_rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Let a rule judge no more."""
    reviewing.end_rule(rule_id=min(rule_id, MOST_ID), actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("This rule judges no more."))
    return redirect("backoffice:offer-rules")


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_OFFERS)
def limit(request: HttpRequest) -> HttpResponse:
    """By how much the price of a published offer of a kind may move."""
    form = LimitForm(request.POST)
    if not form.is_valid():
        return _rules_page(request, RuleForm(), form)
    reviewing.set_price_limit(**form.cleaned_data, actor=actor_of(request), at=clock.now())
    messages.success(request, gettext("Kept."))
    return redirect("backoffice:offer-rules")
