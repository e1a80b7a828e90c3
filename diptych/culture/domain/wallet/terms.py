"""Words of the wallet: deposits, movements, what is left, reasons not to grant."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from diptych.commons.refusal import Kind, Reason


class DepositType(StrEnum):
    """A regime's deposit; at most one of each type a person."""

    GRANT_17_18 = "GRANT_17_18"
    GRANT_FREE = "GRANT_FREE"
    GRANT_15_17 = "GRANT_15_17"
    GRANT_18 = "GRANT_18"


class MovementKind(StrEnum):
    """Why a sum moved. Recredits carry the official names."""

    RECREDIT_17 = "Recredit17"
    RECREDIT_18 = "Recredit18"
    BOOKING = "Booking"
    CANCELLATION = "Cancellation"


class Bucket(StrEnum):
    """Which cap a spent sum counts in, beside the total."""

    NONE = ""
    DIGITAL = "digital"
    PHYSICAL = "physical"


@dataclass(frozen=True, slots=True)
class Grant:
    """One sum that a deposit receives, and the rule that gives it."""

    kind: MovementKind
    amount_cents: int
    rule: str
    since: date


@dataclass(frozen=True, slots=True)
class Granted:
    """A decision to grant: the deposit, its sums, its caps and its end."""

    deposit: DepositType
    grants: tuple[Grant, ...]
    digital_cap_cents: int | None
    physical_cap_cents: int | None
    expires_at: datetime


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
