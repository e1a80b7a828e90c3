"""Showing: what a count becomes on a screen, for the account that looks.

Holds the passage through `disclosure` and the journal of exact counts. No other file of the portal shows a count.
"""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from diptych.commons import clock
from diptych.commons.web import formatting
from diptych.health.warehouse.research.accounts import operations
from diptych.health.warehouse.research.accounts.terms import Right
from diptych.health.warehouse.research.cohort.disclosure import THRESHOLD, Shown, shown
from diptych.health.warehouse.research.index.columns import Ints


def _key() -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), b"cohorts.disclosure", hashlib.sha256)


class Showing:
    """What one account may see of counts."""

    def __init__(self, account: Any) -> None:
        self.exact = bool(account.may(Right.EXACT))

    def of(self, persons: Ints) -> Shown:
        """A group's count, as this account may see it."""
        return shown(persons, key=_key(), exact=self.exact)

    def text(self, persons: Ints) -> str:
        """The same, in figures."""
        return figures(self.of(persons))

    def length(self, persons: Ints) -> int:
        """How long to draw it: nothing of what is too few."""
        return self.of(persons).number or 0


def figures(count: Shown) -> str:
    """A count in figures: "< 10", "18 240"."""
    if count.number is None:
        return f"<{formatting.NBSP}{THRESHOLD}"
    return formatting.count(count.number, language=get_language() or "fr")


def unit(count: Shown) -> str:
    """What is counted, as many as there are."""
    return ngettext("patient", "patients", count.number if count.number is not None else 2)


def having(count: Shown) -> str:
    """What is counted of a criterion that is excluded: who has it."""
    return ngettext("patient has it", "patients have it", count.number if count.number is not None else 2)


def how_to_read(*, exact: bool, seconds: float) -> str:
    """How a count is to be read, and how long it took."""
    took = gettext("{ms} ms").format(ms=max(1, round(seconds * 1000)))
    kind = gettext("exact count, kept in the journal") if exact else gettext("rounded to 10 for display")
    return f"{kind} · {took}"


def note(account: Any, act: str, subject: str, **facts: Any) -> None:
    """Keep in the journal that an account looked at something."""
    operations.note(actor=str(account), act=act, subject=subject, at=clock.now(), facts=facts)
