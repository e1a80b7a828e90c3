"""Phone numbers: how they are written, which may be written to, how many messages and tries (guide §5.2).

Does not hold who owns a number: that is a fact, and the operation's to act on.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from .. import terms

from diptych.commons.refusal import Refusal, refuse

CODE_DIGITS: Final = 6
CODE_LASTS: Final = timedelta(hours=12)
MESSAGES: Final = 3
MESSAGES_PER: Final = timedelta(hours=12)
TRIES: Final = 3
TRIES_PER: Final = timedelta(days=30)
PREFIXES: Final = ("33", "262", "508", "590", "594", "596", "681", "687", "689")
"""Guide §5.2: the countries that may be written to, France and overseas."""
TABLES: Final = (PREFIXES,)
_SEPARATORS: Final = re.compile(r"[\s.\-()/]")
_OWN_DIGITS: Final = {"33": 9, "262": 9, "508": 6, "590": 9, "594": 9, "596": 9, "681": 6, "687": 6, "689": 8}
"""Digits after the prefix: nine in France and its départements, six or eight in the Pacific and at Saint-Pierre."""


def read_phone(typed: str) -> str | Refusal:
    """A number as +33612345678, from what people type: spaces, dots, 0033, or the national 06 and 07."""
    number = _SEPARATORS.sub("", typed)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif re.fullmatch(r"0[67]\d{8}", number):
        number = f"+33{number[1:]}"
    if not re.fullmatch(r"\+\d{6,15}", number):
        return refuse(terms.PHONE_MALFORMED)
    prefix = next((prefix for prefix in PREFIXES if number.startswith(f"+{prefix}")), None)
    if prefix is None:
        return refuse(terms.PHONE_PREFIX)
    own = number[len(prefix) + 1 :]
    mobile = own[:1] in "67" if prefix == "33" else True
    return number if len(own) == _OWN_DIGITS[prefix] and mobile else refuse(terms.PHONE_MALFORMED)


def why_not_message(*, sent_at: Sequence[datetime], at: datetime) -> Refusal | None:
    """Why no message may go out now, or None. `sent_at`: when those of this person went."""
    recent = sorted(sent for sent in sent_at if sent > at - MESSAGES_PER)
    return refuse(terms.TOO_MANY_MESSAGES, again_at=recent[-MESSAGES] + MESSAGES_PER) if len(recent) >= MESSAGES else None


def why_not_try(*, wrong_at: Sequence[datetime], at: datetime) -> Refusal | None:
    """Why no code may be tried now, or None. `wrong_at`: when wrong codes were typed."""
    recent = sorted(wrong for wrong in wrong_at if wrong > at - TRIES_PER)
    return refuse(terms.NO_MORE_TRIES, again_at=recent[-TRIES] + TRIES_PER) if len(recent) >= TRIES else None
