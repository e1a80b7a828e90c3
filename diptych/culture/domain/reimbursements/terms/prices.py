"""Words of prices and bank accounts: groups of rules, what a price is decided from and says, statuses, reasons to refuse.

A price's amounts are cents that the State pays the venue, positive. Does not hold bookings.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

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
    """Why a finance event is there (guide §1.6)."""

    USED = "booking-used"
    REVERSAL = "incident-reversal-of-original-event"
    NEW_PRICE = "incident-new-price"
    GESTURE = "incident-commercial-gesture"


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
