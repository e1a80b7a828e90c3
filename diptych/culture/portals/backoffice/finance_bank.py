"""Payments and the bank, for the team: a batch sent and accepted, its answer read, what came back sent again.

The same operations as the commands'. A job hands the files over (`settle_transfers`): nothing here speaks to the bank.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .asking import actor_of
from .finance import MOST_BATCH, known
from .finance_forms import AnswerForm, SureForm, TakenForm
from .permits import permit

from diptych.commons import clock
from diptych.commons.refusal import Refused
from diptych.commons.web.doors import door
from diptych.commons.web.refusals import sentence
from diptych.culture.domain.people.terms import Audience, Permission
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.gateways import bank


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.PAY_VENUES)
def send(request: HttpRequest, number: int) -> HttpResponse:
    """Write the file of a batch's transfers, which the job hands to the bank."""
    known(number, MOST_BATCH)
    if _is_ticked(request, SureForm(request.POST)):
        sent = operations.send_batch(number=number, payer=bank.payer(), write=bank.write, actor=actor_of(request), at=clock.now())
        _say_written(request, sent.message_id)
    return redirect("backoffice:finance-batch", number=number)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.PAY_VENUES)
def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Say that the bank took the file of a batch: its bookings are reimbursed."""
    known(number, MOST_BATCH)
    if _is_ticked(request, TakenForm(request.POST)):
        done = operations.accept_batch(number=number, actor=actor_of(request), at=clock.now())
        said = ngettext("Accepted: %(n)d booking reimbursed.", "Accepted: %(n)d bookings reimbursed.", done) % {"n": done}
        messages.success(request, said)
    return redirect("backoffice:finance-batch", number=number)


@door(Audience.STAFF)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permit(Permission.PAY_VENUES)
def answer(request: HttpRequest) -> HttpResponse:
    """Read a file of the bank: all of it, or nothing and what is wrong; what came back may be sent again."""
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            done = operations.read_returns(
                returned=bank.read_returns(content), content=content, actor=actor_of(request), at=clock.now()
            )
        except Refused as refused:  # told beside the file, where another can be given
            form.add_error("file", gettext("Nothing of this file was read. %(why)s") % {"why": sentence(refused.refusal)})
        else:
            said = ngettext("%(n)d transfer given back.", "%(n)d transfers given back.", done) % {"n": done}
            messages.success(
                request, said if done else gettext("This file was read before, or gives nothing back: nothing changed.")
            )
            return redirect("backoffice:finance-bank")
    count, cents = queries.to_send_again()
    context = {"form": form, "count": count, "cents": cents, "sure": SureForm()}
    return render(request, "backoffice/finance_bank.html", context, status=422 if form.is_bound else 200)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.PAY_VENUES)
def send_again(request: HttpRequest) -> HttpResponse:
    """Send again what the bank gave back and may be paid now."""
    if _is_ticked(request, SureForm(request.POST)):
        _say_written(
            request,
            operations.send_again(payer=bank.payer(), write=bank.write, actor=actor_of(request), at=clock.now()).message_id,
        )
    return redirect("backoffice:finance-bank")


def _is_ticked(request: HttpRequest, form: SureForm) -> bool:
    "Whether somebody said that they are sure; it is said where they did not."
    if form.is_valid():
        return True
    messages.error(request, gettext("Tick the box first: nothing was done."))
    return False


def _say_written(request: HttpRequest, name: str) -> None:
    messages.success(request, gettext("%(name)s is written: the bank has it within five minutes.") % {"name": name})
