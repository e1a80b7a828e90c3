"""The bonus: months, children, quotients and tries, each edge in a table."""

from dataclasses import replace
from datetime import date

import pytest

from diptych.culture.domain.eligibility.rules.bonus import bonus_on, is_child, judge_bonus, months_of, why_not_ask
from diptych.culture.domain.eligibility.terms import BonusFacts, CheckStatus, Child, Household, ReasonCode

NINA = Child("Moreau", "", "Nina Zoé", date(2009, 3, 3), "F")
OPEN = BonusFacts(17, True, False, False, 0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"age": 18, "tries": 9}, None),
        ({"tries": 10}, "no_more_tries"),
        ({"waiting": True, "tries": 10}, "waits"),
        ({"age": 16}, "not_open"),
        ({"age": 19}, "not_open"),
        ({"age": None}, "not_open"),
        ({"credit_open": False}, "not_open"),
        ({"received": True, "credit_open": False}, "received"),  # eligibility.bonus_received
    ],
)
def test_who_may_ask(changes: dict[str, object], code: str | None) -> None:
    refusal = why_not_ask(replace(OPEN, **changes))  # type: ignore[arg-type]
    assert (refusal and refusal.reason.code) == (code and f"eligibility.bonus_{code}")


@pytest.mark.parametrize(
    ("born", "first", "last"),
    [
        (date(2009, 1, 31), (2025, 1), (2025, 12)),
        (date(2009, 12, 1), (2025, 12), (2026, 11)),
        (date(2008, 2, 29), (2024, 2), (2025, 1)),
        (date(2009, 6, 15), (2025, 6), (2026, 5)),
    ],
)
def test_twelve_months_from_the_sixteenth_birthday(born: date, first: tuple[int, int], last: tuple[int, int]) -> None:
    months = months_of(born)
    assert (len(set(months)), months[0], months[-1]) == (12, first, last)


@pytest.mark.parametrize(
    ("said", "same"),
    [
        (NINA, True),
        (replace(NINA, first_name="NINA"), True),
        (replace(NINA, first_name="Nina Zoë Anne"), True),
        (replace(NINA, last_name="MOREAU-KAYA"), True),
        (replace(NINA, last_name="Kaya", usual_name="Moreau"), True),
        (replace(NINA, last_name="Kaya"), False),
        (replace(NINA, first_name="Zélie"), False),
        (replace(NINA, first_name=""), False),
        (replace(NINA, last_name=""), False),
        (replace(NINA, gender="M"), False),
        (replace(NINA, birth_date=date(2009, 3, 4)), False),
    ],
)
def test_who_is_the_child(said: Child, same: bool) -> None:
    assert is_child(said, NINA) is same


def home(quotient: int, *children: Child) -> Household:
    return Household(quotient, children)


@pytest.mark.parametrize(
    ("households", "reason", "quotient"),
    [
        ([None] * 12, ReasonCode.CUSTODIAN_NOT_FOUND, None),
        ([None, home(300), home(200)], ReasonCode.NOT_IN_TAX_HOUSEHOLD, 200),
        ([home(701, NINA), None], ReasonCode.QUOTIENT_FAMILIAL_TOO_HIGH, 701),
        ([home(100), home(701, NINA)], ReasonCode.QUOTIENT_FAMILIAL_TOO_HIGH, 701),
        ([home(900, NINA), home(700, NINA)], None, 700),
    ],
)
def test_what_the_answers_come_to(households: list[Household | None], reason: ReasonCode | None, quotient: int | None) -> None:
    verdict, kept = judge_bonus(households, own=NINA, most_quotient=700)
    assert (verdict.status, verdict.reasons, kept) == (
        (CheckStatus.KO, (reason,), quotient) if reason else (CheckStatus.OK, (), quotient)
    )


def test_the_row_of_a_day() -> None:
    assert bonus_on(date(2025, 2, 28)) is None
    row = bonus_on(date(2026, 11, 24))
    assert row is not None and (row.most_quotient, row.amount_cents) == (700, 50_00)
