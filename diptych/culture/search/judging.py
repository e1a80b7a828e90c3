"""How good an order is: queries judged by hand, and the share of the best order that is reached (nDCG at ten).

Pure: lines in, figures out. Half of the queries is for tuning the weights; the other half is only for scoring, so that weights made to fit
are found out. Does not hold who asks the engine, nor the judgements (examples/judged_searches.csv).
"""

import csv
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from diptych.commons.refusal import Kind, Reason, deny

DEPTH: Final = 10
"""Results looked at: a phone's first two screens."""
COLUMNS: Final = ("half", "query", "digest", "grade")
BAD_JUDGEMENT: Final = Reason(
    "search.bad_judgement",
    Kind.INVALID,
    "Line {line} of the judgements cannot be read: each is half (tune or score), query, the digest of a key, grade (1 to 3), once.",
)


class Half(StrEnum):
    """What a query is for."""

    TUNE = "tune"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Judged:
    """A query and what each result is worth, by the digest of its key: 3 what was meant, 2 as good to most, 1 a fair answer; what is
    not listed is worth nothing."""

    half: Half
    query: str
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Marks:
    """nDCG at ten of one half, 0 to 1: the mean over its queries, and those under one, the worst first."""

    half: Half
    queries: int
    mean: float
    short: tuple[tuple[str, float], ...]


def read(lines: Iterable[str]) -> list[Judged]:
    """The judged queries of a CSV file, with its head. Refuses a line that is not sound, by its number."""
    found: dict[tuple[Half, str], dict[str, int]] = {}
    halves: dict[str, Half] = {}
    rows = csv.reader(lines)
    if tuple(next(rows, ())) != COLUMNS:
        deny(BAD_JUDGEMENT, line=1)
    for row in rows:
        if (
            len(row) != len(COLUMNS)
            or row[0] not in set(Half)
            or not (row[1].strip() and row[2])
            or row[3] not in {"1", "2", "3"}
        ):
            deny(BAD_JUDGEMENT, line=rows.line_num)
        half, query, digest = Half(row[0]), row[1], row[2]
        grades = found.setdefault((half, query), {})
        if halves.setdefault(query, half) is not half or digest in grades:
            deny(BAD_JUDGEMENT, line=rows.line_num)
        grades[digest] = int(row[3])
    return [Judged(half, query, grades) for (half, query), grades in found.items()]


def digest_of(key: str) -> str:
    """Twelve signs in the place of a publisher's key: some keys are made of a title and its author, and the file of judgements holds
    nobody's data."""
    return sha256(key.encode()).hexdigest()[:12]


def ndcg(digests: Sequence[str], grades: Mapping[str, int]) -> float:
    """What the first ten are worth, each less the lower it stands, by what the best order of what was judged is worth."""
    best = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(one, 0) for one in digests]) / best if best else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))


def judge(judged: Sequence[Judged], *, ask: Callable[[str], Sequence[str]]) -> list[Marks]:
    """The marks of each half that has queries. `ask` gives the keys of a query's first results, in order."""
    marks = []
    for half in Half:
        each = [
            (one.query, round(ndcg([digest_of(key) for key in ask(one.query)], one.grades), 4))
            for one in judged
            if one.half is half
        ]
        if each:
            short = sorted((pair for pair in each if pair[1] < 1), key=lambda pair: pair[1])
            marks.append(Marks(half, len(each), sum(value for _, value in each) / len(each), tuple(short)))
    return marks
