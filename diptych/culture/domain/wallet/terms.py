"""Words of the wallet: deposits, accounts, movements, what is left, reasons not to grant or add."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from diptych.commons.refusal import Kind, Reason


class DepositType(StrEnum):
    """A regime's deposit; at most one of each type a person."""

    GRANT_17_18 = "GRANT_17_18"
    GRANT_FREE = "GRANT_FREE"
    GRANT_15_17 = "GRANT_15_17"
    GRANT_18 = "GRANT_18"


class Scheme(StrEnum):
    """Under which eligibility somebody enters. UNDERAGE and AGE18 ended on 28 February 2025; their rights did not."""

    UNDERAGE = "UNDERAGE"
    AGE18 = "AGE18"
    AGE17_18 = "AGE17_18"
    FREE = "FREE"


class Step(StrEnum):
    """A step of the sign-up that a grant may ask for (guide §5.1)."""

    EMAIL = "EMAIL_VALIDATION"
    PHONE = "PHONE_VALIDATION"
    PROFILE = "PROFILE_COMPLETION"
    IDENTITY = "IDENTITY_CHECK"
    HONOUR = "HONOR_STATEMENT"


STEPS: Final = tuple(Step)
"""In the order in which they are done."""


class AccountKind(StrEnum):
    """Whose money it is. An account's balance is what was credited to it less what was debited from it; the balances of
    all accounts together are zero."""

    STATE = "state"
    """The State, from which every credit comes: below zero by what it has given and not been given back."""
    DEPOSIT = "deposit"
    """One deposit: what its holder can still spend."""
    BOOKING = "booking"
    """One booking, due to its venue: what it cost, until it is cancelled."""
    EXPIRED = "expired"
    """What was not spent in time: it is the State's again, and counted apart."""
    VENUE = "venue"
    """All venues together: what is due to them, and not yet transferred."""
    BANK = "bank"
    """The bank: what left for the venues' own accounts."""


class MovementKind(StrEnum):
    """Why a sum moved. Those from RECREDIT_15 to FINANCE_INCIDENT_RECREDIT, but
    the first grant, carry the official names (guide §1.1)."""

    BOOKING = "Booking"
    CANCELLATION = "Cancellation"
    RECREDIT_15 = "Recredit15"
    RECREDIT_16 = "Recredit16"
    RECREDIT_17 = "Recredit17"
    RECREDIT_18 = "Recredit18"
    FIRST_GRANT = "FirstGrant"
    """The whole of a GRANT_18, which comes at once: no recredit of the official service, and none is printed as one."""
    BONUS_CREDIT = "BonusCredit"
    MANUAL_MODIFICATION = "ManualModification"
    PREVIOUS_DEPOSIT = "PreviousDeposit"
    FINANCE_INCIDENT_RECREDIT = "FinanceIncidentRecredit"
    MOVED_OUT = "MovedOut"
    """A live booking gives its price back to the deposit that ends, which hands it on (PREVIOUS_DEPOSIT)…"""
    MOVED_IN = "MovedIn"
    """…and takes it again from the deposit that begins."""
    EXPIRED = "Expired"
    """What was left when a deposit ended."""
    REIMBURSEMENT = "Reimbursement"
    """What a used booking's venue is paid of its price…"""
    CONTRIBUTION = "Contribution"
    """…and what the venue bears of it, which the State keeps."""
    COMPLEMENT = "Complement"
    """What a rule of their own pays a venue above the booking's price."""
    SETTLEMENT = "Settlement"
    """A transfer to a venue's bank account, done."""
    SETTLEMENT_RETURNED = "SettlementReturned"
    """A transfer that the bank gave back after it was done."""
    INCIDENT_REVERSAL = "IncidentReversal"
    """What was paid for a booking, taken back from its venue by an incident…"""
    INCIDENT_PRICE = "IncidentPrice"
    """…and what the booking should have been paid."""
    GESTURE = "Gesture"
    """What a venue is given beside the rules."""
    DEBIT_PAID = "DebitPaid"
    """A debit note that a venue paid to the bank."""


SIDES: Final[dict[MovementKind, tuple[AccountKind, AccountKind]]] = {
    MovementKind.BOOKING: (AccountKind.DEPOSIT, AccountKind.BOOKING),
    MovementKind.CANCELLATION: (AccountKind.BOOKING, AccountKind.DEPOSIT),
    MovementKind.RECREDIT_15: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.RECREDIT_16: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.RECREDIT_17: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.RECREDIT_18: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.FIRST_GRANT: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.BONUS_CREDIT: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.MANUAL_MODIFICATION: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.PREVIOUS_DEPOSIT: (AccountKind.DEPOSIT, AccountKind.DEPOSIT),
    MovementKind.FINANCE_INCIDENT_RECREDIT: (AccountKind.STATE, AccountKind.DEPOSIT),
    MovementKind.MOVED_OUT: (AccountKind.BOOKING, AccountKind.DEPOSIT),
    MovementKind.MOVED_IN: (AccountKind.DEPOSIT, AccountKind.BOOKING),
    MovementKind.EXPIRED: (AccountKind.DEPOSIT, AccountKind.EXPIRED),
    MovementKind.REIMBURSEMENT: (AccountKind.BOOKING, AccountKind.VENUE),
    MovementKind.CONTRIBUTION: (AccountKind.BOOKING, AccountKind.STATE),
    MovementKind.COMPLEMENT: (AccountKind.STATE, AccountKind.VENUE),
    MovementKind.SETTLEMENT: (AccountKind.VENUE, AccountKind.BANK),
    MovementKind.SETTLEMENT_RETURNED: (AccountKind.BANK, AccountKind.VENUE),
    MovementKind.INCIDENT_REVERSAL: (AccountKind.VENUE, AccountKind.STATE),
    MovementKind.INCIDENT_PRICE: (AccountKind.STATE, AccountKind.VENUE),
    MovementKind.GESTURE: (AccountKind.STATE, AccountKind.VENUE),
    MovementKind.DEBIT_PAID: (AccountKind.BANK, AccountKind.VENUE),
}
"""The accounts that each kind of movement debits and credits. The database refuses any other pair."""

BY_AGE: Final = (
    MovementKind.RECREDIT_15,
    MovementKind.RECREDIT_16,
    MovementKind.RECREDIT_17,
    MovementKind.RECREDIT_18,
    MovementKind.FIRST_GRANT,
)
"""What an age brings."""
ONCE_A_PERSON: Final = (*BY_AGE, MovementKind.BONUS_CREDIT)
"""What a person receives once, whatever the deposit (guide §2.1, recredits)."""
ONCE_A_DEPOSIT: Final = (*ONCE_A_PERSON, MovementKind.PREVIOUS_DEPOSIT)
"""What a deposit receives once (guide §1.1)."""


class WhyAdded(StrEnum):
    """Why an officer adds credit by hand. A code, so that nothing personal enters the ledger or the journal."""

    ERROR_OF_THE_SERVICE = "error_of_the_service"
    CANCELLED_TOO_LATE = "cancelled_too_late"
    DECISION_ON_APPEAL = "decision_on_appeal"
    COMMERCIAL_GESTURE = "commercial_gesture"


OFFICIAL_RECREDITS: Final = frozenset(
    {
        MovementKind.RECREDIT_15, MovementKind.RECREDIT_16, MovementKind.RECREDIT_17, MovementKind.RECREDIT_18,
        MovementKind.BONUS_CREDIT, MovementKind.MANUAL_MODIFICATION, MovementKind.PREVIOUS_DEPOSIT,
        MovementKind.FINANCE_INCIDENT_RECREDIT,
    }
)  # fmt: skip
"""Kinds that the official service calls recredits (guide §1.1)."""


class Bucket(StrEnum):
    """Which cap a spent sum counts in, beside the total."""

    NONE = ""
    DIGITAL = "digital"
    PHYSICAL = "physical"


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says once applied: its code, and its sentence to anybody (an officer, a terminal) and to the youth. Both
    are English and gettext ids; both name facts of the case in braces."""

    code: str
    sentence: str
    to_youth: str = ""


@dataclass(frozen=True, slots=True)
class Because:
    """A rule that was applied to reach a decision: what it says, the day from which it holds, its source (`cited`), the
    facts that its sentence names. `of` tells apart the rules that say the same: a scheme, a kind of sum, a cap."""

    said: Said
    since: date
    source: str
    facts: MappingProxyType[str, Any]
    of: str = ""

    @property
    def code(self) -> str:
        """What machines and tests know it by."""
        return f"{self.said.code}.{self.of}" if self.of else self.said.code


def because(said: Said, since: date, source: str, of: str = "", /, **facts: Any) -> Because:
    """A rule that was applied, with the facts that its sentence names: amounts as `…_cents`, instants, days, numbers."""
    return Because(said, since, source, MappingProxyType(facts), of)


def cited(source: str) -> str:
    """A source (a decree, a section of the field guide) as screens cite it: English, and gathered as a gettext id."""
    return source


@dataclass(frozen=True, slots=True)
class Grant:
    """One sum that a deposit receives, and the rule that gives it."""

    kind: MovementKind
    amount_cents: int
    rule: str
    since: date


@dataclass(frozen=True, slots=True)
class Granted:
    """A decision to grant: the deposit, its sums, its caps and its end; and the older deposit that ends now, whose
    rest and live bookings move to the new one (the rest is what the ledger says, whatever the decision foresaw)."""

    deposit: DepositType
    grants: tuple[Grant, ...]
    digital_cap_cents: int | None
    physical_cap_cents: int | None
    expires_at: datetime
    version: int = 1
    because: tuple[Because, ...] = ()
    moves_from: DepositType | None = None


@dataclass(frozen=True, slots=True)
class HeldBooking:
    """A booking paid by a deposit, as a change of regime sees it. `status` is the bookings chapter's word."""

    status: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class HeldDeposit:
    """A deposit that somebody already has: all that it received, and what it pays for."""

    deposit: DepositType
    amount_cents: int
    bookings: tuple[HeldBooking, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditDecision:
    """What somebody holds after a decision, and what it adds. `deposit` is None where they have no right to any.

    `amount_cents` is all that the deposit has received, the new `recredits` included; `moves_from` names the deposit
    that ends and gives over what it had left with `moved_bookings` of its bookings.
    """

    scheme: Scheme | None
    deposit: DepositType | None
    version: int
    amount_cents: int
    recredits: tuple[Grant, ...]
    moves_from: DepositType | None
    moved_bookings: int
    expires_at: datetime | None
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether somebody may enter at an instant, under which scheme, and the window in which they can."""

    eligible: bool
    scheme: Scheme | None
    opens_at: datetime
    closes_at: datetime
    because: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """What a wallet can still pay, in cents; a cap's remainder is None where there is no cap."""

    total_cents: int
    digital_cents: int | None
    physical_cents: int | None


TOO_YOUNG = Reason("wallet.too_young", Kind.FORBIDDEN, "The credit opens at {age}: on {opens_on}.", "decree of 1 March 2025")
TOO_OLD = Reason("wallet.too_old", Kind.FORBIDDEN, "The credit can be asked for before the 19th birthday.", "guide §2.1, window")
NO_BIRTH_DATE = Reason("wallet.no_birth_date", Kind.INVALID, "Give your birth date and département first.")
EMAIL_NOT_VALIDATED = Reason("wallet.email_not_validated", Kind.FORBIDDEN, "Confirm your e-mail address first.")
ALREADY_GRANTED = Reason(
    "wallet.already_granted", Kind.CONFLICT, "You already have your credit.", "guide §1.1: one deposit a type"
)
NO_LIVE_DEPOSIT = Reason("wallet.no_live_deposit", Kind.CONFLICT, "There is no credit to add to: none is open, or it has ended.")
ALREADY_RECEIVED = Reason(
    "wallet.already_received", Kind.CONFLICT, "This sum was already received.", "guide §1.1: a recredit is unique"
)
AMOUNT_NOT_ADDABLE = Reason("wallet.amount_not_addable", Kind.INVALID, "Add a sum above zero, {most_cents} at most at once.")
