"""A draft tried: what each account receives in its life, what its holder would notice, and the sums by year and place."""

from datetime import date

import pytest

from diptych.culture.domain.wallet.rules.law import LAW, AgeAmount, Cap, End, Law, Regime
from diptych.culture.domain.wallet.rules.simulation import Account, Life, Notice, Simulation, life, notice
from diptych.culture.domain.wallet.terms import Bucket, DepositType, MovementKind, Scheme

NEW = DepositType.GRANT_17_18
DAY = date(2026, 9, 1)
LOWER = AgeAmount(NEW, 1, DAY, 18, MovementKind.RECREDIT_18, 100_00, "draft")
YOUNG = Account(date(2009, 3, 10), "75", date(2026, 4, 1))


def test_a_life() -> None:
    """50 € at registration, 150 € on the 18th birthday; a free account receives nothing."""
    lived = life(YOUNG, law=LAW)
    assert lived == Life(((date(2026, 4, 1), 50_00), (date(2027, 3, 10), 150_00)), True, 50_00, date(2030, 3, 10))
    assert lived.total_cents == 200_00
    assert life(Account(date(2011, 3, 10), "75", date(2026, 4, 1)), law=LAW).total_cents == 200_00  # free at 15, then both
    assert life(Account(date(2000, 1, 1), "75", date(2026, 4, 1)), law=LAW) == Life((), False, None, None)


def test_a_life_across_the_decree() -> None:
    """20 € at 15, 30 € at 16; then the regime of 17–18, whose carried sums are not counted twice."""
    lived = life(Account(date(2008, 6, 1), "75", date(2023, 6, 2)), law=LAW)
    assert [cents for _, cents in lived.sums] == [20_00, 30_00, 50_00, 150_00]
    assert lived.digital_cap_cents == 100_00


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (LOWER, Notice.LESS),
        (AgeAmount(NEW, 1, DAY, 18, MovementKind.RECREDIT_18, 200_00, "draft"), Notice.MORE),
        (Cap(NEW, 1, date(2026, 3, 2), Bucket.DIGITAL, (), 10_00, "draft"), Notice.CAP_LOWER),
        (Cap(NEW, 1, date(2026, 3, 2), Bucket.DIGITAL, ("75",), None, "draft"), Notice.CAP_HIGHER),
        (End(NEW, 1, date(2026, 3, 2), 20, 0, None, "draft"), Notice.ENDS_EARLIER),
        (End(NEW, 1, date(2026, 3, 2), 25, 0, None, "draft"), Notice.ENDS_LATER),
        (AgeAmount(NEW, 1, date(2031, 1, 1), 18, MovementKind.RECREDIT_18, 1, "draft"), Notice.NOTHING),
    ],
)
def test_what_somebody_would_notice(row: AgeAmount | Cap | End, expected: Notice) -> None:
    """The first that holds."""
    assert notice(life(YOUNG, law=LAW), life(YOUNG, law=LAW.with_rows(row))) is expected


def test_entering_and_being_shut_out() -> None:
    """Where one of two laws opens nothing; and the same sum on other days."""
    shut = Law(regimes=tuple(row for row in LAW.regimes if row.scheme is not Scheme.AGE17_18))
    mine = life(YOUNG, law=LAW)
    assert notice(mine, life(YOUNG, law=shut)) is Notice.SHUT_OUT
    assert notice(life(YOUNG, law=shut), mine) is Notice.ENTERS
    later = Life(((date(2027, 3, 10), 200_00),), True, mine.digital_cap_cents, mine.ends_on)
    assert notice(mine, later) is Notice.OTHER_DAYS


def test_the_figures_add_up() -> None:
    """By year and by département, for every person an account stands for."""
    trial = Simulation(LAW.with_rows(LOWER, Regime(Scheme.AGE17_18, NEW, 1, DAY, None, (17, 18), "draft", but=("976",))))
    trial.add([Account(YOUNG.born, "42", YOUNG.registered, 10), Account(YOUNG.born, "976", date(2026, 10, 1), 3)])
    trial.add([Account(date(2000, 1, 1), "2A", date(2018, 1, 1))])
    outcome = trial.outcome
    assert outcome.people == 14
    assert outcome.years == {2026: [650_00, 650_00], 2027: [1950_00, 1300_00]}
    assert {code: (one.people, one.gained, one.lost) for code, one in outcome.places.items()} == {
        "42": (10, 0, 10),
        "976": (3, 0, 3),
        "2A": (1, 0, 0),
    }
    assert outcome.notices == {Notice.LESS: 13, Notice.NOTHING: 1}
    assert outcome.ages[Notice.LESS] == {2009: 13}
