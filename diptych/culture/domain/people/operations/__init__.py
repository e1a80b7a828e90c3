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
from .attaching import set_attached
from .devices import alert_link_of, alert_of, device_hash, forget_device, note_login, report_login, trust_device
from .staffing import set_staff_roles
from .suspending import close_own, return_to_own, suspend, unsuspend

__all__ = [
    "alert_link_of",
    "alert_of",
    "ask_password_reset",
    "change_language",
    "close_own",
    "device_hash",
    "forget_device",
    "link_of",
    "look_at",
    "note_identity_linked",
    "note_login",
    "note_password_changed",
    "note_search",
    "note_second_factor",
    "register",
    "register_by_identity",
    "report_login",
    "resend_validation",
    "resend_validation_to",
    "return_to_own",
    "set_attached",
    "set_profile",
    "set_staff_roles",
    "sign_in_for_tokens",
    "sign_out_everywhere",
    "suspend",
    "trust_device",
    "unsuspend",
    "validate_email",
]
