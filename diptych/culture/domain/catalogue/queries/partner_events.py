"""Events as a partner's program reads them back: texts, the program's own words, prices, dates, page by page by number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..models import Offer, PriceCategory, Product, Stock
from ..rules.offers import displayed_status
from ..rules.subcategories import SUBCATEGORIES
from ..terms import NOT_FOUND, Compatibility, OfferDraft, OfferFacts, OfferStatus, PartnerWords, StockFacts
from .pictures import PictureLine, pictures_of

from diptych.commons.refusal import deny

EVENTS = tuple(row.id for row in SUBCATEGORIES if row.is_event)
BY_EAN = frozenset({"LIVRE_PAPIER", "SUPPORT_PHYSIQUE_MUSIQUE_CD", "SUPPORT_PHYSIQUE_MUSIQUE_VINYLE"})
"""Kinds that programs sell by their bar code alone (the contract: paper books, CDs and vinyl records)."""
THINGS = tuple(row.id for row in SUBCATEGORIES if not row.is_event)


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
    ean: str = ""
    picture: PictureLine | None = None
    stock: "ThingStock | None" = None
    """Of a thing: what can be booked of it."""


@dataclass(frozen=True, slots=True)
class ThingStock:
    """Copies of a thing at a price; `places` None for unlimited."""

    price_cents: int
    places: int | None
    booked: int
    booking_limit_at: datetime | None


def event_of(*, offer_id: int, venue_ids: Collection[int], at: datetime, kinds: Collection[str] = EVENTS) -> PartnerEvent:
    """One event of these venues (or thing, by `kinds`). Refuses (missing) any other."""
    found = events_of(venue_ids=venue_ids, at=at, offer_id=offer_id, kinds=kinds)
    if not found:
        deny(NOT_FOUND)
    return found[0]


def events_of(
    *, venue_ids: Collection[int], at: datetime, first: int = 1, limit: int = 50, source_ids: Sequence[str] = (),
    offer_id: int | None = None, kinds: Collection[str] = EVENTS, eans: Sequence[str] = (),
) -> list[PartnerEvent]:  # fmt: skip
    """Events of these venues, by number, from `first` on; those that a program named so, where `source_ids` are given."""
    found = Offer.objects.filter(venue_id__in=venue_ids, subcategory__in=kinds, pk__gte=first)
    if eans:
        found = found.filter(product__ean__in=eans)
    if offer_id is not None:
        found = found.filter(pk=offer_id)
    if source_ids:
        found = found.filter(partner_words__source_id__in=source_ids)
    rows = found.select_related("partner_words", "product").prefetch_related("price_categories", "stocks").order_by("pk")
    offers = list(rows[:limit])
    pictures = pictures_of(offer_ids=[offer.pk for offer in offers])
    return [_event(offer, pictures.get(offer.pk), at) for offer in offers]


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


def _event(offer: Offer, picture: PictureLine | None, at: datetime) -> PartnerEvent:
    stocks = tuple(
        StockFacts(s.quantity, s.booked, s.booking_limit_at, s.starts_at) for s in offer.stocks.all() if s.deleted_at is None
    )
    facts = OfferFacts(offer.validation, offer.publication_at, offer.bookings_allowed_at, stocks)
    prices = sorted((_price(price) for price in offer.price_categories.all()), key=lambda price: price.id)
    return PartnerEvent(
        offer.pk, offer.venue_id, draft_of(offer), words_of(offer), displayed_status(facts, at=at), offer.publication_at,
        offer.bookings_allowed_at, tuple(prices), (offer.product.ean if offer.product else "") or str(offer.extra.get("ean", "")),
        picture, _thing(offer),
    )  # fmt: skip


def _date(stock: Stock) -> EventDate:
    assert stock.starts_at is not None  # filtered above
    price = stock.price_category
    shown = _price(price) if price else EventPrice(0, "", stock.price_cents, "")
    limit = stock.booking_limit_at or stock.starts_at
    return EventDate(stock.pk, stock.starts_at, limit, stock.quantity, stock.booked, shown, stock.source_id)


def _price(price: PriceCategory) -> EventPrice:
    return EventPrice(price.pk, price.label, price.price_cents, price.source_id)


def _thing(offer: Offer) -> ThingStock | None:
    live = [stock for stock in offer.stocks.all() if stock.deleted_at is None and stock.starts_at is None]
    if not live:
        return None
    stock = min(live, key=lambda one: one.pk)
    return ThingStock(stock.price_cents, stock.quantity, stock.booked, stock.booking_limit_at)


@dataclass(frozen=True, slots=True)
class EansFound:
    """Which bar codes may be sold by a program, and why the others may not."""

    available: tuple[str, ...]
    unknown: tuple[str, ...]
    other_kind: tuple[str, ...]
    unfit: tuple[str, ...]


def eans_found(*, eans: Sequence[str]) -> EansFound:
    """Sort bar codes, in the order given."""
    rows = Product.objects.filter(ean__in=eans).values_list("ean", "subcategory", "compatibility")
    known = {ean: (kind, compatibility) for ean, kind, compatibility in rows}
    sorted_: dict[str, list[str]] = {"available": [], "unknown": [], "other_kind": [], "unfit": []}
    for ean in dict.fromkeys(eans):
        kind, compatibility = known.get(ean, ("", ""))
        place = "unknown" if not kind else "other_kind" if kind not in BY_EAN else "available"
        sorted_["unfit" if place == "available" and compatibility != Compatibility.COMPATIBLE else place].append(ean)
    return EansFound(**{name: tuple(found) for name, found in sorted_.items()})
