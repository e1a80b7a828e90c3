"""Findings: what was looked at for one person, whether it held, and by how much it did not.

A finding is data: a code, facts, and the findings that it rests on. Does not hold sentences: the command line and the screens
say them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

SHOWN = 20
"""How many parts of one kind a finding shows: those that hold, then the nearest. The others are counted (`left_off`)."""
_EPOCH = dt.date(1970, 1, 1)


class Code(StrEnum):
    """What a finding is about."""

    # the stages of a definition
    ENTRY = "entry"
    ADDITIONAL = "additional"
    RULE = "rule"
    LIMIT = "limit"
    ENDS = "ends"
    ROWS = "rows"
    # what a stage rests on
    CRITERION = "criterion"
    EVENT = "event"
    GROUP = "group"
    CORRELATED = "correlated"
    DEMOGRAPHIC = "demographic"
    FILTER = "filter"
    END = "end"
    ROW = "row"
    # why an event is left out
    NOT_FIRST = "not_first"
    UNDATED = "undated"
    OTHER_PERIOD = "other_period"
    UNOBSERVED = "unobserved"
    OBSERVED_BEFORE = "observed_before"
    OBSERVED_AFTER = "observed_after"
    NOT_KEPT = "not_kept"
    # why an event does not count for another
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    OTHER_VISIT = "other_visit"
    NO_DATE = "no_date"
    # the members of a request
    POPULATION = "population"
    BASIC = "basic"
    TOGETHER = "together"
    LISTED = "listed"
    AGE = "age"
    OFTEN = "often"
    REPEATED = "repeated"
    TIED = "tied"
    IN_ORDER = "in_order"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at. Facts are plain: texts, numbers, dates, lists and mappings of these."""

    code: Code
    holds: bool
    facts: Mapping[str, Any]
    parts: tuple["Finding", ...] = ()

    def data(self) -> dict[str, Any]:
        """The same, for JSON."""
        return {"code": self.code, "holds": self.holds, **self.facts, "parts": [one.data() for one in self.parts]}

    def miss(self) -> float:
        """By how much it does not hold, for finding the nearest: days or units, endless where it cannot be measured.

        Among as many records that are missing, the nearest of those that do not count decides.
        """
        if self.holds:
            return 0
        by, failing = self.facts.get("by"), [one for one in self.parts if not one.holds]
        if isinstance(by, int | float):
            near = min((one.miss() for one in failing), default=float("inf"))
            return float(by) + (near / (1 + near) if near < float("inf") else 1)
        return sum(one.miss() for one in failing) if failing else float("inf")


@dataclass(frozen=True)
class Explanation:
    """Whether a person is selected, with which rows, and the findings that say why, in the order of evaluation.

    Of a definition, a finding is a stage, up to the first that nothing of the person's survives. Rows are first and last days.
    """

    person: int
    holds: bool
    rows: tuple[tuple[dt.date, dt.date], ...]
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> Finding | None:
        """The first finding that does not hold."""
        return next((one for one in self.findings if not one.holds), None)

    def data(self) -> dict[str, Any]:
        """The same, for JSON."""
        rows = [{"cohort_start_date": start, "cohort_end_date": end} for start, end in self.rows]
        return {"person": self.person, "in": self.holds, "rows": rows, "findings": [one.data() for one in self.findings]}


def shown(parts: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those that hold, then the nearest, SHOWN at most; each part's own parts are whole."""
    return tuple(sorted(parts, key=lambda one: (not one.holds, one.miss()))[:SHOWN])


def resting(code: Code, holds: bool, parts: Iterable[Finding], **facts: Any) -> Finding:
    """A finding with those of its parts that are shown, and how many are not."""
    every = tuple(parts)
    kept = shown(every)
    more = {"left_off": len(every) - len(kept)} if len(every) > len(kept) else {}
    return Finding(code, holds, facts | more, kept)


def with_parts(finding: Finding, *more: Finding, holds: bool) -> Finding:
    """The same finding resting on more."""
    return replace(finding, holds=holds, parts=(*finding.parts, *more))


def date_of(day: int | None) -> dt.date | str | None:
    """A day from 1970-01-01 as a date; as so many days where the calendar does not reach it."""
    if day is None:
        return None
    try:
        return _EPOCH + dt.timedelta(days=day)
    except OverflowError:
        return f"1970-01-01 {day:+d} days"
