"""Persons: sets of dense numbers, from arrays and back, without a search or a hash.

Holds the passage between arrays and roaring bitmaps, and how many persons an array tells. Does not know what an event is.
"""

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from diptych.health.warehouse.research.index.columns import Ints

Mask = npt.NDArray[np.bool_]
_BLOCK = 1 << 16
"""Persons in one container of a roaring bitmap."""
_ARRAY = 4096
"""The most persons that a container lists; a fuller one is a row of bits."""
_COOKIE = 12346
"""Begins a serialised bitmap without runs (the portable format of RoaringFormatSpec)."""
_SPARSE = 64
"""Numbers that are this many times rarer than their span are not marked in a table: a table costs by its span, a number by itself."""


def bitmap(persons: Ints) -> BitMap:
    """A set of persons, who may come several times, in any order."""
    if not len(persons):
        return BitMap()
    size = int(persons.max()) + 1
    if size > _SPARSE * len(persons):
        return BitMap(persons.astype(np.uint32))
    marks = np.zeros(-(-size // _BLOCK) * _BLOCK, dtype=bool)
    marks[persons] = True
    return marked(marks)


def marked(marks: Mask) -> BitMap:
    """The set of the places that are marked; their number is a multiple of 65,536.

    Written as the portable format and read by the library at once: adding numbers one by one takes ten times as long.
    """
    blocks = marks.reshape(-1, _BLOCK)
    counts = np.count_nonzero(blocks, axis=1)
    there = np.flatnonzero(counts)
    bits = np.packbits(blocks[there], axis=1, bitorder="little")
    full = counts[there] > _ARRAY
    bodies = [
        bits[place].tobytes() if full[place] else np.flatnonzero(blocks[block]).astype("<u2").tobytes()
        for place, block in enumerate(there.tolist())
    ]
    head = np.array([_COOKIE, len(there)], dtype="<u4").tobytes()
    keys = np.stack([there, counts[there] - 1], axis=1).astype("<u2").tobytes()
    sizes = [0, *(len(body) for body in bodies[:-1])] if bodies else []
    offsets = (np.cumsum(sizes) + len(head) + len(keys) + 4 * len(there)).astype("<u4").tobytes()
    return BitMap.deserialize(b"".join((head, keys, offsets, *bodies)))


def array(persons: BitMap) -> Ints:
    """The persons of a set, ascending."""
    return np.frombuffer(persons.to_array(), dtype=np.uint32).astype(np.int64)


def table(persons: BitMap, size: int) -> Mask:
    """Whether each of the first `size` numbers is in a set."""
    found = np.zeros(size, dtype=bool)
    those = np.frombuffer(persons.to_array(), dtype=np.uint32)
    found[those[: np.searchsorted(those, size)]] = True
    return found


def heads(person: Ints) -> Mask:
    """The first of each run of equal persons."""
    first = np.ones(len(person), dtype=bool)
    np.not_equal(person[1:], person[:-1], out=first[1:])
    return first


def how_many(person: Ints) -> int:
    """How many persons an array tells in which each stands in one run."""
    return int(np.count_nonzero(heads(person)))
