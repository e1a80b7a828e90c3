"""A decree tried before it is signed: every account's sums under the law in force and under a draft, side by side.

Pure: accounts and two laws in, figures out. Bookings play no part in what is granted, so that none is asked for. Does not
hold where accounts come from.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ..terms import Bucket, DepositType, HeldDeposit, MovementKind
from .caps import cap_for
from .credit import decide_credit
from .law import LAW, Law

from diptych.culture.domain.people.rules import age_on, birthday, zone_of

ELSEWHERE: Final = "75"
"""Stands for every département that no row names: their calendars agree to the day."""


@dataclass(frozen=True, slots=True)
class Account:
    """So many people who share what decides their credit."""

    born: date
    department: str
    registered: date
    people: int = 1


@dataclass(frozen=True, slots=True)
class Life:
    """What an account receives in its life: sums (day, cents), then the digital cap and the end of its last deposit."""

    sums: tuple[tuple[date, int], ...]
    opened: bool
    digital_cap_cents: int | None
    ends_on: date | None

    @property
    def total_cents(self) -> int:
        """All that it receives."""
        return sum(cents for _, cents in self.sums)


class Notice(StrEnum):
    """What somebody would notice of a draft, the first that holds."""

    ENTERS = "enters"
    SHUT_OUT = "shut out"
    MORE = "receives more"
    LESS = "receives less"
    CAP_LOWER = "lower digital cap"
    CAP_HIGHER = "higher digital cap"
    ENDS_EARLIER = "ends earlier"
    ENDS_LATER = "ends later"
    OTHER_DAYS = "same sum on other days"
    NOTHING = "nothing"


GAINS: Final = frozenset({Notice.ENTERS, Notice.MORE})
LOSES: Final = frozenset({Notice.SHUT_OUT, Notice.LESS})


def life(account: Account, *, law: Law) -> Life:
    """What an account receives under a law: decided at its registration, at each birthday, and when a regime begins."""
    ages = {row.age for row in law.amounts} | {row.ages[0] for row in law.regimes}
    days = {account.registered, *(birthday(account.born, age) for age in ages)}
    days |= {row.since for row in law.regimes}
    zone = zone_of(account.department)
    registered_at = datetime.combine(account.registered, time(12), zone)
    held: HeldDeposit | None = None
    sums: list[tuple[date, int]] = []
    cap, ends_on = None, None
    for day in sorted(day for day in days if day >= account.registered):
        made = decide_credit(
            born=account.born, department=account.department, registered_at=registered_at,
            granted_at=datetime.combine(day, time(12), zone), held=(held,) if held else (), law=law,
        )  # fmt: skip
        if made.deposit is None or made.expires_at is None:
            continue
        sums += [(day, one.amount_cents) for one in made.recredits if one.kind is not MovementKind.PREVIOUS_DEPOSIT]
        if held is None or held.deposit is not made.deposit:
            cap = cap_for(made.deposit, Bucket.DIGITAL, department=account.department, on=day, version=made.version, law=law)
            ends_on = made.expires_at.astimezone(zone).date()
        held = HeldDeposit(made.deposit, made.amount_cents)
    opened = held is not None and held.deposit is not DepositType.GRANT_FREE
    return Life(tuple(sums), opened, cap if opened else None, ends_on if opened else None)


def notice(before: Life, after: Life) -> Notice:
    """What somebody would notice."""
    if before == after:
        return Notice.NOTHING
    if before.opened != after.opened:
        return Notice.ENTERS if after.opened else Notice.SHUT_OUT
    if before.total_cents != after.total_cents:
        return Notice.MORE if after.total_cents > before.total_cents else Notice.LESS
    old, new = (cap if cap is not None else 10**9 for cap in (before.digital_cap_cents, after.digital_cap_cents))
    if old != new:
        return Notice.CAP_LOWER if new < old else Notice.CAP_HIGHER
    if before.ends_on != after.ends_on and before.ends_on and after.ends_on:
        return Notice.ENDS_EARLIER if after.ends_on < before.ends_on else Notice.ENDS_LATER
    return Notice.OTHER_DAYS


@dataclass
class Place:
    """One département's figures: people counted, people who gain or lose, and the sums in cents."""

    people: int = 0
    gained: int = 0
    lost: int = 0
    before_cents: int = 0
    after_cents: int = 0


@dataclass
class Outcome:
    """A draft's figures, added up account after account."""

    people: int = 0
    years: dict[int, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    """Cents granted by calendar year: in force, draft."""
    places: dict[str, Place] = field(default_factory=lambda: defaultdict(Place))
    notices: Counter[Notice] = field(default_factory=Counter)
    ages: dict[Notice, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    """Who would notice, by the year of birth."""


class Simulation:
    """Two laws compared on accounts. Lives are kept by what decides them, so that a million accounts cost few decisions."""

    def __init__(self, draft: Law, *, law: Law = LAW) -> None:
        self.outcome = Outcome()
        self._named = frozenset(
            code
            for one in (law, draft)
            for code in (
                *(code for row in one.regimes for code in (*row.only, *row.but)),
                *(code for row in one.caps for code in row.departments),
            )
        )

        self._days = sorted(
            {
                day
                for one in (law, draft)
                for table in (one.regimes, one.amounts, one.caps, one.ends)
                for row in table
                for day in (row.since, getattr(row, "until", None))
                if day is not None
            }
        )

        @lru_cache(maxsize=1_000_000)
        def compared(born: date, department: str, registered: date) -> tuple[Life, Life, Notice]:
            account = Account(born, department, registered)
            before, after = life(account, law=law), life(account, law=draft)
            return before, after, notice(before, after)

        self._compared = compared

    def _first_alike(self, born: date, registered: date) -> date:
        "The first day on which registering decides the same: same age, same rows in force, same calendar year."
        place = bisect_right(self._days, registered)
        begun = self._days[place - 1] if place else date.min
        return max(birthday(born, age_on(born, registered)), begun, date(registered.year, 1, 1))

    def add(self, accounts: Iterable[Account]) -> None:
        """Count accounts in."""
        outcome = self.outcome
        for one in accounts:
            department = one.department if one.department in self._named else ELSEWHERE
            before, after, seen = self._compared(one.born, department, self._first_alike(one.born, one.registered))
            outcome.people += one.people
            for side, lived in enumerate((before, after)):
                for day, cents in lived.sums:
                    outcome.years[day.year][side] += cents * one.people
            place = outcome.places[one.department]
            place.people += one.people
            place.gained += one.people if seen in GAINS else 0
            place.lost += one.people if seen in LOSES else 0
            place.before_cents += before.total_cents * one.people
            place.after_cents += after.total_cents * one.people
            outcome.notices[seen] += one.people
            if seen is not Notice.NOTHING:
                outcome.ages[seen][one.born.year] += one.people
