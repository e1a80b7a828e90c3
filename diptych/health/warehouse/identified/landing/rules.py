"""What is decided of a delivery: its standing, its flags; of a source: its freshness; of rows: their account.

Pure: facts in, decision out. Does not read files.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from .terms import Account, Arrival, Flag, Freshness, Mode, Standing

SILENT_AFTER = 3
"""Cadences without a delivery after which a source is silent rather than late."""

CHANGED_SHARE = 0.5
"""The share of a delivery's rows that fail on one column from which the source has changed its type."""


def _edition(arrival: Arrival, mode: Mode) -> tuple[str, date | None]:
    "Of deliveries with the same edition only the latest stands: of a full table whatever day it covers, of an increment that day's."
    return arrival.series, None if mode is Mode.FULL else arrival.covers


def _order(arrival: Arrival) -> tuple[date, datetime, str]:
    "A delivery that covers a day comes after those of the days before, whenever it came."
    return arrival.covers or date.min, arrival.received_at, arrival.delivery


def standings(arrivals: Iterable[Arrival], mode: Mode) -> dict[str, Standing]:
    """What each delivery of a table is worth now.

    The latest good delivery of an edition stands. One that was set aside stands aside until a later good one corrects it.
    """
    found: dict[str, Standing] = {}
    latest: dict[tuple[str, date | None], Arrival] = {}
    kept = []
    for one in sorted(arrivals, key=_order):
        if one.withdrawn:
            found[one.delivery] = Standing.WITHDRAWN
            continue
        kept.append(one)
        if not one.set_aside:
            latest[_edition(one, mode)] = one
    past = Standing.REPLACED if mode is Mode.FULL else Standing.CORRECTED
    for one in kept:
        last = latest.get(_edition(one, mode))
        if last is one:
            found[one.delivery] = Standing.CURRENT
        elif one.set_aside and (last is None or _order(last) < _order(one)):
            found[one.delivery] = Standing.SET_ASIDE
        else:
            found[one.delivery] = Standing.CORRECTED if one.set_aside else past
    return found


def flags(arrival: Arrival, before: Sequence[Arrival], *, mode: Mode, cadence: timedelta) -> set[Flag]:
    """What its time and place say of a delivery, beside those of its table that came before it.

    Late: it came more than two cadences after the beginning of the day that it covers (one for the day, one to deliver).
    """
    said = set()
    covers = arrival.covers
    if covers is not None:
        day = datetime(covers.year, covers.month, covers.day, tzinfo=arrival.received_at.tzinfo)
        if arrival.received_at - day > 2 * cadence:
            said.add(Flag.LATE)
    same = [one for one in before if one.series == arrival.series]
    if covers is not None and any(one.covers is not None and one.covers > covers for one in same):
        said.add(Flag.OUT_OF_ORDER)
    if any(_edition(one, Mode.INCREMENT) == _edition(arrival, Mode.INCREMENT) for one in same) and mode is Mode.INCREMENT:
        said.add(Flag.CORRECTS)
    if same and mode is Mode.FULL and Flag.OUT_OF_ORDER not in said:
        said.add(Flag.REPLACES)
    return said


def repeated(digest: str, named: str, known: Sequence[Arrival], standing: Mapping[str, Standing]) -> bool:
    """Whether content that comes is already there: it stands, or is what came last under its name.

    So a file that goes back to what it once said is received again, and an old day's file that still lies in its folder is not.
    """
    kept = [one for one in known if not one.withdrawn]
    stands = {Standing.CURRENT, Standing.SET_ASIDE}
    if any(one.digest == digest and standing[one.delivery] in stands for one in kept):
        return True
    last = max((one for one in kept if one.named == named), key=lambda one: (one.received_at, one.delivery), default=None)
    return last is not None and last.digest == digest


def changed_type(faults: Mapping[str, int], rows_in: int) -> tuple[str, ...]:
    """The columns on which so many of a delivery's rows failed that their type must have changed at the source."""
    return tuple(sorted(column for column, failed in faults.items() if failed >= max(2, rows_in * CHANGED_SHARE)))


def freshness(last: datetime | None, *, cadence: timedelta, at: datetime) -> Freshness:
    """How a source is at an instant, its last delivery being of `last`."""
    if last is None:
        return Freshness.NEVER
    waited = at - last
    if waited <= cadence:
        return Freshness.FRESH
    return Freshness.LATE if waited <= SILENT_AFTER * cadence else Freshness.SILENT


def total(accounts: Iterable[Account]) -> Account:
    """Accounts added. Raises AssertionError where a row would be missing: that is a fault of ours, and must not be told as true."""
    rows_in = received = quarantined = out_of_scope = 0
    for one in accounts:
        assert one.rows_in == one.received + one.quarantined + one.out_of_scope, "every row is somewhere, once"
        rows_in += one.rows_in
        received += one.received
        quarantined += one.quarantined
        out_of_scope += one.out_of_scope
    return Account(rows_in, received, quarantined, out_of_scope)


def pattern(files: str) -> re.Pattern[str]:
    """The pattern of a table's files as a regular expression: `*` any characters but `/`, `?` one, `{date}` a day."""
    parts = {"*": "[^/]*", "?": "[^/]", "{date}": r"(?P<date>\d{4}-?\d{2}-?\d{2})"}
    return re.compile("".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*|\?|\{date\})", files)), re.S)


def matched(files: str, name: str) -> tuple[str, date | None] | None:
    """The series and the day of a file, or None where the pattern is not its name's (of its last part, if it has no `/`)."""
    told = name if "/" in files else name.rpartition("/")[2]
    found = pattern(files).fullmatch(told)
    if found is None:
        return None
    day = found.groupdict().get("date")
    if day is None:
        return name, None
    try:
        covers = date.fromisoformat(day)
    except ValueError:
        return None  # 2026-02-31 is no day: the file is none of ours
    start = len(name) - len(told) + found.start("date")
    return name[:start] + name[start + len(day) :], covers


def masked(name: str) -> str:
    """The shape of a name that may be somebody's: letters as x, figures as 9. A suffix of a few small letters is told."""
    suffix = found[0] if (found := re.search(r"\.[a-z]{1,6}\Z", name)) else ""
    shape = re.sub(r"[^\W\d_]+", "x", re.sub(r"\d+", "9", name.removesuffix(suffix)))
    return (shape + suffix)[:80]
