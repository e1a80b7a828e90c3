"""Words of the collective chapter: statuses and moves, what is offered to a school, and every reason to say no.

Names in capitals are the official service's own (guide §1.4, §4). Does not hold budgets of schools, nor teachers.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason
from diptych.culture.domain.catalogue.terms import OfferValidation


class Booking(StrEnum):
    """The life of a school's booking."""

    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    USED = "USED"
    CANCELLED = "CANCELLED"
    REIMBURSED = "REIMBURSED"


MOVES: Final[dict[Booking, frozenset[Booking]]] = {
    Booking.PENDING: frozenset({Booking.CONFIRMED, Booking.CANCELLED}),
    Booking.CONFIRMED: frozenset({Booking.USED, Booking.CANCELLED, Booking.PENDING}),
    Booking.USED: frozenset({Booking.REIMBURSED, Booking.CANCELLED}),
    Booking.CANCELLED: frozenset({Booking.PENDING}),
    Booking.REIMBURSED: frozenset(),
}
"""Which status may follow which. Back to PENDING: a sandbox alone does that."""


class Status(StrEnum):
    """What is shown of an offer to a school (guide §4.4)."""

    DRAFT = "DRAFT"
    UNDER_REVIEW = "UNDER_REVIEW"
    REJECTED = "REJECTED"
    HIDDEN = "HIDDEN"
    PUBLISHED = "PUBLISHED"
    PREBOOKED = "PREBOOKED"
    BOOKED = "BOOKED"
    ENDED = "ENDED"
    REIMBURSED = "REIMBURSED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    ARCHIVED = "ARCHIVED"


class Action(StrEnum):
    """What a venue may do with its offer (guide §4.5)."""

    DETAILS = "details"
    DATES = "dates"
    INSTITUTION = "institution"
    DISCOUNT = "discount"
    DUPLICATE = "duplicate"
    CANCEL = "cancel"
    ARCHIVE = "archive"


class Cancellation(StrEnum):
    """Why a school's booking was cancelled (guide §1.4; the 17 official reasons).

    Fifteen are also an individual booking's. The official service keeps two lists, each with words that the other may never
    hold, and the two chapters are siblings that never meet.
    """

    OFFERER = "OFFERER"
    BENEFICIARY = "BENEFICIARY"
    EXPIRED = "EXPIRED"
    FRAUD = "FRAUD"
    FRAUD_SUSPICION = "FRAUD_SUSPICION"
    FRAUD_INAPPROPRIATE = "FRAUD_INAPPROPRIATE"
    REFUSED_BY_INSTITUTE = "REFUSED_BY_INSTITUTE"
    REFUSED_BY_HEADMASTER = "REFUSED_BY_HEADMASTER"
    PUBLIC_API = "PUBLIC_API"
    FINANCE_INCIDENT = "FINANCE_INCIDENT"
    BACKOFFICE = "BACKOFFICE"
    BACKOFFICE_EVENT_CANCELLED = "BACKOFFICE_EVENT_CANCELLED"
    BACKOFFICE_OFFER_MODIFIED = "BACKOFFICE_OFFER_MODIFIED"
    BACKOFFICE_OFFER_WITH_WRONG_INFORMATION = "BACKOFFICE_OFFER_WITH_WRONG_INFORMATION"
    BACKOFFICE_OFFERER_BUSINESS_CLOSED = "BACKOFFICE_OFFERER_BUSINESS_CLOSED"
    OFFERER_CONNECT_AS = "OFFERER_CONNECT_AS"
    OFFERER_CLOSED = "OFFERER_CLOSED"


class Rejection(StrEnum):
    """Why the team refuses an offer (guide §4.5; the 16 official reasons)."""

    CO_FUNDING = "CO_FUNDING"
    CSTI_IRRELEVANT = "CSTI_IRRELEVANT"
    EXAMS_PREPARATION = "EXAMS_PREPARATION"
    HOUSING_CATERING_TRANSPORT = "HOUSING_CATERING_TRANSPORT"
    INELIGIBLE_OFFER = "INELIGIBLE_OFFER"
    INELIGIBLE_SERVICE = "INELIGIBLE_SERVICE"
    MAX_BUDGET_REACHED = "MAX_BUDGET_REACHED"
    MISSING_DESCRIPTION = "MISSING_DESCRIPTION"
    MISSING_DESCRIPTION_AND_DATE = "MISSING_DESCRIPTION_AND_DATE"
    MISSING_MEDIATION = "MISSING_MEDIATION"
    MISSING_PRICE = "MISSING_PRICE"
    OTHER = "OTHER"
    PAST_DATE_OFFER = "PAST_DATE_OFFER"
    PRIMARY_ELEMENTARY_SCHOOL = "PRIMARY_ELEMENTARY_SCHOOL"
    WRONG_DATE = "WRONG_DATE"
    WRONG_PRICE = "WRONG_PRICE"


class Place(StrEnum):
    """Where an outing takes place."""

    SCHOOL = "SCHOOL"
    ADDRESS = "ADDRESS"
    TO_BE_DEFINED = "TO_BE_DEFINED"


class Format(StrEnum):
    """What pupils do there."""

    WORKSHOP = "Atelier de pratique"
    CONCERT = "Concert"
    TALK = "Conférence, rencontre"
    FESTIVAL = "Festival, salon, congrès"
    SCREENING = "Projection audiovisuelle"
    SHOW = "Représentation"
    GUIDED_VISIT = "Visite guidée"
    FREE_VISIT = "Visite libre"


class Level(StrEnum):
    """The classes for whom an outing is made (guide §4.1)."""

    NURSERY_MARSEILLE = "ECOLES_MARSEILLE_MATERNELLE"
    CP_TO_CE2_MARSEILLE = "ECOLES_MARSEILLE_CP_CE1_CE2"
    CM1_CM2_MARSEILLE = "ECOLES_MARSEILLE_CM1_CM2"
    COLLEGE_6 = "COLLEGE6"
    COLLEGE_5 = "COLLEGE5"
    COLLEGE_4 = "COLLEGE4"
    COLLEGE_3 = "COLLEGE3"
    CAP_1 = "CAP1"
    CAP_2 = "CAP2"
    LYCEE_2 = "GENERAL2"
    LYCEE_1 = "GENERAL1"
    LYCEE_0 = "GENERAL0"


@dataclass(frozen=True, slots=True)
class Draft:
    """An offer to one school, as its venue fills it in. Cents of euro, minutes; `domains` and `programme` by number."""

    venue_id: int
    uai: str
    name: str
    description: str
    formats: tuple[str, ...]
    domains: tuple[int, ...]
    levels: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    booking_limit_at: datetime
    price_cents: int
    tickets: int
    contact_email: str
    contact_phone: str
    booking_emails: tuple[str, ...]
    place: str = Place.SCHOOL
    address_id: int | None = None
    """Where `place` is ADDRESS: the address, or None for the venue's own."""
    place_words: str = ""
    """What is known of a place that is still to be defined; what an address is called."""
    departments: tuple[str, ...] = ()
    """Where the venue's people would come."""
    programme: int | None = None
    price_detail: str = ""
    duration_minutes: int | None = None
    accessible_audio: bool = False
    accessible_mental: bool = False
    accessible_motor: bool = False
    accessible_visual: bool = False


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What decides the status shown of an offer. `booking`: the last one's status; `active`: its structure is validated."""

    validation: OfferValidation
    active: bool
    archived: bool
    starts_at: datetime
    ends_at: datetime
    booking_limit_at: datetime
    booking: Booking | None = None
    cancellation: Cancellation | None = None


@dataclass(frozen=True, slots=True)
class BookingFacts:
    """What decides an act on a school's booking."""

    status: Booking
    confirmation_limit_at: datetime
    cancellation_limit_at: datetime


# What an offer may be.
NAME_MISSING = Reason("collective.name_missing", Kind.INVALID, "Give it a name.")
TEXT_TOO_LONG = Reason("collective.text_too_long", Kind.INVALID, "{field}: {most} characters at most.", "guide §4.1")
FORMAT_UNKNOWN = Reason("collective.format_unknown", Kind.INVALID, "Give one format or more, each of the list.")
LEVEL_UNKNOWN = Reason("collective.level_unknown", Kind.INVALID, "Give one level or more, each of the list.", "guide §4.1")
DOMAIN_UNKNOWN = Reason("collective.domain_unknown", Kind.MISSING, "Give one domain or more, each of the list.")
PROGRAMME_UNKNOWN = Reason(
    "collective.programme_unknown", Kind.MISSING, "This national programme does not exist, or has ended.", "guide §4.1"
)
PROGRAMME_ELSEWHERE = Reason(
    "collective.programme_elsewhere", Kind.INVALID, "This national programme belongs to none of the domains.", "guide §4.1"
)
DEPARTMENT_UNKNOWN = Reason("collective.department_unknown", Kind.INVALID, "One of the départements does not exist.")
PRICE_OUT_OF_RANGE = Reason("collective.price_out_of_range", Kind.INVALID, "The price is from 0 to {most_euros} €, to the cent.")
TICKETS_OUT_OF_RANGE = Reason("collective.tickets_out_of_range", Kind.INVALID, "The number of tickets is from 1 to {most}.")
DURATION_OUT_OF_RANGE = Reason("collective.duration_out_of_range", Kind.INVALID, "An outing lasts from 1 to {most} minutes.")
CONTACT_MISSING = Reason("collective.contact_missing", Kind.INVALID, "Say whom to call, and where bookings are told.")
START_IN_PAST = Reason("collective.start_in_past", Kind.INVALID, "The outing must be in the future.")
TOO_FAR = Reason("collective.too_far", Kind.INVALID, "No date may be more than {years} years ahead.")
END_BEFORE_START = Reason("collective.end_before_start", Kind.INVALID, "The outing cannot end before it begins.", "guide §4.1")
TWO_SCHOOL_YEARS = Reason(
    "collective.two_school_years",
    Kind.INVALID,
    "The outing must begin and end in the same school year, from September to August.",
    "guide §4.1",
)
LIMIT_AFTER_START = Reason(
    "collective.limit_after_start", Kind.INVALID, "The booking limit cannot be after the beginning of the outing."
)
LIMIT_IN_PAST = Reason("collective.limit_in_past", Kind.INVALID, "The booking limit must be in the future.")
SCHOOL_MISSING = Reason("collective.school_missing", Kind.INVALID, "Say for which school, by its UAI or by its number, not both.")
SCHOOL_UNKNOWN = Reason("collective.school_unknown", Kind.MISSING, "No school has this UAI or this number.")

# What may be done with an offer.
OFFER_NOT_FOUND = Reason("collective.offer_not_found", Kind.MISSING, "There is no such collective offer.")
MADE_ELSEWHERE = Reason(
    "collective.made_elsewhere",
    Kind.FORBIDDEN,
    "This offer was not made by your system: it cannot be changed from it.",
    "guide §4.5",
)
ACTION_CLOSED = Reason(
    "collective.action_closed", Kind.CONFLICT, "While the offer is {status}, this cannot be changed: {action}.", "guide §4.5"
)
NOT_IN_REVIEW = Reason("collective.not_in_review", Kind.CONFLICT, "This offer no longer waits for a decision.")
NOT_BOOKABLE = Reason("collective.not_bookable", Kind.CONFLICT, "The offer is {status}: it cannot be booked.", "guide §4.2, §4.4")

# What may be done with a booking.
BOOKING_NOT_FOUND = Reason("collective.booking_not_found", Kind.MISSING, "There is no such collective booking.")
CONFIRMATION_TOO_LATE = Reason(
    "collective.confirmation_too_late",
    Kind.INVALID,
    "The booking limit has passed.",
    "guide §4.2, CONFIRMATION_LIMIT_DATE_HAS_PASSED",
)
BOOKING_CANCELLED = Reason(
    "collective.booking_cancelled", Kind.INVALID, "The booking is cancelled.", "guide §4.2, EDUCATIONAL_BOOKING_IS_CANCELLED"
)
NOT_REFUSABLE = Reason(
    "collective.not_refusable",
    Kind.INVALID,
    "The booking can no longer be refused.",
    "guide §4.2, EDUCATIONAL_BOOKING_NOT_REFUSABLE",
)
NOT_CONFIRMED = Reason("collective.not_confirmed", Kind.CONFLICT, "The booking is {status}: only a confirmed one can be used.")
NOT_USED = Reason("collective.not_used", Kind.CONFLICT, "The booking is {status}: only a used one can be reimbursed.")
NOT_RESETTABLE = Reason("collective.not_resettable", Kind.CONFLICT, "The booking is {status}: it cannot go back to pending.")
