"""Values of FHIR as plain Python has them: what is equal, what comes before, what a column takes of them. Reads no expression."""

import json
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MOMENT = r"\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?)?)?)?(Z|[+-]\d{2}:\d{2})?"
"""A date or an instant, as precise as it is known."""
ZONE = r"(Z|[+-]\d{2}:\d{2})$"
INSTANT = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})"
WHOLE = r"^(-?\d{1,18})(\.0)?$"
LOCAL = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
REFERENCE = r"^([A-Z][A-Za-z]*)/([A-Za-z0-9.\-]{1,64})(/_history/[A-Za-z0-9.\-]{1,64})?$"
"""A relative reference. What names another server, or is contained, is known to nobody here."""


class Unfit:
    """No value of the type asked for."""


def is_number(value: Any) -> bool:
    """Whether it is a number: JSON's truths are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def same(left: Any, right: Any) -> bool:
    """Whether two items are equal: numbers by value, the rest as JSON writes them."""
    if is_number(left) and is_number(right):
        return float(left) == float(right)
    return type(left) is type(right) and text_of(left) == text_of(right)


def before(left: Any, right: Any) -> int | None:
    """Less than 0 if the first comes before, 0 if they are equal, None where it cannot be said.

    Instants with a zone are compared as instants; other moments as far as both are known; other texts by their characters.
    """
    if is_number(left) and is_number(right):
        return (float(left) > float(right)) - (float(left) < float(right))
    if not (isinstance(left, str) and isinstance(right, str)):
        return None
    if re.fullmatch(INSTANT, left) and re.fullmatch(INSTANT, right):
        first, second = _instant(left), _instant(right)
        return None if first is None or second is None else int(first > second) - int(first < second)
    if re.fullmatch(MOMENT, left) and re.fullmatch(MOMENT, right):
        left, right = re.sub(ZONE, "", left), re.sub(ZONE, "", right)
        common = min(len(left), len(right))
        if left[:common] == right[:common] and len(left) != len(right):
            return None
    return int(left > right) - int(left < right)


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def text_of(value: Any) -> str:
    """A value as text: a text is itself, the rest is as JSON writes it."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def typed(value: Any, type_: str) -> Any:
    """A value as a column of the type has it, or Unfit. A wall clock is kept as it is written, without its zone."""
    text = text_of(value)
    match type_:
        case "VARCHAR":
            return text
        case "BOOLEAN":
            return value if isinstance(value, bool) else Unfit
        case "INTEGER" | "BIGINT":
            bits = 31 if type_ == "INTEGER" else 63
            whole = re.match(WHOLE, text) if is_number(value) else None
            return int(whole[1]) if whole and -(1 << bits) <= int(whole[1]) < 1 << bits else Unfit
        case "DOUBLE":
            return float(value) if is_number(value) else Unfit
        case "DATE":
            return _date(text[:10]) if re.match(r"\d{4}-\d{2}-\d{2}(T|$)", text) else Unfit
        case "TIMESTAMP":
            found = re.match(LOCAL, text)
            return Unfit if found is None else _instant(found.group()) or Unfit
        case "TIMESTAMPTZ":
            return (_instant(text) if re.fullmatch(INSTANT, text) else None) or Unfit
    try:
        return Decimal(text) if is_number(value) else Unfit
    except InvalidOperation:
        return Unfit


def _date(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Unfit
