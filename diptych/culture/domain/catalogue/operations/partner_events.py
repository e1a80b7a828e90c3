"""What a partner's program does with events: make, change, price, date. Each is one transaction over the venue's own acts.

Holds what the contract adds to them: a program's own names, price categories by number, publishing before the first date.
Does not hold what an offer, a price or a date may be (rules), nor the partner's keys (venues).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from .. import terms
from ..models import Offer, PartnerOffer, PriceCategory, Stock
from ..queries.partner_events import draft_of, words_of
from ..rules import offers as rules
from ..rules.subcategories import BY_ID
from ..terms import DateDraft, OfferDraft, PartnerWords, PriceDraft, StockDraft
from .offers import add_dates, create_offer, edit_offer, edit_stock, own, publish, remove_stock, unpublish
from .picturing import Drawn, keep_drawn, remove_picture

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import TicketingSystem


@transaction.atomic
def create_event(
    *, partner_id: int, venue_id: int, draft: OfferDraft, words: PartnerWords, prices: Sequence[PriceDraft],
    shown_at: datetime | None, bookings_allowed_at: datetime | None, actor: str, at: datetime, is_event: bool = True,
    picture: Drawn | None = None,
) -> int:  # fmt: skip
    """A new event, shown from `shown_at` (None: not yet) once the validation rules let it; its number. Whether the partner
    works for the venue is asked before. `is_event` False: a thing, of which nothing is shown before it has a stock."""
    if draft.subcategory not in BY_ID or BY_ID[draft.subcategory].is_event is not is_event:
        deny(terms.UNKNOWN_SUBCATEGORY, subcategory=draft.subcategory)
    _check_words(partner_id=partner_id, venue_id=venue_id, offer_id=0, words=words)
    offer_id = create_offer(venue_id=venue_id, draft=draft, actor=actor, at=at)
    PartnerOffer.objects.create(offer_id=offer_id, venue_id=venue_id, partner_id=partner_id, **asdict(words))
    _add_prices(offer_id, prices)
    if picture is not None:
        keep_drawn(offer_id=offer_id, venue_ids=(venue_id,), drawn=picture, actor=actor, at=at)
    if shown_at is not None:
        publish(
            offer_id=offer_id, venue_ids=(venue_id,), actor=actor, at=at, publication_at=shown_at,
            bookings_allowed_at=bookings_allowed_at, may_be_empty=True,
        )  # fmt: skip
    elif bookings_allowed_at is not None:
        Offer.objects.filter(pk=offer_id).update(bookings_allowed_at=bookings_allowed_at)
    return offer_id


@transaction.atomic
def edit_event(
    *, partner_id: int, offer_id: int, venue_ids: Collection[int], texts: Mapping[str, Any], words: Mapping[str, Any],
    publication: Mapping[str, datetime | None], actor: str, at: datetime, pictures: Sequence[Drawn | None] = (),
) -> None:  # fmt: skip
    """Change some fields of an event: `texts` of `OfferDraft`, `words` of `PartnerWords`, `publication`: `shown_at` (None
    takes it off) and `bookings_allowed_at`; `pictures`: its new one, or None that takes it away. What is not named stays."""
    own(offer_id=offer_id, venue_ids=venue_ids)
    offer = Offer.objects.select_related("venue", "partner_words").get(pk=offer_id)
    said = replace(words_of(offer), **words)
    _check_words(partner_id=partner_id, venue_id=offer.venue_id, offer_id=offer_id, words=said)
    if texts:
        edit_offer(offer_id=offer_id, venue_ids=venue_ids, draft=replace(draft_of(offer), **texts), actor=actor, at=at)
    if words:
        fresh = {"venue_id": offer.venue_id, "partner_id": partner_id, **asdict(said)}
        PartnerOffer.objects.update_or_create(offer_id=offer_id, defaults=asdict(said), create_defaults=fresh)
    for picture in pictures:
        if picture is None:
            remove_picture(offer_id=offer_id, venue_ids=venue_ids, actor=actor, at=at)
        else:
            keep_drawn(offer_id=offer_id, venue_ids=venue_ids, drawn=picture, actor=actor, at=at)
    if not publication:
        return
    shown_at = publication.get("shown_at", offer.publication_at)
    allowed_at = publication.get("bookings_allowed_at", offer.bookings_allowed_at)
    if shown_at is None:
        unpublish(offer_id=offer_id, venue_ids=venue_ids, actor=actor, at=at)
        Offer.objects.filter(pk=offer_id).update(bookings_allowed_at=allowed_at)
        return
    publish(
        offer_id=offer_id, venue_ids=venue_ids, actor=actor, at=at, publication_at=shown_at, bookings_allowed_at=allowed_at,
        may_be_empty=True,
    )  # fmt: skip


@transaction.atomic
def add_prices(*, offer_id: int, venue_ids: Collection[int], prices: Sequence[PriceDraft]) -> list[int]:
    """Add price categories to an event, all or none; their numbers. Nothing can be booked at them before a date has them."""
    own(offer_id=offer_id, venue_ids=venue_ids)
    return _add_prices(offer_id, prices)


@transaction.atomic
def edit_price(
    *, offer_id: int, price_id: int, venue_ids: Collection[int], fields: Mapping[str, Any], actor: str, at: datetime
) -> None:
    """Change a price category: `label`, `price_cents`, `source_id`. Its dates to come take the price; bookings keep theirs."""
    own(offer_id=offer_id, venue_ids=venue_ids)
    price = PriceCategory.objects.select_for_update(no_key=True).filter(pk=price_id, offer_id=offer_id).first()
    if price is None:
        deny(terms.PRICE_MISSING)
    before = price.price_cents
    for name, value in fields.items():
        setattr(price, name, value)
    others = PriceCategory.objects.filter(offer_id=offer_id).exclude(pk=price_id)
    _check_price(
        others.values_list("label", "price_cents", "source_id"), PriceDraft(price.label, price.price_cents, price.source_id)
    )
    price.save()
    if price.price_cents == before:
        return
    for stock in Stock.objects.filter(price_category=price, deleted_at=None, starts_at__gt=at).order_by("pk"):
        edit_stock(stock_id=stock.pk, venue_ids=venue_ids, draft=_with_price(stock, price), actor=actor, at=at)


@transaction.atomic
def add_event_dates(
    *, offer_id: int, venue_ids: Collection[int], dates: Sequence[DateDraft], actor: str, at: datetime
) -> list[int]:
    """Add dates to an event, all or none; their numbers, in the order given."""
    own(offer_id=offer_id, venue_ids=venue_ids)
    prices = {price.pk: price for price in PriceCategory.objects.filter(offer_id=offer_id)}
    named = [date.source_id for date in dates if date.source_id]
    known = Stock.objects.filter(offer_id=offer_id, deleted_at=None, source_id__in=named)
    if len(set(named)) < len(named) or known.exists():
        deny(terms.SOURCE_ID_TAKEN)
    if not {date.price_id for date in dates} <= prices.keys():
        deny(terms.PRICE_MISSING)
    drafts = [
        StockDraft(prices[d.price_id].price_cents, d.places, d.starts_at, d.booking_limit_at, prices[d.price_id].label)
        for d in dates
    ]
    made = add_dates(offer_id=offer_id, venue_ids=venue_ids, stocks=drafts, actor=actor, at=at)
    for stock_id, date in zip(made, dates, strict=True):
        if date.source_id:
            Stock.objects.filter(pk=stock_id).update(source_id=date.source_id)
    return made


@transaction.atomic
def edit_event_date(
    *, offer_id: int, stock_id: int, venue_ids: Collection[int], fields: Mapping[str, Any], actor: str, at: datetime
) -> None:
    """Change a date of an event: `starts_at`, `booking_limit_at`, `price_id`, `places`, `source_id`. A booking limit that the
    new hour leaves behind it comes back to that hour."""
    own(offer_id=offer_id, venue_ids=venue_ids)
    stock = _own_stock(offer_id, stock_id)
    price = PriceCategory.objects.filter(pk=fields.get("price_id", stock.price_category_id), offer_id=offer_id).first()
    if price is None:
        deny(terms.PRICE_MISSING)
    draft = _with_price(stock, price)
    kept = {"quantity": "places", "starts_at": "starts_at", "booking_limit_at": "booking_limit_at"}
    draft = replace(draft, **{ours: fields[theirs] for ours, theirs in kept.items() if theirs in fields})
    if (
        "booking_limit_at" not in fields
        and draft.starts_at
        and draft.booking_limit_at
        and draft.booking_limit_at > draft.starts_at
    ):
        draft = replace(draft, booking_limit_at=draft.starts_at)
    source_id = fields.get("source_id", stock.source_id)
    if source_id and Stock.objects.filter(offer_id=offer_id, deleted_at=None, source_id=source_id).exclude(pk=stock_id).exists():
        deny(terms.SOURCE_ID_TAKEN)
    edit_stock(stock_id=stock_id, venue_ids=venue_ids, draft=draft, actor=actor, at=at)
    Stock.objects.filter(pk=stock_id).update(source_id=source_id)


@transaction.atomic
def remove_event_date(*, offer_id: int, stock_id: int, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Remove a date of an event; its bookings are cancelled within the minute, by a job."""
    own(offer_id=offer_id, venue_ids=venue_ids)
    _own_stock(offer_id, stock_id)
    remove_stock(stock_id=stock_id, venue_ids=venue_ids, actor=actor, at=at)


def _own_stock(offer_id: int, stock_id: int) -> Stock:
    stock = Stock.objects.filter(pk=stock_id, offer_id=offer_id, deleted_at=None).select_related("price_category").first()
    if stock is None:
        deny(terms.STOCK_NOT_FOUND)
    return stock


def _with_price(stock: Stock, price: PriceCategory) -> StockDraft:
    return StockDraft(price.price_cents, stock.quantity, stock.starts_at, stock.booking_limit_at, price.label)


def _check_words(*, partner_id: int, venue_id: int, offer_id: int, words: PartnerWords) -> None:
    if words.has_ticket and not TicketingSystem.objects.filter(pk=partner_id).exclude(booking_url="").exists():
        deny(terms.TICKET_WITHOUT_SYSTEM)
    taken = PartnerOffer.objects.filter(venue_id=venue_id, source_id=words.source_id).exclude(offer_id=offer_id)
    if words.source_id and taken.exists():
        deny(terms.SOURCE_ID_TAKEN)


def _add_prices(offer_id: int, prices: Sequence[PriceDraft]) -> list[int]:
    held = list(PriceCategory.objects.filter(offer_id=offer_id).values_list("label", "price_cents", "source_id"))
    if len(held) + len(prices) > rules.MOST_PRICES:
        deny(terms.TOO_MANY_PRICES, most=rules.MOST_PRICES)
    for price in prices:
        _check_price(held, price)
        held.append((price.label, price.price_cents, price.source_id))
    made = PriceCategory.objects.bulk_create(PriceCategory(offer_id=offer_id, **asdict(price)) for price in prices)
    return [price.pk for price in made]


def _check_price(held: Collection[tuple[str, int, str]], price: PriceDraft) -> None:
    if not price.label.strip():
        deny(terms.NAME_MISSING)
    if not 0 <= price.price_cents <= rules.MOST_CENTS:
        deny(terms.PRICE_OUT_OF_RANGE, most_euros=rules.MOST_CENTS // 100)
    if any((label, cents) == (price.label, price.price_cents) for label, cents, _ in held):
        deny(terms.PRICE_TAKEN)
    if price.source_id and any(source_id == price.source_id for _, _, source_id in held):
        deny(terms.SOURCE_ID_TAKEN)
