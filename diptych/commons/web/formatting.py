"""Formatting: money, instants, distances and counts as people say them, in French and in English.

Holds pure functions: the language, the instant and the time zone are arguments. Does not hold sentences of screens
(gettext does) nor rounding rules of money (`commons.money` does).
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date

NBSP: Final = "\u00a0"
"""Non-breaking space: before € and units, and between thousands: the narrow one is hardly seen in our title type."""

_WORDS: Final[dict[str, dict[str, str]]] = {
    "fr": {
        "free": "Gratuit", "morning": "ce matin", "today": "aujourd’hui", "evening": "ce soir", "night": "cette nuit",
        "tomorrow": "demain", "yesterday": "hier", "at": "à",
    },
    "en": {
        "free": "Free", "morning": "this morning", "today": "today", "evening": "tonight", "night": "tonight",
        "tomorrow": "tomorrow", "yesterday": "yesterday", "at": "at",
    },
}  # fmt: skip


_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def _language(code: str) -> str:
    "The nearest language that is written here."
    return "en" if code.lower().startswith("en") else "fr"


def count(number: int, *, language: str = "fr") -> str:
    """A whole number with its thousands apart: 18 240 in French, 18,240 in English."""
    text = f"{number:,}"
    return text if _language(language) == "en" else text.replace(",", NBSP)


def money(cents: int, *, language: str = "fr") -> str:
    """Cents of euro as an amount: "112 €", "6,40 €"; "€6.40" in English. Cents show only where there are some."""
    euros, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    whole = count(euros, language=language)
    if _language(language) == "en":
        return f"{sign}€{whole}" + (f".{rest:02}" if rest else "")
    return f"{sign}{whole}" + (f",{rest:02}" if rest else "") + f"{NBSP}€"


def price(cents: int, *, language: str = "fr") -> str:
    """A price: like `money`, but nothing to pay is said "Gratuit" (Free)."""
    return _WORDS[_language(language)]["free"] if cents == 0 else money(cents, language=language)


def rate(value: Decimal | None, *, language: str = "fr") -> str:
    """A share as a rate: "95 %", "33,33 %"; "33.33%" in English. A dash where there is none."""
    if value is None:
        return "–"
    text = f"{100 * value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}%" if _language(language) == "en" else text.replace(".", ",") + f"{NBSP}%"


def cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_FORMULA) else text


def distance(metres: float, *, language: str = "fr") -> str:
    """How far, no more precise than a walk: "40 m", "600 m", "1,1 km", "12 km"."""
    step = 10 if metres < 100 else 50
    rounded = round(metres / step) * step
    if rounded < 1000:
        return f"{rounded}{NBSP}m"
    kilometres = metres / 1000
    text = f"{kilometres:.1f}".removesuffix(".0") if kilometres < 9.95 else count(round(kilometres), language=language)
    return f"{text if _language(language) == 'en' else text.replace('.', ',')}{NBSP}km"


def _relative(instant: datetime, *, at: datetime, words: dict[str, str]) -> str | None:
    "The day as people say it: this evening, tomorrow, yesterday; None further away. Both instants are local."
    days = (instant.date() - at.date()).days
    if days == 1 and instant.hour < 5 and at.hour >= 5:
        return words["night"]
    if days == 0:
        return words["evening"] if instant.hour >= 18 else words["morning"] if 5 <= instant.hour < 12 else words["today"]
    return {1: words["tomorrow"], -1: words["yesterday"]}.get(days)


def day(value: date, *, today: date, language: str = "fr") -> str:
    """A day: "aujourd’hui", "demain", "hier", else "sam. 28 nov.", with the year where it is another one."""
    lang = _language(language)
    words = {0: "today", 1: "tomorrow", -1: "yesterday"}
    near = words.get((value - today).days)
    if near:
        return _WORDS[lang][near]
    far = value.year != today.year and abs(value - today) > timedelta(days=60)
    return _written(value, "EEE d MMM y" if far else "EEE d MMM", lang).replace(" ", NBSP)


def when(instant: datetime, *, at: datetime, zone: str = "Europe/Paris", language: str = "fr") -> str:
    """An instant, seen from `at`, in a zone: "ce soir 20:30", "demain 14:00", "sam. 28 nov. 20:00"."""
    lang = _language(language)
    local, here = instant.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(zone))
    near = _relative(local, at=here, words=_WORDS[lang])
    if near:
        return f"{near} {clock_time(instant, zone=zone)}".replace(" ", NBSP)
    return f"{day(local.date(), today=here.date(), language=lang)} {clock_time(instant, zone=zone)}"


def clock_time(instant: datetime, *, zone: str = "Europe/Paris") -> str:
    """The time of day in a zone, on 24 hours: "20:30"."""
    return instant.astimezone(ZoneInfo(zone)).strftime("%H:%M")


def exact(instant: datetime, *, zone: str = "Europe/Paris", language: str = "fr") -> str:
    """An instant in full, for hover and screen readers: "samedi 28 novembre 2026 à 20:00"."""
    lang = _language(language)
    said = _written(instant.astimezone(ZoneInfo(zone)).date(), "EEEE d MMMM y" if lang == "fr" else "EEEE, d MMMM y", lang)
    return f"{said} {_WORDS[lang]['at']} {clock_time(instant, zone=zone)}"


def exact_day(value: date, *, language: str = "fr") -> str:
    """A day in full: "samedi 28 novembre 2026"."""
    return _written(value, "EEEE d MMMM y", _language(language))


def plain_day(value: date, *, year: bool = True, language: str = "fr") -> str:
    """A day without its name, within a sentence: "28 novembre 2026", "1er décembre"; without its year where that goes
    without saying."""
    return _written(value, "d MMMM y" if year else "d MMMM", _language(language))


def _written(value: date, pattern: str, lang: str) -> str:
    "A day by a pattern that says its number as `d `. French says the first of a month as an ordinal, and no other day."
    if lang == "fr" and value.day == 1:
        pattern = pattern.replace("d ", "d'er' ")
    return format_date(value, pattern, locale=lang)
