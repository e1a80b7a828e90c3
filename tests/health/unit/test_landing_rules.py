"""Landing's decisions: standings, flags, repeats, freshness, names, the account."""

from datetime import UTC, date, datetime, timedelta

import pytest

from diptych.health.warehouse.identified.landing.rules import (
    changed_type,
    flags,
    freshness,
    masked,
    matched,
    repeated,
    standings,
    total,
)
from diptych.health.warehouse.identified.landing.terms import Account, Arrival, Flag, Freshness, Mode, Standing

AT = datetime(2026, 11, 26, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def arrival(name: str, *, days: int = 0, covers: date | None = None, series: str = "s", **more: object) -> Arrival:
    return Arrival(name, series, covers, AT + days * DAY, **more)  # type: ignore[arg-type]


def test_a_full_table_is_replaced_by_the_next() -> None:
    found = standings([arrival("a"), arrival("b", days=1), arrival("other", series="t")], Mode.FULL)
    assert found == {"a": Standing.REPLACED, "b": Standing.CURRENT, "other": Standing.CURRENT}


def test_a_full_table_of_an_earlier_day_that_comes_later_does_not_stand() -> None:
    found = standings([arrival("new", covers=date(2026, 11, 25)), arrival("old", days=1, covers=date(2026, 11, 24))], Mode.FULL)
    assert found == {"new": Standing.CURRENT, "old": Standing.REPLACED}


def test_increments_add_and_the_same_day_again_corrects() -> None:
    days = [date(2026, 11, 24), date(2026, 11, 25)]
    given = [arrival("a", covers=days[0]), arrival("b", covers=days[1]), arrival("a2", days=1, covers=days[0])]
    assert standings(given, Mode.INCREMENT) == {"a": Standing.CORRECTED, "b": Standing.CURRENT, "a2": Standing.CURRENT}


def test_what_is_set_aside_stands_aside_until_a_good_one_comes() -> None:
    good, cut, again = arrival("good"), arrival("cut", days=1, set_aside=True), arrival("again", days=2)
    assert standings([good, cut], Mode.FULL) == {"good": Standing.CURRENT, "cut": Standing.SET_ASIDE}
    assert standings([cut], Mode.FULL) == {"cut": Standing.SET_ASIDE}
    assert standings([good, cut, again], Mode.FULL) == {
        "good": Standing.REPLACED,
        "cut": Standing.CORRECTED,
        "again": Standing.CURRENT,
    }


def test_a_withdrawn_delivery_gives_its_place_back() -> None:
    found = standings([arrival("a"), arrival("b", days=1, withdrawn=True)], Mode.FULL)
    assert found == {"a": Standing.CURRENT, "b": Standing.WITHDRAWN}


@pytest.mark.parametrize(
    ("mode", "now", "before", "said"),
    [
        (Mode.FULL, arrival("a"), [], set()),
        (Mode.FULL, arrival("a", covers=date(2026, 11, 25)), [], set()),
        (Mode.FULL, arrival("a", covers=date(2026, 11, 24)), [], {Flag.LATE}),
        (Mode.FULL, arrival("b", days=1), [arrival("a")], {Flag.REPLACES}),
        (Mode.FULL, arrival("b", days=1), [arrival("a", series="t")], set()),
        (Mode.INCREMENT, arrival("b", days=1), [arrival("a")], {Flag.CORRECTS}),
        (
            Mode.FULL,
            arrival("b", covers=date(2026, 11, 24)),
            [arrival("a", covers=date(2026, 11, 25))],
            {Flag.LATE, Flag.OUT_OF_ORDER},
        ),
        (Mode.INCREMENT, arrival("b", covers=date(2026, 11, 26)), [arrival("a", covers=date(2026, 11, 25))], set()),
    ],
)
def test_flags(mode: Mode, now: Arrival, before: list[Arrival], said: set[Flag]) -> None:
    assert flags(now, before, mode=mode, cadence=DAY) == said


def test_the_same_content_twice_is_one() -> None:
    first = arrival("a", named="n", digest="x")
    assert repeated("x", "n", [first], {"a": Standing.CURRENT})
    assert repeated("x", "another name", [first], {"a": Standing.CURRENT})
    assert not repeated("y", "n", [first], {"a": Standing.CURRENT})
    assert not repeated("x", "n", [arrival("a", named="n", digest="x", withdrawn=True)], {"a": Standing.WITHDRAWN})


def test_a_file_that_goes_back_to_what_it_said_is_received_again() -> None:
    known = [arrival("a", named="n", digest="x"), arrival("b", days=1, named="n", digest="y")]
    standing = {"a": Standing.REPLACED, "b": Standing.CURRENT}
    assert not repeated("x", "n", known, standing)
    older = [arrival("a", named="monday", digest="x"), arrival("b", days=1, named="tuesday", digest="y")]
    assert repeated("x", "monday", older, standing), "an old day's file still lies in its folder"


def test_a_type_that_changed() -> None:
    assert changed_type({"birth": 5, "sex": 4}, 10) == ("birth",)
    assert changed_type({"birth": 1}, 1) == ()


@pytest.mark.parametrize(
    ("waited", "found"),
    [(DAY, Freshness.FRESH), (1.5 * DAY, Freshness.LATE), (3 * DAY, Freshness.LATE), (3.1 * DAY, Freshness.SILENT)],
)
def test_freshness(waited: timedelta, found: Freshness) -> None:
    assert freshness(AT - waited, cadence=DAY, at=AT) is found


def test_never_received() -> None:
    assert freshness(None, cadence=DAY, at=AT) is Freshness.NEVER


def test_an_account_adds_up_or_is_not_told() -> None:
    assert total([Account(3, 1, 1, 1), Account(2, 2)]) == Account(5, 3, 1, 1)
    assert total([]) == Account()
    with pytest.raises(AssertionError):
        total([Account(3, 1, 1, 0)])


@pytest.mark.parametrize(
    ("files", "name", "found"),
    [
        ("patient.csv", "patient.csv", ("patient.csv", None)),
        ("patient.csv", "2026/patient.csv", ("2026/patient.csv", None)),
        ("a/*.csv", "a/p.csv", ("a/p.csv", None)),
        ("a/*.csv", "b/a/p.csv", None),
        ("p?.csv", "p1.csv", ("p1.csv", None)),
        ("p?.csv", "p12.csv", None),
        ("p_{date}.csv", "p_2026-11-26.csv", ("p_.csv", date(2026, 11, 26))),
        ("p_{date}.csv", "x/p_20261126.csv", ("x/p_.csv", date(2026, 11, 26))),
        ("p_{date}.csv", "p_20260231.csv", None),
        ("p[1].csv", "p1.csv", None),
        ("*.csv", "p.csv\n", None),
    ],
)
def test_which_file_is_of_a_table(files: str, name: str, found: tuple[str, date | None] | None) -> None:
    assert matched(files, name) == found


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("Dupont_Marie_19850921.csv", "x_x_9.csv"),
        ("../../etc/passwd", "../../x/x"),
        ("Marie", "x"),
        ("é.Roux", "x.x"),
        ("a.csv.2", "x.x.9"),
        ("-" * 200, "-" * 80),
        ("-" * 200 + ".csv", "-" * 80),
    ],
)
def test_a_name_is_told_by_its_shape(name: str, shape: str) -> None:
    assert masked(name) == shape
