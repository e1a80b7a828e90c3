"""Words of personal data: categories, fates, clocks, facts of an account, states of a request, reasons to refuse.

Sources are named by article of the GDPR and section of the field guide. Does not hold the register: it is a table of rules.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason
from diptych.culture.domain.people.terms import Audience


class Category(StrEnum):
    """What a column says about somebody. NOTHING: about a thing, or about the machine."""

    LINK = "link"  # a number that stands for somebody
    IDENTITY = "identity"
    CONTACT = "contact"
    BIRTH = "birth"
    PLACE = "place"
    SECRET = "secret"  # noqa: S105  a word; what opens a door: a password, a token, a key; kept as a hash or encrypted
    ACCOUNT = "account"
    CREDIT = "credit"
    CHOICES = "choices"
    TRACE = "trace"
    PROFESSIONAL = "professional"
    NOTHING = "nothing"


class Subject(StrEnum):
    """Which clock an account lives by (guide §5.5)."""

    NO_CREDIT = "account without deposit"
    BENEFICIARY = "beneficiary"
    PROFESSIONAL = "professional"
    STAFF = "internal staff"


class Source(StrEnum):
    """Where a purpose's right to hold comes from, in the GDPR's words (article 6, 1)."""

    PUBLIC_TASK = "public task (GDPR art. 6.1.e; decree no. 2021-628)"
    LEGAL_OBLIGATION = "legal obligation (GDPR art. 6.1.c)"
    CONTRACT = "contract (GDPR art. 6.1.b)"
    NONE = "no personal data"


class Kept(StrEnum):
    """Why a value stays after its owner is forgotten, and until when."""

    NUMBER = "a number that leads to nobody once the account is empty"
    ACCOUNTS = "accounting record and proof of payment: 10 years (Code de commerce, art. L123-22), then as the clock says"
    STATISTICS = "département, year and kind only: statistics of the public task (GDPR art. 5.1.b and 89)"
    PROOF = "proof of who did what, by number only (GDPR art. 5.2 and 32)"
    MESSAGES = "numbers only, and 30 days after delivery"


class RequestState(StrEnum):
    """The life of a request to be forgotten."""

    QUEUED = "QUEUED"
    WITHDRAWN = "WITHDRAWN"
    DONE = "DONE"


MOVES: Final[dict[RequestState, frozenset[RequestState]]] = {
    RequestState.QUEUED: frozenset({RequestState.WITHDRAWN, RequestState.DONE}),
    RequestState.WITHDRAWN: frozenset(),
    RequestState.DONE: frozenset(),
}


class ExtractState(StrEnum):
    """The life of an extract; its row is removed when its time is over."""

    ASKED = "ASKED"
    READY = "READY"


class Why(StrEnum):
    """Why the team corrects or forgets: a code, since free words could name somebody."""

    AT_REQUEST = "at_request"
    IDENTITY_DOCUMENT = "identity_document"
    CIVIL_STATUS = "civil_status"
    TYPING_ERROR = "typing_error"
    DUPLICATE = "duplicate"
    DEATH = "death"


RECTIFIABLE: Final = ("first_name", "last_name", "birth_date", "email")
"""What the team may correct."""

FORGOTTEN_ADDRESS: Final = "exemple.invalid"
"""The domain of addresses that replace those of people forgotten (RFC 2606: it never resolves)."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """Everything that decides whether an account may be forgotten, and when."""

    person_id: int
    audience: Audience
    erased: bool
    born: date | None
    department: str
    seen_at: datetime
    """The last time somebody signed in, else when the account was opened."""
    deposits: int = 0
    deposits_end_at: datetime | None = None
    suspended_at: datetime | None = None
    suspended_why: str = ""
    attached: bool = False
    extract_pending: bool = False
    live_bookings: int = 0
    asked_at: datetime | None = None
    warned_at: datetime | None = None


NOT_FOUND = Reason("personal_data.not_found", Kind.MISSING, "There is no such account or extract for you.")
ALREADY_ERASED = Reason("personal_data.already_erased", Kind.GONE, "This account was already anonymised.")
EXTRACT_PENDING = Reason(
    "personal_data.extract_pending",
    Kind.CONFLICT,
    "An extract of this account is being made: wait until it is ready.",
    "guide §5.5",
)
TOO_MANY_EXTRACTS = Reason(
    "personal_data.too_many_extracts", Kind.BUSY, "{most} extracts in 24 hours are the most: try again tomorrow.", "guide §5.5"
)
EXTRACT_EXPIRED = Reason(
    "personal_data.extract_expired", Kind.GONE, "This extract is over: ask for a new one.", "guide §5.5, 7 days"
)
NOT_READY = Reason("personal_data.not_ready", Kind.CONFLICT, "This extract is being made: come back in a minute.")
NOT_DUE = Reason("personal_data.not_due", Kind.CONFLICT, "The law keeps this account until {until}.", "guide §5.5")
NO_CLOCK = Reason(
    "personal_data.no_clock", Kind.CONFLICT, "This account is in use: no date is set for its anonymisation.", "guide §5.5"
)
NOT_WARNED = Reason(
    "personal_data.not_warned",
    Kind.CONFLICT,
    "Its owner must have been warned {days} days before.",
    "guide §5.5, professionals; §5.2, self-suspension",
)
BOOKINGS_LIVE = Reason(
    "personal_data.bookings_live", Kind.CONFLICT, "Places are still booked: they must be used or cancelled first."
)
NOT_A_YOUTH = Reason(
    "personal_data.not_a_youth", Kind.FORBIDDEN, "Only a young person’s account is anonymised on request.", "guide §5.5"
)
ALREADY_ASKED = Reason("personal_data.already_asked", Kind.CONFLICT, "The deletion of this account is already asked for.")
NOT_ASKED = Reason("personal_data.not_asked", Kind.CONFLICT, "The deletion of this account was not asked for.")
TOO_LATE_TO_UNDO = Reason(
    "personal_data.too_late_to_undo", Kind.GONE, "It could be undone for 60 days.", "guide §5.2, self-suspension"
)
OUTSIDE_FIRST = Reason(
    "personal_data.outside_first",
    Kind.CONFLICT,
    "Outside tools must forget the contact first: {tool} has not.",
    "guide §5.5",
)
NOTHING_TO_RECTIFY = Reason("personal_data.nothing_to_rectify", Kind.INVALID, "Nothing differs from what is recorded.")
NOT_RECTIFIABLE = Reason("personal_data.not_rectifiable", Kind.INVALID, "{field} is not corrected here.")
WHY_UNKNOWN = Reason("personal_data.why_unknown", Kind.INVALID, "Choose a reason from the list.")
EMAIL_MALFORMED = Reason("personal_data.email_malformed", Kind.INVALID, "This is not an e-mail address.")
EMAIL_TAKEN = Reason("personal_data.email_taken", Kind.CONFLICT, "This address belongs to another account.")
BORN_IN_FUTURE = Reason("personal_data.born_in_future", Kind.INVALID, "This birth date is in the future.")
NAME_MISSING = Reason("personal_data.name_missing", Kind.INVALID, "A name is not corrected into nothing.")
