"""Memory: answers of parts of questions, kept by their canonical names, the least recently asked for dropped first.

Does not know what it keeps, but how many bytes it holds.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np
from pyroaring import BitMap

T = TypeVar("T")
ROOM = 2_000_000_000
"""Bytes that are kept in all, unless said otherwise."""
_LEAST = 500
"""Bytes of an answer beside its arrays."""


def weight(kept: Any) -> int:
    """The bytes of an array, of a set of persons, or of what says its own `weight`; what says nothing is small."""
    if isinstance(kept, np.ndarray):
        return int(kept.nbytes)
    if isinstance(kept, BitMap):
        said = kept.get_statistics()
        return int(said["n_bytes_array_containers"] + said["n_bytes_run_containers"] + said["n_bytes_bitset_containers"])
    return int(getattr(kept, "weight", 0))


def weights(kept: Iterable[Any]) -> int:
    """The bytes of several."""
    return sum(map(weight, kept))


class Memory:
    """Keeps answers up to a number of bytes in all. One that reads more of its rows later is weighed again (`settle`)."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self.held = room, 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._asked_for: set[str] = set()
        self.hits = 0

    def kept(self, name: str, answer: Callable[[], T]) -> T:
        """The answer kept under a name, else the one that is given, kept from now on."""
        self._asked_for.add(name)
        if name in self._kept:
            self.hits += 1
            self._kept.move_to_end(name)
            return self._kept[name][0]  # type: ignore[no-any-return] # what was kept under this name
        found = answer()
        self._weigh(name, found)
        self._make_room()
        return found

    def known(self, name: str) -> Any:
        """What is kept under a name; None where nothing is."""
        return self._kept[name][0] if name in self._kept else None

    def settle(self) -> None:
        """Weigh again what was asked for since the last time: before each question, for the one before."""
        for name in self._asked_for & self._kept.keys():
            self._weigh(name, self._kept[name][0])
        self._asked_for.clear()
        self._make_room()

    def _weigh(self, name: str, found: Any) -> None:
        size = _LEAST + weight(found)
        self.held += size - (self._kept[name][1] if name in self._kept else 0)
        self._kept[name] = (found, size)

    def _make_room(self) -> None:
        while self.held > self._room and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self.held -= dropped

    def forget(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._asked_for.clear()
        self.held = 0
