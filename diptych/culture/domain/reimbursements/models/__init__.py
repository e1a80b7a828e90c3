"""Tables of reimbursements."""

from .accounts import BankAccount, BankAccountLink, BankAccountStatus, BankDocument, PricingPointLink
from .payments import Cashflow, CashflowBatch, CashflowLine, CashflowStep, PaymentHold
from .pricing import CustomRule, FinanceEvent, PointRevenue, Pricing

__all__ = [
    "BankAccount", "BankAccountLink", "BankAccountStatus", "BankDocument", "Cashflow", "CashflowBatch", "CashflowLine",
    "CashflowStep", "CustomRule", "FinanceEvent", "PaymentHold", "PointRevenue", "Pricing", "PricingPointLink",
]  # fmt: skip
