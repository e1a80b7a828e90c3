"""The law of the credit since 2019, as dated rows: who enters, what they receive, under which caps, until when.

Holds the tables and their look-ups, and `Law`, the set of them that every decision takes: a decree that is tried before
it is signed is another `Law`. A change of law is a new row; an old one is never edited. Does not decide anything.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from ..terms import Bucket, DepositType, MovementKind, Scheme, cited


@dataclass(frozen=True, slots=True)
class Regime:
    """Who enters under a scheme, from a day to the day before another (by registration, on the département's calendar).

    `only` names the départements where it is open (empty: everywhere), `but` those where it is not.
    """

    scheme: Scheme
    deposit: DepositType
    version: int
    since: date
    until: date | None
    ages: tuple[int, int]
    source: str
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()

    def opens(self, *, on: date, age: int, department: str) -> bool:
        """Whether somebody of an age may enter on a day, there."""
        dated = self.since <= on and (self.until is None or on < self.until)
        placed = department not in self.but and (not self.only or department in self.only)
        return dated and placed and self.ages[0] <= age <= self.ages[1]


@dataclass(frozen=True, slots=True)
class AgeAmount:
    """What a deposit receives at an age, for the birthdays that come before `until`."""

    deposit: DepositType
    version: int
    since: date
    age: int
    kind: MovementKind
    amount_cents: int
    source: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """A ceiling on one bucket of the deposits made from a day on; `departments` empty means everywhere else.
    `cap_cents` None means no ceiling."""

    deposit: DepositType
    version: int
    since: date
    bucket: Bucket
    departments: tuple[str, ...]
    cap_cents: int | None
    source: str


@dataclass(frozen=True, slots=True)
class End:
    """When a deposit ends: after `years` years where given, else at the start of a birthday, plus `hours`."""

    deposit: DepositType
    version: int
    since: date
    birthday: int | None
    hours: int
    years: int | None
    source: str


_17_18: Final = DepositType.GRANT_17_18
_15_17: Final = DepositType.GRANT_15_17
_18: Final = DepositType.GRANT_18
_FREE: Final = DepositType.GRANT_FREE

CUT_OVER: Final = date(2025, 3, 1)
"""Guide §2.1: the day on which 15–17 and 18 became 17–18."""
_EXPERIMENT: Final = date(2019, 2, 1)
_NATIONAL: Final = date(2021, 5, 21)
_UNDERAGE: Final = date(2022, 1, 1)
_CAP_50: Final = date(2026, 3, 1)

_G2019: Final = cited("guide §2.1, experiment of 2019")
_G2021: Final = cited("guide §2.1, 21 May 2021")
_G2022: Final = cited("guide §2.1, January 2022")
_DECREE_2025: Final = cited("decree of 1 March 2025")
_CAPS_BY_PLACE: Final = cited("guide §2.1, department caps")
_ORDER_2025: Final = cited("order of 3 December 2025 (guide §2.1: its first day is unverified, 1 March 2026 is assumed)")
_PHASES: Final = ("08", "22", "25", "29", "34", "35", "56", "58", "67", "71", "84", "93", "94", "973")

REGIMES: Final = (
    Regime(Scheme.AGE18, _18, 1, _EXPERIMENT, _NATIONAL, (18, 18), _G2019, only=_PHASES),
    Regime(Scheme.AGE18, _18, 2, _NATIONAL, _UNDERAGE, (18, 18), _G2021, but=("984", "987", "988")),
    Regime(Scheme.AGE18, _18, 2, _UNDERAGE, CUT_OVER, (18, 18), _G2021),
    Regime(Scheme.UNDERAGE, _15_17, 1, _UNDERAGE, CUT_OVER, (15, 17), _G2022),
    Regime(Scheme.AGE17_18, _17_18, 1, CUT_OVER, None, (17, 18), _DECREE_2025),
    Regime(Scheme.FREE, _FREE, 1, CUT_OVER, None, (15, 16), cited("guide §2.1, free accounts")),
)
"""The day on which Polynésie française and Nouvelle-Calédonie entered is not in the guide: January 2022 is assumed."""

AMOUNTS: Final = (
    AgeAmount(_18, 1, _EXPERIMENT, 18, MovementKind.FIRST_GRANT, 500_00, _G2019),
    AgeAmount(_18, 2, _NATIONAL, 18, MovementKind.FIRST_GRANT, 300_00, _G2021),
    AgeAmount(_15_17, 1, _UNDERAGE, 15, MovementKind.RECREDIT_15, 20_00, _G2022, CUT_OVER),
    AgeAmount(_15_17, 1, _UNDERAGE, 16, MovementKind.RECREDIT_16, 30_00, _G2022, CUT_OVER),
    AgeAmount(_15_17, 1, _UNDERAGE, 17, MovementKind.RECREDIT_17, 30_00, _G2022, CUT_OVER),
    AgeAmount(_17_18, 1, CUT_OVER, 17, MovementKind.RECREDIT_17, 50_00, _DECREE_2025),
    AgeAmount(_17_18, 1, CUT_OVER, 18, MovementKind.RECREDIT_18, 150_00, _DECREE_2025),
)

_D: Final = Bucket.DIGITAL
CAPS: Final = (
    Cap(_18, 1, _EXPERIMENT, _D, (), 200_00, _G2019),
    Cap(_18, 1, _EXPERIMENT, Bucket.PHYSICAL, (), 200_00, _G2019),
    Cap(_18, 2, _NATIONAL, _D, (), 100_00, _G2021),
    *(
        Cap(deposit, version, since, _D, (department,), cents, _CAPS_BY_PLACE)
        for deposit, version, since in ((_18, 1, _EXPERIMENT), (_18, 2, _NATIONAL), (_17_18, 1, CUT_OVER))
        for department, cents in (("986", None), ("976", 150_00), ("975", 200_00))
    ),
    Cap(_17_18, 1, CUT_OVER, _D, (), 100_00, _DECREE_2025),
    Cap(_17_18, 1, _CAP_50, _D, (), 50_00, _ORDER_2025),
    Cap(_17_18, 1, _CAP_50, _D, ("975", "976", "986"), None, _ORDER_2025),
)

_21: Final = cited("guide §2.1: the 21st birthday at 00:00, + 11 h")
ENDS: Final = (
    End(_18, 1, _EXPERIMENT, None, 0, 2, cited("guide §2.1: two years (legacy)")),
    End(_18, 2, _NATIONAL, 21, 11, None, _21),
    End(_15_17, 1, _UNDERAGE, 21, 11, None, _21),
    End(_17_18, 1, CUT_OVER, 21, 11, None, _21),
    End(_FREE, 1, CUT_OVER, 21, 11, None, _21),
)

TABLES: Final = (REGIMES, AMOUNTS, CAPS, ENDS)
"""What `docs/generated/rules.md` prints."""

ENTRY_AGES: Final = (15, 20)
"""Guide §2.1: whoever is outside 15–20 today is never eligible."""
CLOSES_AT: Final = 19
"""Guide §2.1: the window closes on the 19th birthday, for who has not started."""
STARTED_CLOSES_AT: Final = 21
"""Guide §2.1: who started before 19 stays eligible until the 21st birthday."""
OLD_ENDS_BEFORE: Final = timedelta(minutes=5)
"""Guide §2.1, transition: the old deposit expires five minutes before now, so that no clock still sees it open."""
MOST_ADDED_CENTS: Final = 300_00
"""The most that an officer adds at once: ours, the highest price of an offer (guide §2.2, prices)."""


@dataclass(frozen=True)
class Law:
    """Every dated row that decides a credit."""

    regimes: tuple[Regime, ...] = REGIMES
    amounts: tuple[AgeAmount, ...] = AMOUNTS
    caps: tuple[Cap, ...] = CAPS
    ends: tuple[End, ...] = ENDS
    cut_over: date = field(default=CUT_OVER)

    def with_rows(self, *rows: Regime | AgeAmount | Cap | End) -> "Law":
        """This law and further rows, each after those of its table: among rows that hold, the latest counts."""
        return replace(
            self,
            regimes=(*self.regimes, *(row for row in rows if isinstance(row, Regime))),
            amounts=(*self.amounts, *(row for row in rows if isinstance(row, AgeAmount))),
            caps=(*self.caps, *(row for row in rows if isinstance(row, Cap))),
            ends=(*self.ends, *(row for row in rows if isinstance(row, End))),
        )

    def regime(self, *, on: date, age: int, department: str) -> Regime | None:
        """Under which regime somebody of an age enters on a day, or None."""
        found = [row for row in self.regimes if row.opens(on=on, age=age, department=department)]
        return max(found, key=lambda row: row.since) if found else None

    def amount(self, deposit: DepositType, version: int, age: int, *, on: date) -> AgeAmount | None:
        """What a deposit receives at an age that is reached, or entered with, on a day."""
        held = [row for row in self.amounts if (row.deposit, row.version, row.age) == (deposit, version, age) and row.since <= on]
        row = max(held, key=lambda row: row.since) if held else None
        return row if row and (row.until is None or on < row.until) else None

    def cap(self, deposit: DepositType, version: int, bucket: Bucket, *, department: str, on: date) -> Cap | None:
        """The row that caps a bucket of a deposit made on a day: its département's own before everywhere's."""
        of = (deposit, version, bucket)
        rows = [row for row in self.caps if (row.deposit, row.version, row.bucket) == of and row.since <= on]
        named = [row for row in rows if department in row.departments]
        general = [row for row in rows if not row.departments]
        return max(named or general, key=lambda row: row.since, default=None)

    def end(self, deposit: DepositType, version: int, *, on: date) -> End:
        """How a deposit made on a day ends."""
        held = [row for row in self.ends if (row.deposit, row.version) == (deposit, version) and row.since <= on]
        return max(held, key=lambda row: row.since) if held else ENDS[-1]


LAW: Final = Law()
"""The law in force: what every decision takes unless told otherwise."""
