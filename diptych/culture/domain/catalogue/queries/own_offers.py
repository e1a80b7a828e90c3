"""A venue's own offers: the list with its displayed status, one offer whole, and the kinds that a partner may make.

Does not hold what the public sees (offers, search): here drafts, refused and unpublished offers are shown too.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum, Value, When

from ..models import Offer, Stock
from ..rules.offers import displayed_status, is_over, left, required_fields
from ..rules.subcategories import BY_ID, SUBCATEGORIES, Subcategory
from ..terms import NOT_FOUND, STOCK_NOT_FOUND, UNKNOWN_SUBCATEGORY, OfferFacts, OfferStatus, OfferValidation, StockFacts

from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class OwnOfferLine:
    """A line of the venue's list. Prices in cents; `places_left` is None where it is unlimited."""

    id: int
    name: str
    creator: str
    label: str
    venue_name: str
    department: str
    cover_seed: int
    status: OfferStatus
    is_event: bool
    stocks: int
    next_at: datetime | None
    min_price_cents: int | None
    max_price_cents: int | None
    booked: int
    places_left: int | None
    publication_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnOffers:
    """One page of the list, and how many there are in each status for the same search."""

    rows: list[OwnOfferLine]
    total: int
    page: int
    pages: int
    by_status: Mapping[OfferStatus, int]


@dataclass(frozen=True, slots=True)
class OwnStock:
    """A stock as its venue sees it."""

    id: int
    price_cents: int
    price_label: str
    quantity: int | None
    booked: int
    left: int | None
    starts_at: datetime | None
    booking_limit_at: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """An offer as its venue sees it: everything."""

    id: int
    venue_id: int
    venue_name: str
    department: str
    kind: Subcategory
    name: str
    creator: str
    description: str
    extra: Mapping[str, Any]
    is_duo: bool
    url: str
    withdrawal: str
    withdrawal_details: str
    duration_minutes: int | None
    accessible_audio: bool
    accessible_mental: bool
    accessible_motor: bool
    accessible_visual: bool
    cover_seed: int
    validation: OfferValidation
    publication_at: datetime | None
    bookings_allowed_at: datetime | None
    status: OfferStatus
    stocks: tuple[OwnStock, ...]


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A date that is near: places booked, of how many (None for unlimited)."""

    offer_id: int
    offer_name: str
    starts_at: datetime
    booked: int
    quantity: int | None


def own_offers(
    *, venue_ids: Collection[int], at: datetime, status: str = "", text: str = "", page: int = 1, per_page: int = 25
) -> OwnOffers:
    """A page of the offers of these venues, latest first. `text` looks in titles and creators. A page beyond the last
    gives the last."""
    found = Offer.objects.filter(venue_id__in=venue_ids)
    if text.strip():
        found = found.filter(Q(name__icontains=text.strip()[:90]) | Q(creator__icontains=text.strip()[:90]))
    found = with_status(found, at=at)
    counted = dict(found.order_by().values("shown").annotate(how_many=Count("id")).values_list("shown", "how_many"))  # type: ignore[misc]  # the plugin does not see through a function
    by_status = {one: counted[one] for one in OfferStatus if one in counted}
    if status:
        found = found.filter(shown=status)  # type: ignore[misc]  # the plugin does not see through a function
    total = (
        by_status.get(OfferStatus(status), 0)
        if status in OfferStatus.__members__
        else sum(by_status.values())
        if not status
        else 0
    )
    pages = max((total + per_page - 1) // per_page, 1)
    page = min(max(page, 1), pages)
    rows = list(found.select_related("venue").order_by("-id")[(page - 1) * per_page : page * per_page])
    return OwnOffers(_lines(rows, at), total, page, pages, by_status)


def with_status(found: "QuerySet[Offer]", *, at: datetime) -> "QuerySet[Any]":
    """The same offers, each with `shown`: the displayed status, worked out by the database. `rules.displayed_status` is the
    meaning; a test compares the two."""
    live = Stock.objects.filter(offer=OuterRef("pk"), deleted_at=None)
    over = Q(booking_limit_at__lte=at) | Q(starts_at__lte=at)
    full = Q(quantity__isnull=False, booked__gte=F("quantity"))
    return found.annotate(
        shown=Case(
            When(validation__in=[OfferValidation.REJECTED, OfferValidation.PENDING, OfferValidation.DRAFT], then=F("validation")),
            When(publication_at=None, then=Value(OfferStatus.INACTIVE.value)),
            When(publication_at__gt=at, then=Value(OfferStatus.SCHEDULED.value)),
            When(bookings_allowed_at__gt=at, then=Value(OfferStatus.PUBLISHED.value)),
            When(Exists(live) & ~Exists(live.exclude(over)), then=Value(OfferStatus.EXPIRED.value)),
            When(~Exists(live.exclude(over).exclude(full)), then=Value(OfferStatus.SOLD_OUT.value)),
            default=Value(OfferStatus.ACTIVE.value),
            output_field=CharField(),
        )
    )


def own_offer(*, offer_id: int, venue_ids: Collection[int], at: datetime) -> OwnOffer:
    """One offer of these venues. Refuses (missing) any other."""
    offer = Offer.objects.filter(pk=offer_id, venue_id__in=venue_ids).select_related("venue").first()
    if offer is None:
        deny(NOT_FOUND)
    rows = Stock.objects.filter(offer=offer, deleted_at=None).select_related("price_category").order_by("starts_at", "id")
    stocks = list(rows)
    facts = tuple(_facts(stock) for stock in stocks)
    return OwnOffer(
        id=offer.pk, venue_id=offer.venue_id, venue_name=offer.venue.name, department=offer.venue.department,
        kind=BY_ID[offer.subcategory], name=offer.name, creator=offer.creator, description=offer.description, extra=offer.extra,
        is_duo=offer.is_duo, url=offer.url, withdrawal=offer.withdrawal, withdrawal_details=offer.withdrawal_details,
        duration_minutes=offer.duration_minutes, accessible_audio=offer.accessible_audio,
        accessible_mental=offer.accessible_mental, accessible_motor=offer.accessible_motor,
        accessible_visual=offer.accessible_visual, cover_seed=offer.cover_seed, validation=OfferValidation(offer.validation),
        publication_at=offer.publication_at, bookings_allowed_at=offer.bookings_allowed_at,
        status=displayed_status(OfferFacts(offer.validation, offer.publication_at, offer.bookings_allowed_at, facts), at=at),
        stocks=tuple(_own_stock(stock, at) for stock in stocks),
    )  # fmt: skip


def own_stock(*, stock_id: int, offer_id: int, venue_ids: Collection[int], at: datetime) -> OwnStock:
    """One stock of an offer of these venues. Refuses (missing) any other."""
    found = Stock.objects.filter(pk=stock_id, offer_id=offer_id, offer__venue_id__in=venue_ids, deleted_at=None)
    stock = found.select_related("price_category").first()
    if stock is None:
        deny(STOCK_NOT_FOUND)
    return _own_stock(stock, at)


def kinds_for_partners() -> list[Subcategory]:
    """The subcategories that a partner may choose, in the table's order."""
    return [row for row in SUBCATEGORIES if row.is_offered_to_partners]


def kind_for_partners(*, subcategory: str) -> Subcategory:
    """One of them. Refuses any other."""
    row = BY_ID.get(subcategory)
    if row is None or not row.is_offered_to_partners:
        deny(UNKNOWN_SUBCATEGORY, subcategory=subcategory[:40])
    return row


def fields_of(*, kind: Subcategory) -> list[tuple[str, bool]]:
    """The extra fields that a subcategory asks for, each with whether a partner must fill it in."""
    needed = required_fields(kind)
    return [(name.rstrip("*†"), name.rstrip("*†") in needed) for name in kind.fields]


def _facts(stock: Stock) -> StockFacts:
    return StockFacts(stock.quantity, stock.booked, stock.booking_limit_at, stock.starts_at)


def _own_stock(stock: Stock, at: datetime) -> OwnStock:
    facts, category = _facts(stock), stock.price_category
    return OwnStock(
        id=stock.pk, price_cents=stock.price_cents, price_label=category.label if category else "", quantity=stock.quantity,
        booked=stock.booked, left=left(facts), starts_at=stock.starts_at, booking_limit_at=stock.booking_limit_at,
        is_over=is_over(facts, at=at),
    )  # fmt: skip


def _lines(offers: list[Any], at: datetime) -> list[OwnOfferLine]:
    sums = {
        row["offer_id"]: row
        for row in Stock.objects.filter(offer__in=[offer.pk for offer in offers], deleted_at=None)
        .order_by()
        .values("offer_id")
        .annotate(
            stocks=Count("id"), next_at=Min("starts_at", filter=Q(starts_at__gt=at)), low=Min("price_cents"),
            high=Max("price_cents"), booked_places=Sum("booked"), quantities=Sum("quantity"),
            unlimited=Count("id", filter=Q(quantity=None)),
        )
    }  # fmt: skip
    none: dict[str, Any] = {
        "stocks": 0,
        "next_at": None,
        "low": None,
        "high": None,
        "booked_places": 0,
        "quantities": 0,
        "unlimited": 0,
    }
    lines = []
    for offer in offers:
        row, kind = sums.get(offer.pk, none), BY_ID[offer.subcategory]
        free = None if row["unlimited"] else (row["quantities"] or 0) - row["booked_places"]
        lines.append(
            OwnOfferLine(
                id=offer.pk, name=offer.name, creator=offer.creator, label=kind.label, venue_name=offer.venue.name,
                department=offer.venue.department, cover_seed=offer.cover_seed, status=OfferStatus(offer.shown),
                is_event=kind.is_event, stocks=row["stocks"], next_at=row["next_at"], min_price_cents=row["low"],
                max_price_cents=row["high"], booked=row["booked_places"], places_left=free, publication_at=offer.publication_at,
            )
        )  # fmt: skip
    return lines


def sessions_between(*, venue_ids: Collection[int], since: datetime, until: datetime, limit: int = 20) -> list[OwnSession]:
    """The dates of these venues that begin in an interval, soonest first."""
    found = Stock.objects.filter(
        offer__venue_id__in=venue_ids, deleted_at=None, starts_at__gte=since, starts_at__lt=until, offer__validation="APPROVED"
    )
    rows = found.select_related("offer").order_by("starts_at", "id")[:limit]
    return [OwnSession(s.offer_id, s.offer.name, s.starts_at, s.booked, s.quantity) for s in rows if s.starts_at is not None]
