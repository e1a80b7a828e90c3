"""Words of the accounts chapter: rights, audiences, reasons to refuse (field guide warehouse.md, §1.2)."""

from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason


class Right(StrEnum):
    """What an account may do besides counting."""

    EXACT = "exact_counts"
    PATIENTS = "read_patient_pseudonymised"


class Audience(StrEnum):
    """Whom a screen is for. An account belongs to exactly one, derived from its rights."""

    VISITOR = "visitor"
    RESEARCHER = "researcher"
    INVESTIGATOR = "investigator"


EVERYBODY: Final = (Audience.RESEARCHER, Audience.INVESTIGATOR)
"""Whoever is signed in."""

NOT_FOUND = Reason("accounts.not_found", Kind.MISSING, "There is no account with the address {email}.")
"""Said of sharing, to somebody signed in: the accounts of a hospital know one another."""
TAKEN = Reason("accounts.taken", Kind.CONFLICT, "The address {email} has an account already.")
NO_ADDRESS = Reason("accounts.no_address", Kind.INVALID, "{email} is no e-mail address.")
WEAK = Reason("accounts.weak_password", Kind.INVALID, "This password will not do: {why}.")
LOCKED = Reason("accounts.locked_out", Kind.BUSY, "Too many wrong passwords: try again in {minutes} min.")
