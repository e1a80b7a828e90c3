"""Coding: what a steward does with the codes that have no concept: sees them, looks concepts up, decides, takes a decision back.

Holds what may be decided. Does not hold decisions (`omop.mapping`), nor apply them: the next run of the flow does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from .omop import mapping, workshop
from .omop.release import Releases
from .omop.terms import NO_CODE, NO_WHY, NOT_STANDARD
from .omop.vocabulary import searching
from .omop.vocabulary.searching import Concept

from diptych.commons.refusal import deny

LONGEST_WHY = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on a code, with the concepts that the vocabularies know of those that it names."""

    vocabulary: str
    code: str
    concepts: tuple[Concept, ...]
    unknown: tuple[int, ...]
    at: datetime
    by: str
    why: str

    @property
    def takes_back(self) -> bool:
        """Whether it takes back what was decided before."""
        return not (self.concepts or self.unknown)


@dataclass(frozen=True, slots=True)
class Uncoded:
    """A code without a concept: what the sources say that it means, which table it makes, how often it is used, of how many persons."""

    vocabulary: str
    code: str
    label: str
    table: str
    uses: int
    persons: int
    decided: bool
    """Whether a decision waits for the next run."""


@dataclass(frozen=True, slots=True)
class Known:
    """One code: its uses, the decisions on it (the latest first), and what was found of the words that were looked for."""

    vocabulary: str
    code: str
    uses: Sequence[Uncoded]
    history: Sequence[Decided]
    words: str
    found: Sequence[Concept]

    @property
    def label(self) -> str:
        """What the sources say that it means."""
        return next((one.label for one in self.uses if one.label), "")

    @property
    def in_force(self) -> Decided | None:
        """The decision in force."""
        return self.history[0] if self.history and not self.history[0].takes_back else None


def _bare(code: str) -> str:
    return code.upper().replace(".", "")


def uncoded(home: Path, keys: Path) -> list[Uncoded]:
    """Every code of the release without a concept, the most used first. Refused (`standardise.not_made`, `standardise.damaged`)."""
    releases = Releases(home, keys)
    release = releases.made()
    last = {(one.vocabulary_id, _bare(one.code)): bool(one.concepts) for one in mapping.history(home)}
    with duckdb.connect() as con:
        releases.load(con, release, "unmapped", "unmapped")
        rows = con.execute(
            """SELECT coalesce(w.vocabulary_id, u.vocabulary), code, coalesce(label, ''), made, uses, persons
            FROM unmapped u LEFT JOIN read_csv($words, header = true, all_varchar = true) w ON w.word = lower(u.vocabulary)
            ORDER BY uses DESC, 1, code, made""",
            {"words": str(workshop.HERE / "vocabularies.csv")},
        ).fetchall()
    return [
        Uncoded(vocabulary, code, label, table, uses, persons, last.get((vocabulary, _bare(code)), False))
        for vocabulary, code, label, table, uses, persons in rows
    ]


def one_code(home: Path, keys: Path, *, vocabulary: str, code: str, words: str | None) -> Known:
    """One code of the sources, and the concepts that have some words: where none are given, those that the sources name it by.

    Refused (`standardise.no_code`) where no row has it without a concept, and nothing was ever decided of it.
    """
    uses = [one for one in uncoded(home, keys) if (one.vocabulary, _bare(one.code)) == (vocabulary, _bare(code))]
    history = [one for one in decided(home) if (one.vocabulary, _bare(one.code)) == (vocabulary, _bare(code))]
    if not uses and not history:
        deny(NO_CODE, vocabulary=vocabulary, code=code)
    asked = words
    if asked is None:
        asked = next((one.label for one in uses if one.label), code)
    found = searching.search(home, asked)
    if words is None and not found:  # the source's own label is seldom the vocabulary's: its longest word may be
        asked = max(asked.split() or [""], key=len)
        found = searching.search(home, asked)
    return Known(vocabulary, (uses[0].code if uses else code), uses, history, asked, found)


def decided(home: Path) -> list[Decided]:
    """Every decision, the latest first. Refused (`standardise.damaged`)."""
    history = mapping.history(home)
    names = searching.concepts(home, {concept for one in history for concept in one.concepts})
    return [
        Decided(
            one.vocabulary_id, one.code, tuple(names[concept] for concept in one.concepts if concept in names),
            tuple(concept for concept in one.concepts if concept not in names), datetime.fromisoformat(one.at), one.by, one.why,
        )
        for one in reversed(history)
    ]  # fmt: skip


def decide(
    home: Path, keys: Path, *, vocabulary: str, code: str, concepts: Sequence[str], why: str, at: datetime, by: str
) -> mapping.Mapped:
    """Decide which concepts a code means, or take the decision in force back; the next run makes tables by it.

    Refused: `standardise.no_code`, `standardise.not_standard`, `standardise.no_why`.
    """
    known = one_code(home, keys, vocabulary=vocabulary, code=code, words="")
    why = " ".join(why.split())[:LONGEST_WHY]
    if not why:
        deny(NO_WHY)
    numbers = tuple(dict.fromkeys(int(one) if one.isdecimal() and len(one) < 19 else 0 for one in concepts))
    there = searching.concepts(home, numbers)
    for number, given in zip(numbers, concepts, strict=False):
        if number not in there or not there[number].standard:
            deny(NOT_STANDARD, concept=given[:20])
    return mapping.decide(home, vocabulary_id=known.vocabulary, code=known.code, concepts=numbers, at=at, by=by, why=why)
