"""A venue's offers: the list, the choice of a kind, the form, one offer whole, publishing."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ..forms.offers import EXTRA, WITHDRAWALS, OfferForm, PublishForm, filled_with
from ..mine import Mine, mine_of, page
from ..refusals import drawn_by, said

from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.commons.web.paging import Pages
from diptych.culture.domain.catalogue.operations import offers as operations
from diptych.culture.domain.catalogue.queries.kinds import category_labels
from diptych.culture.domain.catalogue.queries.own_offers import (
    OwnOffer,
    kind_for_partners,
    kinds_for_partners,
    own_offer,
    own_offers,
)
from diptych.culture.domain.catalogue.queries.reviews import last_note
from diptych.culture.domain.catalogue.terms import OfferStatus, OfferValidation
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues.queries import acting_for

STATUSES: Final = {
    OfferStatus.REJECTED: (_("Refused"), "bad"),
    OfferStatus.PENDING: (_("Under examination"), "wait"),
    OfferStatus.DRAFT: (_("Draft"), "neutral"),
    OfferStatus.INACTIVE: (_("Not shown"), "neutral"),
    OfferStatus.SCHEDULED: (_("Scheduled"), "info"),
    OfferStatus.PUBLISHED: (_("Shown, bookings not open"), "info"),
    OfferStatus.EXPIRED: (_("Over"), "neutral"),
    OfferStatus.SOLD_OUT: (_("Sold out"), "wait"),
    OfferStatus.ACTIVE: (_("Open"), "good"),
}
"""How a displayed status is said, in the official order, and its tone."""


@door(Audience.VENUE)
@require_safe
def offers(request: HttpRequest) -> HttpResponse:
    """The list, by displayed status and words."""
    mine, status, text = mine_of(request), request.GET.get("status", ""), request.GET.get("q", "").replace("\0", "")
    number = request.GET.get("page", "1")
    found = own_offers(
        venue_ids=mine.venue_ids, at=mine.at, status=status if status in OfferStatus.__members__ else "", text=text,
        page=int(number) if number.isdecimal() and len(number) < 7 else 1,
    )  # fmt: skip
    statuses = [
        (one, words, found.by_status[one], status == one) for one, (words, _t) in STATUSES.items() if one in found.by_status
    ]
    rows = [(row, *STATUSES[row.status]) for row in found.rows]
    return page(
        request, "offers", mine, rows=rows, statuses=statuses, status=status, text=text, every=sum(found.by_status.values()),
        pages=Pages(found.page, found.pages),
    )  # fmt: skip


@door(Audience.VENUE)
@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """Choose what is offered: kinds in groups, narrowed by words."""
    mine, text = mine_of(request), request.GET.get("q", "").strip()[:60]
    groups: dict[str, list[tuple[Any, str]]] = {}
    titles = category_labels()
    for kind in kinds_for_partners():
        label, group = gettext(kind.label), gettext(titles[kind.category])
        if text.casefold() in f"{label} {group}".casefold():
            groups.setdefault(group, []).append((kind, label))
    return page(request, "kinds", mine, groups=groups, text=text)


def _create_refused(request: HttpRequest, refusal: Refusal, *, subcategory: str) -> HttpResponse:
    mine, kind = mine_of(request), kind_for_partners(subcategory=subcategory)
    form = OfferForm(request.POST, kind=kind, venues=mine.venues)
    form.add_error(None, said(refusal, zone=mine.zone))
    return page(request, "offer_form", mine, form=form, kind=kind, offer=None)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_create_refused)
def create(request: HttpRequest, *, subcategory: str) -> HttpResponse:
    """A new offer of a kind, kept as a draft; dates and prices come next."""
    mine, kind = mine_of(request), kind_for_partners(subcategory=subcategory)
    form = OfferForm(request.POST or None, kind=kind, venues=mine.venues)
    if mine.venues and form.is_valid():
        place = acting_for(person_id=mine.person_id, venue_id=form.cleaned_data["venue"])
        made = operations.create_offer(venue_id=place.id, draft=form.draft(), actor=mine.actor, at=mine.at)
        next_step = gettext("Draft kept. Add its dates and prices, then publish it.")
        messages.success(
            request, next_step if kind.is_event else gettext("Draft kept. Add its price and how many there are, then publish it.")
        )
        return redirect("venue:stocks-add", offer_id=made)
    return page(request, "offer_form", mine, form=form, kind=kind, offer=None, status_code=status_of(form))


@door(Audience.VENUE)
@require_safe
def offer(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """One offer: what it says, its dates and stocks, its state."""
    mine = mine_of(request)
    return _offer_page(request, mine, own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at))


def _offer_page(request: HttpRequest, mine: Mine, found: OwnOffer, form: PublishForm | None = None) -> HttpResponse:
    words, tone = STATUSES[found.status]
    return page(
        request, "offer", mine, offer=found, words=words, tone=tone, stocks=found.stocks[:200], more=max(len(found.stocks) - 200, 0),
        form=form or PublishForm(zone=mine.zone), extra=[(EXTRA.get(name, name), value) for name, value in found.extra.items()],
        withdrawal=dict(WITHDRAWALS).get(found.withdrawal, ""), note=last_note(offer_id=found.id, venue_ids=mine.venue_ids),
    )  # fmt: skip


def _edit_refused(request: HttpRequest, refusal: Refusal, *, offer_id: int) -> HttpResponse:
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    form = OfferForm(request.POST, kind=found.kind)
    form.add_error(None, said(refusal, zone=mine.zone))
    return page(request, "offer_form", mine, form=form, kind=found.kind, offer=found)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_edit_refused)
def edit(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """Change an offer's texts and settings."""
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    form = OfferForm(request.POST or None, kind=found.kind, initial=filled_with(found))
    if form.is_valid():
        operations.edit_offer(offer_id=offer_id, venue_ids=mine.venue_ids, draft=form.draft(), actor=mine.actor, at=mine.at)
        messages.success(request, gettext("Changes kept."))
        return redirect("venue:offer", offer_id=offer_id)
    return page(request, "offer_form", mine, form=form, kind=found.kind, offer=found, status_code=status_of(form))


def _publish_refused(request: HttpRequest, refusal: Refusal, *, offer_id: int) -> HttpResponse:
    mine = mine_of(request)
    form = PublishForm(request.POST, zone=mine.zone)
    form.add_error(None, said(refusal, zone=mine.zone))
    return _offer_page(request, mine, own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at), form)


@door(Audience.VENUE)
@require_POST
@drawn_by(_publish_refused)
def publish(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """Show an offer, at once or from a date."""
    mine, form = mine_of(request), PublishForm(request.POST, zone=mine_of(request).zone)
    if not form.is_valid():
        return _offer_page(request, mine, own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at), form)
    dates = form.cleaned_data
    stands = operations.publish(offer_id=offer_id, venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at, **dates)
    if stands is OfferValidation.PENDING:
        messages.success(request, gettext("Sent to the team, who look at it first: you are written to."))
    else:
        messages.success(request, gettext("Published."))
    return redirect("venue:offer", offer_id=offer_id)


@door(Audience.VENUE)
@require_POST
@drawn_by(_publish_refused)
def unpublish(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """Show an offer no more."""
    mine = mine_of(request)
    operations.unpublish(offer_id=offer_id, venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at)
    messages.success(request, gettext("No longer shown. Bookings already made stay."))
    return redirect("venue:offer", offer_id=offer_id)


def status_of(form: Any) -> int:
    "A form that does not fit answers 422."
    return 422 if form.is_bound and not form.is_valid() else 200


@door(Audience.VENUE)
@require_POST
@drawn_by(_publish_refused)
def duplicate(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """A draft like this offer, to change."""
    mine = mine_of(request)
    made = operations.duplicate(offer_id=offer_id, venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at)
    messages.success(request, gettext("Copied as a draft: change what differs."))
    return redirect("venue:offer-edit", offer_id=made)
