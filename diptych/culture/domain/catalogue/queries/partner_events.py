"""Events as a partner's program reads them back: texts, the program's own words, prices, dates, page by page by number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..models import Offer, PriceCategory, Stock
from ..rules.offers import displayed_status
from ..rules.subcategories import SUBCATEGORIES
from ..terms import NOT_FOUND, OfferDraft, OfferFacts, OfferStatus, PartnerWords, StockFacts

from diptych.commons.refusal import deny

EVENTS = tuple(row.id for row in SUBCATEGORIES if row.is_event)


@dataclass(frozen=True, slots=True)
class EventPrice:
    """A price category."""

    id: int
    label: str
    price_cents: int
    source_id: str


@dataclass(frozen=True, slots=True)
class EventDate:
    """A date at a price; `places` None for unlimited."""

    id: int
    starts_at: datetime
    booking_limit_at: datetime
    places: int | None
    booked: int
    price: EventPrice
    source_id: str


@dataclass(frozen=True, slots=True)
class PartnerEvent:
    """An event with all that a program may have said of it."""

    id: int
    venue_id: int
    draft: OfferDraft
    words: PartnerWords
    status: OfferStatus
    publication_at: datetime | None
    bookings_allowed_at: datetime | None
    prices: tuple[EventPrice, ...]


def event_of(*, offer_id: int, venue_ids: Collection[int], at: datetime) -> PartnerEvent:
    """One event of these venues. Refuses (missing) any other, and what is no event."""
    found = events_of(venue_ids=venue_ids, at=at, offer_id=offer_id)
    if not found:
        deny(NOT_FOUND)
    return found[0]


def events_of(
    *, venue_ids: Collection[int], at: datetime, first: int = 1, limit: int = 50, source_ids: Sequence[str] = (),
    offer_id: int | None = None,
) -> list[PartnerEvent]:  # fmt: skip
    """Events of these venues, by number, from `first` on; those that a program named so, where `source_ids` are given."""
    found = Offer.objects.filter(venue_id__in=venue_ids, subcategory__in=EVENTS, pk__gte=first)
    if offer_id is not None:
        found = found.filter(pk=offer_id)
    if source_ids:
        found = found.filter(partner_words__source_id__in=source_ids)
    rows = found.select_related("partner_words").prefetch_related("price_categories", "stocks").order_by("pk")
    return [_event(offer, at) for offer in rows[:limit]]


def dates_of(
    *, offer_id: int, venue_ids: Collection[int], first: int = 1, limit: int = 50, source_ids: Sequence[str] = (),
    stock_ids: Sequence[int] = (),
) -> list[EventDate]:  # fmt: skip
    """Dates of an event of these venues, by number. Refuses (missing) another's event."""
    _own(offer_id, venue_ids)
    found = Stock.objects.filter(offer_id=offer_id, deleted_at=None, starts_at__isnull=False, pk__gte=first)
    if source_ids:
        found = found.filter(source_id__in=source_ids)
    if stock_ids:
        found = found.filter(pk__in=stock_ids)
    return [_date(stock) for stock in found.select_related("price_category").order_by("pk")[:limit]]


def prices_of(
    *, offer_id: int, venue_ids: Collection[int], first: int = 1, limit: int = 50, source_ids: Sequence[str] = ()
) -> list[EventPrice]:
    """Price categories of an event of these venues, by number. Refuses (missing) another's event."""
    _own(offer_id, venue_ids)
    found = PriceCategory.objects.filter(offer_id=offer_id, pk__gte=first)
    if source_ids:
        found = found.filter(source_id__in=source_ids)
    return [_price(price) for price in found.order_by("pk")[:limit]]


def draft_of(offer: Offer) -> OfferDraft:
    """An offer's texts and settings, as they were filled in."""
    return OfferDraft(
        subcategory=offer.subcategory, name=offer.name, creator=offer.creator, description=offer.description,
        extra=dict(offer.extra), is_duo=offer.is_duo, url=offer.url, withdrawal=offer.withdrawal,
        withdrawal_details=offer.withdrawal_details, duration_minutes=offer.duration_minutes,
        accessible_audio=offer.accessible_audio, accessible_mental=offer.accessible_mental,
        accessible_motor=offer.accessible_motor, accessible_visual=offer.accessible_visual,
    )  # fmt: skip


def words_of(offer: Offer) -> PartnerWords:
    """What a program said besides; nothing of an offer that was made by hand."""
    said = getattr(offer, "partner_words", None)
    if said is None:
        return PartnerWords()
    return PartnerWords(
        said.source_id, said.has_ticket, said.booking_email, said.booking_contact, said.office_url, said.video_url
    )


def _own(offer_id: int, venue_ids: Collection[int]) -> None:
    if not Offer.objects.filter(pk=offer_id, venue_id__in=venue_ids, subcategory__in=EVENTS).exists():
        deny(NOT_FOUND)


def _event(offer: Offer, at: datetime) -> PartnerEvent:
    stocks = tuple(
        StockFacts(s.quantity, s.booked, s.booking_limit_at, s.starts_at) for s in offer.stocks.all() if s.deleted_at is None
    )
    facts = OfferFacts(offer.validation, offer.publication_at, offer.bookings_allowed_at, stocks)
    prices = sorted((_price(price) for price in offer.price_categories.all()), key=lambda price: price.id)
    return PartnerEvent(
        offer.pk, offer.venue_id, draft_of(offer), words_of(offer), displayed_status(facts, at=at), offer.publication_at,
        offer.bookings_allowed_at, tuple(prices),
    )  # fmt: skip


def _date(stock: Stock) -> EventDate:
    assert stock.starts_at is not None  # filtered above
    price = stock.price_category
    shown = _price(price) if price else EventPrice(0, "", stock.price_cents, "")
    limit = stock.booking_limit_at or stock.starts_at
    return EventDate(stock.pk, stock.starts_at, limit, stock.quantity, stock.booked, shown, stock.source_id)


def _price(price: PriceCategory) -> EventPrice:
    return EventPrice(price.pk, price.label, price.price_cents, price.source_id)
