"""One offer, whole: what its page shows.

Does not hold whether somebody may book it (bookings) nor lists (search, home).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ..models import Offer, Stock
from ..rules.offers import displayed_status, is_over, left
from ..rules.subcategories import BY_ID
from ..terms import NOT_FOUND, OfferFacts, OfferStatus, StockFacts

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.terms import Validation

SHOWN: Final = frozenset({OfferStatus.PUBLISHED, OfferStatus.ACTIVE, OfferStatus.SOLD_OUT, OfferStatus.EXPIRED})
"""Statuses whose page opens: a link to what is over or sold out says so, rather than that it never was."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """A date at a price, or copies of a thing. `left` is None for unlimited; `is_over` when it can no longer be booked."""

    id: int
    price_cents: int
    price_label: str
    left: int | None
    starts_at: datetime | None
    booking_limit_at: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class VenueLine:
    """Where it happens. An accessibility flag is None where nobody said."""

    id: int
    name: str
    activity: str
    description: str
    address: str
    postcode: str
    city: str
    department: str
    latitude: float | None
    longitude: float | None
    website: str
    phone: str
    accessible_audio: bool | None
    accessible_mental: bool | None
    accessible_motor: bool | None
    accessible_visual: bool | None
    is_ticketed_elsewhere: bool


@dataclass(frozen=True, slots=True)
class OfferPage:
    """An offer with its venue and what can be booked of it, soonest first."""

    id: int
    name: str
    creator: str
    description: str
    subcategory: str
    label: str
    group: str
    is_event: bool
    is_digital: bool
    is_duo: bool
    url: str
    withdrawal: str
    withdrawal_details: str
    duration_minutes: int | None
    status: OfferStatus
    publication_at: datetime | None
    bookings_allowed_at: datetime | None
    accessible_audio: bool
    accessible_mental: bool
    accessible_motor: bool
    accessible_visual: bool
    cover_seed: int
    ean: str
    extra: dict[str, Any]
    venue: VenueLine
    stocks: list[StockLine]
    min_price_cents: int | None
    max_price_cents: int | None


def offer_page(*, offer_id: int, at: datetime) -> OfferPage:
    """What the page of an offer shows. Refused NOT_FOUND when there is none, or when it may not be shown."""
    if not 0 < offer_id < 2**63:
        deny(NOT_FOUND)
    offer = Offer.objects.select_related("venue__structure", "venue__ticketing", "product").filter(pk=offer_id).first()
    if offer is None:
        deny(NOT_FOUND)
    venue = offer.venue
    if venue.structure is None or venue.structure.validation != Validation.VALIDATED or venue.deleted_at is not None:
        deny(NOT_FOUND)
    live = Stock.objects.filter(offer=offer, deleted_at=None).select_related("price_category")
    stocks = sorted(live, key=lambda s: (s.starts_at is None, s.starts_at, s.price_cents, s.pk))
    facts = [StockFacts(s.quantity, s.booked, s.booking_limit_at, s.starts_at) for s in stocks]
    status = displayed_status(OfferFacts(offer.validation, offer.publication_at, offer.bookings_allowed_at, tuple(facts)), at=at)
    if status not in SHOWN:
        deny(NOT_FOUND)
    kind = BY_ID[offer.subcategory]
    prices = [s.price_cents for s, fact in zip(stocks, facts, strict=True) if not is_over(fact, at=at)]
    return OfferPage(
        id=offer.pk,
        name=offer.name,
        creator=offer.creator,
        description=offer.description,
        subcategory=kind.id,
        label=kind.label,
        group=kind.group.value,
        is_event=kind.is_event,
        is_digital=bool(offer.url),
        is_duo=offer.is_duo,
        url="",  # the address opens with a booking, not before
        withdrawal=offer.withdrawal,
        withdrawal_details=offer.withdrawal_details,
        duration_minutes=offer.duration_minutes,
        status=status,
        publication_at=offer.publication_at,
        bookings_allowed_at=offer.bookings_allowed_at,
        accessible_audio=offer.accessible_audio,
        accessible_mental=offer.accessible_mental,
        accessible_motor=offer.accessible_motor,
        accessible_visual=offer.accessible_visual,
        cover_seed=offer.cover_seed,
        ean=(offer.product.ean or "") if offer.product else str(offer.extra.get("ean", "")),
        extra=offer.extra,
        venue=_venue(offer),
        stocks=[_line(stock, fact, at) for stock, fact in zip(stocks, facts, strict=True)],
        min_price_cents=min(prices, default=None),
        max_price_cents=max(prices, default=None),
    )


def _line(stock: Stock, facts: StockFacts, at: datetime) -> StockLine:
    return StockLine(
        id=stock.pk,
        price_cents=stock.price_cents,
        price_label=stock.price_category.label if stock.price_category else "",
        left=left(facts),
        starts_at=stock.starts_at,
        booking_limit_at=stock.booking_limit_at,
        is_over=is_over(facts, at=at),
    )


def _venue(offer: Offer) -> VenueLine:
    venue = offer.venue
    return VenueLine(
        id=venue.pk,
        name=venue.name,
        activity=venue.activity,
        description=venue.description,
        address=venue.address,
        postcode=venue.postcode,
        city=venue.city,
        department=venue.department,
        latitude=venue.latitude,
        longitude=venue.longitude,
        website=venue.website,
        phone=venue.phone,
        accessible_audio=venue.accessible_audio,
        accessible_mental=venue.accessible_mental,
        accessible_motor=venue.accessible_motor,
        accessible_visual=venue.accessible_visual,
        is_ticketed_elsewhere=venue.ticketing is not None and venue.ticketing.active,
    )
