"""The labels of identifying words in notes, and where such words are in a text.

Holds the thirteen labels of eds-pseudo and RPPS, and the span. Does not find anything.
"""

from enum import StrEnum
from typing import NamedTuple


class Label(StrEnum):
    """What a word of a note says of a person. The names are those of the annotated notes of AP-HP (eds-pseudo)."""

    ADDRESS = "ADRESSE"
    BIRTH_DATE = "DATE_NAISSANCE"
    CITY = "VILLE"
    DATE = "DATE"
    FIRST_NAME = "PRENOM"
    HOSPITAL = "HOPITAL"
    LAST_NAME = "NOM"
    MAIL = "MAIL"
    PATIENT_NUMBER = "IPP"
    PHONE = "TEL"
    PRACTITIONER_NUMBER = "RPPS"
    SOCIAL_SECURITY = "SECU"
    STAY_NUMBER = "NDA"
    ZIP = "ZIP"


class Span(NamedTuple):
    """Characters `start` to `end` (not included) of a text, and what they say."""

    start: int
    end: int
    label: Label


_PLAIN = {ord(letter): plain for letters, plain in (
    ("àâäáãåæ", "a"), ("éèêë", "e"), ("îïíì", "i"), ("ôöóòõœø", "o"), ("ùûüú", "u"), ("çć", "c"), ("ñ", "n"), ("ÿý", "y"),
    ("šș", "s"), ("žź", "z"), ("ğ", "g"), ("ł", "l"), ("đ", "d"), ("’", "'"), ("\u00a0\u202f", " "),
) for letter in letters}  # fmt: skip


def folded(text: str) -> str:
    """The text in small letters without accents, a character for a character, so that places in it stay true.

    >>> folded("Née à Bès-l’Étang")
    "nee a bes-l'etang"
    """
    small = text.lower()
    if len(small) != len(text):  # 'İ' alone grows; what cannot be folded stays as it is
        small = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    return small.translate(_PLAIN)
