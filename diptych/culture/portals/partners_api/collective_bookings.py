"""Collective bookings of partners' programs: cancel one; and in a sandbox, play the school that books (guide §6.1).

What Adage, the ministry's platform, would do for a school is refused everywhere but in a sandbox (DIPTYCH_SANDBOX).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from ninja import Router, Status

from .collective_shapes import MockBookingResponse
from .door import Calling, ResourceId, answers, partner

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, deny
from diptych.culture.domain.collective.operations import bookings as operations

router = Router(tags=["Collective Bookings"])
mock = Router(tags=["Adage Mock (Collective Bookings)"])

NO_SANDBOX = Reason(
    "partners_api.no_sandbox",
    Kind.FORBIDDEN,
    "This is done in a sandbox alone: here, the school itself does it.",
    "the contract: not available from the production environment",
)


@router.patch("/bookings/{booking_id}", response=answers(400, 403, 404, done=None), operation_id="CancelCollectiveBooking")
@partner
def cancel(request: Calling, booking_id: ResourceId) -> Any:
    """Cancel a school's booking, until 48 hours after the outing."""
    return _act(request, operations.cancel_by_venue, booking_id)


@mock.post(
    "/adage_mock/offer/{offer_id}/book", response=answers(403, 404, ok=MockBookingResponse), operation_id="AdageMockBookOffer"
)
@partner
def mock_book(request: Calling, offer_id: ResourceId) -> Any:
    """Sandbox: a teacher pre-books the offer."""
    _sandbox_only()
    who = request.auth
    made = operations.prebook(
        offer_id=offer_id, partner_id=who.partner_id, venue_ids=who.venue_ids, actor=who.actor, at=clock.now()
    )
    return {"bookingId": made}


@mock.post(
    "/adage_mock/bookings/{booking_id}/confirm", response=answers(403, 404, done=None), operation_id="ConfirmCollectiveBooking"
)
@partner
def mock_confirm(request: Calling, booking_id: ResourceId) -> Any:
    """Sandbox: the headteacher confirms."""
    _sandbox_only()
    return _act(request, operations.confirm, booking_id)


@mock.post(
    "/adage_mock/bookings/{booking_id}/cancel",
    response=answers(403, 404, done=None),
    operation_id="AdageMockCancelCollectiveBooking",
)
@partner
def mock_cancel(request: Calling, booking_id: ResourceId) -> Any:
    """Sandbox: the school refuses, or goes back on its booking."""
    _sandbox_only()
    return _act(request, operations.refuse_booking, booking_id)


@mock.post(
    "/adage_mock/bookings/{booking_id}/pending", response=answers(403, 404, done=None), operation_id="ResetCollectiveBooking"
)
@partner
def mock_reset(request: Calling, booking_id: ResourceId) -> Any:
    """Sandbox: back to pending."""
    _sandbox_only()
    return _act(request, operations.reset, booking_id)


@mock.post(
    "/adage_mock/bookings/{booking_id}/reimburse",
    response=answers(403, 404, done=None),
    operation_id="ReimburseCollectiveBooking",
)
@partner
def mock_reimburse(request: Calling, booking_id: ResourceId) -> Any:
    """Sandbox: the venue is paid."""
    _sandbox_only()
    return _act(request, operations.reimburse, booking_id)


@mock.post("/bookings/{booking_id}/use", response=answers(403, 404, done=None), operation_id="UseCollectiveBooking")
@partner
def mock_use(request: Calling, booking_id: ResourceId) -> Any:
    """Sandbox: the outing took place."""
    _sandbox_only()
    return _act(request, operations.use, booking_id)


def _act(request: Calling, act: Callable[..., None], booking_id: int) -> Any:
    who = request.auth
    act(booking_id=booking_id, partner_id=who.partner_id, venue_ids=who.venue_ids, actor=who.actor, at=clock.now())
    return Status(204, None)


def _sandbox_only() -> None:
    if not settings.SANDBOX:
        deny(NO_SANDBOX)
