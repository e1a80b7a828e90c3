"""Changes: what happened to a place of a question, as data.

Does not hold sentences: the command line and the screens say them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class How(StrEnum):
    """What happened to a place."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    REORDERED = "reordered"
    REWRITTEN = "rewritten"
    """The same said otherwise."""


@dataclass(frozen=True)
class Step:
    """A step on the way to a place: a field of a node; in a list, the member's number (from 1) and its name."""

    field: str
    number: int | None = None
    name: str | None = None


@dataclass(frozen=True)
class Change:
    """A change at a place, with what stood there before and after. `effect`: whether other persons may be selected."""

    how: How
    place: tuple[Step, ...]
    before: Any = None
    after: Any = None
    effect: bool = True

    def data(self) -> dict[str, Any]:
        """The same, for JSON."""
        steps = [{"field": step.field, "number": step.number, "name": step.name} for step in self.place]
        return {"how": self.how, "effect": self.effect, "place": steps, "before": self.before, "after": self.after}
