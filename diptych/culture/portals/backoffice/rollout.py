"""Pages of the roll-out: what is open, to whom, since when; its history; stop and go back, each with a reason.

For those of the team who have FEATURE_FLIPPING (field guide §8.1). Plans are set from a file, by `diptych culture rollout set`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache

from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.rollout import operations, queries
from diptych.commons.rollout.queries import Share
from diptych.commons.rollout.terms import UNKNOWN_VERSION, Plan, Version
from diptych.commons.web import rollout
from diptych.commons.web import rollout_words as words
from diptych.commons.web.doors import door
from diptych.culture.domain.people.queries import departments
from diptych.culture.domain.people.terms import Audience, Permission

WIDTH = 1000
"""Units of the timeline's drawing, from its first day to its last."""


class ReasonForm(forms.Form):
    """Why, and which version one was looking at."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), min_length=3, max_length=200, help_text=gettext_lazy("The history keeps it, with your number.")
    )
    expected = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Line:
    """A rule as the page tells it, and its bar on the timeline."""

    name: str
    who: str
    when: str
    guard: str
    state: str
    tone: str
    x: int
    width: int


@door(Audience.STAFF)
@never_cache
@permit(Permission.FEATURE_FLIPPING)
def features(request: HttpRequest) -> HttpResponse:
    """Every feature and its state."""
    at, declared = clock.now(), rollout.wiring().features
    with connection.cursor() as cursor:
        versions = queries.versions_in_force(cursor, declared=declared)
    rows = [
        {"feature": declared[name], "version": version, "state": words.state_of(version.plan, at=at)}
        for name, version in versions.items()
    ]
    return render(request, "backoffice/rollout.html", {"rows": rows})


@door(Audience.STAFF)
@never_cache
@permit(Permission.FEATURE_FLIPPING)
def feature(request: HttpRequest, name: str) -> HttpResponse:
    """One feature: rules in words, timeline, history; who has it, where that is asked (`apercu`)."""
    at, this = clock.now(), queries.feature_of(rollout.wiring().features, name)
    with connection.cursor() as cursor:
        versions = queries.history(cursor, feature=this)
    now = versions[0]
    lines, today = _lines(now.plan, at)
    context: dict[str, Any] = {
        "feature": this,
        "version": now,
        "state": words.state_of(now.plan, at=at),
        "lines": lines,
        "today": today,
        "history": [_told(version) for version in versions],
        "can_stop": any(rule.name not in now.plan.stopped for rule in now.plan.rules),
    }
    if "apercu" in request.GET:
        seen = rollout.preview(name, now.plan, at=at)
        names = {one.code: f"{one.code} {one.name}" for one in departments()}
        context |= {
            "seen": seen,
            "places": [(names.get(code, code) or gettext("No département"), row) for code, row in seen.departments.items()],
            "ages": [(gettext("Not known") if age is None else age, row) for age, row in seen.ages.items()],
            "drawn": _drawn(
                [(names.get(code, code) or gettext("No département"), row) for code, row in seen.departments.items()]
            ),
            "others": [(words.why_not(why), number) for why, number in sorted(seen.nearest.items())],
        }
    return render(request, "backoffice/rollout_feature.html", context)


@door(Audience.STAFF)
@never_cache
@permit(Permission.FEATURE_FLIPPING)
def stop(request: HttpRequest, name: str) -> HttpResponse:
    """Ask why, then close the feature now."""
    return _change(request, name, None)


@door(Audience.STAFF)
@never_cache
@permit(Permission.FEATURE_FLIPPING)
def go_back(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Ask why, then put an old version in force again."""
    return _change(request, name, number)


def _change(request: HttpRequest, name: str, to: int | None) -> HttpResponse:
    this = queries.feature_of(rollout.wiring().features, name)
    with connection.cursor() as cursor:
        now = queries.version_of(cursor, feature=this)
        old = now if to is None else _old(queries.history(cursor, feature=this), to)
    form = ReasonForm(request.POST or None, initial={"expected": now.number})
    if request.method != "POST" or not form.is_valid():
        at = clock.now()
        lines = _lines(old.plan, at)[0]
        return render(request, "backoffice/rollout_change.html", {"feature": this, "form": form, "to": to, "lines": lines})
    said: dict[str, Any] = {"actor": f"person:{request.user.pk}", "at": clock.now(), **form.cleaned_data}
    with transaction.atomic(), connection.cursor() as cursor:
        if to is None:
            operations.stop(cursor, feature=this, **said)
        else:
            operations.roll_back(cursor, feature=this, to=to, **said)
    messages.success(
        request,
        gettext("It is closed, for everybody.") if to is None else gettext("Version %(n)d is in force again.") % {"n": to},
    )
    return redirect("backoffice:feature", name)


def _old(versions: list[Version], number: int) -> Version:
    found = next((version for version in versions if version.number == number), None)
    return found or deny(UNKNOWN_VERSION, name=versions[0].feature, number=number)


def _told(version: Version) -> dict[str, Any]:
    return {"version": version, "change": words.change_of(version.change)}


def _lines(plan: Plan, at: datetime) -> tuple[list[Line], int]:
    "The rules, each with its bar; and where today stands. What has no end runs off the edge."
    edges = [rule.since for rule in plan.rules] + [rule.until for rule in plan.rules if rule.until is not None] + [at]
    first, last = min(edges), max(edges)
    span = max(last - first, timedelta(days=1)) * 1.1

    def x(instant: datetime) -> int:
        return round(WIDTH * ((instant - first) / span))

    lines = []
    for rule in plan.rules:
        state, tone = words.rule_state(plan, rule, at=at)
        end = x(rule.until) if rule.until is not None else WIDTH
        lines.append(
            Line(
                rule.name,
                words.who_of(rule),
                words.when_of(rule),
                words.guard_of(rule),
                state,
                tone,
                x(rule.since),
                max(end - x(rule.since), 4),
            )
        )
    return lines, x(at)


def _drawn(rows: list[tuple[str, Share]]) -> list[tuple[str, int]]:
    "Bars of those who have it; what is masked has none."
    return [(name, row.open) for name, row in rows if row.open]
