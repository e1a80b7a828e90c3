"""The code that a youth shows: six symbols among thirty, none that reads like another.

Holds the alphabet and the reading of what people type. Does not draw: randomness is an argument.
"""

from typing import Final

from .. import terms

from diptych.commons.ids import Draw
from diptych.commons.refusal import deny

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
"""A–Z and 0–9 without 0 1 8 9 I O: 30 symbols (guide §2.2)."""
LENGTH: Final = 6
TRIES: Final = 100


def new_token(draw: Draw) -> str:
    """A token; whether it is free is the database's to say."""
    return draw(ALPHABET, LENGTH)


def read_token(typed: str) -> str:
    """The token in what somebody typed: case, spaces and dashes do not count. Refuses what cannot be a token."""
    token = "".join(typed[:64].split()).replace("-", "").upper()
    if len(token) != LENGTH or not set(token) <= set(ALPHABET):
        deny(terms.TOKEN_MALFORMED)
    return token
