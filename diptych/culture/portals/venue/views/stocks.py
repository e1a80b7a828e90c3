"""Dates, prices and places of an offer: add several at once, change one, remove one."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ..forms.stocks import DatesForm, StockForm, filled_with
from ..mine import Mine, mine_of, page
from ..refusals import drawn_by, said
from .offers import status_of

from diptych.commons.refusal import Refusal
from diptych.commons.web.doors import door
from diptych.culture.domain.catalogue.operations import offers as operations
from diptych.culture.domain.catalogue.queries.own_offers import OwnOffer, own_offer, own_stock
from diptych.culture.domain.people.terms import Audience


def _form(request: HttpRequest, mine: Mine, found: OwnOffer) -> Any:
    if found.kind.is_event:
        return DatesForm(request.POST or None, zone=mine.zone)
    return StockForm(request.POST or None, zone=mine.zone, is_event=False)


def _add_refused(request: HttpRequest, refusal: Refusal, *, offer_id: int) -> HttpResponse:
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    form = _form(request, mine, found)
    form.add_error(None, said(refusal, zone=mine.zone))
    return page(request, "stocks_add", mine, form=form, offer=found)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_add_refused)
def add(request: HttpRequest, *, offer_id: int) -> HttpResponse:
    """Add dates (days × hours × prices), or copies of a thing."""
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    form = _form(request, mine, found)
    if form.is_valid():
        drafts = form.drafts() if found.kind.is_event else [form.draft()]
        made = operations.add_dates(offer_id=offer_id, venue_ids=mine.venue_ids, stocks=drafts, actor=mine.actor, at=mine.at)
        messages.success(request, ngettext("%(n)d line added.", "%(n)d lines added.", len(made)) % {"n": len(made)})
        return redirect("venue:offer", offer_id=offer_id)
    return page(request, "stocks_add", mine, form=form, offer=found, status_code=status_of(form))


def _edit_refused(request: HttpRequest, refusal: Refusal, *, offer_id: int, stock_id: int) -> HttpResponse:
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    stock = own_stock(stock_id=stock_id, offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    form = StockForm(request.POST, zone=mine.zone, is_event=found.kind.is_event)
    form.add_error(None, said(refusal, zone=mine.zone))
    return page(request, "stock_edit", mine, form=form, offer=found, stock=stock)


@door(Audience.VENUE)
@require_http_methods(["GET", "HEAD", "POST"])
@drawn_by(_edit_refused)
def edit(request: HttpRequest, *, offer_id: int, stock_id: int) -> HttpResponse:
    """Change one line: price, places, date, limit."""
    mine = mine_of(request)
    found = own_offer(offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    stock = own_stock(stock_id=stock_id, offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    initial = filled_with(stock, zone=mine.zone)
    form = StockForm(request.POST or None, zone=mine.zone, is_event=found.kind.is_event, initial=initial)
    if form.is_valid():
        operations.edit_stock(stock_id=stock_id, venue_ids=mine.venue_ids, draft=form.draft(), actor=mine.actor, at=mine.at)
        messages.success(request, gettext("Changes kept."))
        return redirect("venue:offer", offer_id=offer_id)
    return page(request, "stock_edit", mine, form=form, offer=found, stock=stock, status_code=status_of(form))


@door(Audience.VENUE)
@require_POST
@drawn_by(_edit_refused)
def remove(request: HttpRequest, *, offer_id: int, stock_id: int) -> HttpResponse:
    """Remove one line; its bookings are cancelled and their price goes back."""
    mine = mine_of(request)
    own_stock(stock_id=stock_id, offer_id=offer_id, venue_ids=mine.venue_ids, at=mine.at)
    operations.remove_stock(stock_id=stock_id, venue_ids=mine.venue_ids, actor=mine.actor, at=mine.at)
    messages.success(request, gettext("Removed."))
    return redirect("venue:offer", offer_id=offer_id)
