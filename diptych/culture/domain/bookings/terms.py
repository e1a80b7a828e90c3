"""Words of the bookings chapter: statuses and their moves, facts, decisions, and every reason to say no.

Names in capitals are the official service's own (guide §1.4); HELD is ours: a place kept while another ticketing
system answers.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason
from diptych.culture.domain.wallet.terms import Bucket, Left


class Status(StrEnum):
    """The life of a booking."""

    HELD = "HELD"
    CONFIRMED = "CONFIRMED"
    USED = "USED"
    CANCELLED = "CANCELLED"
    REIMBURSED = "REIMBURSED"


class CallKind(StrEnum):
    """What a partner's system is called for."""

    BOOK = "BOOK"
    """Places are asked for."""
    CANCEL = "CANCEL"
    """Places are given back, by their barcodes."""
    FIND = "FIND"
    """Places that it may have sold without our hearing it are asked for again by the same key, and given back."""
    TELL_BOOKED = "TELL_BOOKED"
    """It is told of a booking that it does not sell."""
    TELL_ENDED = "TELL_ENDED"
    """It is told that such a booking was cancelled."""


MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.HELD: frozenset({Status.CONFIRMED, Status.CANCELLED}),
    Status.CONFIRMED: frozenset({Status.USED, Status.CANCELLED}),
    Status.USED: frozenset({Status.CONFIRMED, Status.CANCELLED, Status.REIMBURSED}),
    Status.CANCELLED: frozenset(),
    Status.REIMBURSED: frozenset({Status.CANCELLED}),
}
"""Which status may follow which; `docs/generated/states.md` draws it."""


class Author(StrEnum):
    """Who validated a booking."""

    OFFERER = "OFFERER"
    BACKOFFICE = "BACKOFFICE"
    AUTO = "AUTO"


class Entry(StrEnum):
    """By which door somebody came to what they booked. LINK: straight to its page, from a message, a poster or another site."""

    SHELF = "SHELF"
    SEARCH = "SEARCH"
    FAVOURITES = "FAVOURITES"
    VENUE = "VENUE"
    RECOMMENDATION = "RECOMMENDATION"
    LINK = "LINK"


class Cancellation(StrEnum):
    """Why an individual booking was cancelled (guide §1.4; the 17 official reasons)."""

    OFFERER = "OFFERER"
    BENEFICIARY = "BENEFICIARY"
    EXPIRED = "EXPIRED"
    FRAUD = "FRAUD"
    FRAUD_SUSPICION = "FRAUD_SUSPICION"
    FRAUD_INAPPROPRIATE = "FRAUD_INAPPROPRIATE"
    REFUSED_BY_INSTITUTE = "REFUSED_BY_INSTITUTE"
    FINANCE_INCIDENT = "FINANCE_INCIDENT"
    BACKOFFICE = "BACKOFFICE"
    BACKOFFICE_EVENT_CANCELLED = "BACKOFFICE_EVENT_CANCELLED"
    BACKOFFICE_OVERBOOKING = "BACKOFFICE_OVERBOOKING"
    BACKOFFICE_BENEFICIARY_REQUEST = "BACKOFFICE_BENEFICIARY_REQUEST"
    BACKOFFICE_OFFER_MODIFIED = "BACKOFFICE_OFFER_MODIFIED"
    BACKOFFICE_OFFER_WITH_WRONG_INFORMATION = "BACKOFFICE_OFFER_WITH_WRONG_INFORMATION"
    BACKOFFICE_OFFERER_BUSINESS_CLOSED = "BACKOFFICE_OFFERER_BUSINESS_CLOSED"
    OFFERER_CONNECT_AS = "OFFERER_CONNECT_AS"
    OFFERER_CLOSED = "OFFERER_CLOSED"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a venue's list of bookings is narrowed to; nothing asked, nothing left out. Of each pair of instants the first is
    included and the second is not: when it was booked, when its event starts, when it was used."""

    status: str = ""
    venue_id: int | None = None
    offer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    event_since: datetime | None = None
    event_until: datetime | None = None
    used_since: datetime | None = None
    used_until: datetime | None = None
    text: str = ""
    """Looked for in the offer's title; and the whole code of a booking that was used."""


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """Everything that decides a booking, read under the locks. Amounts in cents, counts of places."""

    roles: frozenset[str]
    account_active: bool
    subcategory: str
    has_url: bool
    price_cents: int
    is_duo: bool
    already_booked: bool
    stock_deleted: bool
    starts_at: datetime | None
    booking_limit_at: datetime | None
    places_left: int | None
    offer_released: bool
    bookings_allowed_at: datetime | None
    wallet: Left | None
    needs_activation_code: bool = False
    has_activation_code: bool = False
    ticketed_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """A decision to book: what it costs, in which bucket, in which status it begins, until when it can be cancelled."""

    total_cents: int
    bucket: Bucket
    status: Status
    cancellation_limit_at: datetime | None


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """What decides an act on an existing booking. `venue_matches` says whether the actor's venue sells it."""

    status: Status
    is_event: bool
    starts_at: datetime | None
    cancellation_limit_at: datetime | None
    venue_matches: bool = True
    has_activation_code: bool = False
    deposit_expired: bool = False
    stock_deleted: bool = False


# To book, in the order of the checks.
ACCOUNT_CLOSED = Reason("bookings.account_closed", Kind.FORBIDDEN, "This account cannot book for now.", "guide §2.2, suspension")
CATEGORY_NOT_FOR_MINORS = Reason(
    "bookings.category_not_for_minors", Kind.FORBIDDEN, "This kind of offer opens at 18.", "guide §2.2 check 1, §2.3 minors"
)
CATEGORY_FREE_ONLY = Reason(
    "bookings.category_free_only",
    Kind.FORBIDDEN,
    "Before 18, this kind of offer can only be booked when it is free.",
    "guide §2.2 check 1",
)
NOT_BENEFICIARY = Reason(
    "bookings.not_beneficiary", Kind.FORBIDDEN, "Booking opens with the credit: finish your sign-up first.", "guide §2.2 check 2"
)
ALREADY_BOOKED = Reason(
    "bookings.already_booked", Kind.CONFLICT, "You already have a booking for this offer.", "guide §2.2 check 3"
)
ONE_PLACE_ONLY = Reason("bookings.one_place_only", Kind.INVALID, "This offer is booked one at a time.", "guide §2.2 check 4")
ONE_OR_TWO_PLACES = Reason("bookings.one_or_two_places", Kind.INVALID, "Book one or two places.", "guide §2.2 check 4")
STOCK_NOT_FOUND = Reason("bookings.stock_not_found", Kind.MISSING, "This date or price no longer exists.", "guide §2.2 check 5")
STOCK_WITHDRAWN = Reason("bookings.stock_withdrawn", Kind.CONFLICT, "The venue withdrew this date.", "guide §2.2 check 5")
EVENT_BEGUN = Reason("bookings.event_begun", Kind.CONFLICT, "It has already begun.", "guide §2.2 check 5")
TOO_LATE = Reason("bookings.too_late", Kind.CONFLICT, "Booking closed on {closed_at}.", "guide §2.2 check 5")
SOLD_OUT = Reason("bookings.sold_out", Kind.CONFLICT, "Sold out: there is nothing left.", "guide §2.2 check 5")
NOT_ENOUGH_LEFT = Reason("bookings.not_enough_left", Kind.CONFLICT, "Only {left} left.", "guide §2.2 check 5")
OFFER_NOT_RELEASED = Reason("bookings.offer_not_released", Kind.CONFLICT, "This offer is not open.", "guide §2.2 check 5")
NOT_YET_BOOKABLE = Reason("bookings.not_yet_bookable", Kind.CONFLICT, "Booking opens on {opens_at}.", "guide §2.2 check 5")
CREDIT_TOO_LOW = Reason(
    "bookings.credit_too_low", Kind.CONFLICT, "Your credit is not enough: {left_cents} left.", "guide §2.2 check 6"
)
DIGITAL_CAP = Reason(
    "bookings.digital_cap",
    Kind.CONFLICT,
    "Your credit for digital offers is not enough: {left_cents} left.",
    "guide §2.2 check 6",
)
PHYSICAL_CAP = Reason(
    "bookings.physical_cap",
    Kind.CONFLICT,
    "Your credit for physical goods is not enough: {left_cents} left.",
    "guide §2.2 check 6",
)
NO_ACTIVATION_CODE = Reason("bookings.no_activation_code", Kind.CONFLICT, "No activation code is left.", "guide §2.2 check 7")
KEY_REUSED = Reason(
    "bookings.key_reused", Kind.INVALID, "This Idempotency-Key was already used for another booking.", "Idempotency-Key"
)
NO_FREE_TOKEN = Reason("bookings.no_free_token", Kind.BUSY, "No code could be drawn. Try again.", "guide §2.2, token: 100 tries")

# To cancel, to use, to take back.
NOT_FOUND = Reason("bookings.not_found", Kind.MISSING, "There is no such booking.")
TOKEN_UNKNOWN = Reason("bookings.token_unknown", Kind.MISSING, "This code is unknown here.", "guide §6.1, token errors")
TOKEN_MALFORMED = Reason(
    "bookings.token_malformed",
    Kind.INVALID,
    "A code has six characters: letters and figures, without 0, 1, 8, 9, I or O.",
    "guide §2.2",
)
OTHER_VENUE = Reason("bookings.other_venue", Kind.MISSING, "This code belongs to another venue.", "guide §6.1, token errors")
CANNOT_CANCEL_USED = Reason(
    "bookings.cannot_cancel_used", Kind.CONFLICT, "It was already used: it cannot be cancelled.", "guide §2.2"
)
CANCELLATION_CLOSED = Reason(
    "bookings.cancellation_closed", Kind.CONFLICT, "It could be cancelled until {limit_at}.", "guide §2.2, cancellation limit"
)
ALREADY_USED = Reason("bookings.already_used", Kind.GONE, "Already validated on {used_at}.", "guide §6.1, token errors")
ALREADY_CANCELLED = Reason("bookings.already_cancelled", Kind.GONE, "This booking was cancelled.", "guide §6.1, token errors")
ALREADY_REIMBURSED = Reason(
    "bookings.already_reimbursed", Kind.FORBIDDEN, "This booking was already paid to the venue.", "guide §6.1, token errors"
)
BEING_PAID = Reason(
    "bookings.being_paid",
    Kind.FORBIDDEN,
    "Its payment to the venue is under way: it can no longer be taken back.",
    "guide §3.3: what is in a cashflow is changed by an incident",
)
NOT_YET_USABLE = Reason(
    "bookings.not_yet_usable",
    Kind.FORBIDDEN,
    "It can still be cancelled by its holder: validate it from {usable_from}.",
    "guide §2.2, usable",
)
STILL_HELD = Reason("bookings.still_held", Kind.FORBIDDEN, "The ticketing system has not confirmed it yet.", "hold")
NOT_USED = Reason(
    "bookings.not_used", Kind.FORBIDDEN, "It was not validated: there is nothing to take back.", "guide §6.1, token errors"
)
HAS_ACTIVATION_CODE = Reason(
    "bookings.has_activation_code",
    Kind.FORBIDDEN,
    "Its activation code was given: it cannot be taken back.",
    "guide §6.1, token errors",
)
TICKET_FORGED = Reason("bookings.ticket_forged", Kind.INVALID, "This QR code was not issued by the service.", "signed QR")
TICKET_MALFORMED = Reason("bookings.ticket_malformed", Kind.INVALID, "This QR code is not a ticket.", "signed QR")
