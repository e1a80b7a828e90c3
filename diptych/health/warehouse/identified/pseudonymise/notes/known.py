"""What the structured data know of a person, looked for in the person's notes whatever the case, accents and separators.

Holds the identifiers of one person and the search for them. Does not hold rules that know nobody: the other finders do.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from .labels import Label, Span, folded
from .words import NO_NAMES, PARTICLES


@dataclass(frozen=True)
class Known:
    """The identifiers of a person, as the hospital holds them. Doctors are those who treat the person."""

    last_names: tuple[str, ...] = ()
    first_names: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    """First and last names of doctors, a word or a compound an entry."""
    birth_date: date | None = None
    numbers: tuple[tuple[str, Label], ...] = field(default=(), repr=False)
    """NIR, INS, IPP, stay numbers, telephones, practitioners' numbers, each with its label."""
    addresses: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    zips: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()

    def find(self, text: str) -> Iterator[Span]:
        """Each place where one of these is in the text. A name that is also an ordinary word counts with a capital only."""
        for found in self._search.finditer(folded(text)):
            label, common = self._forms[int((found.lastgroup or "")[1:])][1:]
            if not common or text[found.start()].isupper():
                yield Span(found.start(), found.end(), label)

    @cached_property
    def _forms(self) -> list[tuple[str, Label, bool]]:
        "What to search for, its label, and whether it is an ordinary word too; the longest first, since the first found is taken."
        forms: dict[str, tuple[Label, bool]] = {}
        for values, label in (
            (self.mails, Label.MAIL),
            (self.addresses, Label.ADDRESS),
            (self.cities, Label.CITY),
        ):
            forms |= {_words_form(value): (label, False) for value in values if len(value.strip()) > 2}
        forms |= {_digits_form(value): (label, False) for value, label in self.numbers if sum(map(str.isalnum, value)) > 3}
        forms |= {_digits_form(value): (Label.ZIP, False) for value in self.zips if value.strip()}
        for values, label in (
            (self.doctors, Label.LAST_NAME),
            (self.first_names, Label.FIRST_NAME),
            (self.last_names, Label.LAST_NAME),
        ):
            whole = {folded(value).strip() for value in values}
            parts = {part for value in whole for part in re.split(r"[\s'.-]+", value) if len(part) > 2 and part not in PARTICLES}
            for value in whole | parts:
                if len(value) > 1:
                    forms[_words_form(value)] = (label, value in NO_NAMES or value in PARTICLES or len(value) == 2)
        return sorted(((form, *said) for form, said in forms.items()), key=lambda form: -len(form[0]))

    @cached_property
    def _search(self) -> re.Pattern[str]:
        return re.compile("|".join(f"(?P<_{place}>{form})" for place, (form, *_) in enumerate(self._forms)) or r"(?!)")


def _words_form(value: str) -> str:
    "The words of a value with anything small between them."
    words = [re.escape(word) for word in re.split(r"[\W_]+", folded(value)) if word]
    return r"(?<![^\W_])" + r"[\W_]{0,3}".join(words) + r"(?![^\W_])"


def _digits_form(value: str) -> str:
    "The letters and digits of a number with at most two separators between them; O is read for zero. A long one may stick to letters."
    signs = [sign for sign in folded(value) if sign.isalnum()]
    before = r"(?<!\d)" if len(signs) > 5 and signs[0].isdigit() else r"(?<![^\W_])"
    return before + r"[\s./-]{0,2}".join("[0o]" if sign == "0" else sign for sign in signs) + r"(?!\d)"
