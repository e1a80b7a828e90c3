"""Reads of the wallet: what is left and why, who is due a sum, whether the ledger holds."""

from .explained import Applied, CreditExplained, credits_explained
from .ledger import CHECKS, Check, Over
from .wallets import (
    MovementLine,
    ToCome,
    WalletView,
    balance_of,
    ended_with_something_left,
    held_by,
    people_with_a_birthday,
    received,
    sums_to_come,
    wallet_of,
)

__all__ = [
    "CHECKS",
    "Applied",
    "Check",
    "CreditExplained",
    "MovementLine",
    "Over",
    "ToCome",
    "WalletView",
    "balance_of",
    "credits_explained",
    "ended_with_something_left",
    "held_by",
    "people_with_a_birthday",
    "received",
    "sums_to_come",
    "wallet_of",
]
