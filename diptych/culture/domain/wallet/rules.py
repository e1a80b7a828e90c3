"""Rules of the credit, as dated rows: who is granted what, capped how, until when.

Holds the regime of the decree of 1 March 2025; older and later regimes are further rows of the same tables.
Pure: facts in, decision out. Does not hold bookings' own checks.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from . import terms
from .terms import Bucket, DepositType, Grant, Granted, Left, MovementKind

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.people.rules import age_at, birthday, birthday_begins, zone_of


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime of the credit: from when it holds (by registration date), and its ages."""

    deposit: DepositType
    since: date
    first_age: int
    closes_at_age: int
    source: str


@dataclass(frozen=True, slots=True)
class AgeAmount:
    """What a deposit receives at an age."""

    deposit: DepositType
    since: date
    age: int
    kind: MovementKind
    amount_cents: int
    source: str


@dataclass(frozen=True, slots=True)
class Cap:
    """A ceiling on one bucket of a deposit, by département; `departments` empty means everywhere else.
    `cap_cents` None means no ceiling."""

    deposit: DepositType
    since: date
    bucket: Bucket
    departments: tuple[str, ...]
    cap_cents: int | None
    source: str


_DECREE_2025: Final = "decree of 1 March 2025"
_17_18: Final = DepositType.GRANT_17_18

REGIMES: Final = (Regime(_17_18, date(2025, 3, 1), 17, 19, _DECREE_2025),)

AMOUNTS: Final = (
    AgeAmount(_17_18, date(2025, 3, 1), 17, MovementKind.RECREDIT_17, 50_00, _DECREE_2025),
    AgeAmount(_17_18, date(2025, 3, 1), 18, MovementKind.RECREDIT_18, 150_00, _DECREE_2025),
)

CAPS: Final = (
    Cap(_17_18, date(2025, 3, 1), Bucket.DIGITAL, (), 100_00, _DECREE_2025),
    Cap(_17_18, date(2025, 3, 1), Bucket.DIGITAL, ("986",), None, "guide §2.1, department caps"),
    Cap(_17_18, date(2025, 3, 1), Bucket.DIGITAL, ("976",), 150_00, "guide §2.1, department caps"),
    Cap(_17_18, date(2025, 3, 1), Bucket.DIGITAL, ("975",), 200_00, "guide §2.1, department caps"),
)

TABLES: Final = (REGIMES, AMOUNTS, CAPS)
"""What `docs/generated/rules.md` prints."""

MAJORITY: Final = 18
"""Guide §2.1, roles: BENEFICIARY from 18, UNDERAGE_BENEFICIARY before."""
EXPIRY_AGE: Final = 21
EXPIRY_GRACE: Final = timedelta(hours=11)
"""Guide §2.1: the 21st birthday at 00:00, + 11 h."""


def regime_on(day: date) -> Regime | None:
    """The regime that holds on a day, or None before the first row."""
    held = [row for row in REGIMES if row.since <= day]
    return held[-1] if held else None


def cap_for(deposit: DepositType, bucket: Bucket, *, department: str, on: date) -> int | None:
    """The ceiling in cents of a bucket for a deposit opened on a day; None where there is none."""
    rows = [row for row in CAPS if (row.deposit, row.bucket) == (deposit, bucket) and row.since <= on]
    named = [row for row in rows if department in row.departments]
    general = [row for row in rows if not row.departments]
    chosen = (named or general)[-1:]
    return chosen[0].cap_cents if chosen else None


def expires_at(born: date, department: str) -> datetime:
    """When a deposit ends: 11 h after the 21st birthday begins, by the département's clock."""
    return birthday_begins(born, EXPIRY_AGE, department) + EXPIRY_GRACE


def grants_due(*, born: date, department: str, registered_at: datetime, at: datetime) -> tuple[Grant, ...]:
    """One sum for every age from the age at registration to today's (guide §2.1, recredits), in order of age."""
    regime = regime_on(registered_at.astimezone(zone_of(department)).date())
    if regime is None:
        return ()
    first, now = age_at(born, registered_at, department), age_at(born, at, department)
    return tuple(
        Grant(row.kind, row.amount_cents, f"{row.age}: {row.source}", row.since)
        for row in AMOUNTS
        if row.deposit is regime.deposit and first <= row.age <= now
    )


def decide_grant(
    *,
    born: date | None,
    department: str,
    registered_at: datetime,
    email_validated: bool,
    held: frozenset[DepositType],
    at: datetime,
) -> Granted | Refusal:
    """Whether somebody receives a credit now: the first reason why not, else the deposit with its sums and caps."""
    if born is None or not department:
        return refuse(terms.NO_BIRTH_DATE)
    if not email_validated:
        return refuse(terms.EMAIL_NOT_VALIDATED)
    day = at.astimezone(zone_of(department)).date()
    regime = regime_on(day)
    if regime is None or age_at(born, at, department) < regime.first_age:
        age = regime.first_age if regime else REGIMES[0].first_age
        return refuse(terms.TOO_YOUNG, age=age, opens_on=birthday(born, age).isoformat())
    if age_at(born, registered_at, department) >= regime.closes_at_age or age_at(born, at, department) >= EXPIRY_AGE:
        return refuse(terms.TOO_OLD)
    if regime.deposit in held:
        return refuse(terms.ALREADY_GRANTED)
    return Granted(
        deposit=regime.deposit,
        grants=grants_due(born=born, department=department, registered_at=max(registered_at, _start(regime, department)), at=at),
        digital_cap_cents=cap_for(regime.deposit, Bucket.DIGITAL, department=department, on=day),
        physical_cap_cents=cap_for(regime.deposit, Bucket.PHYSICAL, department=department, on=day),
        expires_at=expires_at(born, department),
    )


def _start(regime: Regime, department: str) -> datetime:
    "By the département's clock, as the day of a registration is: at midnight UTC, 28 February is not over in Guadeloupe."
    return datetime.combine(regime.since, time.min, zone_of(department))


def bucket_of(*, is_digital: bool, is_physical: bool, has_url: bool) -> Bucket:
    """Which cap counts (guide §2.1): digital with a URL, physical without; else only the total."""
    if has_url and is_digital:
        return Bucket.DIGITAL
    if not has_url and is_physical:
        return Bucket.PHYSICAL
    return Bucket.NONE


def left(
    *,
    balance_cents: int,
    digital_spent_cents: int,
    physical_spent_cents: int,
    digital_cap_cents: int | None,
    physical_cap_cents: int | None,
    expires_at: datetime,
    at: datetime,
) -> Left:
    """What can still be spent: nothing once expired, and each cap's remainder bounded by the total (guide §2.1)."""
    total = max(balance_cents, 0) if at < expires_at else 0

    def under(cap: int | None, spent: int) -> int | None:
        return None if cap is None else max(min(cap - spent, total), 0)

    return Left(total, under(digital_cap_cents, digital_spent_cents), under(physical_cap_cents, physical_spent_cents))
