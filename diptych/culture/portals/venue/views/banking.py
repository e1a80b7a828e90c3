"""Where a structure is paid: its bank accounts, and for each venue the account and the pricing point, by dates."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..forms.banking import AccountForm, LinkForm
from ..mine import Mine, mine_of, page
from ..refusals import drawn_by, said
from ..words import ACCOUNTS

from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.reimbursements import operations, queries
from diptych.culture.domain.venues.queries import acting_for, own_structure, structures_of, venue_page


@door(Audience.VENUE)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """The bank accounts of one's structures, and where each venue is paid."""
    mine = mine_of(request)
    rows = []
    for own in structures_of(person_id=mine.person_id):
        if own.is_member and own.is_open:
            found = queries.accounts_of_structure(structure_id=own.id, person_id=mine.person_id, at=mine.at)
            rows.append((own, [(account, *ACCOUNTS[account.status]) for account in found]))
    venues = [(venue, *_now(venue.id, mine)) for venue in mine.venues]
    return page(request, "banking", mine, rows=rows, venues=venues)


def _now(venue_id: int, mine: Mine) -> tuple[Any, Any]:
    "What holds now: the pricing point and the bank account, each None where there is none."
    links = queries.links_of_venue(venue_id=venue_id)
    point, account = (
        next((link for link in kind if link.since <= mine.at and (link.until is None or link.until > mine.at)), None)
        for kind in links
    )
    return point, account


def is_paid(mine: Mine) -> bool:
    """Whether one of somebody's venues is linked to a bank account now."""
    return any(_now(venue.id, mine)[1] is not None for venue in mine.venues)


def _new_refused(request: HttpRequest, refusal: Refusal, *, structure_id: int) -> HttpResponse:
    form = AccountForm(request.POST, request.FILES)
    form.is_valid()
    form.add_error(_field(refusal), said(refusal, zone="Europe/Paris"))
    return _account_page(request, form, structure_id)


def _field(refusal: Refusal) -> str | None:
    code = refusal.reason.code
    return "iban" if "iban" in code else "bic" if "bic" in code else "first_document" if "document" in code else None


def _account_page(request: HttpRequest, form: AccountForm, structure_id: int, account: Any = None) -> HttpResponse:
    mine = mine_of(request)
    own = own_structure(structure_id=structure_id, person_id=mine.person_id)
    return page(
        request, "account_form", mine, form=form, structure=own, account=account, status_code=422 if form.is_bound else 200
    )


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_new_refused)
def new(request: HttpRequest, *, structure_id: int) -> HttpResponse:
    """File a bank account."""
    mine = mine_of(request)
    own_structure(structure_id=structure_id, person_id=mine.person_id)
    form = AccountForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        operations.add_bank_account(structure_id=structure_id, person_id=mine.person_id, **form.account(), at=mine.at)
        messages.success(request, gettext("Account filed: the team checks it. Link your venues to it."))
        return redirect("venue:banking")
    return _account_page(request, form, structure_id)


def _edit_refused(request: HttpRequest, refusal: Refusal, *, account_id: int) -> HttpResponse:
    mine = mine_of(request)
    account = queries.own_account(account_id=account_id, person_id=mine.person_id, at=mine.at)
    form = AccountForm(request.POST, request.FILES, again=True)
    form.is_valid()
    form.add_error(_field(refusal), said(refusal, zone="Europe/Paris"))
    return _account_page(request, form, account.structure_id, account)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_edit_refused)
def edit(request: HttpRequest, *, account_id: int) -> HttpResponse:
    """One bank account: where the team stands, and the form where it may be corrected. The IBAN is typed again."""
    mine = mine_of(request)
    account = queries.own_account(account_id=account_id, person_id=mine.person_id, at=mine.at)
    initial = {"label": account.label, "holder": account.holder, "bic": account.bic}
    form = AccountForm(request.POST or None, request.FILES or None, again=True, initial=initial)
    if form.is_valid():
        operations.correct_bank_account(account_id=account_id, person_id=mine.person_id, **form.account(), at=mine.at)
        messages.success(request, gettext("Kept: the team looks at it again."))
        return redirect("venue:bank-account", account_id=account_id)
    history = [(line, *ACCOUNTS[line.status]) for line in queries.account_history(account_id=account_id)]
    words, tone = ACCOUNTS[account.status]
    return page(
        request, "account", mine, form=form, account=account, history=history, words=words, tone=tone,
        status_code=422 if form.is_bound else 200,
    )  # fmt: skip


def _links_page(request: HttpRequest, venue_id: int, *, which: str = "", refusal: Refusal | None = None) -> HttpResponse:
    mine = mine_of(request)
    acting_for(person_id=mine.person_id, venue_id=venue_id)
    place = venue_page(venue_id=venue_id, person_id=mine.person_id)
    own = queries.accounts_of_structure(structure_id=place.structure_id, person_id=mine.person_id, at=mine.at)
    forms = {
        "account": LinkForm(
            request.POST if which == "account" else None, prefix="account", zone=mine.zone, label=_("Bank account"),
            targets=[(one.id, f"{one.label} {one.iban}") for one in own],
        ),
        "point": LinkForm(
            request.POST if which == "point" else None, prefix="point", zone=mine.zone, label=_("Pricing point"),
            targets=queries.pricing_points_for(venue_id=venue_id),
        ),
    }  # fmt: skip
    if which:
        forms[which].is_valid()
        if refusal is not None:
            forms[which].add_error(None, said(refusal, zone=mine.zone))
    points, links = queries.links_of_venue(venue_id=venue_id)
    return page(
        request, "links", mine, place=place, forms=forms, points=points, accounts=links, has_accounts=bool(own),
        status_code=422 if which else 200,
    )  # fmt: skip


@door(Audience.VENUE)
@require_safe
def links(request: HttpRequest, *, venue_id: int) -> HttpResponse:
    """Where a venue's bookings count, and where it is paid: what held, holds and will hold."""
    return _links_page(request, venue_id)


def _link_refused(request: HttpRequest, refusal: Refusal, *, venue_id: int) -> HttpResponse:
    return _links_page(request, venue_id, which="point" if "point" in request.POST else "account", refusal=refusal)


@door(Audience.VENUE)
@require_POST
@drawn_by(_link_refused)
def link(request: HttpRequest, *, venue_id: int) -> HttpResponse:
    """Link a venue from a date on, to an account or (`point` in the form) to a pricing point; `end` ends what holds now."""
    mine, which = mine_of(request), "point" if "point" in request.POST else "account"
    acting_for(person_id=mine.person_id, venue_id=venue_id)
    asked: dict[str, Any] = {"venue_id": venue_id, "person_id": mine.person_id, "at": mine.at}
    if "end" in request.POST:
        end = operations.unlink_pricing_point if which == "point" else operations.unlink_bank_account
        end(**asked)
        messages.success(request, gettext("Ended now."))
        return redirect("venue:links", venue_id=venue_id)
    place = venue_page(venue_id=venue_id, person_id=mine.person_id)
    own = queries.accounts_of_structure(structure_id=place.structure_id, person_id=mine.person_id, at=mine.at)
    targets = queries.pricing_points_for(venue_id=venue_id) if which == "point" else [(one.id, one.label) for one in own]
    form = LinkForm(request.POST, prefix=which, zone=mine.zone, label="", targets=targets)
    if not form.is_valid():
        return _links_page(request, venue_id, which=which)
    target, since = form.cleaned_data["target"], form.cleaned_data["since"] or mine.at
    if which == "point":
        operations.link_pricing_point(**asked, point_id=target, since=since)
    else:
        operations.link_bank_account(**asked, account_id=target, since=since)
    messages.success(request, gettext("Linked from then on."))
    return redirect("venue:links", venue_id=venue_id)
