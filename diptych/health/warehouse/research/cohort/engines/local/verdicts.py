"""Verdicts: who satisfied a constraint between the same members, as far as it was asked.

A constraint looks at a person's rows of its own members, whoever the other members of its group leave in. So what was told of a
person once is told again when another card is added or taken away; and where only the limits of time were changed, whoever had a
pair in a shorter window has one in a longer, and whoever had none in a longer has none in a shorter. Does not know rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pyroaring import BitMap

from .memory import weights

_MOST = 8
"""Windows that are remembered of one constraint."""


@dataclass(frozen=True)
class _Told:
    "Of those asked within a window, who satisfied it."

    window: tuple[int, int]
    asked: BitMap
    found: BitMap

    def inside(self, least: int, most: int) -> bool:
        return least <= self.window[0] and self.window[1] <= most

    def around(self, least: int, most: int) -> bool:
        return self.window[0] <= least and most <= self.window[1]


class Verdicts:
    """What is known of one constraint between the same members."""

    def __init__(self) -> None:
        self._told: list[_Told] = []

    @property
    def weight(self) -> int:
        """The bytes of what it holds."""
        return sum(weights((one.asked, one.found)) for one in self._told)

    def satisfied(self, persons: BitMap, answer: Callable[[BitMap], BitMap], *, least: int = 0, most: int = 0) -> BitMap:
        """Who of some persons satisfies it within a window; the answer is asked for those only of whom it is not known."""
        found, open_ = BitMap(), persons
        for one in self._told:
            if one.inside(least, most):
                found |= one.found
            if one.around(least, most):
                open_ = open_ - (one.asked - one.found)
        found &= persons
        if open_ := open_ - found:
            found |= answer(open_)
        known = next((one for one in self._told if one.window == (least, most)), _Told((least, most), BitMap(), BitMap()))
        others = [one for one in self._told if one is not known]
        self._told = [*others, _Told(known.window, known.asked | persons, known.found | found)][-_MOST:]
        return found
