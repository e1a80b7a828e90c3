"""Edits: whom a change of a definition's concept sets can touch, so that all others keep what they were told.

A definition looks at one person at a time. Where codes came to a concept set or went from it, only those who have a record of one
of these codes can be told otherwise; they are asked again, and the rest is kept. Does not answer a question.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from .criteria import Concepts
from .persons import Mask, table

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.plan import Sets, codesets
from diptych.health.warehouse.research.index.columns import Index, Ints

PAST = 8
"""Definitions that are remembered."""
SHARE = 2
"""Whoever is touched is asked again where this many times as many had an entry event before; else it costs as much to ask all."""


@dataclass(frozen=True)
class Asked:
    """A definition that was asked: without its concept sets, these, what they hold, and the name of its answer."""

    bare: n.Cohort
    given: Sets
    concepts: Concepts
    name: str


class Past:
    """The definitions that were asked last."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []

    def add(self, asked: Asked) -> None:
        """Remember one, and the latest only."""
        self._asked = [*(one for one in self._asked if one.name != asked.name), asked][-PAST:]

    def like(self, asked: Asked) -> Iterator[Asked]:
        """Those that differ from one in what their concept sets hold at most, the latest first."""
        return (one for one in reversed(self._asked) if one.bare == asked.bare)


def touched(index: Index, before: Asked, after: Asked, *, beside: int) -> Mask | None:
    """For each dense person, whether another answer may be theirs; None where that cannot be said, or where they are too many
    beside so many persons.

    It is said of sets that criteria look for, by the persons that the index keeps of each concept: not of sets that a filter, a
    source concept or an era names.
    """
    found = BitMap()
    for number, domain in set(codesets(after.bare)):
        if before.given[number].items == after.given[number].items:
            continue
        if domain is None:
            return None
        if DOMAINS[domain].concept is None:
            continue
        changed = np.setxor1d(before.concepts[number], after.concepts[number], assume_unique=True)
        found |= index.table(DOMAINS[domain].table).persons_of(changed)
        if len(found) * SHARE > beside:
            return None
    return table(found, len(index.persons))


def mixed(kept: Ints, again: Ints, asked_again: Mask) -> tuple[Ints, Ints]:
    """How to put rows that are kept and rows of those asked again together, by person: the places of the kept ones, and the order
    of these with the others after them."""
    places = np.flatnonzero(~asked_again[kept])
    return places, np.argsort(np.concatenate([kept[places], again]), kind="stable")
