"""CSV with a line of names, as the French record system exports it.

Quoted fields may hold ends of lines. An empty field says nothing: it is no value. A quote that is never closed costs its own line,
and no other. A declared column that the file has not means that the source has changed: no row of it is trusted.
"""

import csv
import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from ..terms import Bad, Column, Fault, Source, Table
from .lines import lines, unpacked
from .speaking import BYTES, Block, Seen
from .speaking import found_files as found

__all__ = ["EXTRA", "found", "records"]

EXTRA: tuple[Column, ...] = ()

FIELD = 1 << 20
"""Characters of the longest field: where an open quote has swallowed so many, it is an error."""

BATCH = 10_000
"""Lines read at once (fewer where they fill a block) where each is one good row, which is nearly always; where one is not, they are
read one by one."""


class _Feed:
    "The lines that the reader of CSV takes: which make its present row, which are spoilt; some may be put back."

    def __init__(self, stream: io.BufferedReader, source: Source, seen: Seen) -> None:
        given = unpacked(stream)
        self.vouched = given is not stream
        self._lines = lines(given, longest=source.longest, seen=seen)
        self._encoding, self._delimiter = source.encoding, source.delimiter
        self._back: deque[tuple[int, str]] = deque()
        self._ahead: deque[tuple[int, bytes | None]] = deque()
        self.taken: list[tuple[int, str]] = []
        self.spoilt: dict[int, Fault] = {}

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        if self._back:
            self.taken.append(self._back.popleft())
            return self.taken[-1][1]
        if self._ahead:
            number, raw = self._ahead.popleft()
        else:
            number, raw = next(self._lines)
        try:
            text = "\n" if raw is None else raw.decode(self._encoding)
        except UnicodeDecodeError:
            assert raw is not None, "nothing was decoded"
            text = raw.decode(self._encoding, "replace")
            self.spoilt[number] = Fault.ENCODING
        if raw is None:
            self.spoilt[number] = Fault.TOO_LONG
        if number == 1:
            text = text.removeprefix("\ufeff")
        self.taken.append((number, text))
        return text

    def cut(self) -> bool:
        "Whether the present row does not end, and no gzip vouches for the end of its file."
        return not self.vouched and not self.taken[-1][1].endswith("\n")

    def put_back(self) -> None:
        "All lines of the present row but its first."
        self._back.extendleft(reversed(self.taken[1:]))

    def batch(self, width: int) -> tuple[int, list[list[str]], int] | None:
        """The next lines as rows, the first one's number, and their bytes; None where one of them is not one row of this width.

        Then they wait to be taken one by one, and so they do until all are.
        """
        if self._back or self._ahead:
            return None
        taken, size = [], 0
        for number, raw in self._lines:
            taken.append((number, raw))
            size += len(raw or b"")
            if len(taken) >= BATCH or size >= BYTES:
                break
        raws = [raw for _, raw in taken if raw is not None]
        if taken and len(raws) == len(taken):
            try:
                texts = b"".join(raws).decode(self._encoding).split("\n")
                texts = texts if texts[-1] else texts[:-1]
                rows = list(csv.reader(texts, delimiter=self._delimiter, strict=True))
            except (UnicodeDecodeError, csv.Error):
                rows = []
            if len(rows) == len(taken) and all(len(row) == width for row in rows):
                return taken[0][0], rows, size
        self._ahead.extend(taken)
        return None

    def fault(self) -> Fault | None:
        "Why the present row is spoilt, if it is."
        if not self.spoilt:
            return None
        return next((self.spoilt[number] for number, _ in self.taken if number in self.spoilt), None)


def records(stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
    """The rows of a delivery. The last one, where it has too few fields and does not end, is the mark of a file that was cut."""
    csv.field_size_limit(FIELD)
    feed = _Feed(stream, source, seen)
    reader = csv.reader(feed, delimiter=source.delimiter, strict=True)
    block, places, width, chosen = Block(), None, 0, _choosing([])
    while True:
        if places and (batch := feed.batch(width)) is not None:
            first, found, size = batch
            block.lines += range(first, first + len(found))
            block.rows += map(chosen, found)
            block.size += size
            if block.full:
                yield block
                block = Block()
            continue
        feed.taken.clear()
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            first, text = feed.taken[0]
            seen.truncated |= len(feed.taken) == 1 and feed.cut()
            feed.put_back()
            reader = csv.reader(feed, delimiter=source.delimiter, strict=True)
            block.bad.append(Bad(first, "", Fault.BROKEN, text))
            continue
        fault = feed.fault()
        if not row and fault is None:
            continue
        first = feed.taken[0][0]
        if places is None:
            places, width = _places(row, table, seen), len(row)
            chosen = _choosing(places)
            continue
        if fault is None and len(row) != width:
            fault = Fault.FIELDS
            seen.truncated |= len(row) < width and feed.cut()
        elif fault is None and seen.gone:
            fault = Fault.SCHEMA_CHANGED
        if fault is not None:
            block.bad.append(Bad(first, "", fault, json.dumps(row, ensure_ascii=False)))
        else:
            block.lines.append(first)
            block.rows.append(chosen(row))
            block.size += sum(map(len, row))
        if block.full:
            yield block
            block = Block()
    yield block


def _choosing(places: list[int]) -> Callable[[list[str]], Sequence[str]]:
    "The fields of a row that are columns, in their order."
    return itemgetter(*places) if len(places) > 1 else lambda row: [row[place] for place in places]


def _places(names: list[str], table: Table, seen: Seen) -> list[int]:
    "Where each declared column stands. One that is absent, or there twice, is gone: nobody knows which is meant."
    seen.columns = set(names)
    seen.gone = tuple(column.name for column in table.columns if names.count(column.origin) != 1)
    return [] if seen.gone else [names.index(column.origin) for column in table.columns]
