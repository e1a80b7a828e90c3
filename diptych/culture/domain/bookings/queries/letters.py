"""A booking as a letter to its holder says it. Does not hold words (`jobs/booking_letters`)."""

from dataclasses import dataclass
from datetime import datetime

from ..models import Booking
from ..rules.times import expires_at
from ..terms import Status

from diptych.culture.domain.catalogue.models import ActivationCode
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID


@dataclass(frozen=True, slots=True)
class Told:
    """What letters say of one booking. Read for the time of a sending, never stored nor logged. Times are UTC."""

    id: int
    person_id: int
    status: Status
    cancellation: str
    token: str
    offer_id: int
    offer_name: str
    venue_name: str
    street: str
    town: str
    department: str
    online: bool
    is_event: bool
    event_at: datetime | None
    quantity: int
    total_cents: int
    cancellation_limit_at: datetime | None
    expires_at: datetime | None
    has_activation_code: bool


def told(*, booking_id: int) -> Told:
    """One booking, whoever's. Bookings are never deleted: one that is not there is a bug, and raises."""
    booking = Booking.objects.select_related("stock", "offer__venue").get(pk=booking_id)
    offer, venue = booking.offer, booking.offer.venue
    return Told(
        id=booking.pk,
        person_id=booking.person_id,
        status=Status(booking.status),
        cancellation=booking.cancellation,
        token=booking.token,
        offer_id=offer.pk,
        offer_name=" ".join(offer.name.split()),
        venue_name=" ".join(venue.name.split()),
        street=venue.address.strip(),
        town=f"{venue.postcode} {venue.city}".strip(),
        department=venue.department,
        online=bool(offer.url),
        is_event=BY_ID[offer.subcategory].is_event,
        event_at=booking.event_at,
        quantity=booking.quantity,
        total_cents=booking.total_cents,
        cancellation_limit_at=booking.cancellation_limit_at,
        expires_at=expires_at(subcategory=offer.subcategory, booked_at=booking.booked_at),
        has_activation_code=ActivationCode.objects.filter(booking_id=booking.pk).exists(),
    )
