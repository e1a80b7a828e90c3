"""Document: JSON that is read key by key, so that what is wrong or unknown is named by its path.

Holds the reading of typed values from a parsed document. Does not know any format.
"""

import datetime as dt
import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, Never, TypeVar

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort.terms import NO_FILE, NOT_JSON, WRONG

E = TypeVar("E", bound=StrEnum)
DEEPEST = 100
"""Nesting beyond which a document is refused: no definition that was published comes near."""


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
        """The keys that are there."""
        return list(self._value)

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
        if abs(value) >= 2**62:
            self.wrong("the number is too large", key)
        return int(value)

    def number(self, key: str) -> float | None:
        """A number."""
        value = self.any(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            self.wrong(f"a number is expected, not {_said(value)}", key)
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
        value = self.any(key)
        if value is not None and not isinstance(value, list):
            self.wrong(f"a list is expected, not {_said(value)}", key)
        for place, one in enumerate(value or ()):
            yield Document(one, f"{self.path}.{key}[{place}]", self._origin, self._unknown, self._depth + 1)

    def closed(self) -> None:
        """Note the keys that nobody asked for."""
        self._unknown.extend(f"{self.path}.{key}" for key in self._value if key not in self._asked)


def _said(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else f"{text[:37]}…"


def parsed(path: Path) -> Any:
    """The JSON of a file. Refused (`cohort.no_file`, `cohort.not_json`) where there is none."""
    try:
        return json.loads(path.read_bytes())
    except OSError:
        deny(NO_FILE, path=str(path))
    except (ValueError, RecursionError) as error:
        deny(NOT_JSON, path=str(path), why=str(error) or type(error).__name__)
