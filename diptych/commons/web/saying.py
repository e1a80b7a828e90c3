"""Sentences with facts: an English gettext id in the reader's language, each fact as people say it.

Holds how a sentence and a source are said. Does not hold any sentence: chapters do.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext

from diptych.commons.web import formatting


def say(text: str, facts: Mapping[str, Any], *, zone: str = "Europe/Paris") -> str:
    """The sentence with its facts: instants by the clock of `zone`, what ends in `_cents` as an amount."""
    return gettext(text).format(**{name: _said(name, fact, zone) for name, fact in facts.items()})


def cite(source: str) -> str:
    """Where a rule comes from, in the reader's language; empty where it says nothing. Several sources are parted by `; `."""
    return " ; ".join(gettext(one) for one in source.split("; ") if one)


def _said(name: str, fact: Any, zone: str) -> Any:
    "A fact as people say it."
    language = get_language() or "fr"
    if isinstance(fact, datetime):
        return formatting.exact(fact, zone=zone, language=language)
    if isinstance(fact, date):
        return formatting.exact_day(fact, language=language)
    return formatting.money(fact, language=language) if name.endswith("_cents") and fact is not None else fact
