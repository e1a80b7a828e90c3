"""Reads of eligibility: where somebody stands, and the officer's whole view."""

from .bonus import BonusLookUp, BonusStanding, bonus_look_up, bonus_of
from .files import Found, PersonFile, file_of, find_people
from .journey import (
    facts_of,
    first_check_at,
    identity_attempt_of,
    journey_of,
    phone_of,
    profile_of,
    resemblance,
    sentences_of,
    sms_waits,
    ways_of,
    why_eligible,
    why_not_document_check_of,
)

__all__ = [
    "BonusLookUp",
    "BonusStanding",
    "Found",
    "PersonFile",
    "bonus_look_up",
    "bonus_of",
    "facts_of",
    "file_of",
    "find_people",
    "first_check_at",
    "identity_attempt_of",
    "journey_of",
    "phone_of",
    "profile_of",
    "resemblance",
    "sentences_of",
    "sms_waits",
    "ways_of",
    "why_eligible",
    "why_not_document_check_of",
]
