"""Personal data in the back office: extracts, corrections, anonymising, and the evidence of each.

Accounts are named by number, and by POST. Does not hold rules, nor who may: each act checks its permission again.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .forms import AnonymiseForm, ExtractForm, RectifyForm
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence, status_of
from diptych.culture.domain.people.terms import Audience, Permission
from diptych.culture.domain.personal_data import operations, queries


def _page(request: HttpRequest, form: ExtractForm, no: Refused | None = None) -> HttpResponse:
    at, me = clock.now(), request.user.pk or 0
    context: dict[str, Any] = {
        "form": form,
        "mine": queries.extracts_of(asker_id=me, at=at),
        "evidence": queries.evidence(limit=20),
        "queued": queries.queue_length(),
        "may_extract": queries.may(person_id=me, permission=Permission.EXTRACT_PUBLIC_ACCOUNT),
        "may_anonymise": queries.may(person_id=me, permission=Permission.ANONYMIZE_PUBLIC_ACCOUNT),
        "may_rectify": queries.may(person_id=me, permission=Permission.MANAGE_PUBLIC_ACCOUNT),
    }
    return _refused(request, "backoffice/personal_data.html", context, no)


def _refused(request: HttpRequest, template: str, context: dict[str, Any], no: Refused | None) -> HttpResponse:
    "The page, with a refusal shown where it happened and its own status."
    shown = {"refused": sentence(no.refusal) if no else "", "code": no.code if no else ""}
    return render(request, template, context | shown, status=status_of(no.refusal) if no else 200)


@door(Audience.STAFF)
@never_cache
def extracts(request: HttpRequest) -> HttpResponse:
    """My extracts, what may be asked, what was done."""
    return _page(request, ExtractForm())


@door(Audience.STAFF)
@permit(Permission.EXTRACT_PUBLIC_ACCOUNT)
@never_cache
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for somebody's extract."""
    form = ExtractForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        operations.ask_extract(person_id=form.cleaned_data["person_id"], asker_id=request.user.pk or 0, at=clock.now())
    except Refused as no:
        return _page(request, form, no)
    messages.success(request, gettext("The extract is being made: it is here within a minute."))
    return redirect("backoffice:extracts")


@door(Audience.STAFF)
@permit(Permission.EXTRACT_PUBLIC_ACCOUNT)
@never_cache
def fetch(request: HttpRequest, extract_id: int) -> HttpResponse:
    """Fetch an extract that I asked for."""
    content = operations.fetch_extract(extract_id=extract_id, asker_id=request.user.pk or 0, at=clock.now())
    name = f"extrait-{extract_id}.zip"
    return HttpResponse(
        content, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@door(Audience.STAFF)
@permit(Permission.MANAGE_PUBLIC_ACCOUNT)
@never_cache
def rectify(request: HttpRequest) -> HttpResponse:
    """Correct a name, a birth date, an address."""
    form = RectifyForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _refused(request, "backoffice/rectify.html", {"form": form}, None)
    typed = dict(form.cleaned_data)
    person_id, why = typed.pop("person_id"), typed.pop("why")
    values = {name: value or None for name, value in typed.items()}
    try:
        fields = operations.rectify(person_id=person_id, officer_id=request.user.pk or 0, values=values, why=why, at=clock.now())
    except Refused as no:
        return _refused(request, "backoffice/rectify.html", {"form": form}, no)
    messages.success(request, gettext("Corrected: %(fields)s.") % {"fields": ", ".join(form.named(field) for field in fields)})
    return redirect("backoffice:extracts")


@door(Audience.STAFF)
@permit(Permission.ANONYMIZE_PUBLIC_ACCOUNT)
@never_cache
def anonymise(request: HttpRequest) -> HttpResponse:
    """Anonymise a youth's account: first what would go and when, then, with a reason and once sure, ask for it."""
    form = AnonymiseForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _refused(request, "backoffice/anonymise.html", {"form": form}, None)
    at, person_id = clock.now(), form.cleaned_data["person_id"]
    context: dict[str, Any] = {"form": form}
    try:
        context["standing"] = queries.standing_of(person_id=person_id, at=at)
        context["counts"] = sorted(queries.counts_of(person_id=person_id).items())
        if not form.cleaned_data["sure"]:
            return _refused(request, "backoffice/anonymise.html", context, None)
        due = operations.ask_erasure_for(
            person_id=person_id, officer_id=request.user.pk or 0, why=form.cleaned_data["why"], at=at
        )
    except Refused as no:
        return _refused(request, "backoffice/anonymise.html", context, no)
    if due <= at:
        messages.success(request, gettext("The account is closed: it is anonymised within a minute."))
    else:
        messages.success(request, gettext("The account is closed: it will be anonymised when the law allows it."))
    return redirect("backoffice:extracts")
