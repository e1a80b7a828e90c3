"""Writes of reimbursements, one transaction each."""

from .accepting import accept_batch
from .accounts import add_bank_account, correct_bank_account, decide_bank_account, see_document, see_iban
from .agreements import add_custom_rule, end_custom_rule
from .batches import Batched, hold_payments, lift_hold, make_batch
from .debit_notes import pay_debit_note
from .incidents import ask_correction, ask_gesture, decide_incident
from .invoices import keep_invoice_file, make_invoices
from .links import link_bank_account, link_pricing_point, unlink_bank_account, unlink_pricing_point
from .pricing import Priced, price_used, withdraw
from .transfers import mark_delivered, read_returns, send_again, send_batch, take_return_back, validate_settlements

__all__ = [
    "Batched", "Priced", "accept_batch", "add_bank_account", "add_custom_rule", "ask_correction", "ask_gesture",
    "correct_bank_account", "decide_bank_account", "decide_incident", "end_custom_rule", "hold_payments",
    "keep_invoice_file", "lift_hold", "link_bank_account", "link_pricing_point", "make_batch", "make_invoices",
    "mark_delivered", "pay_debit_note", "price_used", "read_returns", "see_document", "see_iban",
    "send_again", "send_batch", "take_return_back", "unlink_bank_account", "unlink_pricing_point", "validate_settlements",
    "withdraw",
]  # fmt: skip
