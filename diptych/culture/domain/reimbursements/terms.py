"""Words of reimbursements: groups of rules, what a price is decided from and says, bank accounts, reasons to refuse.

A price's amounts are cents that the State pays the venue, positive. Does not hold bookings.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from diptych.commons.refusal import Kind, Reason
from diptych.culture.domain.wallet.terms import Because


class Group(StrEnum):
    """Which table a rule comes from (guide §1.6)."""

    STANDARD = "standard"
    BOOK = "book"
    NOT_REIMBURSED = "not_reimbursed"
    COLLECTIVE = "collective"
    CUSTOM = "custom"


class Scope(StrEnum):
    """What a custom rule is for; the first that has one decides (guide §3.2)."""

    OFFER = "offer"
    VENUE = "venue"
    OFFERER = "offerer"


@dataclass(frozen=True, slots=True)
class UsedBooking:
    """A used booking as its price sees it: cents a place, places, and where and when it was used."""

    amount_cents: int
    quantity: int
    subcategory: str
    used_at: datetime
    pricing_point: str
    collective: bool = False

    @property
    def total_cents(self) -> int:
        """What the youth, or the school, was charged."""
        return self.amount_cents * self.quantity


@dataclass(frozen=True, slots=True)
class CustomRule:
    """An agreement that overrides the scale on [since, until[: cents a place, or a rate of 0 to 1 (four decimals)."""

    scope: Scope
    since: datetime
    until: datetime | None = None
    amount_cents: int | None = None
    rate: Decimal | None = None
    subcategories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Price:
    """What is paid for a booking, what the venue bears, the rate, the year's revenue after it, and the rule that decided.

    `marginal_cents` is what it would be if each bracket's rate applied to its own part of the revenue only.
    """

    reimbursed_cents: int
    contribution_cents: int
    rate: Decimal
    revenue_cents: int
    rule: str
    because: Because
    marginal_cents: int


class AccountStatus(StrEnum):
    """Where the team stands with a bank account; the values are the official service's words (guide §1.6)."""

    FILED = "en_construction"
    EXAMINED = "en_instruction"
    TO_CORRECT = "a_corriger"
    ACCEPTED = "accepte"
    REFUSED = "refuse"
    DROPPED = "sans_suite"


MOVES: Final[dict[AccountStatus, frozenset[AccountStatus]]] = {
    AccountStatus.FILED: frozenset({AccountStatus.EXAMINED, AccountStatus.TO_CORRECT, AccountStatus.DROPPED}),
    AccountStatus.EXAMINED: frozenset(
        {AccountStatus.ACCEPTED, AccountStatus.REFUSED, AccountStatus.TO_CORRECT, AccountStatus.DROPPED}
    ),
    AccountStatus.TO_CORRECT: frozenset({AccountStatus.FILED, AccountStatus.DROPPED}),
    AccountStatus.ACCEPTED: frozenset({AccountStatus.EXAMINED, AccountStatus.DROPPED}),
    AccountStatus.REFUSED: frozenset({AccountStatus.EXAMINED}),
    AccountStatus.DROPPED: frozenset({AccountStatus.EXAMINED}),
}
"""Which status may follow which."""


class DocumentType(StrEnum):
    """What a bank document may be."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"


IBAN_MALFORMED = Reason("reimbursements.iban_malformed", Kind.INVALID, "This is no IBAN: check its figures.", "ISO 13616")
IBAN_OUTSIDE_SEPA = Reason(
    "reimbursements.iban_outside_sepa", Kind.INVALID, "A transfer cannot reach an account there ({country}).", "EPC409-09"
)
BIC_MALFORMED = Reason("reimbursements.bic_malformed", Kind.INVALID, "A BIC has 8 or 11 signs.", "ISO 9362")
DOCUMENT_TOO_LARGE = Reason("reimbursements.document_too_large", Kind.INVALID, "A document is at most {most} MB.")
DOCUMENT_UNKNOWN = Reason("reimbursements.document_unknown", Kind.INVALID, "Give a PDF, a PNG or a JPEG.")
STRUCTURE_NOT_FOUND = Reason("reimbursements.structure_not_found", Kind.MISSING, "There is no such structure among yours.")
ACCOUNT_NOT_FOUND = Reason("reimbursements.account_not_found", Kind.MISSING, "There is no such bank account.")
ACCOUNT_TAKEN = Reason("reimbursements.account_taken", Kind.CONFLICT, "This structure already has this account.")
ACCOUNT_MOVE = Reason(
    "reimbursements.account_move", Kind.CONFLICT, "A bank account does not go from {before} to {after}.", "guide §1.6"
)
ACCOUNT_NOT_OPEN = Reason(
    "reimbursements.account_not_open", Kind.CONFLICT, "The team has it in hand: it can be changed when they ask.", "guide §1.6"
)
ACCOUNT_CLOSED = Reason("reimbursements.account_closed", Kind.CONFLICT, "This account was refused or dropped.", "guide §1.6")
POINT_IS_ITSELF = Reason(
    "reimbursements.point_is_itself", Kind.CONFLICT, "A venue with a SIRET is its own pricing point.", "guide §1.2"
)
POINT_WITHOUT_SIRET = Reason("reimbursements.point_without_siret", Kind.INVALID, "A pricing point has a SIRET.", "guide §1.2")
LINK_IN_THE_PAST = Reason("reimbursements.link_in_the_past", Kind.INVALID, "A link begins now or later.", "guide §1.2")
LINK_OVERLAPS = Reason("reimbursements.link_overlaps", Kind.CONFLICT, "Another link holds at that time.", "guide §1.2")
NO_LINK = Reason("reimbursements.no_link", Kind.CONFLICT, "There is no link to end.", "guide §1.2")


class EventStatus(StrEnum):
    """Where a finance event stands (guide §1.6). PENDING: its venue has no pricing point yet."""

    PENDING = "pending"
    READY = "ready"
    PRICED = "priced"
    CANCELLED = "cancelled"
    NOT_PRICED = "not_priced"
    """No rule has a price for it: a fault of the tables of rules, told by `reimburse left-out`."""


EVENT_MOVES: Final[dict[EventStatus, frozenset[EventStatus]]] = {
    EventStatus.PENDING: frozenset({EventStatus.READY, EventStatus.CANCELLED}),
    EventStatus.READY: frozenset({EventStatus.PRICED, EventStatus.NOT_PRICED, EventStatus.CANCELLED}),
    EventStatus.PRICED: frozenset({EventStatus.READY, EventStatus.CANCELLED}),
    EventStatus.CANCELLED: frozenset(),
    EventStatus.NOT_PRICED: frozenset({EventStatus.READY, EventStatus.CANCELLED}),
}
"""Which status may follow which. A priced event is ready again where an earlier one of its point came late."""


class Motive(StrEnum):
    """Why a finance event is there (guide §1.6). Those of incidents come with payments."""

    USED = "booking-used"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A custom rule as its overlap is judged: when it holds, for which subcategories (none: all)."""

    since: datetime
    until: datetime | None
    subcategories: frozenset[str] = frozenset()


TARGET_NOT_FOUND = Reason("reimbursements.target_not_found", Kind.MISSING, "There is no such offer, venue or structure.")
TARGET_WITHOUT_SIRET = Reason(
    "reimbursements.target_without_siret", Kind.INVALID, "A rule for a venue needs one with a SIRET.", "guide §3.2"
)
RULE_TOO_SOON = Reason(
    "reimbursements.rule_too_soon", Kind.INVALID, "A rule begins tomorrow, at midnight in Paris, or later.", "guide §3.2"
)
RULE_SUM_OR_RATE = Reason(
    "reimbursements.rule_sum_or_rate", Kind.INVALID, "Give a sum a place, or a rate from 0 to 1 with four decimals.", "guide §3.2"
)
RULE_SUBCATEGORY = Reason("reimbursements.rule_subcategory", Kind.INVALID, "There is no subcategory {subcategory}.", "guide §2.3")
RULE_OVERLAPS = Reason(
    "reimbursements.rule_overlaps", Kind.CONFLICT, "Another rule holds then for the same target and kinds.", "guide §3.2"
)
RULE_BACKWARD = Reason("reimbursements.rule_backward", Kind.INVALID, "A rule ends after it begins.", "guide §3.2")


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

MACHINES: Final[dict[str, dict[Any, frozenset[Any]]]] = {
    "event": EVENT_MOVES, "cashflow": CASHFLOW_MOVES, "invoice": INVOICE_MOVES, "settlement": SETTLEMENT_MOVES,
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
