"""What every act on an existing booking shares: the locks in their order, the move, the money back, the echo.

Holds those steps. Does not hold any act: cancel, counter, holds and nightly do.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from .. import terms
from ..models import Booking
from ..rules.acts import may_move
from ..terms import Author, Cancellation, Status

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.models import Stock
from diptych.culture.domain.wallet.models import Deposit, Movement
from diptych.culture.domain.wallet.terms import AccountKind, MovementKind


def lock(*, booking_id: int) -> Booking:
    """The booking, under the locks of its stock, its wallet and its own row, in that order. Refuses an unknown one."""
    known = Booking.objects.filter(pk=booking_id).values("stock_id", "deposit_id").first()
    if known is None:
        deny(terms.NOT_FOUND)
    Stock.objects.select_for_update(no_key=True).get(pk=known["stock_id"])
    _lock_wallet(booking_id, known["deposit_id"])
    return (
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .select_related("stock", "offer__venue", "offer__product", "person")
        .get(pk=booking_id)
    )


def _lock_wallet(booking_id: int, deposit_id: int | None) -> None:
    "A new regime may move the booking to a newer deposit while its lock is waited for: then that one is locked too."
    locked = None
    while deposit_id is not None and deposit_id != locked:
        Deposit.objects.select_for_update(no_key=True).get(pk=deposit_id)
        locked, deposit_id = deposit_id, Booking.objects.values_list("deposit_id", flat=True).get(pk=booking_id)


def move(booking: Booking, after: Status) -> None:
    """Set the status, if the table of moves allows it. Anything else is a bug, not a refusal."""
    if not may_move(Status(booking.status), after):
        raise ValueError(f"a booking does not go from {booking.status} to {after}")
    booking.status = after


def free(booking: Booking, *, why: Cancellation, at: datetime) -> None:
    """Cancel a locked booking: its places go back to the stock, its price to the wallet."""
    move(booking, Status.CANCELLED)
    booking.cancelled_at, booking.cancellation = at, why
    booking.used_at, booking.validated_by = None, ""
    save_unused(booking, "status", "cancelled_at", "cancellation", "used_at", "validated_by")
    Stock.objects.filter(pk=booking.stock_id).update(booked=F("booked") - booking.quantity)
    if booking.total_cents and booking.deposit_id is not None:
        Movement.objects.create(
            kind=MovementKind.CANCELLATION,
            amount_cents=booking.total_cents,
            debited=AccountKind.BOOKING,
            booking_id=booking.pk,
            credited=AccountKind.DEPOSIT,
            credited_deposit_id=booking.deposit_id,
            bucket=booking.bucket,
            at=at,
        )


@transaction.atomic
def cancel_paid(*, booking_id: int, actor: str, at: datetime) -> None:
    """Cancel a booking whose payment an incident takes back whole: its places go back to the stock. Its price is the incident's
    to give back."""
    booking = lock(booking_id=booking_id)
    if booking.status != Status.REIMBURSED:
        raise ValueError(f"a booking that is {booking.status} was not paid")
    move(booking, Status.CANCELLED)
    booking.cancelled_at, booking.cancellation = at, Cancellation.FINANCE_INCIDENT
    booking.used_at, booking.validated_by = None, ""
    booking.save(update_fields=["status", "cancelled_at", "cancellation", "used_at", "validated_by"])
    Stock.objects.filter(pk=booking.stock_id).update(booked=F("booked") - booking.quantity)
    tell(booking, topic="bookings.cancelled", actor=actor, at=at, facts={"why": Cancellation.FINANCE_INCIDENT.value})


def save_unused(booking: Booking, *fields: str) -> None:
    """Save a booking that may have been used. Refuses where its price is in a cashflow: the chapter of payments sets the
    trigger that knows, since this one knows nothing of them."""
    try:
        with transaction.atomic():
            booking.save(update_fields=fields)
    except IntegrityError as fault:
        if getattr(getattr(fault.__cause__, "diag", None), "constraint_name", None) == "booking_being_paid":
            deny(terms.BEING_PAID)
        raise


def use_now(booking: Booking, *, by: Author, at: datetime) -> None:
    """Mark a locked booking as used."""
    move(booking, Status.USED)
    booking.used_at, booking.validated_by = at, by
    booking.save(update_fields=["status", "used_at", "validated_by"])


def tell(booking: Booking, *, topic: str, actor: str, at: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Announce an act to the outbox, and write it in the journal: the last steps of its transaction."""
    payload = {"booking_id": booking.pk, "person_id": booking.person_id, "stock_id": booking.stock_id, **(facts or {})}
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic=topic, key=f"booking:{booking.pk}", payload=payload, at=at)
        journal.write(cursor, actor=actor, act=topic, subject=f"booking:{booking.pk}", at=at, facts=facts)
