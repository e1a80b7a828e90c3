"""Reads of personal data: what is held about somebody, who is due, where a request stands, the register itself."""

from ..rules.clocks import ACCOUNT_CLOCKS, CLOSED_BY_OWNER, OUTSIDE, SWEEPS
from .facts import due, facts_of, to_warn
from .holdings import (
    PURPOSES_TABLE,
    Chapter,
    Line,
    counts_of,
    everything_about,
    holds_personal,
    read_sessions,
    register,
)
from .requests import (
    ExtractLine,
    Standing,
    due_by_rule,
    evidence,
    extract_asker,
    extracts_of,
    is_erasure_asked,
    may,
    queue_length,
    standing_of,
)

__all__ = [
    "ACCOUNT_CLOCKS",
    "CLOSED_BY_OWNER",
    "OUTSIDE",
    "PURPOSES_TABLE",
    "SWEEPS",
    "Chapter",
    "ExtractLine",
    "Line",
    "Standing",
    "counts_of",
    "due",
    "due_by_rule",
    "everything_about",
    "evidence",
    "extract_asker",
    "extracts_of",
    "facts_of",
    "holds_personal",
    "is_erasure_asked",
    "may",
    "queue_length",
    "read_sessions",
    "register",
    "standing_of",
    "to_warn",
]
