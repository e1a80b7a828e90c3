"""Identifiers: what is unpredictable, and what sorts by time.

Holds the makers of public identifiers and codes. Does not hold a chapter's own alphabet: that is its rule.
"""

import secrets
from collections.abc import Callable
from uuid import UUID

Draw = Callable[[str, int], str]
"""Draws `length` symbols of an alphabet. Passed in wherever a code is made, so that a test can choose it."""


def draw(alphabet: str, length: int) -> str:
    """`length` symbols of `alphabet`, each drawn by the system's secure generator."""
    return "".join(secrets.choice(alphabet) for _ in range(length))


def uuid7(*, at_ms: int, random: int | None = None) -> UUID:
    """A UUID version 7 (RFC 9562 §5.7): sorts by `at_ms`, milliseconds since 1970; 74 random bits behind."""
    if not 0 <= at_ms < 1 << 48:
        raise ValueError(f"not a time in milliseconds since 1970: {at_ms}")
    noise = secrets.randbits(74) if random is None else random & ((1 << 74) - 1)
    high, low = noise >> 62, noise & ((1 << 62) - 1)
    return UUID(int=at_ms << 80 | 7 << 76 | high << 64 | 0b10 << 62 | low)
