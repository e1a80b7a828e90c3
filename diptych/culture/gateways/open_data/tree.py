"""Trees: JSON files holding many objects, read one object at a time, whatever the size of the file.

Holds a scanner that keeps one object in memory. Does not hold what keys mean (`shapes`).
"""

import json
from collections.abc import Iterator
from typing import Any

from diptych.commons.refusal import deny
from diptych.culture.gateways.open_data import reasons
from diptych.culture.gateways.open_data.shapes import Shape
from diptych.culture.gateways.open_data.source import Source

LARGEST = 4_000_000
"""Characters of the largest object taken."""

_CHUNK = 1 << 16
_BLANK = " \t\r\n"
_LONGEST_WORD = 12
"""Characters of a mark that may be cut: -Infinity, false, an escape."""


class Scanner:
    """A cursor over a JSON text: one value or one mark at a time. `line` is where the cursor is."""

    def __init__(self, source: Source, expected: str, *, counted: bool = False) -> None:
        self._text, self._name, self._expected = source.text(counted=counted), source.name, expected
        self._decoder = json.JSONDecoder(parse_constant=self._constant)
        self._buffer, self._at, self._ended = "", 0, False
        self.line = 1

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _BLANK:
                    return self._buffer[self._at]
                self.line += self._buffer[self._at] == "\n"
                self._at += 1
            if not self._more():
                return ""

    def take(self, *marks: str) -> str:
        """The next mark, which must be one of `marks`."""
        found = self.peek()
        if found == "":
            self.truncated("the text ends in the middle")
        if found not in marks:
            self.malformed(f"{found!r} where {' or '.join(marks)} was expected")
        self._at += 1
        return found

    def value(self) -> Any:
        """The next value, whole."""
        if self.peek() == "":
            self.truncated("the text ends in the middle")
        while True:
            try:
                found, end = self._decoder.raw_decode(self._buffer, self._at)
            except RecursionError:
                self.malformed("too many levels")
            except ValueError as error:
                said, where = getattr(error, "msg", "not JSON"), getattr(error, "pos", 0)
                # Only what stops near the end of what is held may go on in what is not read yet.
                if "Unterminated" not in said and where < len(self._buffer.rstrip()) - _LONGEST_WORD:
                    self.malformed(said)
                held = len(self._buffer) - self._at
                if held > LARGEST:
                    self.malformed("an object larger than any that is published")
                if not self._more(held):
                    self.truncated("the text ends in the middle")
                continue
            if end == len(self._buffer) and self._more():
                continue
            self.line += self._buffer.count("\n", self._at, end)
            self._at = end
            return found

    def end(self) -> None:
        """Nothing may follow."""
        if self.peek() != "":
            self.malformed("something follows the end")

    def truncated(self, found: str) -> None:
        """Refuse the file as cut short, here."""
        deny(reasons.TRUNCATED, file=self._name, line=self.line, found=found, expected=self._expected)

    def malformed(self, found: str) -> None:
        """Refuse the file as unreadable, from here on."""
        deny(reasons.MALFORMED, file=self._name, line=self.line, found=found, expected=self._expected)

    def _more(self, at_least: int = 0) -> bool:
        "Read on: at least as much as is held, so that a long object is scanned a few times and not a thousand."
        if self._ended:
            return False
        chunk = self._text.read(max(_CHUNK, at_least))
        self._ended = not chunk
        self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)

    def _constant(self, name: str) -> Any:
        raise ValueError(f"{name} is no number")


def first_record(source: Source) -> tuple[str, frozenset[str]]:
    """The form of the tree (list, object, records) and the keys of its first object; an empty form if it is none."""
    scanner = Scanner(source, source.expected)
    mark = scanner.peek()
    if mark == "[":
        scanner.take("[")
        if scanner.peek() != "{":
            return "", frozenset()
        return "list", frozenset(scanner.value())
    if mark != "{":
        return "", frozenset()
    scanner.take("{")
    for _ in range(20):
        if scanner.peek() != '"':
            return "", frozenset()
        key = scanner.value()
        scanner.take(":")
        if key == "records" and scanner.peek() == "[":
            scanner.take("[")
            record = scanner.value() if scanner.peek() == "{" else {}
            fields = record.get("fields")
            return "records", frozenset(fields) if isinstance(fields, dict) else frozenset()
        value = scanner.value()
        if isinstance(value, dict) and key.isdigit():
            return "object", frozenset(value)
        if scanner.take(",", "}") == "}":
            break
    return "", frozenset()


def records(source: Source, shape: Shape, *, counted: bool = False) -> Iterator[tuple[int, dict[str, Any] | int]]:
    """Each object with the line it starts at; the number 0 in place of one that is no object.

    Raises Refused (truncated, malformed) where the text stops or stops being JSON.
    """
    scanner = Scanner(source, shape.expected, counted=counted)
    if shape.form == "list":
        scanner.take("[")
        yield from _items(scanner)
    elif shape.form == "object":
        scanner.take("{")
        while scanner.peek() != "}":
            key, _ = scanner.value(), scanner.take(":")
            scanner.peek()
            line, value = scanner.line, scanner.value()
            yield line, {**value, "": str(key)} if isinstance(value, dict) else 0
            if scanner.take(",", "}") == "}":
                break
        else:
            scanner.take("}")
    else:
        scanner.take("{")
        while True:
            key, _ = scanner.value(), scanner.take(":")
            if key == "records":
                scanner.take("[")
                for line, record in _items(scanner):
                    fields = record.get("fields") if isinstance(record, dict) else None
                    yield line, fields if isinstance(fields, dict) else 0
            else:
                scanner.value()
            if scanner.take(",", "}") == "}":
                break
    scanner.end()


def _items(scanner: Scanner) -> Iterator[tuple[int, dict[str, Any] | int]]:
    if scanner.peek() == "]":
        scanner.take("]")
        return
    while True:
        scanner.peek()
        line, value = scanner.line, scanner.value()
        yield line, value if isinstance(value, dict) else 0
        if scanner.take(",", "]") == "]":
            return


def check(source: Source, shape: Shape) -> int:
    """The number of objects. Raises Refused unless the file is whole."""
    total = sum(1 for _ in records(source, shape))
    if not total:
        deny(reasons.TRUNCATED, file=source.name, line=1, found="it holds no object", expected=shape.expected)
    return total
