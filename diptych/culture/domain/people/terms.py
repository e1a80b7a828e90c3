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


BENEFICIARIES: Final = frozenset({Role.BENEFICIARY, Role.UNDERAGE_BENEFICIARY, Role.FREE_BENEFICIARY})
"""Roles that make somebody a beneficiary, with money or without."""

EMAIL_TAKEN = Reason("people.email_taken", Kind.CONFLICT, "This e-mail address already has an account.")
BIRTH_DATE_IN_FUTURE = Reason("people.birth_date_in_future", Kind.INVALID, "This birth date is in the future.")
UNKNOWN_DEPARTMENT = Reason("people.unknown_department", Kind.INVALID, "There is no département {department}.")
LINK_EXPIRED = Reason("people.link_expired", Kind.GONE, "This link is no longer valid. Ask for a new one.")
PROFILE_SET = Reason("people.profile_set", Kind.CONFLICT, "Your birth date and département are already recorded.")
NOT_FOUND = Reason("people.not_found", Kind.MISSING, "There is no such account.")
