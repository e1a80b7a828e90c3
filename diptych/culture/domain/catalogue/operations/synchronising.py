"""A venue's whole stock brought to what a program has, line by line as they come, with a report that it can act on.

Holds the batches and the report. Does not hold what becomes of a line (partner_things), nor how lines are read (the portal).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice

from ..rules import offers as rules
from ..terms import EanLine
from .partner_things import keep_by_ean


class LineProblem(StrEnum):
    """Why a line of a synchronisation was left out."""

    MALFORMED = "malformed"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that makes no sense, by its number."""

    number: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that was left out: its number from 1, its EAN where it has one."""

    line: int
    ean: str
    why: LineProblem


@dataclass(frozen=True, slots=True)
class Synchronised:
    """What a synchronisation came to. `problems`: the first of them; `problem_count`: all."""

    lines: int
    made: int
    changed: int
    problems: tuple[Problem, ...]
    problem_count: int


def synchronise(*, venue_id: int, lines: Iterable[EanLine | BadLine], actor: str, at: datetime) -> Synchronised:
    """Bring a venue's stock to what a program has, line by line as they come, a thousand kept at a time: what was kept stays
    where the rest never comes, and sending it all again changes nothing twice. Holds a thousand lines in memory, whatever
    their number."""
    counted: Counter[str] = Counter()
    problems: list[Problem] = []

    def left_out(number: int, ean: str, why: LineProblem) -> None:
        counted["problems"] += 1
        if len(problems) < rules.MOST_PROBLEMS:
            problems.append(Problem(number, ean, why))

    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, rules.LINES_AT_ONCE)):
        counted["lines"] += len(batch)
        places = {}
        for number, line in batch:
            if isinstance(line, BadLine):
                left_out(number, "", LineProblem.MALFORMED)
            elif number > rules.MOST_LINES:
                left_out(number, line.ean, LineProblem.TOO_MANY)
            else:
                places[line.ean] = (number, line)
        if places:
            kept = keep_by_ean(venue_id=venue_id, lines=[line for _, line in places.values()], actor=actor, at=at)
            counted["made"] += kept.made
            counted["changed"] += kept.changed
            for why, eans in ((LineProblem.UNKNOWN, kept.unknown), (LineProblem.CLOSED, kept.closed)):
                for ean in eans:
                    left_out(places[ean][0], ean, why)
        if counted["lines"] > rules.MOST_LINES:
            break
    return Synchronised(counted["lines"], counted["made"], counted["changed"], tuple(problems), counted["problems"])
