"""Writes of the wallet: one function, one transaction; locks always the person, then their deposits by number."""

from .adding import add_bonus, add_credit, return_incident
from .ending import return_expired
from .opening import carry_out, open_credit
from .recredits import keep_up, recredit, recredit_birthdays

__all__ = [
    "add_bonus",
    "add_credit",
    "carry_out",
    "keep_up",
    "open_credit",
    "recredit",
    "recredit_birthdays",
    "return_expired",
    "return_incident",
]
