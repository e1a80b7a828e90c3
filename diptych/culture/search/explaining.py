"""Why an offer stands where it does for a question: each signal, its weight, their sum; or why it is not there.

The sum is the one that orders results (`ranking`), read from the same columns. Does not hold how it is printed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tantivy import Searcher

from .asking import Question
from .finding import find
from .ranking import Signal

from diptych.culture.domain.catalogue.queries import MOST_RESULTS

NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Line:
    """A signal: what it says (0 to 1), its weight, and what that makes."""

    signal: Signal
    value: float
    weight: float
    worth: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """An offer's place among the results of a question (1 is the first; None where it is not among them), whether another offer of
    the same product stands for it (its number), and the sum. `reach` says how far the words had to be stretched; "nothing" where even half of them, mistyped, found nothing."""

    ranking: int
    place: int | None
    of: int
    stands_for: int | None
    reach: str
    lines: tuple[Line, ...]
    score: float


def explain(searcher: Searcher, question: Question, *, offer_id: int, at: datetime) -> Explanation:
    """Explain one offer's place. Nothing is read but the index and the shelves."""
    found = find(searcher, question, ranked_at=int(at.timestamp()), wanted=MOST_RESULTS)
    reach, version, weights = (
        found.reach.name.lower() if found.ids else NOTHING,
        question.ranking.version,
        question.ranking.weights,
    )
    if offer_id in found.ids:
        place = found.ids.index(offer_id)
        lines = tuple(
            Line(signal, round(float(values[place]), 4), weights[signal], round(float(values[place]) * weights[signal], 4))
            for signal, values in found.signals.items()
        )
        return Explanation(version, place + 1, found.total, None, reach, lines, found.scores[place])
    for place, id_ in enumerate(found.ids):
        if offer_id in found.siblings(place):
            return Explanation(version, None, found.total, id_, reach, (), 0.0)
    return Explanation(version, None, found.total, None, reach, (), 0.0)
