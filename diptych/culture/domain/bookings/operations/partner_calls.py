"""What ticketing partners are to be told, and how they answer: owed, settled, noted. No network here: a job calls.

A place that a partner sold and that we do not keep is given back, whatever was killed in between: the debt is written
with what makes it, and ends when the partner agrees. Does not hold when to call again (rules).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ..models import Booking, PartnerCall, PartnerFault, PartnerHealth
from ..queries.partner_calls import seller_of, told_of
from ..rules.partners import FIRST_TRY_AFTER, next_try_after, rest_after
from ..terms import CallKind, Status

FAULTS_KEPT: Final = 200
"""Ours: of one system."""


@transaction.atomic
def owe_after(*, booking_id: int, released_why: str, at: datetime) -> CallKind | None:
    """What a booking that was made or ended leaves to tell: its barcodes given back; places that may have been sold looked
    for (`released_why` is what the partner said where it refused: then it sold nothing); or a notice. None for nothing."""
    booking = Booking.objects.select_related("offer").get(pk=booking_id)
    ended, seller = booking.status == Status.CANCELLED, seller_of(booking)
    if ended and booking.tickets and seller is not None:
        return _owe(booking_id, seller, CallKind.CANCEL, at, barcodes=[ticket["barcode"] for ticket in booking.tickets])
    if ended and booking.held_until is not None:
        if seller is None or released_why not in ("", "no_answer"):
            return None
        if PartnerCall.objects.filter(booking=booking, kind=CallKind.CANCEL).exists():
            return None
        return _owe(booking_id, seller, CallKind.FIND, at, wait=FIRST_TRY_AFTER)
    told = told_of(booking)
    if told is None or booking.tickets or booking.status == Status.HELD:
        return None
    return _owe(booking_id, told, CallKind.TELL_ENDED if ended else CallKind.TELL_BOOKED, at)


@transaction.atomic
def owe_back(*, booking_id: int, system_id: int, barcodes: Sequence[str], at: datetime) -> None:
    """Places came for a booking that is no longer held: they are to be given back. Nothing is left to look for."""
    PartnerCall.objects.filter(booking_id=booking_id, kind=CallKind.FIND).delete()
    _owe(booking_id, system_id, CallKind.CANCEL, at, barcodes=barcodes)


@transaction.atomic
def settle_call(*, call_id: int, why: str, at: datetime, barcodes: Sequence[str] = ()) -> None:
    """A call was made: it ends where the partner agreed (`why` is empty), else it is due again later, or given up.
    `barcodes`: what a search found and could not give back; from then on they are known."""
    call = PartnerCall.objects.select_for_update().filter(pk=call_id, ended_at=None).first()
    if call is None:
        return
    call.tries += 1
    wait = next_try_after(call.tries) if why else None
    if barcodes:
        call.kind, call.barcodes = CallKind.CANCEL, list(barcodes)
    if wait is None:
        call.ended_at, call.gave_up = at, bool(why)
    else:
        call.due_at = at + wait
    call.save()


@transaction.atomic
def note_answer(*, system_id: int, at: datetime) -> None:
    """A system answered: it is called as usual."""
    fresh = {"failures": 0, "answered_at": at, "rests_until": None}
    PartnerHealth.objects.update_or_create(system_id=system_id, defaults=fresh)


@transaction.atomic
def note_fault(*, system_id: int, venue_id: int, kind: CallKind, why: str, at: datetime) -> None:
    """A system did not answer well: it is left alone for a while, and its screen says so."""
    health, _ = PartnerHealth.objects.select_for_update().get_or_create(system_id=system_id)
    health.failures, health.failed_at = health.failures + 1, at
    health.rests_until = at + rest_after(health.failures)
    health.save()
    PartnerFault.objects.create(system_id=system_id, venue_id=venue_id, kind=kind, why=why[:40], at=at)
    kept = PartnerFault.objects.filter(system_id=system_id).order_by("-pk").values_list("pk", flat=True)[:FAULTS_KEPT]
    PartnerFault.objects.filter(system_id=system_id, pk__lt=min(kept)).delete()


def _owe(
    booking_id: int, system_id: int, kind: CallKind, at: datetime, *, barcodes: Sequence[str] = (), wait: timedelta = timedelta(0)
) -> CallKind:  # fmt: skip
    """Once a booking and kind. A seller that sold twice for one booking is given back all of it."""
    made, is_new = PartnerCall.objects.select_for_update().get_or_create(
        booking_id=booking_id, kind=kind,
        defaults={"system_id": system_id, "barcodes": list(barcodes), "made_at": at, "due_at": at + wait},
    )  # fmt: skip
    more = [one for one in barcodes if one not in made.barcodes]
    if more and not is_new:
        made.barcodes, made.due_at, made.ended_at, made.gave_up, made.tries = [*made.barcodes, *more], at + wait, None, False, 0
        made.save()
    return kind
