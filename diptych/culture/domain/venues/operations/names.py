"""Names of places, spelt one way, so that two sources that mean one commune are seen to.

Holds the folding only: no look-up.
"""

import re
import unicodedata
from functools import lru_cache

_SHORT = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}


@lru_cache(maxsize=100_000)
def fold(name: str) -> str:
    """The name without case, accents, ligatures, hyphens or abbreviation: « L'Haÿ-les-Roses », « ST MALO CEDEX 2 »."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe").replace("æ", "ae"))
    words = re.findall(r"[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    if "cedex" in words:
        words = words[: words.index("cedex")]
    return " ".join(_SHORT.get(word, word) for word in words)
