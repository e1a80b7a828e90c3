"""Blocks: work on many rows or persons a part at a time, two parts at once.

A part is small enough for what is made of it to stay in the processor's own memory; numpy leaves the interpreter to others while
it counts. Does not know what is worked on.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
BLOCK = 1 << 16
"""Rows or persons in a part."""


def in_blocks(size: int, work: Callable[[int, int], T]) -> list[T]:
    """What each part gives, in order; a part is told by its first place and the one after its last."""
    spans = [(low, min(low + BLOCK, size)) for low in range(0, size, BLOCK)]
    if len(spans) < 2:
        return [work(*span) for span in spans]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda span: work(*span), spans))
