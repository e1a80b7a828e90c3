"""What is decided: whether a check fails, since when, whether a release may be published; since when data can be counted on.

Pure: facts in, decision out. Does not ask any table.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from .terms import Absent, Check, Month, Override, Result, Severity, Status, Step

USABLE_LEVEL = {"visit": 0.2}
"""The least level c0 from which data can be counted on. Of visits the level is relative to their busiest month."""
LEAST_LEVEL = 0.5
"""The same, of the share of visits that have a diagnosis, an act, a result, a drug or a note."""
GREATEST_ERROR = 0.05
"""The greatest error of a step that can be believed: a mean deviation of 0.22 from its level."""
LEAST_MONTHS = 3
"""The fewest months after a step: fewer may be chance."""
FALLEN = 0.5
"""The share of its level under which a kind of data has fallen, where its last months are all under it."""


def judged(check: Check, *, violated: int, among: int, examples: Iterable[str] = ()) -> Result:
    """The result of a check that could be asked: it fails where more than its threshold, in percent, violates it."""
    if among == 0:
        return Result(check, Status.NOT_APPLICABLE, absent=Absent.ROWS)
    fails = violated * 100 > check.threshold * among
    return Result(check, Status.FAIL if fails else Status.HOLDS, violated, among, examples=tuple(examples) if violated else ())


def blocking(results: Iterable[Result]) -> tuple[str, ...]:
    """The checks that stop a release: the fatal ones that failed, or that could not be asked."""
    stops = {Status.FAIL, Status.ERROR}
    return tuple(sorted(one.check.id for one in results if one.check.severity is Severity.FATAL and one.status in stops))


def overridden(failing: Iterable[str], override: Override | None) -> bool:
    """Whether a decision lets these failures through: each of them must have been in front of who decided."""
    return override is not None and set(failing) <= set(override.failing)


def since_when(results: Iterable[Result], *, release: str, before: Mapping[str, str]) -> dict[str, str]:
    """Of each failing check, the release since which it fails without a break. `before`: the same, of the release before."""
    return {one.check.id: before.get(one.check.id, release) for one in results if one.status is Status.FAIL}


def completeness(months: Sequence[Month], *, of_visits: bool) -> list[float]:
    """c(t) of each month: its visits over those of the busiest month; or the share of its visits that have what is looked for."""
    if of_visits:
        most = max((one.found for one in months), default=0) or 1
        return [one.found / most for one in months]
    return [one.found / one.visits if one.visits else 0.0 for one in months]


def step(months: Sequence[date], c: Sequence[float]) -> Step | None:
    """The step nearest to c(t): f(t) = c0 where t >= t0, and 0 before; the pair (t0, c0) with the least sum of (c - f)^2.

    For a given t0 the best c0 is the mean of c from t0 on, so that sums kept from the end try every t0 in one pass. Its error is the
    sum of (c - c0)^2 from t0 on over the months from t0 to the last (over 1, where t0 is the last). None where c is 0 everywhere.
    Source: EDS-TeVa's documentation, aphp.github.io/edsteva/latest/components/model (step function, loss minimisation).
    """
    best: tuple[float, int, float, float] | None = None
    total = squares = 0.0
    before = sum(value * value for value in c)
    for place in range(len(c) - 1, -1, -1):
        value = c[place]
        total += value
        squares += value * value
        before -= value * value
        count = len(c) - place
        level = total / count
        within = max(0.0, squares - total * level)
        loss = before + within
        if best is None or loss <= best[0] + 1e-12:
            best = (loss, place, level, within)
    if best is None or best[2] == 0.0:
        return None
    _, place, level, within = best
    return Step(months[place], level, within / max(1, len(c) - 1 - place))


def usable_since(found: Step | None, *, what: str, last: date) -> date | None:
    """Since when data can be counted on, or None: their level is too low, too unsteady, or too new."""
    if found is None or found.error > GREATEST_ERROR or found.level < USABLE_LEVEL.get(what, LEAST_LEVEL):
        return None
    months = (last.year - found.since.year) * 12 + last.month - found.since.month + 1
    return found.since if months >= LEAST_MONTHS else None


def fallen_since(months: Sequence[date], c: Sequence[float], found: Step | None) -> date | None:
    """The first of the last months that are all under half of the level; None unless there are three of them or more."""
    if found is None:
        return None
    place = len(c)
    while place and c[place - 1] < FALLEN * found.level and months[place - 1] > found.since:
        place -= 1
    return months[place] if len(c) - place >= LEAST_MONTHS else None
