"""Words of the staff chapter: the roles of the locked room, which are its audiences too, reasons to refuse."""

from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason


class Role(StrEnum):
    """What somebody does in the locked room. An account has one, and one is the whole of what it may."""

    VISITOR = "visitor"
    """Nobody: who has not signed in."""
    ENGINEER = "engineer"
    """Brings sources in, replays quarantines, runs the flow."""
    STEWARD = "steward"
    """Says which concepts the sources' codes mean."""
    DPO = "dpo"
    """The data protection officer: reads who did what, and lets a failing release through, or not."""


EVERYBODY: Final = (Role.ENGINEER, Role.STEWARD, Role.DPO)
"""Whoever is signed in."""


TAKEN = Reason("staff.taken", Kind.CONFLICT, "The address {email} has an account already.")
NO_ADDRESS = Reason("staff.no_address", Kind.INVALID, "{email} is no e-mail address.")
WEAK = Reason("staff.weak_password", Kind.INVALID, "This password will not do: {why}.")
NO_ROLE = Reason("staff.no_role", Kind.INVALID, "{role} is no role of the locked room: engineer, steward or dpo.")
LOCKED = Reason("staff.locked_out", Kind.BUSY, "Too many wrong passwords: try again in {minutes} min.")
