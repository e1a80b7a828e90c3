"""The counter: validate a code, or take a validation back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import Booking
from ..queries.counter import CounterTicket, counter_ticket
from ..queries.tickets import facts_of
from ..rules.acts import why_not_take_back, why_not_use
from ..rules.tokens import read_token
from ..terms import Author, Status
from .acting import lock, move, save_unused, tell, use_now

from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.catalogue.models import ActivationCode


@transaction.atomic
def use(*, token: str, venue_ids: Collection[int], actor: str, at: datetime) -> CounterTicket:
    """Validate a booking of one of these venues. Raises Refused: unknown, other venue, used, cancelled, not yet."""
    booking = _locked(token)
    facts = facts_of(booking, venue_matches=booking.offer.venue_id in venue_ids)
    stop_if(why_not_use(facts, used_at=booking.used_at, at=at))
    use_now(booking, by=Author.OFFERER, at=at)
    tell(booking, topic="bookings.used", actor=actor, at=at)
    return counter_ticket(booking, at=at)


@transaction.atomic
def take_back(*, token: str, venue_ids: Collection[int], actor: str, at: datetime) -> CounterTicket:
    """Take a validation back: the booking is confirmed again. Raises Refused where there is nothing to take back."""
    booking = _locked(token)
    given = ActivationCode.objects.filter(booking_id=booking.pk).exists()
    stop_if(why_not_take_back(facts_of(booking, venue_matches=booking.offer.venue_id in venue_ids, has_activation_code=given)))
    move(booking, Status.CONFIRMED)
    booking.used_at, booking.validated_by = None, ""
    save_unused(booking, "status", "used_at", "validated_by")
    tell(booking, topic="bookings.taken_back", actor=actor, at=at)
    return counter_ticket(booking, at=at)


def _locked(token: str) -> Booking:
    found = Booking.objects.filter(token=read_token(token)).values_list("pk", flat=True).first()
    if found is None:
        deny(terms.TOKEN_UNKNOWN)
    return lock(booking_id=found)
