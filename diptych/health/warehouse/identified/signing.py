"""Signing: the reports of releases, what stops one, and a named person's decision to let it through.

Holds the reading of the room's book. Does not check anything (`quality`), nor publish (`flow`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .quality.book import Book
from .quality.rules import overridden
from .quality.terms import Override, Severity, Status

BOOK = "quality"
"""The folder of a home where the reports of its releases are."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A release's report: how many checks held, what stops it, who let it through."""

    release: str
    at: datetime
    counts: Mapping[str, int]
    stops: Sequence[str]
    decision: Override | None
    failing: Sequence[Mapping[str, Any]]
    """The checks that fail, the gravest first; of the last release only."""

    @property
    def waits(self) -> bool:
        """Whether it waits for a decision."""
        return bool(self.stops) and not overridden(self.stops, self.decision)


def reports(home: Path) -> list[Reported]:
    """Every report, the latest first. Refused (`quality.damaged`)."""
    book = Book(home / BOOK)
    if not book.folder.is_dir():
        return []
    order, found = list(Severity), []
    for place, one in enumerate(reversed(book.history())):
        failing: Sequence[Mapping[str, Any]] = ()
        if place == 0:
            failed = [result for result in book.facts(one["release"])["results"] if result["status"] == Status.FAIL]
            failing = sorted(failed, key=lambda result: (order.index(Severity(result["severity"])), -result["violated"]))
        found.append(
            Reported(
                one["release"],
                datetime.fromisoformat(one["at"]),
                one["counts"],
                one["stops"],
                book.overriding(one["release"]),
                failing,
            )
        )
    return found


def sign(home: Path, *, release: str, by: str, account: str, reason: str, at: datetime) -> Override:
    """Let a failing release through, knowing its failures.

    Refused (`quality.no_release`, `quality.nameless`, `quality.nothing_to_override`).
    """
    return Book(home / BOOK).override(release=release, by=by, account=account, reason=reason, at=at)
