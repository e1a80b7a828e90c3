"""Writes about people: accounts and their checks, suspension. One function, one transaction."""

from .accounts import (
    ask_password_reset,
    change_language,
    link_of,
    look_at,
    note_identity_linked,
    note_password_changed,
    note_search,
    note_second_factor,
    register,
    register_by_identity,
    resend_validation,
    resend_validation_to,
    set_profile,
    sign_in_for_tokens,
    sign_out_everywhere,
    validate_email,
)
from .suspending import close_own, return_to_own, suspend, unsuspend

__all__ = [
    "ask_password_reset",
    "change_language",
    "close_own",
    "link_of",
    "look_at",
    "note_identity_linked",
    "note_password_changed",
    "note_search",
    "note_second_factor",
    "register",
    "register_by_identity",
    "resend_validation",
    "resend_validation_to",
    "return_to_own",
    "set_profile",
    "sign_in_for_tokens",
    "sign_out_everywhere",
    "suspend",
    "unsuspend",
    "validate_email",
]
