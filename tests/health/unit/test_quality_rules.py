"""What is decided of checks, releases and data over time."""

import datetime as dt

import pytest

from diptych.health.warehouse.identified.quality import rules
from diptych.health.warehouse.identified.quality.terms import Absent, Check, Kind, Month, Override, Result, Severity, Status, Step

AT = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def check(field: str = "f", *, threshold: float = 0.0, severity: Severity = Severity.FATAL) -> Check:
    return Check(Kind.IS_REQUIRED, "t", field, threshold=threshold, severity=severity)


def months(count: int, first: dt.date = dt.date(2020, 1, 1)) -> list[dt.date]:
    return [dt.date(first.year + n // 12, 1 + n % 12, 1) for n in range(count)]


@pytest.mark.parametrize(
    ("threshold", "violated", "among", "status"),
    [(0, 0, 9, Status.HOLDS), (0, 1, 10**9, Status.FAIL), (5, 5, 100, Status.HOLDS), (5, 501, 10_000, Status.FAIL), (100, 7, 7, Status.HOLDS)],
)  # fmt: skip
def test_a_check_fails_over_its_threshold(threshold: float, violated: int, among: int, status: Status) -> None:
    found = rules.judged(check(threshold=threshold), violated=violated, among=among, examples=["1"])
    assert (found.status, found.examples) == (status, ("1",) if violated else ())
    assert found.share == pytest.approx(100 * violated / among)


def test_of_nothing_a_check_says_nothing() -> None:
    found = rules.judged(check(), violated=0, among=0)
    assert (found.status, found.absent, found.share) == (Status.NOT_APPLICABLE, Absent.ROWS, 0.0)


def test_what_stops_a_release_and_who_lets_it_through() -> None:
    results = [
        Result(check("a"), Status.FAIL),
        Result(check("b"), Status.ERROR),
        Result(check("c"), Status.HOLDS),
        Result(check("d", severity=Severity.CONVENTION), Status.FAIL),
    ]
    stops = rules.blocking(results)
    assert stops == ("isRequired.t.a", "isRequired.t.b")
    decided = Override("one", stops, "Anne Durand", "root", "seen with the DIM", AT)
    assert rules.overridden(stops, decided)
    assert rules.overridden(stops[:1], decided), "fewer failures than were seen"
    assert not rules.overridden((*stops, "isRequired.t.new"), decided), "one that nobody has seen"
    assert not rules.overridden(stops, None)


def test_since_when_it_fails() -> None:
    results = [Result(check(name), status) for name, status in [("a", Status.FAIL), ("b", Status.FAIL), ("c", Status.HOLDS)]]
    before = {"isRequired.t.a": "three ago", "isRequired.t.c": "two ago"}
    assert rules.since_when(results, release="now", before=before) == {"isRequired.t.a": "three ago", "isRequired.t.b": "now"}


def test_completeness() -> None:
    given = [Month(day, visits, found) for day, visits, found in zip(months(3), (10, 0, 40), (5, 0, 10), strict=True)]
    assert rules.completeness(given, of_visits=False) == [0.5, 0.0, 0.25]
    assert rules.completeness(given, of_visits=True) == [0.5, 0.0, 1.0]
    assert rules.completeness([Month(day, 1, 0) for day in months(2)], of_visits=True) == [0.0, 0.0]


def test_the_step_by_hand() -> None:
    # t0 at the third month: c0 = 0.7, (c - c0)^2 = 0.01 twice and 0, over 5 - 3 = 2 months; before it 0.1^2 is lost
    days = months(5)
    found = rules.step(days, [0.0, 0.1, 0.6, 0.8, 0.7])
    assert found is not None
    assert (found.since, found.level, found.error) == (days[2], pytest.approx(0.7), pytest.approx(0.01))


def test_the_step_is_the_nearest_of_all() -> None:
    c = [0.0, 0.3, 0.1, 0.9, 0.5, 0.8, 0.0, 0.7, 0.9, 0.6]
    days, found = months(len(c)), rules.step(months(len(c)), c)

    def loss(t0: int) -> float:
        level = sum(c[t0:]) / len(c[t0:])
        return sum((value - (level if t >= t0 else 0)) ** 2 for t, value in enumerate(c))

    assert found is not None and found.since == days[min(range(len(c)), key=loss)]


@pytest.mark.parametrize("c", [[], [0.0, 0.0]])
def test_no_step(c: list[float]) -> None:
    assert rules.step(months(len(c)), c) is None


def test_a_step_in_the_last_month() -> None:
    found = rules.step(months(3), [0.0, 0.0, 0.4])
    assert found == Step(dt.date(2020, 3, 1), 0.4, 0.0)


def test_equal_steps_begin_at_the_earliest() -> None:
    assert rules.step(months(3), [0.5, 0.5, 0.5]) == Step(dt.date(2020, 1, 1), 0.5, 0.0)


@pytest.mark.parametrize(
    ("found", "what", "usable"),
    [
        (Step(dt.date(2020, 1, 1), 0.5, 0.05), "note", True),
        (Step(dt.date(2020, 1, 1), 0.49, 0.0), "note", False),
        (Step(dt.date(2020, 1, 1), 0.2, 0.0), "visit", True),
        (Step(dt.date(2020, 1, 1), 0.9, 0.051), "note", False),
        (Step(dt.date(2020, 10, 1), 0.9, 0.0), "note", True),
        (Step(dt.date(2020, 11, 1), 0.9, 0.0), "note", False),
        (None, "note", False),
    ],
)
def test_what_can_be_counted_on(found: Step | None, what: str, usable: bool) -> None:
    since = rules.usable_since(found, what=what, last=dt.date(2020, 12, 1))
    assert since == (found.since if found and usable else None)


@pytest.mark.parametrize(
    ("tail", "fallen"), [([0.0, 0.0, 0.0], 3), ([0.39, 0.0, 0.2], 3), ([0.0, 0.0], None), ([0.0, 0.0, 0.4], None), ([], None)]
)
def test_what_has_fallen(tail: list[float], fallen: int | None) -> None:
    c = [0.8, 0.8, 0.8, *tail]
    days = months(len(c))
    assert rules.fallen_since(days, c, Step(days[0], 0.8, 0.0)) == (days[fallen] if fallen is not None else None)
    assert rules.fallen_since(days, c, None) is None
