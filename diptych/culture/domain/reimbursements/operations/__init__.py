"""Writes of reimbursements, one transaction each."""

from .accounts import add_bank_account, correct_bank_account, decide_bank_account, see_document, see_iban
from .agreements import add_custom_rule, end_custom_rule
from .batches import Batched, hold_payments, lift_hold, make_batch
from .links import link_bank_account, link_pricing_point, unlink_bank_account, unlink_pricing_point
from .pricing import Priced, collect_events, price_points, price_used, withdraw

__all__ = [
    "Batched", "Priced", "add_bank_account", "add_custom_rule", "collect_events", "correct_bank_account", "decide_bank_account",
    "end_custom_rule", "hold_payments", "lift_hold", "link_bank_account", "link_pricing_point", "make_batch", "price_points", "price_used", "see_document", "see_iban",
    "unlink_bank_account", "unlink_pricing_point", "withdraw",
]  # fmt: skip
