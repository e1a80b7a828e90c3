"""What stands in a note for what was taken out: names, towns and numbers that nobody has, in the form of the old ones.

A surrogate is drawn by HMAC-SHA-256 from the person's own seed (which the key service gives, for one project), the label and the
folded words: the same words of the same person are always the same surrogate in a project, and other ones in another. Dates are
shifted as those of the tables. Does not know the project's key.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import date

from . import dates
from .labels import Label, folded
from .words import CITIES, french_names

_STREETS = (
    "des Acacias",
    "du Moulin",
    "des Écoles",
    "de la Fontaine",
    "des Tilleuls",
    "du Stade",
    "de la Mairie",
    "des Lilas",
    "du Lavoir",
    "des Vergers",
)
_HOSPITALS = (
    "des Acacias",
    "du Parc",
    "des Tilleuls",
    "de la Vallée",
    "du Lac",
    "des Sources",
    "de la Plaine",
    "des Coteaux",
    "du Bocage",
    "de la Rive",
)
BLANK = "[…]"
"""Stands for a date that cannot be read as one."""


@dataclass(frozen=True)
class Surrogates:
    """What replaces the words of one person's notes in one project."""

    seed: bytes
    """32 bytes of the key service, this person's and this project's."""
    days: int
    """By how many days the person's dates are shifted."""

    def of(self, label: Label, words: str, *, near: date) -> str:
        """What to write for `words`; `near` is the day of the note, for dates without a year."""
        if label in (Label.DATE, Label.BIRTH_DATE):
            return dates.shifted(words, days=self.days, near=near) or BLANK
        if label is Label.MAIL:
            return f"{self._number(label, words) % 10**6:06d}@exemple.invalid"
        if label in (Label.LAST_NAME, Label.FIRST_NAME):
            return self._name(label, words)
        if label is Label.CITY:
            return _cased(self._one(CITIES[:60], label, words).replace("-", " ").title().replace(" ", "-"), words)
        if label is Label.HOSPITAL:
            return _cased(self._one(_HOSPITALS, label, words), words)
        if label is Label.ADDRESS:
            return _cased(f"{self._number(label, words) % 98 + 1} rue {self._one(_STREETS, label, words)}", words)
        return self._digits(label, words)

    def _drawn(self, label: Label, words: str) -> bytes:
        plain = re.sub(r"[\W_]+", "", folded(words))
        return hmac.digest(self.seed, f"{label}|{plain}".encode(), "sha256")

    def _number(self, label: Label, words: str) -> int:
        return int.from_bytes(self._drawn(label, words)[:8])

    def _one(self, choices: list[str] | tuple[str, ...], label: Label, words: str) -> str:
        "One of the choices, never one that the words hold."
        start, plain = self._number(label, words), folded(words)
        return next(one for step in range(len(choices)) if folded(one := choices[(start + step) % len(choices)]) not in plain)

    def _name(self, label: Label, words: str) -> str:
        "An initial for an initial, else a name of the same case. A last name is drawn alike whichever label a rule gave it."
        if len(re.sub(r"\W", "", words)) <= 2:
            letters = self._drawn(label, words)
            return re.sub(r"[^\W\d_]", lambda found: chr(ord("A") + letters[found.start()] % 26), words)
        first, last = french_names()
        return _cased(self._one(first if label is Label.FIRST_NAME else last, label, words), words)

    def _digits(self, label: Label, words: str) -> str:
        "Digits for digits and letters for letters; separators stay. At least one sign changes."
        drawn = self._drawn(label, words) * (len(words) // 32 + 1)

        def other(found: re.Match[str]) -> str:
            sign, byte = found.group(), drawn[found.start() % len(drawn)]
            if sign.isdecimal():
                return str((int(sign) + 1 + byte % 9) % 10)
            return chr(ord("A" if sign.isupper() else "a") + byte % 26)

        return re.sub(r"[^\W_]", other, words)


def _cased(new: str, like: str) -> str:
    return new.upper() if like.isupper() and len(like) > 2 else new
