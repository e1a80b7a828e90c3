"""Payments for the team: batches, what blocks a payment and why, incidents asked by one and decided by another, exports."""

import csv
import io

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .asking import MOST_ID, actor_of
from .finance_forms import CorrectionForm, GestureForm, HoldForm, SureForm, TakenForm
from .finance_words import KINDS
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web import formatting
from diptych.commons.web.doors import door
from diptych.culture.domain.people.queries import may
from diptych.culture.domain.people.terms import Audience, Permission
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.reimbursements.terms import BATCH_NOT_FOUND, INCIDENT_NOT_FOUND, INVOICE_NOT_FOUND, IncidentKind

MOST_BATCH = 2**31 - 1


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def home(request: HttpRequest) -> HttpResponse:
    """The batches, and in short what waits and what is asked."""
    _rows, sums = queries.blocked(at=clock.now(), limit=0)
    day = queries.next_payment_day(at=clock.now())
    return render(
        request,
        "backoffice/finance.html",
        {"batches": queries.batches(), "sums": sums, "asked": queries.incidents_asked(), "day": day},
    )


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """A batch, account by account: each number leads to what makes it."""
    known(number, MOST_BATCH)
    rows, left = queries.batch_flows(number=number), queries.sending(number=number)
    return render(
        request,
        "backoffice/finance_batch.html",
        {"number": number, "rows": rows, "left": left, "sure": SureForm(), "taken": TakenForm(auto_id="taken-%s")},
    )


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def export(request: HttpRequest, number: int) -> HttpResponse:
    """A batch for the accountant, as CSV. Cents; the IBAN's end only."""
    known(number, MOST_BATCH)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    names = queries.Entry.__slots__
    rows = [[_cell(getattr(row, name)) for name in names] for row in queries.entries(number=number)]
    writer.writerows([names, *rows])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="VIR{number}.csv"'
    return response


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def paper(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """An invoice's paper."""
    if invoice_id > MOST_ID:
        deny(INVOICE_NOT_FOUND)
    reference, content = queries.invoice_file(invoice_id=invoice_id)
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{reference}.pdf"'
    return response


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def waiting(request: HttpRequest) -> HttpResponse:
    """What the next batch would leave out, and why."""
    rows, sums = queries.blocked(at=clock.now())
    return render(request, "backoffice/finance_waiting.html", {"rows": rows, "sums": sums, "form": HoldForm()})


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_INCIDENTS)
def hold(request: HttpRequest) -> HttpResponse:
    """Stop the payments of an account, or (`lift` in the form) let it be paid again."""
    form = HoldForm(request.POST)
    if form.is_valid():
        account_id, at = form.cleaned_data["account"], clock.now()
        if "lift" in request.POST:
            operations.lift_hold(account_id=account_id, actor=actor_of(request), at=at)
            messages.success(request, gettext("Paid again from the next batch on."))
        else:
            operations.hold_payments(account_id=account_id, why=form.why(), actor=actor_of(request), at=at)
            messages.success(request, gettext("Stopped from the next batch on."))
    else:
        messages.error(request, gettext("Give the account’s number and the reason."))
    return redirect("backoffice:finance-waiting")


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def incidents(request: HttpRequest) -> HttpResponse:
    """The incidents, those that wait for a decision first; the forms that ask for one."""
    return _incidents(request, CorrectionForm(), GestureForm())


@door(Audience.STAFF)
@never_cache
@require_http_methods(["POST"])
@permit(Permission.CREATE_INCIDENTS)
def ask(request: HttpRequest) -> HttpResponse:
    """Ask that what was paid be taken back, or (`gesture` in the form) that a sum be given."""
    if "gesture" in request.POST:
        gesture = GestureForm(request.POST)
        if not gesture.is_valid():
            return _incidents(request, CorrectionForm(), gesture, status=422)
        numbers = queries.bookings_named(words=gesture.words())
        made = operations.ask_gesture(
            booking_ids=numbers, cents=gesture.cents(), note=gesture.cleaned_data["note"], actor=actor_of(request), at=clock.now()
        )
    else:
        form = CorrectionForm(request.POST)
        if not form.is_valid():
            return _incidents(request, form, GestureForm(), status=422)
        numbers = queries.bookings_named(words=form.words())
        made = operations.ask_correction(
            kind=IncidentKind(form.cleaned_data["kind"]), totals=dict.fromkeys(numbers, form.cents()), note=form.cleaned_data["note"],
            force_debit_note=form.cleaned_data["force"], actor=actor_of(request), at=clock.now(),
        )  # fmt: skip
    messages.success(request, gettext("Asked: somebody else of the team decides."))
    return redirect("backoffice:incident", incident_id=made)


@door(Audience.STAFF)
@never_cache
@require_safe
@permit(Permission.READ_INCIDENTS)
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    """One incident."""
    if incident_id > MOST_ID:
        deny(INCIDENT_NOT_FOUND)
    found = queries.incident(incident_id=incident_id)
    needed = _deciding(found.kind)
    decides = found.status == "created" and found.created_by != actor_of(request)
    allowed = may(roles=request.user.staff_roles, permission=needed)  # type: ignore[union-attr]  # the door saw to it
    context = {"one": found, "decides": decides and allowed, "own": found.created_by == actor_of(request)}
    return render(request, "backoffice/incident.html", context)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_INCIDENTS, unless={"gesture": Permission.VALIDATE_COMMERCIAL_GESTURE})
def decide(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Validate an incident asked by somebody else, or (`drop` in the form) drop it."""
    if incident_id > MOST_ID:
        deny(INCIDENT_NOT_FOUND)
    is_gesture = queries.incident(incident_id=incident_id).kind is IncidentKind.COMMERCIAL_GESTURE
    if is_gesture != ("gesture" in request.POST):  # the permission asked for must be the one that the kind needs
        deny(INCIDENT_NOT_FOUND)
    operations.decide_incident(
        incident_id=incident_id, accept="drop" not in request.POST, actor=actor_of(request), at=clock.now()
    )
    messages.success(request, gettext("Decided."))
    return redirect("backoffice:incident", incident_id=incident_id)


def _incidents(request: HttpRequest, form: CorrectionForm, gesture: GestureForm, *, status: int = 200) -> HttpResponse:
    rows = [(one, KINDS[one.kind]) for one in queries.incidents()]
    return render(request, "backoffice/incidents.html", {"rows": rows, "form": form, "gesture": gesture}, status=status)


def _deciding(kind: IncidentKind) -> Permission:
    gesture = kind is IncidentKind.COMMERCIAL_GESTURE
    return Permission.VALIDATE_COMMERCIAL_GESTURE if gesture else Permission.MANAGE_INCIDENTS


def known(number: int, most: int) -> None:
    """Refuse a batch's number that no row can have."""
    if number > most:
        deny(BATCH_NOT_FOUND, number=number)


def _cell(value: object) -> str:
    return str(value) if isinstance(value, int) else formatting.cell(str(value))
