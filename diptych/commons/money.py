"""Money: integer cents of euro, and the Pacific franc that three collectivities use.

Holds conversions and rounding. Does not hold prices, caps or rates (each chapter's rules do) nor how a sum is written
on a screen (the templates of `commons.web` do).
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

EURO_PER_1000_XPF: Final = Decimal("8.38")
"""The fixed parity: 1 000 XPF = 8.38 € (decree 98-1152 of 16 December 1998)."""

XPF_STEP: Final = 5
"""Prices in Pacific francs are written to the nearest 5 XPF."""


def cents(euros: Decimal | int | str) -> int:
    """Euros to cents, half up. `cents("12.345")` is 1235. Raises ValueError where `euros` is no finite number."""
    try:
        amount = Decimal(euros)
    except ArithmeticError:
        raise ValueError(f"not an amount in euros: {euros!r}") from None
    if not amount.is_finite():
        raise ValueError(f"not an amount in euros: {euros!r}")
    return half_up(amount * 100)


def half_up(amount: Decimal) -> int:
    """The nearest integer; a half goes away from zero, as public accounting rounds."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def share(amount_cents: int, rate: Decimal) -> int:
    """`rate` (0 to 1) of an amount in cents, half up to the cent."""
    return half_up(amount_cents * rate)


def xpf(amount_cents: int) -> int:
    """Cents of euro to Pacific francs, to the nearest 5 XPF. 30 000 cents (300 €) are 35 800 XPF."""
    francs = Decimal(amount_cents) / 100 / EURO_PER_1000_XPF * 1000
    return half_up(francs / XPF_STEP) * XPF_STEP


def cents_of_xpf(francs: int) -> int:
    """Pacific francs to cents of euro, half up."""
    return half_up(Decimal(francs) / 1000 * EURO_PER_1000_XPF * 100)
