"""Writes of reimbursements, one transaction each."""

from .accounts import add_bank_account, correct_bank_account, decide_bank_account, see_document, see_iban
from .links import link_bank_account, link_pricing_point, unlink_bank_account, unlink_pricing_point

__all__ = [
    "add_bank_account", "correct_bank_account", "decide_bank_account", "link_bank_account", "link_pricing_point", "see_document",
    "see_iban", "unlink_bank_account", "unlink_pricing_point",
]  # fmt: skip
