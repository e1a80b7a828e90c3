"""Writes on personal data: extract, rectify, ask to be forgotten, withdraw, forget, sweep. One function, one transaction."""

from .asking import ask_erasure, ask_erasure_for, close_for_good, free_places, reopen, undo_erasure, warn
from .erasing import cut_deposit_dates, erase, sweep, why_not
from .extracting import ask_extract, fetch_extract, keep_extract, note_extract_by_command
from .rectifying import rectify

__all__ = [
    "ask_erasure",
    "ask_erasure_for",
    "ask_extract",
    "close_for_good",
    "cut_deposit_dates",
    "erase",
    "fetch_extract",
    "free_places",
    "keep_extract",
    "note_extract_by_command",
    "rectify",
    "reopen",
    "sweep",
    "undo_erasure",
    "warn",
    "why_not",
]
