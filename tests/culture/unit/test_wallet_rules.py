"""The credit of the decree of 1 March 2025: ages, amounts, caps, end, and the clock of each département."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from diptych.commons.refusal import Refusal
from diptych.culture.domain.people.rules import DEPARTMENTS, age_at, audience_for, birthday, why_not_profile, zone_of
from diptych.culture.domain.people.terms import Audience, Role
from diptych.culture.domain.wallet.rules import bucket_of, cap_for, decide_grant, expires_at, grants_due, left, regime_at
from diptych.culture.domain.wallet.terms import Bucket, DepositType, Granted, Left, MovementKind

AT = datetime(2026, 11, 24, 15, tzinfo=UTC)


def grant(born: date | None, department: str = "42", **others: object) -> Granted | Refusal:
    """A decision at AT for somebody who registers now."""
    facts: dict[str, object] = {"registered_at": AT, "email_validated": True, "held": frozenset(), "at": AT, **others}
    return decide_grant(born=born, department=department, **facts)  # type: ignore[arg-type]  # named as the rule names them


def code(decision: Granted | Refusal) -> str:
    """The refusal's code, or the amounts granted."""
    return decision.reason.code if isinstance(decision, Refusal) else "+".join(str(g.amount_cents) for g in decision.grants)


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2009, 11, 25), "wallet.too_young"),  # 17 tomorrow
        (date(2009, 11, 24), "5000"),  # 17 today
        (date(2008, 11, 25), "5000"),
        (date(2008, 11, 24), "15000"),  # 18 today
        (date(2007, 11, 25), "15000"),  # 19 tomorrow
        (date(2007, 11, 24), "wallet.too_old"),
        (date(1990, 1, 1), "wallet.too_old"),
        (None, "wallet.no_birth_date"),
    ],
)
def test_amount_by_age(born: date | None, expected: str) -> None:
    """50 € at 17, 150 € at 18, nothing before or from 19."""
    assert code(grant(born)) == expected


def test_seventeen_then_eighteen() -> None:
    """Who registered at 17 receives both; who registered before 19 keeps the right until 21."""
    assert code(grant(date(2008, 11, 1), registered_at=AT - timedelta(days=200))) == "5000+15000"
    assert code(grant(date(2007, 1, 1), registered_at=datetime(2025, 6, 1, tzinfo=UTC))) == "15000"
    assert code(grant(date(2005, 11, 24), registered_at=datetime(2024, 6, 1, tzinfo=UTC))) == "wallet.too_old"


@pytest.mark.parametrize("department", ["42", "971", "975", "987", "988"])
def test_the_regime_begins_by_the_clock_of_the_departement(department: str) -> None:
    """Whoever registered before the decree is counted from its first day, wherever midnight comes later than in Paris."""
    assert code(grant(date(2008, 1, 1), department, registered_at=datetime(2025, 1, 10, tzinfo=UTC))) == "5000+15000"


def test_an_age_that_began_before_the_decree_brings_nothing_of_it() -> None:
    """Registered on its eve at 17: the 18th birthday alone. At the first instant of its day: both."""
    facts = {"born": date(2008, 1, 1), "department": "42", "at": AT}
    paris = ZoneInfo("Europe/Paris")
    eve, day = datetime(2025, 2, 28, 23, 59, tzinfo=paris), datetime(2025, 3, 1, tzinfo=paris)
    assert [grant.amount_cents for grant in grants_due(registered_at=eve, **facts)] == [15000]  # type: ignore[arg-type]
    assert [grant.amount_cents for grant in grants_due(registered_at=day, **facts)] == [5000, 15000]  # type: ignore[arg-type]


def test_other_reasons() -> None:
    """E-mail first, one deposit a type."""
    assert code(grant(date(2008, 1, 1), email_validated=False)) == "wallet.email_not_validated"
    assert code(grant(date(2008, 1, 1), held=frozenset({DepositType.GRANT_17_18}))) == "wallet.already_granted"
    early = datetime(2025, 2, 1, tzinfo=UTC)
    assert code(grant(date(2008, 1, 1), at=early, registered_at=early)) == "3000"
    assert code(grant(date(2010, 6, 1), at=early, registered_at=early)) == "wallet.too_young"
    assert regime_at(born=date(2010, 1, 1), department="42", at=datetime(2025, 2, 28, tzinfo=UTC)) is not None


@pytest.mark.parametrize(
    ("department", "instant", "expected"),
    [
        ("75", datetime(2026, 3, 9, 22, 59, tzinfo=UTC), "wallet.too_young"),
        ("75", datetime(2026, 3, 9, 23, 0, tzinfo=UTC), "5000"),  # midnight in Paris
        ("987", datetime(2026, 3, 10, 9, 59, tzinfo=UTC), "wallet.too_young"),
        ("987", datetime(2026, 3, 10, 10, 0, tzinfo=UTC), "5000"),  # midnight in Tahiti, ten hours after Greenwich
        ("986", datetime(2026, 3, 9, 11, 59, tzinfo=UTC), "wallet.too_young"),
        ("986", datetime(2026, 3, 9, 12, 0, tzinfo=UTC), "5000"),  # midnight in Wallis, twelve hours before
    ],
)
def test_birthdays_begin_by_the_departments_clock(department: str, instant: datetime, expected: str) -> None:
    """The same birth date opens the credit at another instant in each zone."""
    assert code(grant(date(2009, 3, 10), department, at=instant, registered_at=instant)) == expected


def test_end_of_a_deposit() -> None:
    """The 21st birthday at midnight, plus eleven hours; 29 February comes on 1 March."""
    assert expires_at(date(2008, 6, 1), "42") == datetime(2029, 6, 1, 11, tzinfo=ZoneInfo("Europe/Paris"))
    assert expires_at(date(2008, 2, 29), "974") == datetime(2029, 3, 1, 11, tzinfo=ZoneInfo("Indian/Reunion"))
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)


def test_caps_by_department() -> None:
    """100 € of digital, but none in Wallis-et-Futuna, 150 € in Mayotte, 200 € in Saint-Pierre-et-Miquelon."""
    caps = {
        d: cap_for(DepositType.GRANT_17_18, Bucket.DIGITAL, department=d, on=date(2026, 1, 1))
        for d in ("42", "986", "976", "975")
    }
    assert caps == {"42": 100_00, "986": None, "976": 150_00, "975": 200_00}
    assert cap_for(DepositType.GRANT_17_18, Bucket.PHYSICAL, department="42", on=date(2026, 1, 1)) is None


def test_which_cap_counts() -> None:
    """Digital with a URL, physical without; else only the total."""
    assert bucket_of(is_digital=True, is_physical=False, has_url=True) is Bucket.DIGITAL
    assert bucket_of(is_digital=True, is_physical=False, has_url=False) is Bucket.NONE
    assert bucket_of(is_digital=False, is_physical=True, has_url=False) is Bucket.PHYSICAL
    assert bucket_of(is_digital=False, is_physical=True, has_url=True) is Bucket.NONE


def test_what_is_left() -> None:
    """Caps' remainders never exceed the total, nothing is below zero, nothing is left once expired."""
    figures = {"digital_spent_cents": 30_00, "physical_spent_cents": 0, "digital_cap_cents": 100_00, "physical_cap_cents": None}
    assert left(balance_cents=150_00, **figures, expires_at=AT + timedelta(1), at=AT) == Left(150_00, 70_00, None)
    assert left(balance_cents=20_00, **figures, expires_at=AT + timedelta(1), at=AT) == Left(20_00, 20_00, None)
    assert left(balance_cents=-1, **figures, expires_at=AT + timedelta(1), at=AT) == Left(0, 0, None)
    assert left(balance_cents=150_00, **figures, expires_at=AT, at=AT) == Left(0, 0, None)


def test_departments_and_profiles() -> None:
    """Every covered département has a clock; 984 has none; a birth date lies in the past."""
    assert len(DEPARTMENTS) == 96 + 12
    assert "984" not in DEPARTMENTS
    assert {zone_of(code).utcoffset(AT.replace(tzinfo=None)) for code in ("986", "987")} == {
        timedelta(hours=12),
        timedelta(hours=-10),
    }  # type: ignore[comparison-overlap]  # offsets may be None in the type only
    refusals = [
        why_not_profile(born=date(2008, 1, 1), department="99", at=AT),
        why_not_profile(born=date(2026, 11, 25), department="75", at=AT),
    ]
    assert [r.reason.code for r in refusals if r] == ["people.unknown_department", "people.birth_date_in_future"]
    assert why_not_profile(born=date(2008, 1, 1), department="2A", at=AT) is None
    assert age_at(date(2008, 11, 25), AT, "75") == 17


def test_one_audience_a_person() -> None:
    """Staff before venue before youth."""
    assert audience_for([]) is Audience.YOUTH
    assert audience_for([Role.PRO, Role.BENEFICIARY]) is Audience.VENUE
    assert audience_for([Role.ADMIN, Role.PRO]) is Audience.STAFF


def test_recredits_carry_the_official_names() -> None:
    """They go on the wire."""
    assert [k.value for k in (MovementKind.RECREDIT_17, MovementKind.RECREDIT_18)] == ["Recredit17", "Recredit18"]
