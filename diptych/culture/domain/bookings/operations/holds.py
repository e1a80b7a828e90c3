"""Holds: a place kept while an outside ticketing system answers, then confirmed or released. No network here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ..terms import Cancellation, Status
from .acting import free, lock, move, tell

ACTOR = "job:settle_holds"


@transaction.atomic
def confirm_hold(*, booking_id: int, tickets: Sequence[Mapping[str, Any]], at: datetime) -> bool:
    """Confirm a hold with the barcodes and seats that the system gave. False where it is no longer held (the deadline
    passed, its holder cancelled): the caller then gives the barcodes back."""
    booking = lock(booking_id=booking_id)
    if booking.status != Status.HELD:
        return False
    move(booking, Status.CONFIRMED)
    booking.held_until, booking.tickets = None, [dict(ticket) for ticket in tickets]
    booking.save(update_fields=["status", "held_until", "tickets"])
    tell(booking, topic="bookings.booked", actor=ACTOR, at=at)
    return True


@transaction.atomic
def release_hold(*, booking_id: int, why: str, at: datetime) -> bool:
    """Release a hold that the system refused (`why` is its code) or never answered. False where it is no longer held."""
    booking = lock(booking_id=booking_id)
    if booking.status != Status.HELD:
        return False
    free(booking, why=Cancellation.OFFERER, at=at)
    tell(booking, topic="bookings.released", actor=ACTOR, at=at, facts={"why": why})
    return True
