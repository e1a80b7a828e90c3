"""Dates and price categories of partners' events (guide §6.1, `/public/offers/v1/events/{id}/…`)."""

from typing import Any

from ninja import Query, Router, Status

from .door import Calling, ResourceId, answers, partner
from .event_shapes import (
    DateResponse,
    EventStockEdition,
    EventStocksCreation,
    GetDatesResponse,
    PostDatesResponse,
    PriceCategoriesCreation,
    PriceCategoriesResponse,
    PriceCategoryEdition,
    PriceCategoryResponse,
)
from .events import Page, price

from diptych.commons import clock
from diptych.culture.domain.catalogue.operations import partner_events as operations
from diptych.culture.domain.catalogue.queries import partner_events as queries
from diptych.culture.domain.catalogue.terms import DateDraft, PriceDraft

router = Router()
DATES, PRICES = ["Event Offer Stocks"], ["Event Offer Price Categories"]


@router.get(
    "/events/{event_id}/dates", response=answers(400, 404, ok=GetDatesResponse), operation_id="GetEventStocks", tags=DATES
)
@partner
def dates(request: Calling, event_id: ResourceId, asked: Query[Page]) -> Any:
    """Dates of an event."""
    found = queries.dates_of(
        offer_id=event_id, venue_ids=request.auth.venue_ids, first=asked.firstIndex, limit=asked.limit, source_ids=asked.named()
    )
    return {"dates": [_date(one) for one in found]}


@router.post(
    "/events/{event_id}/dates", response=answers(400, 404, ok=PostDatesResponse), operation_id="PostEventStocks", tags=DATES
)
@partner
def add_dates(request: Calling, event_id: ResourceId, body: EventStocksCreation) -> Any:
    """Add dates, all or none."""
    who = request.auth
    queries.event_of(offer_id=event_id, venue_ids=who.venue_ids, at=clock.now())
    drafts = [
        DateDraft(d.beginningDatetime, d.bookingLimitDatetime, d.priceCategoryId, _places(d.quantity), d.idAtProvider or "")
        for d in body.dates
    ]
    made = operations.add_event_dates(
        offer_id=event_id, venue_ids=who.venue_ids, dates=drafts, actor=who.actor, at=clock.now()
    ) if drafts else []  # fmt: skip
    found = queries.dates_of(offer_id=event_id, venue_ids=who.venue_ids, stock_ids=made, limit=len(made)) if made else []
    return {"dates": [_date(one) for one in found]}


@router.patch(
    "/events/{event_id}/dates/{stock_id}", response=answers(400, 404, ok=DateResponse), operation_id="PatchEventStock", tags=DATES
)
@partner
def edit_date(request: Calling, event_id: ResourceId, stock_id: ResourceId, body: EventStockEdition) -> Any:
    """Change a date: whoever booked it is told where its hour moves."""
    who, sent = request.auth, body.dict(exclude_unset=True)
    names = {"beginningDatetime": "starts_at", "bookingLimitDatetime": "booking_limit_at", "priceCategoryId": "price_id"}
    fields: dict[str, Any] = {ours: sent[name] for name, ours in names.items() if sent.get(name) is not None}
    if sent.get("quantity") is not None:
        fields["places"] = _places(sent["quantity"])
    if "idAtProvider" in sent:
        fields["source_id"] = sent["idAtProvider"] or ""
    operations.edit_event_date(
        offer_id=event_id, stock_id=stock_id, venue_ids=who.venue_ids, fields=fields, actor=who.actor, at=clock.now()
    )
    return _date(queries.dates_of(offer_id=event_id, venue_ids=who.venue_ids, stock_ids=[stock_id])[0])


@router.delete(
    "/events/{event_id}/dates/{stock_id}", response=answers(400, 404, done=None), operation_id="DeleteEventStock", tags=DATES
)
@partner
def remove_date(request: Calling, event_id: ResourceId, stock_id: ResourceId) -> Any:
    """Remove a date: its bookings are cancelled."""
    who = request.auth
    operations.remove_event_date(
        offer_id=event_id, stock_id=stock_id, venue_ids=who.venue_ids, actor=who.actor, at=clock.now()
    )  # fmt: skip
    return Status(204, None)


@router.get(
    "/events/{event_id}/price_categories", response=answers(400, 404, ok=PriceCategoriesResponse),
    operation_id="GetEventPriceCategories", tags=PRICES,
)  # fmt: skip
@partner
def prices(request: Calling, event_id: ResourceId, asked: Query[Page]) -> Any:
    """Prices of an event."""
    found = queries.prices_of(
        offer_id=event_id, venue_ids=request.auth.venue_ids, first=asked.firstIndex, limit=asked.limit, source_ids=asked.named()
    )
    return {"priceCategories": [price(one) for one in found]}


@router.post(
    "/events/{event_id}/price_categories", response=answers(400, 404, ok=PriceCategoriesResponse),
    operation_id="PostEventPriceCategories", tags=PRICES,
)  # fmt: skip
@partner
def add_prices(request: Calling, event_id: ResourceId, body: PriceCategoriesCreation) -> Any:
    """Add prices, all or none."""
    who = request.auth
    queries.event_of(offer_id=event_id, venue_ids=who.venue_ids, at=clock.now())
    drafts = [PriceDraft(p.label, p.price, p.idAtProvider or "") for p in body.priceCategories]
    made = set(operations.add_prices(offer_id=event_id, venue_ids=who.venue_ids, prices=drafts))
    found = queries.prices_of(offer_id=event_id, venue_ids=who.venue_ids)
    return {"priceCategories": [price(one) for one in found if one.id in made]}


@router.patch(
    "/events/{event_id}/price_categories/{price_category_id}", response=answers(400, 404, ok=PriceCategoryResponse),
    operation_id="PatchEventPriceCategory", tags=PRICES,
)  # fmt: skip
@partner
def edit_price(request: Calling, event_id: ResourceId, price_category_id: ResourceId, body: PriceCategoryEdition) -> Any:
    """Change a price: dates to come take it, bookings keep theirs."""
    who, sent = request.auth, body.dict(exclude_unset=True)
    fields: dict[str, Any] = {
        ours: sent[n] for n, ours in (("label", "label"), ("price", "price_cents")) if sent.get(n) is not None
    }
    if "idAtProvider" in sent:
        fields["source_id"] = sent["idAtProvider"] or ""
    operations.edit_price(
        offer_id=event_id, price_id=price_category_id, venue_ids=who.venue_ids, fields=fields, actor=who.actor, at=clock.now()
    )
    found = queries.prices_of(offer_id=event_id, venue_ids=who.venue_ids, first=price_category_id, limit=1)
    return price(found[0])


def _places(said: int | str) -> int | None:
    return None if said == "unlimited" else int(said)


def _date(one: queries.EventDate) -> dict[str, Any]:
    return {
        "id": one.id,
        "beginningDatetime": one.starts_at,
        "bookingLimitDatetime": one.booking_limit_at,
        "bookedQuantity": one.booked,
        "quantity": "unlimited" if one.places is None else one.places,
        "priceCategory": price(one.price),
        "idAtProvider": one.source_id or None,
    }
