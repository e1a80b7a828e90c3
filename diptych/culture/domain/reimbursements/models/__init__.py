"""Tables of reimbursements."""

from .accounts import BankAccount, BankAccountLink, BankAccountStatus, BankDocument, PricingPointLink
from .pricing import CustomRule, FinanceEvent, PointRevenue, Pricing

__all__ = [
    "BankAccount", "BankAccountLink", "BankAccountStatus", "BankDocument", "CustomRule", "FinanceEvent", "PointRevenue",
    "Pricing", "PricingPointLink",
]  # fmt: skip
