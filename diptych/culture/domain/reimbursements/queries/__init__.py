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
from .explaining import explain_reimbursement
from .prices import prices_sql, scale_tables
from .verify import verify_prices

__all__ = [
    "OwnAccount", "OwnLink", "StatusLine", "account_for_team", "account_history", "accounts_of_structure",
    "accounts_to_decide", "explain_reimbursement", "links_of_venue", "own_account", "prices_sql", "pricing_points_for",
    "scale_tables", "verify_prices",
]  # fmt: skip
