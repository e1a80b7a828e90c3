"""The tone guide: how the pass speaks to young people, as a table of dated rules that find places in a text.

A finding warns; it never stops an editor, who may know better. Does not hold what would break a shelf (beside).
The guide of the official service is not public: these rows are ours, from what its published home pages do and from the field
guide (§7: *tu*, words to avoid).
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Final

from ..terms import Field, Finding, ToneRule

Spans = list[tuple[int, int]]
Finder = Callable[[Field, str], Spans]


def _(text: str) -> str:
    return text  # marks words for translation


BEST_LENGTH: Final[dict[Field, int]] = {Field.TITLE: 34, Field.HINT: 70, Field.TEXT: 600}
"""Signs beyond which a text is too long: a title is one line of a phone, a hint two."""

AVOIDED: Final[dict[str, str]] = {
    "bénéficiaire": "toi", "bénéficiaires": "toi", "usager": "toi", "usagers": "toi", "les jeunes": "toi", "jeunes": "toi",
    "dispositif": "pass", "éligible": "tu peux", "éligibles": "tu peux", "offre culturelle": "", "offres culturelles": "",
    "contenu": "", "contenus": "", "pépite": "", "pépites": "", "incontournable": "", "incontournables": "",
    "immanquable": "", "immanquables": "", "à ne pas manquer": "", "à ne pas rater": "", "bon plan": "", "bons plans": "",
    "kiffe": "", "kiffer": "", "trop stylé": "", "swag": "", "lol": "", "gratos": "sans toucher à ton crédit",
    "médiation": "visite ou atelier", "inscris-toi vite": "", "dépêche-toi": "",
}  # fmt: skip
"""Words of the administration, of advertising, and those that an adult borrows; what to say instead, where there is a word."""

_FORMAL: Final = re.compile(r"\b(?:vous|votre|vos|vôtres?|veuillez|s[’']il vous plaît)\b", re.IGNORECASE)
_ORDERS: Final = re.compile(r"\b[^\W\d_]{3,}ez\b", re.IGNORECASE)
_NOT_ORDERS: Final = frozenset(
    {"chez", "assez", "lez", "rez", "nez", "suez", "fernandez", "martinez", "gomez", "lopez", "alvarez"}
)
_CAPITALS: Final = re.compile(r"\b[^\W\d_a-zà-öø-ÿœ]{5,}\b")
_MARKS: Final = re.compile(r"[!?]{2,}|!")
_ADDRESS: Final = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_SUM: Final = re.compile(r"\b(?:50|\d{3})\s?(?:€|euros?)(?=\W|$)", re.IGNORECASE)
_PICTURES: Final = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")
_AVOIDED: Final = re.compile(
    r"\b(?:" + "|".join(re.escape(word) for word in sorted(AVOIDED, key=lambda word: (-len(word), word))) + r")\b", re.IGNORECASE
)


def _found_by(pattern: re.Pattern[str], *fields: Field) -> Finder:
    "Every place of a pattern, in the given texts; in all where none is named."

    def finds(field: Field, text: str) -> Spans:
        return [found.span() for found in pattern.finditer(text)] if not fields or field in fields else []

    return finds


def _orders(field: Field, text: str) -> Spans:
    return [found.span() for found in _ORDERS.finditer(text) if found[0].lower() not in _NOT_ORDERS | {"veuillez"}]


def _exclaims(field: Field, text: str) -> Spans:
    "Any in a title or a hint; beyond the first in a story; two in a row anywhere."
    found = [mark.span() for mark in _MARKS.finditer(text)]
    doubled = [(start, end) for start, end in found if end - start > 1]
    single = [(start, end) for start, end in found if end - start == 1]
    return sorted(doubled + (single[1:] if field is Field.TEXT else single))


def _too_long(field: Field, text: str) -> Spans:
    return [(BEST_LENGTH[field], len(text))] if len(text) > BEST_LENGTH[field] else []


def _full_stop(field: Field, text: str) -> Spans:
    return [(len(text) - 1, len(text))] if field is Field.TITLE and text.endswith(".") and not text.endswith("..") else []


def _pictures(field: Field, text: str) -> Spans:
    found = [picture.span() for picture in _PICTURES.finditer(text)]
    return found if field is Field.TITLE else found[1:]


_FIRST: Final = date(2026, 11, 1)
TONE: Final = (
    ToneRule("tu", _FIRST, _("Say tu."), _found_by(_FORMAL)),
    ToneRule("orders", _FIRST, _("Say tu: not “découvrez” but “découvre”."), _orders),
    ToneRule("words", _FIRST, _("A word to avoid: of the administration, of advertising, or borrowed."), _found_by(_AVOIDED)),
    ToneRule("shouting", _FIRST, _("Capitals shout."), _found_by(_CAPITALS)),
    ToneRule("exclamation", _FIRST, _("Without an exclamation mark, it is as strong."), _exclaims),
    ToneRule("too_long", _FIRST, _("Too long: what is past this point is not read."), _too_long),
    ToneRule("full_stop", _FIRST, _("A title has no full stop."), _full_stop),
    ToneRule("pictures", _FIRST, _("A screen reader spells out each picture sign: none in a title, one in a text."), _pictures),
    ToneRule("address", _FIRST, _("An address is not read: give it in its own field."), _found_by(_ADDRESS)),
    ToneRule(
        "sums",
        _FIRST,
        _("A sum changes with the law and with each person: say “ton crédit”."),
        _found_by(_SUM, Field.TITLE, Field.HINT),
    ),
)
"""The guide. A change is a new row, from its day on."""


def check(texts: dict[Field, str], *, on: date, table: tuple[ToneRule, ...] = TONE) -> list[Finding]:
    """Where the guide of a day would say otherwise: in the order of the texts, then of places."""
    found = [
        Finding(rule.code, rule.asks, field, start, end, text[start:end][:40], AVOIDED.get(text[start:end].lower(), ""))
        for field in Field
        for rule in table
        for text in [texts.get(field, "")]
        if rule.since <= on
        for start, end in rule.finds(field, text)
    ]
    return sorted(found, key=lambda one: (list(Field).index(one.field), one.start, one.rule))


TABLES: Final = (TONE,)
