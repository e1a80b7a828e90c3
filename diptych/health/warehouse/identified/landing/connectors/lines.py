"""Lines: a delivery's bytes as numbered lines, unpacked, none of them longer than may be held.

Does not know what a line says.
"""

import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from .speaking import Seen

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_GZIP = b"\x1f\x8b"
_WRAPPED = 31
"""zlib's word for gzip's own head and checksum."""


class _Unpacking(io.RawIOBase):
    "A gzip file, its members one after the other. The standard library's loses what comes just before a cut."

    def __init__(self, packed: BinaryIO) -> None:
        self._packed, self._member, self._fed = packed, zlib.decompressobj(_WRAPPED), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        while True:
            if self._member.eof:
                self._fed = self._member.unused_data.lstrip(b"\0") or self._packed.read(1 << 18).lstrip(b"\0")
                if not self._fed:
                    return 0
                self._member = zlib.decompressobj(_WRAPPED)  # of what is no member, it raises
            elif not self._fed:
                self._fed = self._packed.read(1 << 18)
                if not self._fed:
                    raise EOFError
            part = self._member.decompress(self._fed, len(view))
            self._fed = self._member.unconsumed_tail
            view[: len(part)] = part
            if part:
                return len(part)


def unpacked(stream: io.BufferedReader) -> BinaryIO:
    """The stream, unpacked if its first bytes are gzip's, whatever its name says."""
    if stream.peek(2)[:2] != _GZIP:
        return stream
    return cast(BinaryIO, io.BufferedReader(_Unpacking(cast(BinaryIO, stream)), 1 << 20))


def lines(stream: BinaryIO, *, longest: int, seen: Seen) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number, from 1, its end included; None for a line of more than `longest` bytes, which is passed over.

    A gzip file that is cut or spoilt gives the lines before, and is noted as truncated.
    """
    number = 0
    try:
        while line := stream.readline(longest + 1):
            number += 1
            if len(line) <= longest or line.endswith(b"\n"):
                yield number, line
                continue
            while (rest := stream.readline(longest)) and not rest.endswith(b"\n"):
                pass
            yield number, None
    except (EOFError, zlib.error):
        seen.truncated = True
