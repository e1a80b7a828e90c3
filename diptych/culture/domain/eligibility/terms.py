"""Words of the eligibility chapter: checks, states, steps, answers of identity providers, reasons to refuse.

Names in capitals are the official service's own (guide §1.1, §5). Does not hold the 42 codes' sentences: see `rules.reasons`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason
from diptych.culture.domain.wallet.terms import Scheme


class CheckType(StrEnum):
    """What an attempt checks. `ubble` is the document check, `dms` the paper route."""

    DMS = "dms"
    EDUCONNECT = "educonnect"
    HONOR_STATEMENT = "honor_statement"
    INTERNAL_REVIEW = "internal_review"
    PHONE_VALIDATION = "phone_validation"
    PROFILE_COMPLETION = "profile_completion"
    QF_BONUS_CREDIT = "qf_bonus_credit"
    UBBLE = "ubble"
    JOUVE = "jouve"
    USER_PROFILING = "user_profiling"


class CheckStatus(StrEnum):
    """What a line of the fraud journal says of its attempt."""

    CANCELED = "canceled"
    ERROR = "error"
    KO = "ko"
    OK = "ok"
    PENDING = "pending"
    STARTED = "started"
    SUSPICIOUS = "suspicious"
    MOCK_CONFIG = "mock_config"


class ReviewResult(StrEnum):
    """What an officer decided."""

    OK = "OK"
    KO = "KO"
    REDIRECTED_TO_DMS = "REDIRECTED_TO_DMS"


class Machine(StrEnum):
    """Which of the three journeys somebody is on."""

    ADULT = "18 and over"
    UNDERAGE = "17"
    FREE = "free"


class State(StrEnum):
    """Where somebody stands (guide §5.1). Recomputed from facts each time, never stored."""

    EMAIL_VALIDATION = "email_validation"
    PHONE_VALIDATION = "phone_validation"
    FAILED_PHONE_VALIDATION = "failed_phone_validation"
    PROFILE_COMPLETION = "profile_completion"
    IDENTITY_CHECK = "identity_check"
    IDENTITY_CHECK_RETRY = "identity_check_retry"
    FAILED_IDENTITY_CHECK = "failed_identity_check"
    HONOR_STATEMENT = "honor_statement"
    WAITING_FOR_IDENTITY_CHECK = "waiting_for_identity_check"
    WAITING_FOR_MANUAL_REVIEW = "waiting_for_manual_review"
    SUBSCRIPTION_COMPLETED_BUT_NOT_BENEFICIARY_YET = "subscription_completed_but_not_beneficiary_yet"
    BENEFICIARY = "beneficiary"
    EX_BENEFICIARY = "ex_beneficiary"
    NOT_ELIGIBLE = "not_eligible"
    ADMIN_KO_REVIEW = "admin_ko_review"


class Step(StrEnum):
    """What the person does next."""

    EMAIL = "email"
    ABOUT = "about"
    """Names, birth date and département: without them no journey can be told."""
    PHONE = "phone"
    PROFILE = "profile"
    IDENTITY = "identity"
    HONOR = "honor"
    WAIT = "wait"
    NOTHING = "nothing"


class ReasonCode(StrEnum):
    """Why an attempt did not pass: the 42 official codes (guide §5.4)."""

    AGE_NOT_VALID = "age_not_valid"
    DUPLICATE_USER = "duplicate_user"
    EMAIL_NOT_VALIDATED = "email_not_validated"
    MISSING_REQUIRED_DATA = "missing_required_data"
    NAME_INCORRECT = "name_incorrect"
    NOT_ELIGIBLE = "not_eligible"
    EMPTY_ID_PIECE_NUMBER = "empty_id_piece_number"
    ERROR_IN_DATA = "error_in_data"
    REFUSED_BY_OPERATOR = "refused_by_operator"
    BLURRY_DOCUMENT_VIDEO = "blurry_document_video"
    DOCUMENT_DAMAGED = "document_damaged"
    ELIGIBILITY_CHANGED = "eligibility_changed"
    ID_CHECK_BLOCKED_OTHER = "id_check_blocked_other"
    ID_CHECK_DATA_MATCH = "id_check_data_match"
    ID_CHECK_EXPIRED = "id_check_expired"
    ID_CHECK_NOT_AUTHENTIC = "id_check_not_authentic"
    ID_CHECK_NOT_SUPPORTED = "id_check_not_supported"
    ID_CHECK_UNPROCESSABLE = "id_check_unprocessable"
    INVALID_ID_PIECE_NUMBER = "invalid_id_piece_number"
    LACK_OF_LUMINOSITY = "lack_of_luminosity"
    NETWORK_CONNECTION_ISSUE = "network_connection_issue"
    NOT_DOCUMENT_OWNER = "not_document_owner"
    UBBLE_INTERNAL_ERROR = "ubble_internal_error"
    AGE_TOO_OLD = "age_too_old"
    AGE_TOO_YOUNG = "age_too_young"
    DUPLICATE_ID_PIECE_NUMBER = "duplicate_id_piece_number"
    DUPLICATE_INE = "duplicate_ine"
    BLACKLISTED_PHONE_NUMBER = "blacklisted_phone_number"
    INVALID_PHONE_COUNTRY_CODE = "invalid_phone_country_code"
    PHONE_ALREADY_EXISTS = "phone_already_exists"
    PHONE_UNVALIDATED_BY_PEER = "phone_unvalidated_by_peer"
    PHONE_UNVALIDATION_FOR_PEER = "phone_unvalidation_for_peer"
    PHONE_VALIDATION_ATTEMPTS_LIMIT_REACHED = "phone_validation_attempts_limit_reached"
    SMS_SENDING_LIMIT_REACHED = "sms_sending_limit_reached"
    CUSTODIAN_NOT_FOUND = "custodian_not_found"
    NOT_IN_TAX_HOUSEHOLD = "not_in_tax_household"
    QUOTIENT_FAMILIAL_TOO_HIGH = "quotient_familial_too_high"
    ALREADY_BENEFICIARY = "already_beneficiary"
    ALREADY_HAS_ACTIVE_DEPOSIT = "already_has_active_deposit"
    ID_CHECK_INVALID = "id_check_invalid"
    INE_NOT_WHITELISTED = "ine_not_whitelisted"
    PHONE_NOT_VALIDATED = "phone_not_validated"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the fraud journal now says of one attempt: its latest line."""

    id: str
    type: CheckType
    status: CheckStatus
    eligibility: Scheme | None
    reasons: tuple[ReasonCode, ...]
    made_at: datetime
    """When the attempt began here."""
    registered_at: datetime
    """The earlier of its beginning here and of the date that the provider gives (guide §2.1)."""
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """An officer's latest decision."""

    result: ReviewResult
    at: datetime


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """All that the state depends on. `attempts` are in the order in which they began."""

    born: date | None
    department: str
    email_validated: bool
    phone_validated: bool
    phone_skipped: bool
    profile_complete: bool
    held: frozenset[str] = frozenset()
    """Types of the deposits that were ever opened."""
    active: frozenset[str] = frozenset()
    """Those that have not expired."""
    attempts: tuple[Attempt, ...] = ()
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """Where somebody stands, what is next, and why. `path` is the way through the machine, the state last."""

    machine: Machine
    path: tuple[State, ...]
    eligibility: Scheme | None
    step: Step
    reasons: tuple[ReasonCode, ...] = ()
    retry: bool = False
    """Whether the failed step may be tried again now."""
    opens_on: date | None = None
    """Where nothing can be done yet: from when."""

    @property
    def state(self) -> State:
        """Where one stands."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class IdentityAnswer:
    """What an identity provider says of somebody. Hashes are keyed: no number in clear goes further than the gateway."""

    status: CheckStatus
    first_name: str = ""
    last_name: str = ""
    married_name: str = ""
    birth_date: date | None = None
    document_hash: str = ""
    document_well_formed: bool = True
    student_hash: str = ""
    reasons: tuple[ReasonCode, ...] = ()
    registered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What other accounts share with an answer."""

    person: bool = False
    document: bool = False
    student: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What all items of a check come to: KO beats SUSPICIOUS beats OK."""

    status: CheckStatus
    reasons: tuple[ReasonCode, ...]


@dataclass(frozen=True, slots=True)
class Custodian:
    """The parent whose family quotient counts, as the tax office knows them. `gender`: F or M; `birth_commune`: INSEE code,
    empty where they were born abroad."""

    last_name: str
    first_name: str
    birth_date: date
    gender: str
    birth_commune: str


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a household, or the person who asks, by the same words."""

    last_name: str
    usual_name: str
    first_name: str
    birth_date: date
    gender: str


@dataclass(frozen=True, slots=True)
class Household:
    """What the State's interface says of a parent in one month."""

    quotient: int
    children: tuple[Child, ...]


@dataclass(frozen=True, slots=True)
class BonusFacts:
    """What decides whether the bonus can be asked for. `tries`: those already made, whatever became of them."""

    age: int | None
    credit_open: bool
    received: bool
    waiting: bool
    tries: int


GENDERS: Final = ("F", "M")
"""As the civil registry writes them."""
IDENTITY_CHECKS: Final = frozenset({CheckType.EDUCONNECT, CheckType.UBBLE, CheckType.DMS})

NOT_THIS_STEP = Reason("eligibility.not_this_step", Kind.CONFLICT, "This is not the next step of your sign-up.", "guide §5.1")
PHONE_MALFORMED = Reason("eligibility.phone_malformed", Kind.INVALID, "This is not a mobile number.")
PHONE_PREFIX = Reason(
    "eligibility.phone_prefix", Kind.INVALID, "We can only write to French numbers, overseas included.", "guide §5.2, phone"
)
PHONE_HELD = Reason("eligibility.phone_held", Kind.CONFLICT, "This number already belongs to a beneficiary.", "guide §5.2, phone")
PHONE_REFUSED = Reason("eligibility.phone_refused", Kind.FORBIDDEN, "This number cannot be used here.", "guide §5.4, phone")
PHONE_NOT_REFUSED = Reason("eligibility.phone_not_refused", Kind.MISSING, "This number is not on the list.")
TOO_MANY_MESSAGES = Reason(
    "eligibility.too_many_messages",
    Kind.BUSY,
    "Three messages have been sent already. The next one can be asked for {again_at}.",
    "guide §5.2, phone",
)
WRONG_CODE = Reason("eligibility.wrong_code", Kind.INVALID, "This is not the code. Tries left: {left}.", "guide §5.2, phone")
NO_MORE_TRIES = Reason(
    "eligibility.no_more_tries",
    Kind.BUSY,
    "Three wrong codes: a new one can be tried {again_at}. Write to us if it was not you.",
    "guide §5.2, phone",
)
CODE_EXPIRED = Reason(
    "eligibility.code_expired", Kind.GONE, "There is no code to type, or it has expired: ask for another.", "guide §5.2, phone"
)
NAME_NOT_LATIN = Reason(
    "eligibility.name_not_latin", Kind.INVALID, "Write your names in Latin letters, as on your document.", "guide §5.2, profile"
)
POSTCODE_UNKNOWN = Reason("eligibility.postcode_unknown", Kind.INVALID, "A French postcode has five digits.")
FIELD_MISSING = Reason("eligibility.field_missing", Kind.INVALID, "Every line is needed.")
SCHOOL_TYPE_MISSING = Reason("eligibility.school_type_missing", Kind.INVALID, "Say which kind of school you go to.")
CHECK_NOT_OPEN = Reason(
    "eligibility.check_not_open", Kind.CONFLICT, "This way of proving who you are is not open to you.", "guide §5.2, identity"
)
CHECK_CROWDED = Reason(
    "eligibility.check_crowded",
    Kind.BUSY,
    "Very many people are being checked by camera: those whose birthday is near go first. Try again in a few days, or choose"
    " another way. You lose no right by waiting.",
    "guide §5.2, load shedding",
)
CHECK_UNKNOWN = Reason("eligibility.check_unknown", Kind.MISSING, "There is no such identity check.")
CHECK_DECIDED = Reason("eligibility.check_decided", Kind.CONFLICT, "This check has already been decided.")
NOTHING_TO_REVIEW = Reason("eligibility.nothing_to_review", Kind.CONFLICT, "There is nothing to review for this person now.")
BONUS_RECEIVED = Reason("eligibility.bonus_received", Kind.CONFLICT, "You already received the bonus.", "guide §2.1, bonus")
BONUS_NOT_OPEN = Reason(
    "eligibility.bonus_not_open", Kind.FORBIDDEN, "The bonus is for those of 17 or 18 whose credit is open.", "guide §2.1, bonus"
)
BONUS_WAITS = Reason("eligibility.bonus_waits", Kind.CONFLICT, "Your first request is being looked at: wait for its answer.")
BONUS_NO_MORE_TRIES = Reason(
    "eligibility.bonus_no_more_tries", Kind.BUSY, "You asked {most} times already: write to us.", "guide §2.1, bonus"
)
WHY_MISSING = Reason("eligibility.why_missing", Kind.INVALID, "Write why, in a few words.")
