"""A young person's sign-up, for the team: found, read whole, decided. Each look and each decision is journalled.

Names and addresses travel by POST; addresses of pages hold numbers only. Does not hold rules.
"""

from datetime import UTC, datetime, time
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .asking import MOST_ID, actor_of
from .check_words import STATUSES
from .credits import credits_told, entry_told
from .forms import SuspendForm
from .permits import permit
from .youth_forms import AddCreditForm, FindForm, PaperForm, ReviewForm, WhyForm

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.doors import door
from diptych.culture.domain.eligibility import operations, queries
from diptych.culture.domain.eligibility.terms import CHECK_UNKNOWN, WHY_MISSING, ReviewResult
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.queries import account_of, may
from diptych.culture.domain.people.terms import NOT_FOUND, Audience, Permission
from diptych.culture.domain.wallet.operations import add_credit as add_to_wallet
from diptych.culture.domain.wallet.queries import wallet_of
from diptych.culture.domain.wallet.terms import WhyAdded


@door(Audience.STAFF)
@never_cache
@permit(Permission.READ_PUBLIC_ACCOUNT)
def find(request: HttpRequest) -> HttpResponse:
    """Young people, by name, exact address or number."""
    form = FindForm(request.POST or None)
    found = None
    if request.method == "POST" and form.is_valid():
        found = queries.find_people(words=form.cleaned_data["words"])
        people.note_search(actor=actor_of(request), found=len(found), at=clock.now())
    return render(request, "backoffice/youths.html", {"form": form, "found": found})


@door(Audience.STAFF)
@never_cache
@permit(Permission.READ_PUBLIC_ACCOUNT)
def youth(request: HttpRequest, person_id: int) -> HttpResponse:
    """Somebody's whole file: account, journey, fraud journal, reviews, suspensions, wallet."""
    return _file(request, person_id, {})


def _file(request: HttpRequest, person_id: int, forms: dict[str, Any], *, status: int = 200) -> HttpResponse:
    at = clock.now()
    if person_id > MOST_ID:
        deny(NOT_FOUND)
    people.look_at(person_id=person_id, actor=actor_of(request), at=at)
    account = account_of(person_id=person_id, at=at)
    whole = queries.file_of(person_id=person_id, at=at)
    names = {"first_name": account.first_name, "last_name": account.last_name, "birth_date": account.birth_date}
    allowed = {p.value: may(roles=request.user.staff_roles, permission=p) for p in Permission}  # type: ignore[union-attr]  # a Person
    context = {
        "account": account,
        "file": whole,
        "reasons": [gettext(text) for text in queries.sentences_of(whole.journey.reasons)],
        "wallet": wallet_of(person_id=person_id, at=at),
        "credits": credits_told(person_id=person_id, department=account.department, at=at),
        "entry": entry_told(person_id=person_id, department=account.department, at=at),
        "allowed": allowed,
        "suspend": SuspendForm(initial={"person_id": person_id}, prefix=None, auto_id="suspend_%s"),
        "review": ReviewForm(auto_id="review_%s"),
        "paper": PaperForm(initial=names, auto_id="paper_%s"),
        "skip": WhyForm(auto_id="skip_%s"),
        "add": AddCreditForm(initial={"key": uuid4()}, auto_id="add_%s"),
        "phone_held": whole.journey.state.value in ("phone_validation", "failed_phone_validation"),
    }
    return render(request, "backoffice/youth.html", context | forms, status=status)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.BENEFICIARY_FRAUD_ACTIONS)
def review(request: HttpRequest, person_id: int) -> HttpResponse:
    """Accept, refuse, or ask for a paper file."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        deny(WHY_MISSING)
    _known(person_id)
    operations.review(
        person_id=person_id,
        result=ReviewResult(form.cleaned_data["result"]),
        actor=actor_of(request),
        why=form.cleaned_data["why"],
        at=clock.now(),
    )
    messages.success(request, gettext("The decision is written."))
    return redirect("backoffice:youth", person_id=person_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.BENEFICIARY_FRAUD_ACTIONS)
def paper(request: HttpRequest, person_id: int) -> HttpResponse:
    """Decide the paper file that waits."""
    _known(person_id)
    form = PaperForm(request.POST, auto_id="paper_%s")
    if not form.is_valid():
        return _file(request, person_id, {"paper": form}, status=422)
    waiting = queries.file_of(person_id=person_id, at=clock.now()).paper_attempt
    if not waiting:
        deny(CHECK_UNKNOWN)
    sent = form.cleaned_data
    made_on = sent.pop("made_on")
    verdict = operations.decide_paper_file(
        attempt=waiting,
        registered_at=datetime.combine(made_on, time(12), UTC) if made_on else None,
        actor=actor_of(request),
        at=clock.now(),
        **sent,
    )
    messages.success(request, gettext("The file is decided: %(status)s.") % {"status": STATUSES[verdict.status].label})
    return redirect("backoffice:youth", person_id=person_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_PUBLIC_ACCOUNT)
def skip_phone(request: HttpRequest, person_id: int) -> HttpResponse:
    """Let somebody go on without a phone number."""
    form = WhyForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    _known(person_id)
    operations.skip_phone(person_id=person_id, actor=actor_of(request), why=why, at=clock.now())
    messages.success(request, gettext("The phone step is skipped."))
    return redirect("backoffice:youth", person_id=person_id)


@door(Audience.STAFF)
@never_cache
@require_POST
@permit(Permission.MANAGE_PUBLIC_ACCOUNT)
def add_credit(request: HttpRequest, person_id: int) -> HttpResponse:
    """Add credit to the wallet that is open, with a reason."""
    _known(person_id)
    form = AddCreditForm(request.POST, auto_id="add_%s")
    if not form.is_valid():
        return _file(request, person_id, {"add": form}, status=422)
    sent = form.cleaned_data
    add_to_wallet(
        person_id=person_id,
        amount_cents=int(sent["euros"] * 100),
        why=WhyAdded(sent["why"]),
        key=str(sent["key"]),
        actor=actor_of(request),
        at=clock.now(),
    )
    messages.success(request, gettext("The credit is added."))
    return redirect("backoffice:youth", person_id=person_id)


def _known(person_id: int) -> None:
    if person_id > MOST_ID:
        deny(NOT_FOUND)
    account_of(person_id=person_id, at=clock.now())
