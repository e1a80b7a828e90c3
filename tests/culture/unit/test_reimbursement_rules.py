"""What a used booking is paid: the scale and its cliff, books, legacy, custom rules, years of Paris, half cents."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from diptych.culture.domain.reimbursements.rules.scale import BRACKETS, half_up, price, price_all
from diptych.culture.domain.reimbursements.terms import CustomRule, Group, Scope, UsedBooking

AT = datetime(2025, 3, 1, 12, tzinfo=UTC)


def used(
    cents: int, kind: str = "CONCERT", *, at: datetime = AT, point: str = "A", quantity: int = 1, collective: bool = False
) -> UsedBooking:
    """A used booking."""
    return UsedBooking(cents, quantity, kind, at, point, collective)


@pytest.mark.parametrize(
    ("reached", "cents", "kind", "at", "paid", "rule"),
    [
        (0, 20_000_00, "CONCERT", AT, 20_000_00, "standard.100"),
        (20_000_00, 1_00, "CONCERT", AT, 95, "standard.95"),
        (19_999_99, 2, "CONCERT", AT, 2, "standard.95"),
        (39_900_00, 100_00, "CONCERT", AT, 95_00, "standard.95"),  # 40,000 included
        (40_000_00, 100_00, "CONCERT", AT, 92_00, "standard.92"),
        (149_900_00, 100_00, "CONCERT", AT, 92_00, "standard.92"),
        (150_000_00, 100_00, "CONCERT", AT, 90_00, "standard.90"),
        (40_000_00, 100_00, "CONCERT", datetime(2021, 8, 31, 21, 59, 59, tzinfo=UTC), 85_00, "standard.85"),
        (150_000_00, 100_00, "CONCERT", datetime(2021, 8, 31, 21, 59, 59, tzinfo=UTC), 70_00, "standard.70"),
        (40_000_00, 100_00, "CONCERT", datetime(2021, 8, 31, 22, tzinfo=UTC), 92_00, "standard.92"),
        (10_000_00, 100_00, "LIVRE_PAPIER", AT, 100_00, "book.100"),
        (150_000_00, 100_00, "LIVRE_PAPIER", AT, 95_00, "book.95"),
        (0, 100_00, "VOD", AT, 0, "not_reimbursed.0"),
        (0, 0, "CONCERT", AT, 0, "standard.100"),
    ],
)
def test_the_scale(reached: int, cents: int, kind: str, at: datetime, paid: int, rule: str) -> None:
    """The bracket of the revenue with this booking, for the whole of it; bounds are included below."""
    made = price(used(cents, kind, at=at), reached_cents=reached)
    assert (made.reimbursed_cents, made.rule, made.revenue_cents) == (paid, rule, reached + cents)
    assert made.contribution_cents == cents - paid


def test_collective_is_paid_whole_and_counts_for_nothing() -> None:
    """100 %, whatever the revenue, which it leaves as it was; no custom rule is for it."""
    rule = CustomRule(Scope.OFFERER, AT, rate=Decimal("0.5"))
    made = price(used(900_00, "", collective=True), reached_cents=150_000_00, custom=[rule])
    assert (made.reimbursed_cents, made.revenue_cents, made.rule, made.marginal_cents) == (
        900_00,
        150_000_00,
        "collective.100",
        900_00,
    )


def test_the_cliff_is_shown() -> None:
    """At 100 € below 20,000 €, a booking of 200 € loses 5 % of all; marginally it would of its second half."""
    made = price(used(200_00), reached_cents=19_900_00)
    assert (made.reimbursed_cents, made.marginal_cents) == (190_00, 195_00)


@pytest.mark.parametrize(("cents", "expected"), [("0.5", 1), ("1.5", 2), ("2.4999", 2), ("0.4", 0)])
def test_half_a_cent_goes_up(cents: str, expected: int) -> None:
    """Guide §3.1: half up, to the cent."""
    assert half_up(Decimal(cents)) == expected


def test_revenue_is_by_point_and_year_of_paris() -> None:
    """31 December at 23:30 in Greenwich is another year; a point’s revenue is its own, and what was reached counts once."""
    newyear = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    prices = price_all(
        [used(100_00), used(100_00, point="B"), used(1_00, quantity=2), used(5_00, at=newyear), used(1_00, at=newyear)],
        revenue_before_cents={"A": 20_000_00},
    )
    assert [one.revenue_cents for one in prices] == [20_100_00, 100_00, 20_102_00, 5_00, 6_00]


VENUE = CustomRule(Scope.VENUE, AT, rate=Decimal("0.5"))


@pytest.mark.parametrize(
    ("rules", "paid", "rule"),
    [
        ([VENUE], 50_00, "custom.venue"),
        ([VENUE, CustomRule(Scope.OFFER, AT, amount_cents=60_00)], 60_00, "custom.offer"),
        ([VENUE, CustomRule(Scope.OFFERER, AT, amount_cents=1)], 50_00, "custom.venue"),
        ([VENUE, CustomRule(Scope.VENUE, AT, rate=Decimal("0.4"))], 40_00, "custom.venue"),
        ([CustomRule(Scope.VENUE, AT + timedelta(seconds=1), rate=Decimal("0.5"))], 100_00, "standard.100"),
        ([CustomRule(Scope.VENUE, AT - timedelta(1), until=AT, rate=Decimal("0.5"))], 100_00, "standard.100"),
        ([CustomRule(Scope.VENUE, AT, until=AT + timedelta(1), rate=Decimal(0))], 0, "custom.venue"),
        ([CustomRule(Scope.VENUE, AT, rate=Decimal("0.5"), subcategories=frozenset({"VOD"}))], 100_00, "standard.100"),
        ([CustomRule(Scope.OFFER, AT, rate=Decimal("0.5"), subcategories=frozenset({"VOD"}))], 50_00, "custom.offer"),
    ],
)
def test_custom_rules(rules: list[CustomRule], paid: int, rule: str) -> None:
    """Offer before venue before offerer; the lowest of one scope; on [from, to[; an offer’s has no subcategories."""
    made = price(used(100_00), reached_cents=0, custom=rules)
    assert (made.reimbursed_cents, made.rule) == (paid, rule)


def test_a_sum_a_place() -> None:
    """Times the places; its rate is what it comes to."""
    made = price(used(30_00, quantity=2), reached_cents=0, custom=[CustomRule(Scope.OFFER, AT, amount_cents=10_00)])
    assert (made.reimbursed_cents, made.rate) == (20_00, Decimal("0.3333"))
    free = price(used(0), reached_cents=0, custom=[CustomRule(Scope.OFFER, AT, amount_cents=0)])
    assert free.rate == 0


def test_the_table_has_one_row_a_revenue_and_day() -> None:
    """No two brackets of a group begin at one revenue on one day; each group begins at nothing."""
    keys = [(row.group, row.since, row.over_cents) for row in BRACKETS]
    assert len(set(keys)) == len(keys)
    assert {row.group for row in BRACKETS if row.over_cents == 0} == set(Group) - {Group.CUSTOM}
