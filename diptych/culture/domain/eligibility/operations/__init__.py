"""Writes of eligibility: one function, one transaction; locks always the person, then what several
may claim (but a phone number, which is claimed first).

A refusal that must leave a trace (a wrong code, a message too many) is raised once its line is committed.
"""

from .activation import activate
from .bonus import ask_bonus, decide_bonus
from .honour import sign_honor_statement
from .identity import decide_paper_file, finish_identity_check, give_up_identity_check, start_identity_check
from .keys import code_of, number_hash
from .phone import send_phone_code, validate_phone_code
from .profile import complete_profile
from .refused_phones import allow_phone, refuse_phone
from .reminding import remind_sign_ups
from .reviewing import review, skip_phone

__all__ = [
    "activate",
    "allow_phone",
    "ask_bonus",
    "code_of",
    "complete_profile",
    "decide_bonus",
    "decide_paper_file",
    "finish_identity_check",
    "give_up_identity_check",
    "number_hash",
    "refuse_phone",
    "remind_sign_ups",
    "review",
    "send_phone_code",
    "sign_honor_statement",
    "skip_phone",
    "start_identity_check",
    "validate_phone_code",
]
