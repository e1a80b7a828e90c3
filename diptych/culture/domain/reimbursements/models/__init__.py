"""Tables of reimbursements."""

from .accounts import BankAccount, BankAccountLink, BankAccountStatus, BankDocument, PricingPointLink

__all__ = ["BankAccount", "BankAccountLink", "BankAccountStatus", "BankDocument", "PricingPointLink"]
