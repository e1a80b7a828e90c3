"""Bookings as the official contract gives them to a partner's program: by code, or page by page of an offer or a venue."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from ..models import Booking
from ..terms import Status

from diptych.culture.domain.catalogue.models import Offer


@dataclass(frozen=True, slots=True)
class PartnerSearch:
    """What a program asks for. `first` is the lowest number of a booking, `limit` how many at most."""

    offer_id: int | None = None
    venue_id: int | None = None
    price_category_id: int | None = None
    stock_id: int | None = None
    status: str = ""
    starts_at: datetime | None = None
    first: int = 1
    limit: int = 50


@dataclass(frozen=True, slots=True)
class PartnerBooking:
    """A booking with its holder, as the contract requires (guide §6.1): each look is journalled by who shows it."""

    id: int
    status: Status
    quantity: int
    price_cents: int
    booked_at: datetime
    confirmed_at: datetime | None
    offer_id: int
    offer_name: str
    offer_ean: str | None
    offer_address: str | None
    department: str | None
    stock_id: int
    price_category_id: int | None
    price_category_label: str | None
    venue_id: int
    venue_name: str
    email: str
    first_name: str
    last_name: str
    born: date | None
    phone: str | None
    postcode: str | None


def owns_offer(*, offer_id: int, venue_ids: Collection[int]) -> bool:
    """Whether an offer is of one of these venues."""
    return Offer.objects.filter(pk=offer_id, venue_id__in=venue_ids).exists()


def partner_bookings(*, search: PartnerSearch, venue_ids: Collection[int]) -> list[PartnerBooking]:
    """Bookings of these venues, by number. What an outside system still holds is not a booking of the contract yet."""
    found = Booking.objects.filter(offer__venue_id__in=venue_ids, pk__gte=search.first).exclude(status=Status.HELD)
    wanted = {
        "offer_id": search.offer_id,
        "offer__venue_id": search.venue_id,
        "stock__price_category_id": search.price_category_id,
        "stock_id": search.stock_id,
        "status": search.status or None,
        "stock__starts_at": search.starts_at,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    rows = found.select_related("stock__price_category", "offer__venue", "offer__product", "person").order_by("pk")
    return [partner_booking(booking) for booking in rows[: search.limit]]


def partner_booking(booking: Booking) -> PartnerBooking:
    """One booking, as the contract gives it."""
    offer, stock, person = booking.offer, booking.stock, booking.person
    venue, price = offer.venue, stock.price_category
    return PartnerBooking(
        id=booking.pk,
        status=Status(booking.status),
        quantity=booking.quantity,
        price_cents=booking.total_cents // booking.quantity,
        booked_at=booking.booked_at,
        confirmed_at=booking.cancellation_limit_at,
        offer_id=offer.pk,
        offer_name=offer.name,
        offer_ean=(offer.product.ean if offer.product else None) or offer.extra.get("ean") or None,
        offer_address=venue.address or None,
        department=venue.department or None,
        stock_id=stock.pk,
        price_category_id=price.pk if price else None,
        price_category_label=price.label if price else None,
        venue_id=venue.pk,
        venue_name=venue.name,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        born=person.validated_birth_date or person.birth_date,
        phone=person.phone or None,
        postcode=person.postcode or None,
    )
