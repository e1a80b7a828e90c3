"""Notes against an annotated file: how much is found, label by label, what is left, and how fast.

Holds the reading of annotated notes (`[words](LABEL)`, notes apart by an empty line), their split into a part to look at and a part
to score only, and the score. Prints no word of a note: of what was missed it tells the kind.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import Any

from diptych.health.warehouse.identified.pseudonymise.notes import Known, Label, Span, Surrogates, found, rewritten
from diptych.health.warehouse.identified.pseudonymise.notes.dates import read
from diptych.health.warehouse.identified.pseudonymise.notes.labels import folded

_ANNOTATION = re.compile(r"\[([^\[\]]*)\]\(([A-Z_]+)\)")
_MISSPELT = {"ADDRESSE": "ADRESSE"}


class Part(StrEnum):
    """The two parts of an annotated file."""

    LOOKED_AT = "looked-at"
    SCORED = "scored"


SETTINGS = ("nothing known", "half known", "all known")
NAMES_AND_DATES = (Label.LAST_NAME, Label.FIRST_NAME, Label.DATE, Label.BIRTH_DATE)


@dataclass(frozen=True)
class Annotated:
    """A note and where its annotators saw something that identifies."""

    text: str
    spans: tuple[Span, ...]
    part: Part
    """Looked at by those who write rules, or scored and never read: by the first byte of SHA-256 of the note, even or odd."""


def annotated(path: Path) -> list[Annotated]:
    """The notes of an annotated file."""
    return [_parsed(block.strip()) for block in re.split(r"\n\s*\n", path.read_text()) if block.strip()]


def _parsed(block: str) -> Annotated:
    text, spans, place = "", [], 0
    for mark in _ANNOTATION.finditer(block):
        text += block[place : mark.start()]
        label = Label(_MISSPELT.get(mark[2], mark[2]))
        spans.append(Span(len(text), len(text) + len(mark[1]), label))
        text, place = text + mark[1], mark.end()
    return Annotated(text + block[place:], tuple(spans), tuple(Part)[sha256(block.encode()).digest()[0] % 2])


def known_of(note: Annotated, setting: str) -> Known | None:
    """The identity that the structured data would hold: the note's own names, numbers and places, in the hospital's form.

    Names in capitals without accents, numbers without separators. `half known`: those whose folded words hash to an even byte.
    Dates other than the birth date and hospitals are never known.
    """
    if setting == "nothing known":
        return None
    said: dict[Label, set[str]] = {label: set() for label in Label}
    for start, end, label in note.spans:
        words = " ".join(note.text[start:end].split())
        if setting == "all known" or sha256(folded(words).encode()).digest()[0] % 2 == 0:
            said[label].add(folded(words).upper() if label in (Label.LAST_NAME, Label.FIRST_NAME) else words)
    births = [day[1] for words in said[Label.BIRTH_DATE] if (day := read(words))]
    numbers = (Label.PATIENT_NUMBER, Label.STAY_NUMBER, Label.SOCIAL_SECURITY, Label.PHONE)
    return Known(
        last_names=tuple(said[Label.LAST_NAME]),
        first_names=tuple(said[Label.FIRST_NAME]),
        birth_date=births[0] if births else None,
        numbers=tuple((re.sub(r"\W", "", words), label) for label in numbers for words in sorted(said[label])),
        addresses=tuple(said[Label.ADDRESS]),
        cities=tuple(said[Label.CITY]),
        zips=tuple(said[Label.ZIP]),
        mails=tuple(said[Label.MAIL]),
    )


@dataclass
class Score:
    """Counts of annotated spans by label, and of spans found."""

    spans: Counter[Label] = field(default_factory=Counter)
    covered: Counter[Label] = field(default_factory=Counter)
    """Each letter and digit was found, whatever the label: nothing of it is left in the text."""
    labelled: Counter[Label] = field(default_factory=Counter)
    found: int = 0
    true: int = 0
    """Found spans that touch an annotated one."""
    leaks: Counter[str] = field(default_factory=Counter)

    def add(self, note: Annotated, spans: list[Span]) -> None:
        """Count one note."""
        seen = bytearray(len(note.text))
        for start, end, _ in spans:
            seen[start:end] = b"\x01" * (end - start)
        for start, end, label in note.spans:
            signs = [place for place in range(start, end) if note.text[place].isalnum()]
            left = sum(not seen[place] for place in signs)
            self.spans[label] += 1
            self.covered[label] += not left
            self.labelled[label] += any(span.label is label and span.start < end and start < span.end for span in spans)
            if left:
                self.leaks[f"{label}, {'whole' if left == len(signs) else 'in part'}, {_form(note.text[start:end])}"] += 1
        self.found += len(spans)
        self.true += sum(any(span.start < end and start < span.end for start, end, _ in note.spans) for span in spans)

    def recall(self, labels: tuple[Label, ...] = tuple(Label)) -> float:
        """Of the annotated spans of these labels, the share of which nothing is left."""
        total = sum(self.spans[label] for label in labels)
        return sum(self.covered[label] for label in labels) / total if total else 1.0

    def facts(self) -> dict[str, Any]:
        """The score as figures."""
        return {
            "spans": sum(self.spans.values()),
            "recall": round(self.recall(), 4),
            "recall_names_dates": round(self.recall(NAMES_AND_DATES), 4),
            "precision": round(self.true / self.found, 4) if self.found else 1.0,
            "by_label": {str(label): round(self.recall((label,)), 4) for label in Label if self.spans[label]},
            "counts": {str(label): self.spans[label] for label in Label if self.spans[label]},
            "right_label": round(sum(self.labelled.values()) / max(1, sum(self.spans.values())), 4),
            "leaks": dict(self.leaks.most_common()),
        }


def _form(words: str) -> str:
    "What kind of words they are, without saying them."
    if any(map(str.isdigit, words)):
        return "with digits"
    bare = re.sub(r"\W", "", words)
    if len(bare) <= 2:
        return "an initial"
    if words.islower():
        return "small letters"
    return "capitals" if words.isupper() else "words"


def scored(path: Path, *, part: Part) -> dict[str, Score]:
    """A part of the notes scored in each setting."""
    notes = [note for note in annotated(path) if note.part == part]
    scores = {setting: Score() for setting in SETTINGS}
    for setting, score in scores.items():
        for note in notes:
            score.add(note, found(note.text, known_of(note, setting)))
    return scores


def speed(path: Path, *, seconds: float) -> dict[str, Any]:
    """Notes and characters a second of one core, each note with its own identity, written anew; beside a split into words.

    The notes of the file are short; so they are also timed joined to texts of about 3,000 characters, the length of a letter.
    """
    notes = annotated(path)
    surrogates = Surrogates(bytes(32), 70)
    identities = [known_of(note, "all known") for note in notes]
    joined = _joined(notes)
    day = date(2020, 1, 1)

    def whole() -> None:
        for note, known in zip(notes, identities, strict=True):
            rewritten(note.text, known=known, surrogates=surrogates, near=day)

    def letters() -> None:
        for text in joined:
            rewritten(text, known=identities[0], surrogates=surrogates, near=day)

    def split() -> None:
        for note in notes:
            re.findall(r"\w+", note.text)

    jobs = {"notes": whole, "letters": letters, "split into words": split}
    sizes = {"notes": len(notes), "letters": len(joined), "split into words": len(notes)}
    characters = sum(len(note.text) for note in notes)
    figures: dict[str, Any] = {}
    for name, job in jobs.items():
        job()  # expressions and lists are made before time counts
        began, rounds = process_time(), 0
        while process_time() - began < seconds or not rounds:
            job()
            rounds += 1
        spent = (process_time() - began) / rounds
        figures[name] = {"a_second": round(sizes[name] / spent), "characters_a_second": round(characters / spent)}
    return figures


def _joined(notes: list[Annotated]) -> list[str]:
    texts, text = [], ""
    for note in notes:
        text += note.text + "\n\n"
        if len(text) > 3000:
            texts.append(text)
            text = ""
    return [*texts, text] if text else texts
