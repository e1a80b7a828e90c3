"""Document: JSON that is read key by key, so that what is wrong or unknown is named by its path.

Holds the reading of typed values from a parsed document. Does not know any format.
"""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Never, TypeVar

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort.terms import NO_FILE, NOT_JSON, WRONG

E = TypeVar("E", bound=StrEnum)
DEEPEST = 100
"""Nesting beyond which a document is refused: no definition that was published comes near."""
LARGEST = 2**62
"""Numbers from here on are refused: an engine could not hold them."""
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T00:00(:00(\.0+)?)?Z?)?")
"""A date as tools write it, midnight told or not."""


class Document:
    """An object of a JSON document, with its path; it remembers which keys were asked for."""

    def __init__(self, value: Any, path: str, origin: str, unknown: list[str], depth: int = 0) -> None:
        self.path, self._origin, self._unknown, self._depth = path, origin, unknown, depth
        if not isinstance(value, dict):
            self.wrong(f"an object is expected, not {_said(value)}")
        if depth > DEEPEST:
            self.wrong(f"it is nested more than {DEEPEST} deep")
        self._value: dict[str, Any] = value
        self._asked: set[str] = set()

    def wrong(self, what: str, key: str | None = None) -> Never:
        """Refuse the document (`cohort.wrong`), naming the place."""
        deny(WRONG, path=self._origin, place=f"{self.path}.{key}" if key else self.path, what=what)

    def keys(self) -> list[str]:
        """The keys that have a value."""
        return [key for key, value in self._value.items() if value is not None]

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.any(key) is not None

    def any(self, key: str) -> Any:
        """The value of a key, whatever it is; None where there is none."""
        self._asked.add(key)
        return self._value.get(key)

    def whole(self, key: str, default: int | None = None) -> int | None:
        """A whole number."""
        value = self.any(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(f"a whole number is expected, not {_said(value)}", key)
        if abs(value) >= LARGEST:
            self.wrong("the number is too large", key)
        return int(value)

    def count(self, key: str, default: int | None = None) -> int | None:
        """A whole number, 0 or more."""
        value = self.whole(key, default)
        if value is not None and value < 0:
            self.wrong(f"0 or more is expected, not {value}", key)
        return value

    def days(self, key: str, default: int | None = None, *, least: int = -(2**30)) -> int | None:
        """A number of days, no more than 2^30 (three million years) either way: beyond, dates cannot be counted."""
        value = self.whole(key, default)
        if value is not None and not least <= value <= 2**30:
            self.wrong(f"a number of days from {least} to {2**30} is expected, not {value}", key)
        return value

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.any(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.wrong(f"a number is expected, not {_said(value)}", key)
        if value is not None and not abs(value) < LARGEST:  # so is NaN, which compares with nothing
            self.wrong("the number is too large, or is none", key)
        return value

    def flag(self, key: str, default: bool = False) -> bool:
        """True or false."""
        value = self.any(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(f"true or false is expected, not {_said(value)}", key)
        return default if value is None else value

    def text(self, key: str) -> str | None:
        """A text."""
        value = self.any(key)
        if value is not None and not isinstance(value, str):
            self.wrong(f"a text is expected, not {_said(value)}", key)
        return value

    def date(self, key: str) -> dt.date | None:
        """A date, `yyyy-mm-dd`."""
        value = self.text(key)
        if not value:
            return None
        try:
            if not DATE.fullmatch(value):
                raise ValueError(value)
            return dt.date.fromisoformat(value[:10])
        except ValueError:
            self.wrong(f"a date (yyyy-mm-dd) is expected, not {_said(value)}", key)

    def one_of(self, key: str, words: type[E], default: E | None = None) -> E:
        """One word of a list."""
        value = self.text(key)
        if value is None and default is not None:
            return default
        try:
            return words(value or "")
        except ValueError:
            self.wrong(f"one of {', '.join(words)} is expected, not {_said(value)}", key)

    def child(self, key: str) -> "Document | None":
        """An object, or None."""
        value = self.any(key)
        return None if value is None else Document(value, f"{self.path}.{key}", self._origin, self._unknown, self._depth + 1)

    def children(self, key: str) -> Iterator["Document"]:
        """The objects of a list."""
        for place, _ in self.values(key):
            yield self.element(key, place)

    def values(self, key: str) -> Iterator[tuple[int, Any]]:
        """The places and values of a list, whatever they are."""
        value = self.any(key)
        if value is not None and not isinstance(value, list):
            self.wrong(f"a list is expected, not {_said(value)}", key)
        yield from enumerate(value or ())

    def element(self, key: str, place: int) -> "Document":
        """The object at one place of a list."""
        return Document(self._value[key][place], f"{self.path}.{key}[{place}]", self._origin, self._unknown, self._depth + 1)

    def closed(self, *, noted: bool = True) -> None:
        """Note the keys that nobody asked for, unless they only describe. Refused where one is nested as nothing else may be."""
        unknown = [key for key in self._value if key not in self._asked]
        for key in unknown:
            if isinstance(self._value[key], dict | list) and _deeper(self._value[key], DEEPEST - self._depth):
                self.wrong(f"it is nested more than {DEEPEST} deep", key)
        if noted:
            self._unknown.extend(f"{self.path}.{key}" for key in unknown)


def _deeper(value: Any, levels: int) -> bool:
    "Whether objects and lists stand in one another more often than that. Level by level: it may be thousands."
    here = [value]
    while here and levels >= 0:
        inner = (one.values() if isinstance(one, dict) else one for one in here)
        here = [one for many in inner for one in many if isinstance(one, dict | list)]
        levels -= 1
    return bool(here)


def _said(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}…"


class _Twice(dict[str, Any]):
    "An object that says one of its keys twice."

    def __init__(self, pairs: list[tuple[str, Any]], key: str) -> None:
        super().__init__(pairs)
        self.key = key


def parsed(path: Path) -> Any:
    """The JSON of a file. Refused (`cohort.no_file`) where there is none, or as `parsed_text` is."""
    try:
        content = path.read_bytes()
    except OSError:
        deny(NO_FILE, path=str(path))
    return parsed_text(content, origin=str(path))


def parsed_text(content: bytes, *, origin: str) -> Any:
    """The JSON of a text in UTF-8; `origin` names it in errors. Refused (`cohort.not_json`) where it is none, or
    (`cohort.wrong`) where an object says a key twice: which of the two is meant, nobody can tell."""
    doubled: list[_Twice] = []

    def gathered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        said = Counter(key for key, _ in pairs)
        doubled.append(_Twice(pairs, next(key for key in said if said[key] > 1)))
        return doubled[-1]

    def constant(word: str) -> Never:
        raise ValueError(f"{word} is no number of JSON's")

    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=gathered, parse_constant=constant)
        if "\\ud" in text.lower():
            json.dumps(found, ensure_ascii=False).encode()  # half of a character could be neither shown nor written
    except RecursionError:
        deny(NOT_JSON, path=origin, why="it is nested without end")
    except UnicodeError:
        deny(NOT_JSON, path=origin, why="its text is not UTF-8")
    except ValueError as error:
        deny(NOT_JSON, path=origin, why=str(error).partition("; use sys.")[0])
    if doubled:
        place, key = _place_of(found)
        deny(WRONG, path=origin, place=place, what=f"the key {_said(key)} is there twice")
    return found


def _place_of(value: Any) -> tuple[str, str]:
    "The path of the first object that says a key twice, and the key."
    waiting = [("$", value)]
    while waiting:
        path, one = waiting.pop()
        if isinstance(one, _Twice):
            return f"{path}.{one.key}", one.key
        if isinstance(one, dict):
            waiting += [(f"{path}.{key}", inner) for key, inner in one.items()]
        elif isinstance(one, list):
            waiting += [(f"{path}[{place}]", inner) for place, inner in enumerate(one)]
    raise AssertionError("one that was lost was inside another, which was not")
