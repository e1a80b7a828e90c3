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
from .due import Waiting, cutoff_of, last_cutoff_day, waiting
from .explaining import explain_reimbursement
from .incidents import IncidentRow, incident, incidents, paid_booking
from .invoices import InvoicePaper, InvoiceRow, invoice, invoice_file, invoices_without_file
from .prices import prices_sql, scale_tables
from .transfers import Entry, TransferFile, entries, transfers_to_deliver
from .verify import verify_prices
from .verify_payments import verify_payments

__all__ = [
    "Entry", "IncidentRow", "InvoicePaper", "InvoiceRow", "OwnAccount", "OwnLink", "StatusLine", "TransferFile", "Waiting",
    "account_for_team", "account_history", "accounts_of_structure", "accounts_to_decide", "cutoff_of", "entries",
    "explain_reimbursement", "incident", "incidents", "invoice", "invoice_file", "invoices_without_file", "last_cutoff_day",
    "links_of_venue", "own_account", "paid_booking", "prices_sql", "pricing_points_for", "scale_tables",
    "transfers_to_deliver", "verify_payments", "verify_prices", "waiting",
]  # fmt: skip
