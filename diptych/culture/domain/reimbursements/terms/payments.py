"""Words of payments: batches and cashflows, invoices, transfers and what comes back, incidents, reasons to refuse."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from .prices import EVENT_MOVES

from diptych.commons.refusal import Kind, Reason


class CashflowStatus(StrEnum):
    """Where what is due to a bank account stands (guide §1.6): made by a batch, invoiced, handed to the bank, done."""

    PENDING = "pending"
    UNDER_REVIEW = "under_review"
    PENDING_ACCEPTANCE = "pending_acceptance"
    ACCEPTED = "accepted"


CASHFLOW_MOVES: Final[dict[CashflowStatus, frozenset[CashflowStatus]]] = {
    CashflowStatus.PENDING: frozenset({CashflowStatus.UNDER_REVIEW}),
    CashflowStatus.UNDER_REVIEW: frozenset({CashflowStatus.PENDING_ACCEPTANCE}),
    CashflowStatus.PENDING_ACCEPTANCE: frozenset({CashflowStatus.ACCEPTED}),
    CashflowStatus.ACCEPTED: frozenset(),
}
"""Which status may follow which. Nothing goes back: what was wrong is reversed by an incident."""


class InvoiceKind(StrEnum):
    """What a paper says; the letter with which its reference begins."""

    INVOICE = "F"
    DEBIT_NOTE = "A"


class InvoiceStatus(StrEnum):
    """Where an invoice stands (guide §1.6)."""

    PENDING = "pending"
    PENDING_PAYMENT = "pending_payment"
    PAID = "paid"
    REJECTED = "rejected"


INVOICE_MOVES: Final[dict[InvoiceStatus, frozenset[InvoiceStatus]]] = {
    InvoiceStatus.PENDING: frozenset({InvoiceStatus.PENDING_PAYMENT}),
    InvoiceStatus.PENDING_PAYMENT: frozenset({InvoiceStatus.PAID, InvoiceStatus.REJECTED}),
    InvoiceStatus.PAID: frozenset({InvoiceStatus.REJECTED}),
    InvoiceStatus.REJECTED: frozenset({InvoiceStatus.PENDING_PAYMENT, InvoiceStatus.PAID}),
}
"""Which status may follow which: a transfer that the bank gives back may be made again, or prove to have been done."""


class SettlementStatus(StrEnum):
    """Where a transfer to an account stands (guide §1.6): validated two days after it left, unless the bank gives it back."""

    PENDING = "pending"
    VALIDATED = "validated"
    REJECTED = "rejected"


SETTLEMENT_MOVES: Final[dict[SettlementStatus, frozenset[SettlementStatus]]] = {
    SettlementStatus.PENDING: frozenset({SettlementStatus.VALIDATED, SettlementStatus.REJECTED}),
    SettlementStatus.VALIDATED: frozenset({SettlementStatus.REJECTED}),
    SettlementStatus.REJECTED: frozenset({SettlementStatus.PENDING, SettlementStatus.VALIDATED}),
}
"""Which status may follow which. A reject that the bank told by mistake is taken back to where it was."""


class IncidentKind(StrEnum):
    """What an incident puts right (guide §1.6)."""

    OVERPAYMENT = "overpayment"
    COMMERCIAL_GESTURE = "commercial_gesture"
    OFFER_PRICE_REGULATION = "offer_price_regulation"
    FRAUD = "fraud"


class IncidentStatus(StrEnum):
    """Where an incident stands (guide §1.6). INVOICED: all that it priced is on invoices or debit notes."""

    CREATED = "created"
    VALIDATED = "validated"
    INVOICED = "invoiced"
    CANCELLED = "cancelled"


INCIDENT_MOVES: Final[dict[IncidentStatus, frozenset[IncidentStatus]]] = {
    IncidentStatus.CREATED: frozenset({IncidentStatus.VALIDATED, IncidentStatus.CANCELLED}),
    IncidentStatus.VALIDATED: frozenset({IncidentStatus.INVOICED}),
    IncidentStatus.INVOICED: frozenset(),
    IncidentStatus.CANCELLED: frozenset(),
}
"""Which status may follow which."""


@dataclass(frozen=True, slots=True)
class PaidBooking:
    """What was paid for a booking, as an incident judges it. Cents above zero; `open_incident`: another takes it back."""

    id: int
    pricing_id: int
    person_id: int
    quantity: int
    total_cents: int
    paid_cents: int
    rate: Decimal | None
    rule: str
    reimbursed: bool
    open_incident: bool


MACHINES: Final[dict[str, dict[Any, frozenset[Any]]]] = {
    "event": EVENT_MOVES, "cashflow": CASHFLOW_MOVES, "invoice": INVOICE_MOVES, "settlement": SETTLEMENT_MOVES, "incident": INCIDENT_MOVES,
}  # fmt: skip
"""Each object of payments and its moves; `docs/generated/states.md` draws them."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Whose account the transfers leave from."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class Order:
    """One transfer to make: to whom, how much (cents, above zero), under which number (35 signs at most), saying what."""

    end_to_end: str
    holder: str
    iban: str
    bic: str
    cents: int
    says: str


@dataclass(frozen=True, slots=True)
class Orders:
    """The transfers of one file, made at an instant, to be done on a day."""

    message_id: str
    payer: Payer
    at: datetime
    on: date
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """A transfer that the bank gave back: its number, its sum, the bank's code of why, and where the file says it."""

    end_to_end: str
    cents: int
    why: str
    line: int


class LeftOut(StrEnum):
    """Why a price is in no cashflow of a batch (guide §3.3), in the order in which it is looked at."""

    WITHDRAWN = "withdrawn"
    """Its booking is no longer used: its price is about to go."""
    EVENT_TO_COME = "event_to_come"
    NO_LINK = "no_link"
    """Its venue was linked to no bank account at the cut-off."""
    ACCOUNT = "account"
    """The team has not accepted the account."""
    HELD = "held"
    """An officer stopped the payments of the account."""
    DIFFERS = "differs"
    """A price of the account is not its booking's: a fault, for `ledger verify`."""
    OWED = "owed"
    """All in all the account owes: it waits."""
    NO_POINT = "no_point"
    """Its venue has no pricing point: it has no price yet."""
    NO_RULE = "no_rule"
    """No rule gave it a price: a fault of the tables of rules."""


class Hold(StrEnum):
    """Why an officer stops the payments of a bank account. A code: nothing personal enters the journal."""

    FRAUD_SUSPICION = "fraud_suspicion"
    SEIZURE = "seizure"
    TO_CHECK = "to_check"


BATCH_DAY = Reason(
    "reimbursements.batch_day",
    Kind.INVALID,
    "A batch is cut off on the 1st or the 16th of a month, at midnight in Paris.",
    "guide §3.3",
)
BATCH_TO_COME = Reason("reimbursements.batch_to_come", Kind.CONFLICT, "This cut-off is still to come: {cutoff_at}.", "guide §3.3")
BATCH_PAST = Reason(
    "reimbursements.batch_past", Kind.CONFLICT, "A later batch was made: what it left out goes to the next.", "guide §3.3"
)
ALREADY_HELD = Reason("reimbursements.already_held", Kind.CONFLICT, "The payments of this account are already stopped.")
NOT_HELD = Reason("reimbursements.not_held", Kind.CONFLICT, "The payments of this account are not stopped.")
BATCH_NOT_FOUND = Reason("reimbursements.batch_not_found", Kind.MISSING, "There is no batch VIR{number}.")
NOTHING_TO_SEND = Reason(
    "reimbursements.nothing_to_send",
    Kind.CONFLICT,
    "Nothing waits to be transferred there: its invoices are not made, or it was sent.",
)
ACCOUNT_NOT_PAYABLE = Reason(
    "reimbursements.account_not_payable",
    Kind.CONFLICT,
    "Bank account {account} is no longer accepted, or its payments are stopped.",
)
RETURN_UNKNOWN = Reason(
    "reimbursements.return_unknown", Kind.INVALID, "Line {line}: there is no transfer {end_to_end}.", "camt.054"
)
RETURN_AMOUNT = Reason(
    "reimbursements.return_amount", Kind.INVALID, "Line {line}: transfer {end_to_end} was of {cents} cents.", "camt.054"
)
RETURN_TWICE = Reason(
    "reimbursements.return_twice", Kind.INVALID, "Line {line}: transfer {end_to_end} is told twice.", "camt.054"
)
RETURN_ALREADY = Reason(
    "reimbursements.return_already", Kind.CONFLICT, "Line {line}: transfer {end_to_end} was already given back.", "camt.054"
)
RETURN_MALFORMED = Reason("reimbursements.return_malformed", Kind.INVALID, "Line {line}, {field}: it cannot be read.", "camt.054")
SETTLEMENT_NOT_FOUND = Reason("reimbursements.settlement_not_found", Kind.MISSING, "There is no such transfer.")
SETTLEMENT_NOT_REJECTED = Reason(
    "reimbursements.settlement_not_rejected", Kind.CONFLICT, "This transfer was not given back, or was made again since."
)
INVOICE_NOT_FOUND = Reason("reimbursements.invoice_not_found", Kind.MISSING, "There is no such invoice.")
INCIDENT_NOT_FOUND = Reason("reimbursements.incident_not_found", Kind.MISSING, "There is no such incident.")
INCIDENT_NOT_PAID = Reason(
    "reimbursements.incident_not_paid", Kind.CONFLICT, "Booking {booking} was not paid to a venue.", "guide §3.3"
)
INCIDENT_TWICE = Reason(
    "reimbursements.incident_twice", Kind.CONFLICT, "Another incident takes booking {booking} back.", "guide §3.3"
)
INCIDENT_TOTAL = Reason(
    "reimbursements.incident_total", Kind.INVALID, "Booking {booking} cost {total_cents}: it should have cost less.", "guide §3.3"
)
INCIDENT_GESTURE = Reason(
    "reimbursements.incident_gesture", Kind.INVALID, "A gesture is of more than nothing, and at most of what the bookings cost."
)
INCIDENT_VENUES = Reason("reimbursements.incident_venues", Kind.INVALID, "An incident is about bookings of one venue.")
INCIDENT_DECIDED = Reason("reimbursements.incident_decided", Kind.CONFLICT, "This incident was already decided.")
INCIDENT_OWN = Reason(
    "reimbursements.incident_own", Kind.FORBIDDEN, "Somebody else of the team decides what you asked for.", "two-person approval"
)
DEBIT_NOTE_NOT_DUE = Reason("reimbursements.debit_note_not_due", Kind.CONFLICT, "This is no debit note that waits to be paid.")
