"""Values: how the text of one field becomes a typed value, decimal commas and lost zeros included.

Holds one small reader a type: text in, value out, None where the publisher means "nothing", Unreadable where the text
is something else. Does not know files or columns.
"""

import math
import re
from datetime import UTC, date, datetime
from typing import Any

from diptych.culture.gateways.open_data.accents import is_lost, twice_encoded
from diptych.culture.gateways.open_data.reasons import Unreadable

LONGEST = 40_000
"""Characters of the longest text taken; the longest published today has 12,389."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Null bytes and the like, and halves of a character: PostgreSQL takes neither."""
_NOTHING = frozenset({"", "-", "#n/a", "n/a", "na", "nc", "nan", "null", "none", "néant", "neant"})
_NO_LINK = _NOTHING | {"0", "/", "non", "oui", "aucun", "en cours", "site internet propre", "en construction"}
_LINK = re.compile(r"^(?:https?://)?([a-z0-9À-ÿ](?:[\w.-]*[\w])?\.[a-z]{2,24})(?::\d+)?(?:[/?#]\S*)?$", re.IGNORECASE)
_USUAL_LINK = re.compile(r"(https?://|(?=www\.))[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,24}(?:[/?#][!-:<-~]*)?")
"""What most links look like, which needs no repair."""
_AFTER_LINK, _SCHEME = re.compile(r"\s*[;,]?\s+|\s*;\s*"), re.compile(r"^(https?):/*(?:https?:/+)?", re.IGNORECASE)
_USUAL_POINT = re.compile(r"(-?\d+\.\d+), (-?\d+\.\d+)")
_BETWEEN = re.compile(r"\s*[,;]\s+|\s*;\s*|(?<=\d),(?=-?\d+\.)")
_YEAR = re.compile(r"(?:\d\d/\d\d/)?(1[5-9]\d\d|20\d\d)(?:\.0)?(?: 00:00(?::00)?)?")
_FIVE, _FOUR = re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII), re.compile(r"^\d{4}$", re.ASCII)
_COMMUNE = re.compile(r"^(?:\d{5}|2[AB]\d{3})$", re.ASCII)
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def text(value: str) -> str | None:
    """The text, trimmed, its accents repaired where certain. None if empty."""
    value = value.strip()
    if not value:
        return None
    if len(value) > LONGEST:
        raise Unreadable("too_long")
    if not value.isascii():
        value = twice_encoded(value).replace("\u200b", "")
        if is_lost(value):
            raise Unreadable("accents_lost")
    if not value.isprintable() and _CONTROL.search(value):  # most are printable, which is quicker to see
        raise Unreadable("control_character")
    return value


def words(value: str) -> str | None:
    """A short text on one line: blanks of every kind made single. None if empty or a word for nothing."""
    if 5 < len(value) <= 400 and value.isascii() and value.isprintable() and "  " not in value:
        return value.strip(" ") if value[0] == " " or value[-1] == " " else value  # as most are
    found = text(value)
    if found is None or (len(found) < 6 and found.lower() in _NOTHING):
        return None
    if "  " in found or not found.isprintable():
        found = " ".join(found.split())
    if len(found) > 400:
        raise Unreadable("too_long")
    return found


def identifier(value: str) -> str | None:
    """A publisher's identifier: at most 100 characters on one line. None if empty."""
    found = words(value)
    if found is not None and len(found) > 100:
        raise Unreadable("too_long")
    return found


def decimal(value: str) -> float | None:
    """A number with a point or a comma, blanks between thousands allowed. None if empty."""
    try:
        number = float(value)
    except ValueError:
        value = value.strip()
        if value.lower() in _NOTHING:
            return None
        try:
            number = float(value.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", "."))
        except ValueError:
            raise Unreadable("not_a_number") from None
    if not math.isfinite(number):
        if value.strip().lower() in _NOTHING:
            return None
        raise Unreadable("not_a_number")
    return number


def count(value: str) -> int | None:
    """A whole number, zero or more, also when published as "4.0" or "4,0". None if empty."""
    number = decimal(value)
    if number is None:
        return None
    if number != int(number):
        raise Unreadable("not_a_number")
    if not 0 <= number < 2**31:
        raise Unreadable("out_of_range")
    return int(number)


def yes(value: str) -> bool | None:
    """True for OUI, Oui, 1; False for NON, Non, 0. None if empty."""
    value = value.strip().lower()
    if value in _NOTHING:
        return None
    if value in ("oui", "1", "true", "vrai"):
        return True
    if value in ("non", "0", "false", "faux"):
        return False
    raise Unreadable("wrong_type")


def latitude(value: str) -> float | None:
    """Degrees north. None if empty."""
    return _degrees(value, 90)


def longitude(value: str) -> float | None:
    """Degrees east. None if empty."""
    return _degrees(value, 180)


def _degrees(value: str, most: int) -> float | None:
    try:
        number = decimal(value)
    except Unreadable:
        raise Unreadable("not_a_place") from None
    if number is not None and not -most <= number <= most:
        raise Unreadable("not_a_place")
    return None if number is None else round(number, 6)


def point(value: str) -> tuple[float, float] | None:
    """Latitude and longitude in one field ("48.85, 2.35"). None if empty or 0, 0."""
    value = value.strip()
    if not value:
        return None
    usual = _USUAL_POINT.fullmatch(value)
    parts = usual.groups() if usual else tuple(part for part in _BETWEEN.split(value) if part)
    if len(parts) != 2:
        raise Unreadable("not_a_place")
    north, east = latitude(parts[0]), longitude(parts[1])
    if north is None or east is None:
        raise Unreadable("not_a_place")
    return None if (north, east) == (0.0, 0.0) else (north, east)


def postcode(value: str) -> str | None:
    """Five digits, also when a spreadsheet lost the first zero or a delivery word follows. None if empty."""
    if len(value) == 5 and value.isascii() and value.isdigit():
        return value
    value = value.strip()
    if value.lower() in _NOTHING or value == "0":
        return None
    if _FOUR.match(value):
        return f"0{value}"
    found = _FIVE.search(value)
    if found is None:
        raise Unreadable("not_a_postcode")
    return found[0]


def commune(value: str) -> str | None:
    """The INSEE code of a commune, also without its first zero. None if empty or 0."""
    value = value.strip().upper()
    if value in ("", "0", "00000", "#N/A"):
        return None
    if _FOUR.match(value):
        return f"0{value}"
    if not _COMMUNE.match(value):
        raise Unreadable("not_a_commune")
    return value


def department(value: str) -> str | None:
    """The code of a département: "7", "07", "007" are 07; "69M" is 69. None if empty."""
    value = value.strip().upper()
    if value.lower() in _NOTHING:
        return None
    if value in ("69M", "69D"):
        return "69"
    bare = value.lstrip("0")
    if bare in ("2A", "2B"):
        return bare
    if not bare.isascii() or not bare.isdigit() or not 1 <= int(bare) <= 989:
        raise Unreadable("not_a_department")
    return bare.zfill(2)


def uai(value: str) -> str | None:
    """A school's code (UAI): seven digits and the letter that controls them (remainder by 23). None if empty."""
    value = value.strip().upper()
    if not value:
        return None
    if not (len(value) == 8 and value.isascii() and value[:7].isdigit() and _UAI_LETTERS[int(value[:7]) % 23] == value[7]):
        raise Unreadable("not_a_uai")
    return value


def day(value: str) -> date | None:
    """A date as 2025-10-13 or 13/10/2025. None if empty."""
    value = value.strip()[:10]
    if not value:
        return None
    try:
        if value[2:3] == "/":
            return datetime.strptime(value, "%d/%m/%Y").date()
        return date.fromisoformat(value)
    except ValueError:
        raise Unreadable("not_a_date") from None


def instant(value: str) -> datetime | None:
    """An instant with its offset, in UTC. None if empty."""
    if not value.strip():
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        if found.tzinfo is None or not 1900 < found.year < 2200:
            raise Unreadable("not_a_date")
        return found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("not_a_date") from None


def year(value: str) -> int | None:
    """A year of four digits, also the year of "01/01/2015 00:00". None if empty."""
    value = value.strip()
    if not value:
        return None
    found = _YEAR.fullmatch(value)
    if not found:
        raise Unreadable("not_a_date")
    return int(found[1])


def link(value: str) -> str | None:
    """A web address with its scheme, the first if there are several. None where the publisher means there is none."""
    usual = _USUAL_LINK.fullmatch(value) if len(value) <= 500 else None
    if usual:
        return value if usual[1] else f"https://{value}"
    value = value.strip()
    if value.lower().rstrip(".") in _NO_LINK:
        return None
    first = _AFTER_LINK.split(value, maxsplit=1)[0].lstrip("/")
    first = _SCHEME.sub(r"\1://", first)
    found = _LINK.match(first)
    if found is None or len(first) > 500 or _CONTROL.search(first):
        raise Unreadable("not_a_link")
    scheme, mark, rest = first.partition("://")  # a site may be named http.fr
    return f"{scheme.lower()}://{rest}" if mark and scheme.lower() in ("http", "https") else f"https://{first}"


def several(value: str) -> tuple[str, ...]:
    """Words between semicolons or bars, in order. Empty if there is none."""
    found = text(value)
    return () if found is None else tuple(part for each in re.split(r"[;|]", found) if (part := " ".join(each.split())))


def codes(value: Any) -> tuple[str, ...]:
    """A JSON list of postcodes."""
    if not isinstance(value, list) or not all(isinstance(each, str) and _FIVE.fullmatch(each) for each in value):
        raise Unreadable("wrong_type")
    return tuple(value)
