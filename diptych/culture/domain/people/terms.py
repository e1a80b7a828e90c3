"""Words of the people chapter: roles, audiences, states, and reasons to refuse an account.

Names in capitals are the official service's own. Does not hold ages or départements: those are rules.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason


class Role(StrEnum):
    """What a person is to the service; one person may hold several."""

    ADMIN = "ADMIN"
    ANONYMIZED = "ANONYMIZED"
    BENEFICIARY = "BENEFICIARY"
    UNDERAGE_BENEFICIARY = "UNDERAGE_BENEFICIARY"
    FREE_BENEFICIARY = "FREE_BENEFICIARY"
    PRO = "PRO"
    NON_ATTACHED_PRO = "NON_ATTACHED_PRO"
    TEST = "TEST"


class Audience(StrEnum):
    """Whom a screen is for. A person belongs to exactly one, derived from roles."""

    VISITOR = "visitor"
    YOUTH = "youth"
    VENUE = "venue"
    STAFF = "staff"
    PARTNER = "partner"
    """A partner's program, known by its key: nobody's account."""


class AccountState(StrEnum):
    """The life of an account."""

    ACTIVE = "ACTIVE"
    ANONYMIZED = "ANONYMIZED"
    INACTIVE = "INACTIVE"
    SUSPENDED = "SUSPENDED"
    SUSPENDED_UPON_USER_REQUEST = "SUSPENDED_UPON_USER_REQUEST"
    SUSPICIOUS_LOGIN_REPORTED_BY_USER = "SUSPICIOUS_LOGIN_REPORTED_BY_USER"
    DELETED = "DELETED"
    WAITING_FOR_ANONYMIZATION = "WAITING_FOR_ANONYMIZATION"


class Activity(StrEnum):
    """What somebody does of their days (guide §1.1)."""

    MIDDLE_SCHOOL_STUDENT = "MIDDLE_SCHOOL_STUDENT"
    HIGH_SCHOOL_STUDENT = "HIGH_SCHOOL_STUDENT"
    STUDENT = "STUDENT"
    EMPLOYEE = "EMPLOYEE"
    APPRENTICE = "APPRENTICE"
    APPRENTICE_STUDENT = "APPRENTICE_STUDENT"
    VOLUNTEER = "VOLUNTEER"
    INACTIVE = "INACTIVE"
    UNEMPLOYED = "UNEMPLOYED"


class SchoolType(StrEnum):
    """The school of those who are at one (guide §1.1)."""

    AGRICULTURAL_HIGH_SCHOOL = "AGRICULTURAL_HIGH_SCHOOL"
    MILITARY_HIGH_SCHOOL = "MILITARY_HIGH_SCHOOL"
    NAVAL_HIGH_SCHOOL = "NAVAL_HIGH_SCHOOL"
    PRIVATE_HIGH_SCHOOL = "PRIVATE_HIGH_SCHOOL"
    PUBLIC_HIGH_SCHOOL = "PUBLIC_HIGH_SCHOOL"
    PRIVATE_SECONDARY_SCHOOL = "PRIVATE_SECONDARY_SCHOOL"
    PUBLIC_SECONDARY_SCHOOL = "PUBLIC_SECONDARY_SCHOOL"
    APPRENTICE_FORMATION_CENTER = "APPRENTICE_FORMATION_CENTER"
    HOME_OR_REMOTE_SCHOOLING = "HOME_OR_REMOTE_SCHOOLING"


PUPILS: Final = frozenset({Activity.MIDDLE_SCHOOL_STUDENT, Activity.HIGH_SCHOOL_STUDENT, Activity.APPRENTICE_STUDENT})
"""Activities for which the kind of school is asked."""


class SuspensionReason(StrEnum):
    """Why an account is suspended: the 22 reasons of guide §2.2. What each does to bookings is the bookings chapter's."""

    FRAUD_RESELL_PRODUCT = "FRAUD_RESELL_PRODUCT"
    FRAUD_RESELL_PASS = "FRAUD_RESELL_PASS"  # noqa: S105  # a pass, no password
    BLACKLISTED_DOMAIN_NAME = "BLACKLISTED_DOMAIN_NAME"
    UPON_USER_REQUEST = "UPON_USER_REQUEST"
    SUSPICIOUS_LOGIN_REPORTED_BY_USER = "SUSPICIOUS_LOGIN_REPORTED_BY_USER"
    WAITING_FOR_ANONYMIZATION = "WAITING_FOR_ANONYMIZATION"
    FRAUD_SUSPICION = "FRAUD_SUSPICION"
    FRAUD_USURPATION = "FRAUD_USURPATION"
    FRAUD_HACK = "FRAUD_HACK"
    CLOSED_STRUCTURE_DEFINITIVE = "CLOSED_STRUCTURE_DEFINITIVE"
    CLOSED_STRUCTURE_TEMP = "CLOSED_STRUCTURE_TEMP"
    DELETED = "DELETED"
    DEVICE_AT_RISK = "DEVICE_AT_RISK"
    DUPLICATE_REPORTED_BY_USER = "DUPLICATE_REPORTED_BY_USER"
    END_OF_CONTRACT = "END_OF_CONTRACT"
    END_OF_ELIGIBILITY = "END_OF_ELIGIBILITY"
    FRAUD_BOOKING_CANCEL = "FRAUD_BOOKING_CANCEL"
    FRAUD_CREATION_PRO = "FRAUD_CREATION_PRO"
    FRAUD_DUPLICATE = "FRAUD_DUPLICATE"
    FRAUD_FAKE_DOCUMENT = "FRAUD_FAKE_DOCUMENT"
    FRAUD_USURPATION_PRO = "FRAUD_USURPATION_PRO"
    SUSPENSION_FOR_INVESTIGATION_TEMP = "SUSPENSION_FOR_INVESTIGATION_TEMP"


class StaffRole(StrEnum):
    """Roles of the team that matter to our pages (guide §8.1, sample matrix)."""

    ADMIN = "admin"
    GLOBAL_ACCESS = "global_access"
    QA = "qa"
    SUPPORT_N1 = "support_n1"
    SUPPORT_N2 = "support_n2"
    SUPPORT_N3 = "support_n3"
    FRAUDE_CONFORMITE = "fraude_conformite"
    FRAUDE_JEUNES = "fraude_jeunes"
    PROGRAMMATION_MARKET = "programmation_market"
    LECTURE_SEULE = "lecture_seule"
    DPO = "dpo"
    PRODUCT_MANAGEMENT = "product_management"
    HOMOLOGATION = "homologation"
    SUPPORT_PRO = "support_pro"
    CHARGE_DEVELOPPEMENT = "charge_developpement"
    DAF = "daf"
    CODIR_ADMIN = "codir_admin"
    RESPONSABLE_DAF = "responsable_daf"


class Permission(StrEnum):
    """What a role of the team allows (guide §8.1); only those that a page of ours asks for."""

    READ_PUBLIC_ACCOUNT = "READ_PUBLIC_ACCOUNT"
    MANAGE_PUBLIC_ACCOUNT = "MANAGE_PUBLIC_ACCOUNT"
    BENEFICIARY_FRAUD_ACTIONS = "BENEFICIARY_FRAUD_ACTIONS"
    BENEFICIARY_MANUAL_REVIEW = "BENEFICIARY_MANUAL_REVIEW"
    SUSPEND_USER = "SUSPEND_USER"
    UNSUSPEND_USER = "UNSUSPEND_USER"
    FEATURE_FLIPPING = "FEATURE_FLIPPING"
    EXTRACT_PUBLIC_ACCOUNT = "EXTRACT_PUBLIC_ACCOUNT"
    ANONYMIZE_PUBLIC_ACCOUNT = "ANONYMIZE_PUBLIC_ACCOUNT"
    READ_PRO_ENTITY = "READ_PRO_ENTITY"
    VALIDATE_OFFERER = "VALIDATE_OFFERER"
    CLOSE_OFFERER = "CLOSE_OFFERER"
    READ_PRO_SENSITIVE_INFO = "READ_PRO_SENSITIVE_INFO"
    READ_OFFERS = "READ_OFFERS"
    MANAGE_OFFERS = "MANAGE_OFFERS"
    READ_INCIDENTS = "READ_INCIDENTS"
    CREATE_INCIDENTS = "CREATE_INCIDENTS"
    MANAGE_INCIDENTS = "MANAGE_INCIDENTS"
    VALIDATE_COMMERCIAL_GESTURE = "VALIDATE_COMMERCIAL_GESTURE"
    READ_REIMBURSEMENT_RULES = "READ_REIMBURSEMENT_RULES"
    CREATE_REIMBURSEMENT_RULES = "CREATE_REIMBURSEMENT_RULES"
    PAY_VENUES = "PAY_VENUES"
    """Ours: in the guide, who sends money does so from the accounting software, outside the back office."""
    VISIT_PLACES = "VISIT_PLACES"
    """Ours: the guide names the field officers' role, not a permission for their pipeline."""
    MANAGE_HIGHLIGHT = "MANAGE_HIGHLIGHT"


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """What a sign-in is judged by: whether its device is trusted, since when it is known, whether the account knows any
    device, and how many warnings still hold."""

    trusted: bool
    known_since: datetime | None
    any_known: bool
    alerts: int


@dataclass(frozen=True, slots=True)
class LoginVerdict:
    """What follows: whether the device is a stranger's, whether its owner is written to, whether it is trusted from now."""

    suspicious: bool = False
    alert: bool = False
    trust: bool = False


LANGUAGES: Final = ("fr", "en")
"""Languages that the service speaks to people."""

OWN_CLOSINGS: Final = frozenset({AccountState.SUSPENDED_UPON_USER_REQUEST, AccountState.SUSPICIOUS_LOGIN_REPORTED_BY_USER})
"""How owners close their own account: they may sign in to open it again, and to nothing else (guide §5.2)."""

BENEFICIARIES: Final = frozenset({Role.BENEFICIARY, Role.UNDERAGE_BENEFICIARY, Role.FREE_BENEFICIARY})
"""Roles that make somebody a beneficiary, with money or without."""

EMAIL_TAKEN = Reason("people.email_taken", Kind.CONFLICT, "This e-mail address already has an account.")
BIRTH_DATE_IN_FUTURE = Reason("people.birth_date_in_future", Kind.INVALID, "This birth date is in the future.")
UNKNOWN_DEPARTMENT = Reason("people.unknown_department", Kind.INVALID, "There is no département {department}.")
LINK_EXPIRED = Reason("people.link_expired", Kind.GONE, "This link is no longer valid. Ask for a new one.")
PROFILE_SET = Reason("people.profile_set", Kind.CONFLICT, "Your birth date and département are already recorded.")
ALREADY_VALIDATED = Reason("people.already_validated", Kind.CONFLICT, "Your e-mail address is already checked.")
TOO_MANY_MAILS = Reason(
    "people.too_many_mails",
    Kind.BUSY,
    "We have already written to you several times: look in your spam, or try again in an hour.",
)
PASSWORD_TOO_WEAK = Reason("people.password_too_weak", Kind.INVALID, "Choose a longer password, that nobody could guess.")
EMAIL_MALFORMED = Reason("people.email_malformed", Kind.INVALID, "This is not an e-mail address.")
UNKNOWN_LANGUAGE = Reason("people.unknown_language", Kind.INVALID, "This language is not spoken here.")
CREDENTIALS_REFUSED = Reason(
    "people.credentials_refused", Kind.FORBIDDEN, "This e-mail address and this password do not go together."
)
DEVICE_UNKNOWN = Reason("people.device_unknown", Kind.MISSING, "This device is not among yours.")
NOT_SUSPENDED = Reason("people.not_suspended", Kind.CONFLICT, "This account is not suspended.")
ALREADY_SUSPENDED = Reason("people.already_suspended", Kind.CONFLICT, "This account is already suspended.")
NOT_FOUND = Reason("people.not_found", Kind.MISSING, "There is no such account.")
TOO_LATE_TO_RETURN = Reason(
    "people.too_late_to_return", Kind.GONE, "An account that was closed can be opened again within 60 days.", "guide §5.2"
)
NOT_PERMITTED = Reason("people.not_permitted", Kind.FORBIDDEN, "Your role in the team does not allow this.", "guide §8.1")
NOT_STAFF = Reason("people.not_staff", Kind.CONFLICT, "This account is not of the team.")
NOT_A_ROLE = Reason("people.not_a_role", Kind.INVALID, "There is no role {role} in the team.", "guide §8.1")
NOT_A_REASON = Reason("people.not_a_reason", Kind.INVALID, "This is not a reason to suspend an account.", "guide §2.2")
WHY_MISSING = Reason("people.why_missing", Kind.INVALID, "Write why, in a few words.")
