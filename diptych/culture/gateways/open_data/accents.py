"""Broken accents: repaired where only one reading is possible, reported where not.

Holds two known accidents. *Twice encoded*: UTF-8 read as Windows-1252 ("Ã©" for "é"). *Marked before*: the library
character set ANSEL (MARC-8), which writes the accent before its letter, read as Latin-1 ("dâecidâe" for "décidé"; the
Toulouse library files). Does not guess: a text with a replacement character has lost its letter for good.
"""

import re
import unicodedata

_MARKS = {"á": "\u0300", "â": "\u0301", "ã": "\u0302", "ä": "\u0303", "è": "\u0308", "ð": "\u0327"}
"""ANSEL's combining marks (E1 grave, E2 acute, E3 circumflex, E4 tilde, E8 diaeresis, F0 cedilla) as Latin-1 shows them."""

_CERTAIN = re.compile(r"([áâã](?=[eE])|â(?=[éE])|á(?=[aAuU])|ã(?=[iIuU])|è(?=[aeiouAEIOU])|ð(?=[cC]))([a-zA-Z])")
"""Pairs that no French, English or Spanish word holds in that order: always an accent before its letter."""

_IN_DAMAGED = re.compile(r"([áâãäèð])([a-zA-Z])")
"""Within an edition known to be damaged, every pair is one ("hãotel"), even those that Portuguese writes ("Gusmão")."""

_TWICE = re.compile("[ÂÃ][\u0080-\u00bf\u0152-\u2122]|â[€‚„]|ï»¿")
_PORTUGUESE = ("ão", "ãe")


def _join(found: "re.Match[str]") -> str:
    joined = unicodedata.normalize("NFC", found[2] + _MARKS[found[1]])
    return joined if len(joined) == 1 else found[0]


def twice_encoded(text: str) -> str:
    """`text` with UTF-8 that was read as Windows-1252 undone, if the whole of it can be; else `text` as it is."""
    if not _may_be_twice(text) or not _TWICE.search(text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def marked_before(text: str, *, damaged: bool) -> str:
    """`text` with ANSEL accents put back on their letters; `damaged` says that its whole edition is known to be so."""
    if text.isascii():
        return text
    if not damaged:
        return _CERTAIN.sub(lambda m: m[0] if m[0] in _PORTUGUESE else _join(m), text)
    text = re.sub(r"(?<=[nN])À(?= ?\d)", "°", text)  # C0 is the degree sign there
    text = re.sub(r"(?<=\w)²(?=[a-z])|(?<=\b[A-Z])²(?=[a-z])", "ø", text)  # B2 is the Scandinavian o
    return _IN_DAMAGED.sub(_join, text)


def looks_damaged(text: str) -> bool:
    """True when `text` holds an accent before its letter that can be nothing else."""
    return _CERTAIN.search(text) is not None


def is_lost(text: str) -> bool:
    """True when an accented letter was replaced before publication, or a twice-encoded text could not be undone."""
    return "\ufffd" in text or (_may_be_twice(text) and _TWICE.search(text) is not None)


def _may_be_twice(text: str) -> bool:
    "False where no accident can be: looking for single characters is twenty times as fast as the pattern."
    return "Ã" in text or "Â" in text or "â€" in text or "â‚" in text or "â„" in text or "ï»¿" in text
