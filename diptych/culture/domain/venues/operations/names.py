"""Names of places, spelt one way, so that two sources that mean one commune are seen to.

Holds the folding only: no look-up.
"""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile("[a-z0-9]+")
_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """The name without case, accents, ligatures, hyphens or abbreviation: « L'Haÿ-les-Roses », « ST MALO CEDEX 2 »."""
    plain = name.lower()
    if not plain.isascii():
        plain = plain.replace("œ", "oe").replace("æ", "ae").replace("’", "'")
        plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    words = _WORD.findall(plain)
    if "cedex" in words:
        words = words[: words.index("cedex")]
    return " ".join(_SHORT.get(word, word) for word in words)
