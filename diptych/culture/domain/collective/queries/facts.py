"""What the rules ask of an offer and of a booking, read from their rows."""

from dataclasses import fields
from typing import Any, Final

from ..models import CollectiveBooking, CollectiveOffer
from ..terms import Booking, BookingFacts, Cancellation, Draft, OfferFacts

from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.venues.terms import Validation

_LISTS: Final = ("formats", "domains", "levels", "booking_emails", "departments")
"""Held as arrays."""
_PLAIN: Final = tuple(field.name for field in fields(Draft) if field.name not in (*_LISTS, "uai"))


def draft_of(offer: CollectiveOffer) -> Draft:
    """An offer as it is filled in now."""
    held: dict[str, Any] = {name: getattr(offer, name) for name in _PLAIN}
    held |= {name: tuple(getattr(offer, name)) for name in _LISTS}
    return Draft(uai=offer.school_id, **held)


def facts_of(offer: CollectiveOffer, last: CollectiveBooking | None) -> OfferFacts:
    """What the rules look at; `last` is its latest booking."""
    structure = offer.venue.structure
    return OfferFacts(
        validation=OfferValidation(offer.validation),
        active=structure is not None and structure.validation == Validation.VALIDATED,
        archived=offer.archived_at is not None,
        starts_at=offer.starts_at,
        ends_at=offer.ends_at,
        booking_limit_at=offer.booking_limit_at,
        booking=Booking(last.status) if last else None,
        cancellation=Cancellation(last.cancellation) if last and last.cancellation else None,
    )


def booking_facts(booking: CollectiveBooking) -> BookingFacts:
    """What the rules look at of a booking."""
    return BookingFacts(Booking(booking.status), booking.confirmation_limit_at, booking.cancellation_limit_at)
