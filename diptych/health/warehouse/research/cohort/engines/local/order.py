"""Order: sorting what is almost sorted already.

The store keeps the rows of a concept by person, start and key, so that most of what an engine sorts is in order, or is a few
such runs one after the other. Does not know what an event is.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from diptych.health.warehouse.research.index.columns import Ints

FAR = 2**30
"""Days beyond any date: the composite key of a person and a day keeps days under 2^31."""


def key_of(person: Ints, day: Ints) -> Ints:
    """One number that sorts by person, then by day."""
    found = np.clip(day, -FAR, FAR)
    found += FAR
    found += person << 32
    return found


def ascending(keys: Ints) -> bool:
    """Whether no key is less than the one before it."""
    return bool((keys[1:] >= keys[:-1]).all())


def sorting(keys: Ints, *ties: Callable[[Ints], Ints]) -> Ints | None:
    """The places that sort by a key, then by ties in their order; None where everything is in order.

    A tie is a function of places: it is asked for equal keys only, which are few.
    """
    order = None if ascending(keys) else np.argsort(keys, kind="stable")
    by_key = keys if order is None else keys[order]
    equal = by_key[1:] == by_key[:-1]
    if not ties or not bool(equal.any()):
        return order
    tied = np.zeros(len(keys), dtype=bool)
    tied[1:] = equal
    tied[:-1] |= equal
    at = np.flatnonzero(tied)
    places = at if order is None else order[at]
    again = np.lexsort((*(tie(places) for tie in reversed(ties)), by_key[at]))
    if bool((again[1:] > again[:-1]).all()):
        return order
    order = np.arange(len(keys)) if order is None else order
    order[at] = places[again]
    return order


def picked(values: Ints, order: Any) -> Ints:
    """Values in an order; as they are where there is none to give."""
    return values if order is None else values[order]
