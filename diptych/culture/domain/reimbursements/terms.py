"""Words of reimbursements: groups of rules, scopes of custom ones, what a price is decided from and what it says.

Amounts are cents that the State pays the venue, positive. Does not hold bookings nor bank accounts.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

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
