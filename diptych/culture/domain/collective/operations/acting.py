"""What every act on an offer or a booking shares: the locks in their order (offer, then booking), the line of the journal.

Holds those steps. Does not hold any act.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

from .. import terms
from ..models import CollectiveBooking, CollectiveOffer
from ..queries.facts import facts_of
from ..rules.bookings import may_move
from ..rules.offers import why_not
from ..terms import Action, Booking

from diptych.commons import journal
from diptych.commons.refusal import deny, stop_if


def locked_offer(*, offer_id: int, partner_id: int, venue_ids: Collection[int]) -> CollectiveOffer:
    """An offer, locked. Missing where it is of none of these venues; forbidden where another system made it."""
    found = CollectiveOffer.objects.select_for_update(no_key=True, of=("self",)).select_related("venue__structure")
    offer = found.filter(pk=offer_id, venue_id__in=venue_ids).first()
    if offer is None:
        deny(terms.OFFER_NOT_FOUND)
    if offer.partner_id != partner_id:
        deny(terms.MADE_ELSEWHERE)
    return offer


def locked_booking(*, booking_id: int, partner_id: int, venue_ids: Collection[int]) -> CollectiveBooking:
    """A booking, under the locks of its offer and of its own row. Refuses as for its offer."""
    found = CollectiveBooking.objects.filter(pk=booking_id, offer__venue_id__in=venue_ids)
    offer_id = found.values_list("offer_id", flat=True).first()
    if offer_id is None:
        deny(terms.BOOKING_NOT_FOUND)
    offer = locked_offer(offer_id=offer_id, partner_id=partner_id, venue_ids=venue_ids)
    booking = CollectiveBooking.objects.select_for_update(no_key=True).get(pk=booking_id)
    booking.offer = offer
    return booking


def last_booking(offer: CollectiveOffer) -> CollectiveBooking | None:
    """The latest booking of an offer."""
    return offer.bookings.order_by("-pk").first()


def must_be_open(action: Action, offer: CollectiveOffer, *, at: datetime) -> None:
    """Refuse what the offer's status does not allow its venue."""
    stop_if(why_not(action, facts_of(offer, last_booking(offer)), at=at))


def move(booking: CollectiveBooking, after: Booking, **fields: Any) -> None:
    """Set the status, if the table of moves allows it, with the fields that go with it. Anything else is a bug."""
    if not may_move(Booking(booking.status), after):
        raise ValueError(f"a collective booking does not go from {booking.status} to {after}")
    for name, value in {"status": after, **fields}.items():
        setattr(booking, name, value)
    booking.save(update_fields=["status", *fields])


def tell(act: str, *, subject: str, actor: str, at: datetime, **facts: Any) -> None:
    """Write an act in the journal: the last step of its transaction."""
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=f"collective.{act}", subject=subject, at=at, facts=facts)
