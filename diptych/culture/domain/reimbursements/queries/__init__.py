"""Reads of reimbursements."""

from .accounts import (
    OwnAccount,
    OwnLink,
    StatusLine,
    account_for_team,
    account_history,
    accounts_of_structure,
    accounts_to_decide,
    links_of_venue,
    own_account,
    pricing_points_for,
)
from .agreements import RuleList, RuleRow, Trial, custom_rules, rule_target, try_rule
from .due import Waiting, cutoff_of, last_cutoff_day, waiting
from .explaining import explain_reimbursement
from .finance import BatchRow, BlockedRow, FlowRow, batch_flows, batches, blocked, bookings_named, hold_of
from .incidents import IncidentRow, incident, incidents, incidents_asked, paid_booking
from .invoices import InvoicePaper, InvoiceRow, invoice_file, invoice_told, invoices_without_file
from .prices import prices_sql, scale_tables
from .statements import (
    MOST,
    PaidLine,
    Statement,
    invoice_lines,
    lines_to_come,
    next_payment_day,
    statement,
    statements,
    unpriced,
)
from .transfers import Entry, Sending, TransferFile, entries, sending, to_send_again, transfers_to_deliver
from .verify import verify_prices
from .verify_payments import verify_payments

__all__ = [
    "MOST",
    "BatchRow",
    "BlockedRow",
    "Entry",
    "FlowRow",
    "IncidentRow",
    "InvoicePaper",
    "InvoiceRow",
    "OwnAccount",
    "OwnLink",
    "PaidLine",
    "RuleList",
    "RuleRow",
    "Sending",
    "Statement",
    "StatusLine",
    "TransferFile",
    "Trial",
    "Waiting",
    "account_for_team",
    "account_history",
    "accounts_of_structure",
    "accounts_to_decide",
    "batch_flows",
    "batches",
    "blocked",
    "bookings_named",
    "custom_rules",
    "cutoff_of",
    "entries",
    "explain_reimbursement",
    "hold_of",
    "incident",
    "incidents",
    "incidents_asked",
    "invoice_file",
    "invoice_lines",
    "invoice_told",
    "invoices_without_file",
    "last_cutoff_day",
    "lines_to_come",
    "links_of_venue",
    "next_payment_day",
    "own_account",
    "paid_booking",
    "prices_sql",
    "pricing_points_for",
    "rule_target",
    "scale_tables",
    "sending",
    "statement",
    "statements",
    "to_send_again",
    "transfers_to_deliver",
    "try_rule",
    "unpriced",
    "verify_payments",
    "verify_prices",
    "waiting",
]  # fmt: skip
