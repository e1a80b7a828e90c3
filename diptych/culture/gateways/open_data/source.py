"""Sources: one file on disk, opened once, known to be text, decoded as it was written.

Holds opening, the encoding, the count of bytes read. Does not know what the file holds (`table`, `tree`).
"""

import codecs
import io
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from diptych.commons.refusal import deny
from diptych.culture.gateways.open_data import reasons

_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "gzip",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"PAR1": "Parquet",
    b"SQLite": "SQLite",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
}
_CHUNK = 1 << 18


class Source:
    """A file open for reading. `encoding` is utf-8-sig, utf-16 or cp1252; `size` is in bytes."""

    def __init__(self, path: Path, handle: io.BufferedReader, expected: str, on_bytes: Callable[[int], None] | None) -> None:
        self.path, self.expected = path, expected
        self._handle, self._on_bytes = handle, on_bytes
        before = os.fstat(handle.fileno())
        self.size, self._modified = before.st_size, before.st_mtime_ns
        self.encoding = self._detect()

    @property
    def name(self) -> str:
        """The file's name, for messages: never its folder."""
        return self.path.name

    def text(self, *, counted: bool = False) -> io.TextIOWrapper:
        """The text from the beginning, line ends as published. `counted`: tell the progress bar what is read."""
        self._handle.seek(0)
        raw = _Counted(self._handle, self._on_bytes if counted else None)
        return io.TextIOWrapper(io.BufferedReader(raw, _CHUNK), encoding=self.encoding, newline="", errors="strict")

    def count(self, number: int) -> None:
        """Tell the progress bar of bytes read before."""
        if self._on_bytes is not None:
            self._on_bytes(number)

    def first_line(self) -> str:
        """The first line, or its first 64 KiB of text."""
        return self.text().readline(1 << 16)

    def check_unchanged(self) -> None:
        """Refuse if the file was written to since it was opened."""
        after = os.fstat(self._handle.fileno())
        if (after.st_size, after.st_mtime_ns) != (self.size, self._modified):
            deny(reasons.CHANGED, file=self.name)

    def ends_with_line_end(self) -> bool:
        """True when the last character is a line end: every publisher's table has one, and a cut rarely falls there."""
        self._handle.seek(max(0, self.size - 4))
        return self._handle.read().rstrip(b"\x00").endswith(b"\n")

    def _detect(self) -> str:
        head = self._handle.read(4096)
        if not head.strip(b" \t\r\n\xef\xbb\xbf"):
            deny(reasons.EMPTY, file=self.name, expected=self.expected)
        for magic, meaning in _MAGIC.items():
            if head.startswith(magic):
                deny(reasons.BINARY, file=self.name, found=meaning, expected=self.expected)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if len(head) >= 8 and head.count(0) * 10 > len(head):
            deny(reasons.BINARY, file=self.name, found="many null bytes", expected=self.expected)
        decoder, invalid, control, total = codecs.getincrementaldecoder("utf-8")(), False, 0, 0
        self._handle.seek(0)
        while chunk := self._handle.read(_CHUNK):
            total += len(chunk)
            control += len(chunk) - len(chunk.translate(None, _CONTROL))
            if not invalid:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    invalid = True
        if control * 100 > total:
            deny(reasons.BINARY, file=self.name, found="characters that no text holds", expected=self.expected)
        if not invalid:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                deny(reasons.TRUNCATED, file=self.name, line="last", found="a character is cut", expected=self.expected)
            return "utf-8-sig"
        if head.startswith(codecs.BOM_UTF8):
            deny(reasons.BINARY, file=self.name, found="it says UTF-8 and is not", expected=self.expected)
        try:
            self._handle.seek(0)
            for chunk in iter(lambda: self._handle.read(_CHUNK), b""):
                chunk.decode("cp1252")
        except UnicodeDecodeError:
            deny(reasons.BINARY, file=self.name, found="neither UTF-8 nor Windows-1252", expected=self.expected)
        return "cp1252"


_CONTROL = bytes(c for c in range(32) if c not in (9, 10, 13)) + b"\x7f"


class _Counted(io.RawIOBase):
    def __init__(self, handle: io.BufferedReader, on_bytes: Callable[[int], None] | None) -> None:
        self._handle, self._on_bytes = handle, on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        count = self._handle.readinto(buffer)
        if self._on_bytes is not None and count:
            self._on_bytes(count)
        return count


@contextmanager
def open_source(*, path: Path, expected: str, on_bytes: Callable[[int], None] | None = None) -> Iterator[Source]:
    """Open a regular file for the length of the block. Raises Refused: no file, empty, binary."""
    try:
        # Opening a pipe would wait for its writer: O_NONBLOCK does not.
        handle = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    except OSError:
        deny(reasons.A_FOLDER if path.is_dir() else reasons.NO_FILE, file=path.name)
    with handle:
        if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
            deny(reasons.NO_FILE, file=path.name)
        yield Source(path, handle, expected, on_bytes)
