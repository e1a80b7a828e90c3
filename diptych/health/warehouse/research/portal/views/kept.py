"""Keeping: names, versions and what differs between them, copies for others, removal."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import words
from ..desk import answer, look, store
from ..forms import NameForm, ShareForm
from ..refusals import in_form
from ..showing import Showing, note
from .seen import account_of, counted, kept_of

from diptych.commons import clock
from diptych.commons.web.doors import door
from diptych.health.warehouse.research.accounts.queries import account_id_of
from diptych.health.warehouse.research.accounts.terms import EVERYBODY
from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import circe, cohort360
from diptych.health.warehouse.research.index.columns import Ints
from diptych.health.warehouse.research.questions import operations, queries
from diptych.health.warehouse.research.questions.queries import Kept
from diptych.health.warehouse.research.questions.terms import Form, What


@door(*EVERYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, question_id: int) -> HttpResponse:
    """Keep the request as its next version, under the name given."""
    kept, account = kept_of(request, question_id), account_of(request)
    form = NameForm(request.POST or None, initial={"name": kept.name})
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["name"] != kept.name:
            operations.rename(question_id=question_id, account_id=account.pk, name=form.cleaned_data["name"], at=clock.now())
        number = operations.save(question_id=question_id, account_id=account.pk, release=store().release, at=clock.now())
        messages.success(request, gettext("Version {n} is saved.").format(n=number))
        return redirect("cohorts:board", question_id)
    return render(request, "cohorts/form.html", _page(kept, form, gettext("Save a version"), gettext("Save"),
        gettext("A version never changes: you can come back to it and compare it with others.")))  # fmt: skip


def _page(kept: Kept, form: Any, title: str, label: str, text: str = "", *, danger: bool = False) -> dict[str, Any]:
    return {"kept": kept, "form": form, "title": title, "label": label, "text": text, "danger": danger}


@door(*EVERYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, question_id: int) -> HttpResponse:
    """Another name."""
    kept = kept_of(request, question_id)
    form = NameForm(request.POST or None, initial={"name": kept.name})
    if request.method == "POST" and form.is_valid():
        operations.rename(
            question_id=question_id, account_id=account_of(request).pk, name=form.cleaned_data["name"], at=clock.now()
        )
        return redirect("cohorts:board", question_id)
    return render(request, "cohorts/form.html", _page(kept, form, gettext("Rename the request"), gettext("Rename")))


@door(*EVERYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, question_id: int) -> HttpResponse:
    """Give a colleague a copy."""
    kept = kept_of(request, question_id)
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with in_form(form, "email"):
            found = account_id_of(email=form.cleaned_data["email"])
            operations.share(question_id=question_id, account_id=account_of(request).pk, with_id=found, at=clock.now())
            messages.success(request, gettext("A copy was given to {email}.").format(email=form.cleaned_data["email"]))
            return redirect("cohorts:board", question_id)
    return render(request, "cohorts/form.html", _page(kept, form, gettext("Share the request"), gettext("Give a copy")))


@door(*EVERYBODY)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, question_id: int) -> HttpResponse:
    """Remove the request, after having been asked."""
    kept = kept_of(request, question_id)
    if request.method == "POST":
        operations.remove(question_id=question_id, account_id=account_of(request).pk, at=clock.now())
        messages.success(request, gettext("The request is removed."))
        return redirect("cohorts:home")
    return render(request, "cohorts/form.html", _page(kept, None, gettext("Remove this request?"), gettext("Remove the request"),
        gettext("Its versions go with it. The copies that you gave stay with those who have them."), danger=True))  # fmt: skip


# ---- versions


@dataclass(frozen=True)
class Compared:
    """Two versions: what changed, and who came and went."""

    old: str
    new: str
    lines: list[str]
    old_figure: str
    new_figure: str
    gained: str
    lost: str


@door(*EVERYBODY)
@never_cache
@require_safe
def versions(request: HttpRequest, question_id: int) -> HttpResponse:
    """The versions, and two of them compared: by default the latest with the one before, or with what is being edited."""
    kept = kept_of(request, question_id)
    found = queries.versions(question_id=question_id)
    asked = {one.version: one.asked for one in found} | {0: kept.asked}
    old, new = (_chosen(request.GET.get(name), set(asked)) for name in ("de", "a"))
    if new is None:
        new = 0 if not kept.saved or len(found) < 2 else found[0].version
    if old is None:
        old = next((one.version for one in found if new == 0 or one.version < new), None)
    compared = None if old is None or old == new else _compared(request, kept, (old, asked[old]), (new, asked[new]))
    note(account_of(request), "cohorts.versions", f"question:{question_id}")
    return render(
        request, "cohorts/versions.html", {"kept": kept, "versions": found, "compared": compared, "old": old, "new": new}
    )


def _chosen(text: str | None, known: set[int]) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 and int(text) in known else None


def _compared(request: HttpRequest, kept: Kept, old: tuple[int, dict[str, Any]], new: tuple[int, dict[str, Any]]) -> Compared:
    showing = Showing(account_of(request))
    before, after = (_persons(request, kept, asked) for _, asked in (old, new))
    known = before is not None and after is not None
    for persons in (before, after) if showing.exact else ():
        counted(request, kept, persons, showing)
    gained = showing.text(np.setdiff1d(after, before)) if known else "—"  # type: ignore[arg-type]  # both are known
    lost = showing.text(np.setdiff1d(before, after)) if known else "—"  # type: ignore[arg-type]  # both are known
    figures = [("—" if one is None else showing.text(one)) for one in (before, after)]
    return Compared(_name(old[0]), _name(new[0]), _lines(kept, old[1], new[1]), figures[0], figures[1], gained, lost)


def _name(version: int) -> str:
    return gettext("version {n}").format(n=version) if version else gettext("what is being edited")


def _persons(request: HttpRequest, kept: Kept, asked: dict[str, Any]) -> Ints | None:
    account = account_of(request)
    if kept.form is Form.DEFINITION:
        return answer(circe.read(asked, origin=kept.name).cohort, account).whole
    return look(queries.opened(cohort360.read(asked, origin=kept.name).request), account).look.persons


def _lines(kept: Kept, old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    "What changed, in sentences."
    if kept.form is Form.DEFINITION:
        return [] if old == new else [gettext("the definition itself")]
    before, after = (queries.opened(cohort360.read(asked, origin=kept.name).request) for asked in (old, new))
    return [
        _line(one.what, *(None if card is None else _said(asked, card) for asked, card in ((before, one.old), (after, one.new))))
        for one in queries.compared(old=before, new=after)
    ]


def _line(what: What, was: str | None, now: str | None) -> str:
    if what is What.CHANGED and was == now:
        return gettext("moved: {now}").format(now=now)
    return {
        What.PERIMETER: gettext("another perimeter"),
        What.ADDED: gettext("added: {now}"),
        What.REMOVED: gettext("removed: {was}"),
        What.CHANGED: gettext("{was} has become {now}"),
        What.RELATIONS: gettext("other relations in «{now}»"),
    }[what].format(was=was, now=now)


def _said(asked: n.Request, one: n.Member) -> str:
    out = "" if one.inclusive else gettext("except: {name}").format(name="")
    if isinstance(one, n.Together):
        return out + words.join_title(one)
    return out + " · ".join([words.title(asked, one, store()), *words.details(asked, one, store())])


@door(*EVERYBODY)
@require_POST
def take_up(request: HttpRequest, question_id: int, number: int) -> HttpResponse:
    """Go on from a version: an edit like another, which can be undone."""
    kept = kept_of(request, question_id)
    found = queries.version(question_id=kept.id, number=number)
    operations.replace_asked(question_id=kept.id, account_id=account_of(request).pk, asked=found.asked, at=clock.now())
    messages.success(request, gettext("The request says again what version {n} said.").format(n=number))
    return redirect("cohorts:board", question_id)
