"""Tables of reimbursements."""

from .accounts import BankAccount, BankAccountLink, BankAccountStatus, BankDocument, PricingPointLink
from .incidents import Incident, IncidentLine
from .invoices import Invoice, InvoiceCounter, InvoiceFile, InvoiceLine
from .payments import Cashflow, CashflowBatch, CashflowLine, CashflowStep, PaymentHold
from .pricing import CustomRule, FinanceEvent, PointRevenue, Pricing
from .settlements import ReturnFile, Settlement, SettlementStep, Transfer

__all__ = [
    "BankAccount", "BankAccountLink", "BankAccountStatus", "BankDocument", "Cashflow", "CashflowBatch", "CashflowLine",
    "CashflowStep", "CustomRule", "FinanceEvent", "Incident", "IncidentLine", "Invoice", "InvoiceCounter", "InvoiceFile",
    "InvoiceLine", "PaymentHold", "PointRevenue", "Pricing", "PricingPointLink", "ReturnFile", "Settlement", "SettlementStep", "Transfer",
]  # fmt: skip
