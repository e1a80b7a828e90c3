"""Words of the people chapter: roles, audiences, states, and reasons to refuse an account.

Names in capitals are the official service's own. Does not hold ages or départements: those are rules.
"""

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


class StaffRole(StrEnum):
    """Roles of the team that matter to young people's accounts (guide §8.1, sample matrix)."""

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


class Permission(StrEnum):
    """What a role of the team allows (guide §8.1); only those that a page of ours asks for."""

    MANAGE_PUBLIC_ACCOUNT = "MANAGE_PUBLIC_ACCOUNT"
    EXTRACT_PUBLIC_ACCOUNT = "EXTRACT_PUBLIC_ACCOUNT"
    ANONYMIZE_PUBLIC_ACCOUNT = "ANONYMIZE_PUBLIC_ACCOUNT"


LANGUAGES: Final = ("fr", "en")
"""Languages that the service speaks to people."""

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
NOT_SUSPENDED = Reason("people.not_suspended", Kind.CONFLICT, "This account is not suspended.")
ALREADY_SUSPENDED = Reason("people.already_suspended", Kind.CONFLICT, "This account is already suspended.")
NOT_FOUND = Reason("people.not_found", Kind.MISSING, "There is no such account.")
