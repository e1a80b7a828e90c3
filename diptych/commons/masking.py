"""Counts of people as they may be shown to whoever has no need of the exact ones.

Holds the one rule of the pass's pages and commands. Does not hold the hospital's, which its own chapter decides (`disclosure`).
"""

from typing import Final

MASKED_UNDER: Final = 10
"""A count of people under this is masked."""


def masked(number: int) -> int | None:
    """A count of people as it may be shown: rounded down to the ten, and None where it is under ten and not nought.

    Rounded, so that a masked count is not found from the difference of two margins of the same people.
    """
    return None if 0 < number < MASKED_UNDER else number // MASKED_UNDER * MASKED_UNDER
