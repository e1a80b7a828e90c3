"""Reads of reimbursements: the price of used bookings explained, from facts alone."""

from collections.abc import Iterable
from typing import Any

from ..rules.scale import price_all
from ..terms import CustomRule, UsedBooking


def explain_reimbursement(
    *,
    bookings: Iterable[UsedBooking],
    revenue_before_cents: dict[str, int] | None = None,
    custom_rules: Iterable[CustomRule] = (),
) -> dict[str, Any]:
    """For each booking, in order: what is paid, what the venue bears, the rate, the revenue after it, the rule and why."""
    prices = price_all(bookings, revenue_before_cents=revenue_before_cents, custom=custom_rules)
    return {
        "bookings": [
            {
                "reimbursed_cents": one.reimbursed_cents,
                "contribution_cents": one.contribution_cents,
                "rate": float(one.rate),
                "revenue_cents": one.revenue_cents,
                "rule": one.rule,
                "marginal_cents": one.marginal_cents,
                "because": [one.because],
            }
            for one in prices
        ]
    }
