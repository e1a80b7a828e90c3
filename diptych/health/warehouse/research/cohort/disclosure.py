"""Disclosure: what of a count is shown to somebody who may not know it exactly.

Holds one rule (field guide warehouse.md, §5.4 and §1.2). Does not know who asks, nor keep a journal: the portal does both.

The rule. Under 10 (0 included: §5.4 holds zeros to be disclosive) only "fewer than 10" is said. From 10 on, the count is
rounded down or up to a multiple of 10, by a die that is not thrown: it is the keyed digest of *who* is counted. The same
persons are always shown as the same number, however and however often they are asked for, so that repeating a question, or
wording it otherwise, and averaging the answers gives nothing (the flaw of Cohort360's `count_all`, §1.2).

What it is against. Differencing: to learn whether Inès has a disease, count a group without her, then with her, and
subtract. Were counts rounded to the nearest ten, the two answers would differ exactly where the exact count crosses a
multiple of five, and a group padded with known persons is soon found that stands there: one question then tells. Here
each group has its own die, which nobody knows without the key: two groups that differ by one person are shown as two
numbers that differ by 0 or 10 for reasons which have mostly nothing to do with that person.

What remains, and what each question's line in the journal is for; there is no budget yet.
- The same persons are the same number: two questions shown as two numbers found two groups, surely. Whoever can make a group of Inès
  and of people known not to have a disease, and asks for it less those who have it, sees another number one time in three if she
  has it, and never if she has not: some seven such groups tell (`tests/health/unit/test_disclosure.py` counts them).
- Ten is shown and nine is not: beside nine known persons, one question tells.
- Averaging over many different groups, otherwise, takes hundreds of questions.
"""

import hmac
from dataclasses import dataclass
from typing import Final

import numpy as np

from diptych.health.warehouse.research.index.columns import Ints

THRESHOLD: Final = 10
"""Fewer persons than this are never counted aloud."""
BASE: Final = 10
"""Larger counts are multiples of it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A count as it may be shown. `number` is None where it is under the threshold; `exact` tells how to read it."""

    number: int | None
    exact: bool = False


def shown(persons: Ints, *, key: bytes, exact: bool = False) -> Shown:
    """What may be shown of how many `persons` (each once, in any order) there are; all of it where `exact`."""
    count = len(persons)
    if exact:
        return Shown(count, exact=True)
    return Shown(None if count < THRESHOLD else rounded(count, die=die(persons, key=key)))


def rounded(count: int, *, die: int) -> int:
    """The multiple of BASE below or above `count`, by a die from 0 to BASE - 1. Over all dice it is `count` on average."""
    return (count + die) // BASE * BASE


def die(persons: Ints, *, key: bytes) -> int:
    """A number from 0 to BASE - 1 that depends on who is counted and on the key, not on their order."""
    seed = int.from_bytes(hmac.digest(key, b"disclosure.person", "sha256")[:8], "little")
    mixed = _mixed(np.asarray(persons, dtype=np.int64).astype(np.uint64) ^ np.uint64(seed))
    whole = int(np.bitwise_xor.reduce(mixed)) if len(mixed) else 0
    digest = hmac.digest(key, b"disclosure.group" + whole.to_bytes(8, "little") + len(persons).to_bytes(8, "little"), "sha256")
    return int.from_bytes(digest[:8], "little") % BASE


def _mixed(values: "np.ndarray[tuple[int, ...], np.dtype[np.uint64]]") -> "np.ndarray[tuple[int, ...], np.dtype[np.uint64]]":
    "SplitMix64: each number becomes one that looks like no other."
    with np.errstate(over="ignore"):
        values = values + np.uint64(0x9E3779B97F4A7C15)
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return values ^ (values >> np.uint64(31))
