"""Bookings for partners' programs: list, look a code up, validate, take back, cancel (guide §6.1, `/public/bookings/v1`)."""

from datetime import date, datetime
from enum import StrEnum
from functools import wraps
from typing import Annotated, Any, Final

from ninja import Query, Router, Schema, Status
from pydantic import Field

from .door import NEITHER_OFFER_NOR_VENUE, Calling, Instant, View, answers, partner

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.commons.web.limits import Misses
from diptych.culture.domain.bookings import operations, terms
from diptych.culture.domain.bookings.queries import PartnerBooking, PartnerSearch

router = Router(tags=["Bookings"])

WRONG_CODES: Final = Misses(
    "partners-api", times=60, seconds=600, wrong=frozenset({terms.TOKEN_UNKNOWN.code, terms.OTHER_VENUE.code})
)
"""Wrong codes of one key in ten minutes: a key may serve the counters of many venues. Against a thousand live bookings,
somebody who guesses day and night is right once in twelve weeks; by the 200 requests a minute alone, every two or three days."""

MOST_ID = 2**63 - 1
Number = Annotated[int, Field(ge=-MOST_ID, le=MOST_ID)]


class BookingStatus(StrEnum):
    """The life of a booking, as the contract has it."""

    CONFIRMED = "CONFIRMED"
    USED = "USED"
    CANCELLED = "CANCELLED"
    REIMBURSED = "REIMBURSED"


class GetBookingResponse(Schema):
    """A booking, with its holder. The price is of one place, in cents."""

    confirmationDate: datetime | None = None
    creationDate: datetime
    id: int
    offerAddress: str | None = None
    offerDepartmentCode: str | None = None
    offerEan: str | None = None
    offerId: int
    offerName: str
    price: int
    priceCategoryId: int | None = None
    priceCategoryLabel: str | None = None
    quantity: int
    status: BookingStatus
    stockId: int
    userBirthDate: date | None = None
    userEmail: str
    userFirstName: str | None = None
    userLastName: str | None = None
    userPhoneNumber: str | None = None
    userPostalCode: str | None = None
    venueId: int
    venueName: str


class GetFilteredBookingsResponse(Schema):
    """A page of bookings, by number."""

    bookings: list[GetBookingResponse]


class GetFilteredBookings(Schema):
    """Which bookings: of an offer or of a venue, from the number `firstIndex` on."""

    limit: Annotated[int, Field(gt=0, le=50)] = 50
    firstIndex: Annotated[int, Field(ge=1, le=MOST_ID)] = 1
    offerId: Number | None = None
    venueId: Number | None = None
    priceCategoryId: Number | None = None
    stockId: Number | None = None
    status: BookingStatus | None = None
    beginningDatetime: Instant | None = None


@router.get("/bookings", response=answers(400, 404, ok=GetFilteredBookingsResponse), operation_id="GetBookings")
@partner
def list_bookings(request: Calling, asked: Query[GetFilteredBookings]) -> Any:
    """Bookings of an offer or of a venue."""
    if asked.offerId is None and asked.venueId is None:
        deny(NEITHER_OFFER_NOR_VENUE)
    search = PartnerSearch(
        offer_id=asked.offerId,
        venue_id=asked.venueId,
        price_category_id=asked.priceCategoryId,
        stock_id=asked.stockId,
        status=asked.status or "",
        starts_at=asked.beginningDatetime,
        first=asked.firstIndex,
        limit=asked.limit,
    )
    who = request.auth
    found = operations.show_bookings_to_partner(search=search, venue_ids=who.venue_ids, actor=who.actor, at=clock.now())
    return {"bookings": [_shown(booking) for booking in found]}


def by_code(view: View) -> View:
    """An operation on the booking of a code: wrong codes are counted against the key."""

    @wraps(view)
    def counted(request: Calling, token: str) -> Any:
        with WRONG_CODES.watch(request.auth.key):
            return view(request, token)

    return counted  # type: ignore[return-value]  # the same arguments and answer


@router.get("/token/{token}", response=answers(403, 404, 410, ok=GetBookingResponse), operation_id="GetBookingByToken")
@partner
@by_code
def look_up(request: Calling, token: str) -> Any:
    """The booking of a code that may be validated now."""
    who = request.auth
    return _shown(operations.show_ticket_to_partner(token=token, venue_ids=who.venue_ids, actor=who.actor, at=clock.now()))


@router.patch("/use/token/{token}", response=answers(403, 404, 410, done=None), operation_id="ValidateBookingByToken")
@partner
@by_code
def use(request: Calling, token: str) -> Any:
    """Validate a booking."""
    who = request.auth
    operations.use(token=token, venue_ids=who.venue_ids, actor=who.actor, at=clock.now())
    return Status(204, None)


@router.patch("/keep/token/{token}", response=answers(403, 404, 410, done=None), operation_id="CancelBookingValidationByToken")
@partner
@by_code
def keep(request: Calling, token: str) -> Any:
    """Take a validation back."""
    who = request.auth
    operations.take_back(token=token, venue_ids=who.venue_ids, actor=who.actor, at=clock.now())
    return Status(204, None)


@router.patch("/cancel/token/{token}", response=answers(400, 403, 404, 410, done=None), operation_id="CancelBookingByToken")
@partner
@by_code
def cancel(request: Calling, token: str) -> Any:
    """Cancel a booking that was not used."""
    who = request.auth
    operations.cancel_by_venue(token=token, venue_ids=who.venue_ids, actor=who.actor, at=clock.now())
    return Status(204, None)


def _shown(booking: PartnerBooking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "status": booking.status.value,
        "quantity": booking.quantity,
        "price": booking.price_cents,
        "creationDate": booking.booked_at,
        "confirmationDate": booking.confirmed_at,
        "offerId": booking.offer_id,
        "offerName": booking.offer_name,
        "offerEan": booking.offer_ean,
        "offerAddress": booking.offer_address,
        "offerDepartmentCode": booking.department,
        "stockId": booking.stock_id,
        "priceCategoryId": booking.price_category_id,
        "priceCategoryLabel": booking.price_category_label,
        "venueId": booking.venue_id,
        "venueName": booking.venue_name,
        "userEmail": booking.email,
        "userFirstName": booking.first_name or None,
        "userLastName": booking.last_name or None,
        "userBirthDate": booking.born,
        "userPhoneNumber": booking.phone,
        "userPostalCode": booking.postcode,
    }
