"""Money: cents, shares and Pacific francs, for every amount that can be paid."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diptych.commons import money

CENTS = st.integers(-10_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("euros", "expected"),
    [("12.345", 1235), ("0.005", 1), ("-0.005", -1), ("0", 0), (300, 30_000), (Decimal("8.90"), 890), ("1e2", 10_000)],
)
def test_euros_become_cents_half_up(euros: Decimal | int | str, expected: int) -> None:
    assert money.cents(euros) == expected


@pytest.mark.parametrize("text", ["", "huit", "NaN", "Infinity", "-Infinity", "1,50"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        money.cents(text)


@given(CENTS)
def test_cents_survive_their_writing(amount: int) -> None:
    assert money.cents(str(Decimal(amount) / 100)) == amount


@given(st.decimals(-1000, 1000, places=4))
def test_rounding_is_to_the_nearest_and_symmetric(amount: Decimal) -> None:
    assert abs(amount - money.half_up(amount)) <= Decimal("0.5")
    assert money.half_up(-amount) == -money.half_up(amount)


@given(st.integers(0, 10_000_000), st.decimals(0, 1, places=4))
def test_a_share_and_the_rest_make_the_whole_to_the_cent(amount: int, rate: Decimal) -> None:
    part = money.share(amount, rate)
    assert 0 <= part <= amount
    assert abs(part + money.share(amount, 1 - rate) - amount) <= 1


@pytest.mark.parametrize(("amount", "francs"), [(30_000, 35_800), (15_000, 17_900), (5_000, 5_965), (0, 0), (838, 1_000)])
def test_the_credits_in_pacific_francs(amount: int, francs: int) -> None:
    assert money.xpf(amount) == francs


@given(st.integers(0, 10_000_000))
def test_a_price_in_francs_is_a_multiple_of_five_and_near(amount: int) -> None:
    francs = money.xpf(amount)
    assert francs % money.XPF_STEP == 0
    assert abs(money.cents_of_xpf(francs) - amount) <= 3  # 2.5 XPF are 2.1 cents, then half a cent
