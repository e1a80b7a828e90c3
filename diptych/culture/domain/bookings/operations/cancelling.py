"""Cancel: by the holder until the limit, by the venue until it is used."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import Booking
from ..queries.tickets import facts_of
from ..rules.acts import why_not_cancel, why_not_cancel_by_venue
from ..rules.tokens import read_token
from ..terms import Cancellation, Status
from .acting import free, lock, tell

from diptych.commons.refusal import deny, stop_if


@transaction.atomic
def cancel(*, booking_id: int, person_id: int, at: datetime) -> None:
    """Cancel somebody's own booking. A second cancellation does nothing. Raises Refused with the reason why not."""
    booking = lock(booking_id=booking_id)
    if booking.person_id != person_id:
        deny(terms.NOT_FOUND)
    stop_if(why_not_cancel(facts_of(booking), at=at))
    if booking.status == Status.CANCELLED:
        return
    free(booking, why=Cancellation.BENEFICIARY, at=at)
    tell(booking, topic="bookings.cancelled", actor=f"person:{person_id}", at=at, facts={"why": Cancellation.BENEFICIARY.value})


@transaction.atomic
def cancel_by_venue(*, token: str, venue_ids: Collection[int], actor: str, at: datetime) -> None:
    """Cancel a booking of one of these venues. Raises Refused once it is used, reimbursed or cancelled."""
    found = Booking.objects.filter(token=read_token(token)).values_list("pk", flat=True).first()
    if found is None:
        deny(terms.TOKEN_UNKNOWN)
    booking = lock(booking_id=found)
    stop_if(why_not_cancel_by_venue(facts_of(booking, venue_matches=booking.offer.venue_id in venue_ids)))
    free(booking, why=Cancellation.OFFERER, at=at)
    tell(booking, topic="bookings.cancelled", actor=actor, at=at, facts={"why": Cancellation.OFFERER.value})
