"""What a result's place is worth: signals between 0 and 1, and versioned rows of weights.

Pure: numbers in, numbers out. The text's signal is a sum of constants by field, never of frequencies, so that an offer's
score does not move because others came or went, and a sum can be read by a person. Does not hold where the numbers come from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
"""One value a result."""

HALF_LIFE_SECONDS: Final = 30 * 86_400
NEAR_M: Final = 5_000
"""At this distance the distance's signal is one half."""
SOON_SECONDS: Final = 7 * 86_400
VERY_POPULAR: Final = 10
"""log2 of the places booked of late from which popularity counts whole: about a thousand."""
MANY_LOANS: Final = 14
"""log2 of a product's loans a year that count as half popularity: sixteen thousand."""


class Signal(StrEnum):
    """What counts."""

    TEXT = "text"
    DISTANCE = "distance"
    FRESHNESS = "freshness"
    SOON = "soon"
    POPULARITY = "popularity"
    HIGHLIGHT = "highlight"


class Match(StrEnum):
    """How a word was found."""

    NAME = "name"
    NAME_STEM = "name_stem"
    NAME_BEGINS = "name_begins"
    CREATOR = "creator"
    CREATOR_BEGINS = "creator_begins"
    PLACE = "place"
    PLACE_BEGINS = "place_begins"
    KIND = "kind"
    SYNONYM = "synonym"
    ABOUT = "about"
    NAME_TYPO = "name_typo"
    CREATOR_TYPO = "creator_typo"
    PLACE_TYPO = "place_typo"
    KIND_TYPO = "kind_typo"
    WHOLE_NAME = "whole_name"
    WHOLE_NAME_BEGINS = "whole_name_begins"


@dataclass(frozen=True, slots=True)
class Ranking:
    """One version. `weights` of the signals; `matches`: what a word found so is worth, the best one counting; `variety`: what
    each further result of one venue loses inside its page. Never edited: a change is a new row."""

    version: int
    weights: Mapping[Signal, float]
    matches: Mapping[Match, float]
    variety: float


RANKINGS: Final[tuple[Ranking, ...]] = (
    Ranking(
        version=1,
        weights={Signal.TEXT: 10, Signal.DISTANCE: 2, Signal.FRESHNESS: 0.5, Signal.SOON: 0.5, Signal.POPULARITY: 1.5, Signal.HIGHLIGHT: 1},
        matches={
            Match.NAME: 1.0, Match.NAME_STEM: 0.9, Match.NAME_BEGINS: 0.8, Match.CREATOR: 0.75, Match.CREATOR_BEGINS: 0.6,
            Match.PLACE: 0.5, Match.PLACE_BEGINS: 0.4, Match.KIND: 0.45, Match.SYNONYM: 0.35, Match.ABOUT: 0.2,
            Match.NAME_TYPO: 0.5, Match.CREATOR_TYPO: 0.4, Match.PLACE_TYPO: 0.25, Match.KIND_TYPO: 0.25,
            Match.WHOLE_NAME: 1.0, Match.WHOLE_NAME_BEGINS: 0.4,
        },
        variety=0.75,
    ),
)  # fmt: skip
"""Every version, the oldest first."""

NOW: Final = RANKINGS[0]
"""The one in use."""

TRIED: Final = RANKINGS[-1]
"""The one that those see to whom it is opened; the same as NOW where none is tried."""


def ranking_of(version: int) -> Ranking | None:
    """The row of a version; None where there is none."""
    return next((one for one in RANKINGS if one.version == version), None)


def distance_signal(metres: Numbers) -> Numbers:
    """1 on the spot, one half at five kilometres, towards 0 far away."""
    return 1 / (1 + np.maximum(metres, 0) / NEAR_M)


def freshness_signal(*, published_at: Numbers, at: int) -> Numbers:
    """1 on the day of publication, half of it every thirty days. Seconds since 1970."""
    return np.exp2(-np.maximum(at - published_at, 0) / HALF_LIFE_SECONDS)


def soon_signal(*, next_at: Numbers, at: int) -> Numbers:
    """1 for what begins now, one half in a week, towards 0 later; 0 for what has no date."""
    return 1 / (1 + np.maximum(next_at - at, 0) / SOON_SECONDS)


def popularity_signal(*, heat: Numbers, age: Numbers, loans: Numbers) -> Numbers:
    """By the logarithm of `heat` (places booked of late, each half as much every thirty days) as it was `age` seconds ago, or of
    the product's loans a year, whichever says more."""
    booked = np.log2(1 + heat * np.exp2(-np.maximum(age, 0) / HALF_LIFE_SECONDS)) / VERY_POPULAR
    lent = np.log2(1 + np.maximum(loans, 0)) / MANY_LOANS / 2
    return np.asarray(np.minimum(np.maximum(booked, lent), 1.0))


def prior(*, freshness: Numbers, popularity: Numbers, highlight: Numbers) -> Numbers:
    """What a result is worth before anything is asked, between 0 and 1: which thousand of very many are ranked at all."""
    parts = {Signal.FRESHNESS: freshness, Signal.POPULARITY: popularity, Signal.HIGHLIGHT: highlight}
    return np.asarray(_sum(parts, NOW) / sum(NOW.weights[signal] for signal in parts))


def score(signals: Mapping[Signal, Numbers], ranking: Ranking) -> Numbers:
    """The sum, to a ten-thousandth: what orders the results. A signal that does not apply is absent."""
    return np.round(_sum(signals, ranking), 4)


def _sum(signals: Mapping[Signal, Numbers], ranking: Ranking) -> Numbers:
    return np.asarray(sum((ranking.weights[signal] * value for signal, value in signals.items()), numbers(0)))


def numbers(*values: float) -> Numbers:
    """Values as the functions above take them."""
    return np.array(values, dtype=np.float64)


def varied(venues: Sequence[int], scores: Sequence[float], ranking: Ranking) -> list[int]:
    """The order of a page in which no venue takes the top: positions, the best first once each further result of a venue has
    lost `variety`. A page keeps its results: only their order inside it changes."""
    met: dict[int, int] = {}
    worth: list[tuple[float, int]] = []
    for place, (venue, value) in enumerate(zip(venues, scores, strict=True)):
        worth.append((-(value - ranking.variety * met.get(venue, 0)), place))
        met[venue] = met.get(venue, 0) + 1
    return [place for _, place in sorted(worth)]
