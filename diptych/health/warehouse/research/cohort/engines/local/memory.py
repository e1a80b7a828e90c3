"""Memory: answers of parts of questions, kept by their canonical names, the least recently asked for dropped first.

Does not know what it keeps, but how large it is.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Memory:
    """Keeps answers up to a number of rows in all. An answer that can be counted (`len`) counts so, else as one row."""

    def __init__(self, rows: int = 40_000_000) -> None:
        self._most, self._rows = rows, 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self.hits = 0

    def kept(self, name: str, answer: Callable[[], T]) -> T:
        """The answer kept under a name, else the one that is given, kept from now on."""
        if name in self._kept:
            self.hits += 1
            self._kept.move_to_end(name)
            return self._kept[name][0]  # type: ignore[no-any-return] # what was kept under this name
        found = answer()
        size = 1 + (len(found) if hasattr(found, "__len__") else 0)
        self._kept[name] = (found, size)
        self._rows += size
        while self._rows > self._most and len(self._kept) > 1:
            _, (_, dropped) = self._kept.popitem(last=False)
            self._rows -= dropped
        return found

    def forget(self) -> None:
        """Drop everything."""
        self._kept.clear()
        self._rows = 0
