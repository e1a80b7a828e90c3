"""Sealed files: AES-256-GCM in chunks, under a key of the file's own, drawn from its source's.

Holds the one format of everything that landing writes of a source: raw files, Parquet, messages (docs/decisions). A file is
written from its beginning to its end and read from anywhere; a chunk changed, moved or missing is found. Does not hold keys.
"""

import base64
import hashlib
import hmac
import io
import os
import secrets
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CHUNK = 1 << 20
"""Bytes of a chunk before it is sealed."""

_MAGIC = b"DIPTYCH\x01"
_TAG = 16
_HEAD = len(_MAGIC) + 32


class Broken(Exception):
    """A sealed file that is not as it was written, or is sealed with another key. Says which, and nothing of what is inside."""


def _derived(key: bytes, salt: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"diptych.landing." + use).derive(key)


def _nonce(number: int, *, last: bool) -> bytes:
    "A chunk's number and whether it is the last: a file cut at a chunk's edge does not open."
    return number.to_bytes(11, "big") + bytes([last])


class Sealing(io.RawIOBase):
    """A file to write; nothing of it is whole before `close`."""

    def __init__(self, out: BinaryIO, key: bytes) -> None:
        salt = secrets.token_bytes(32)
        self._head = _MAGIC + salt
        self._out, self._cipher = out, AESGCM(_derived(key, salt, b"file"))
        self._held, self._chunks, self._size = bytearray(), 0, 0
        out.write(self._head)

    def writable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """How many bytes were written, before sealing."""
        return self._size

    def write(self, data: "ReadableBuffer", /) -> int:
        """Take bytes; whole chunks go out."""
        view = memoryview(data).cast("B")
        self._held += view
        self._size += len(view)
        while len(self._held) > CHUNK:
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(view)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._chunks, last=last), chunk, self._head))
        self._chunks += 1

    def close(self) -> None:
        """Seal the last chunk. The file beneath stays open: who opened it has the disk keep it."""
        if not self.closed:
            super().close()
            self._seal(bytes(self._held), last=True)


class Unsealed(io.RawIOBase):
    """A sealed file, read from anywhere. Raises Broken."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        self._head = file.read(_HEAD)
        if len(self._head) < _HEAD or not self._head.startswith(_MAGIC):
            raise Broken("it is no sealed file")
        self._cipher = AESGCM(_derived(key, self._head[len(_MAGIC) :], b"file"))
        body = file.seek(0, os.SEEK_END) - _HEAD
        self._chunks = max(1, -(-body // (CHUNK + _TAG)))
        self.size = body - self._chunks * _TAG
        if body - (self._chunks - 1) * (CHUNK + _TAG) < _TAG:
            raise Broken("it is cut")
        self._at, self._held, self._which = 0, b"", -1

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go there."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        return self._at

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill what one chunk can."""
        view = memoryview(buffer).cast("B")
        if self._at >= self.size:
            if self._which < 0:
                self._open(self._chunks - 1)  # an empty file is seen to be whole, too
            return 0
        which, within = divmod(self._at, CHUNK)
        if which != self._which:
            self._open(which)
        part = self._held[within : within + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _open(self, which: int) -> None:
        self._file.seek(_HEAD + which * (CHUNK + _TAG))
        sealed = self._file.read(CHUNK + _TAG)
        try:
            self._held = self._cipher.decrypt(_nonce(which, last=which == self._chunks - 1), sealed, self._head)
        except (InvalidTag, ValueError):
            raise Broken("a part of it does not open: it was changed, cut, or sealed with another key") from None
        self._which = which


def reading(file: BinaryIO, key: bytes) -> io.BufferedReader:
    """A sealed file, buffered. Raises Broken, at once or while it is read."""
    return io.BufferedReader(Unsealed(file, key), CHUNK)


def seal_text(text: str, key: bytes) -> str:
    """A short text, sealed, as letters."""
    nonce = secrets.token_bytes(12)
    data = text.encode("utf-8", "surrogatepass")
    return base64.b64encode(nonce + AESGCM(_derived(key, b"", b"text")).encrypt(nonce, data, None)).decode()


def unseal_text(sealed: str, key: bytes) -> str:
    """What `seal_text` sealed. Raises Broken."""
    try:
        data = base64.b64decode(sealed, validate=True)
        return AESGCM(_derived(key, b"", b"text")).decrypt(data[:12], data[12:], None).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        raise Broken("a text of its manifest does not open") from None


def digest(text: str, key: bytes) -> str:
    """A keyed digest by which a name is known again without being told."""
    data = text.encode("utf-8", "surrogatepass")
    return hmac.new(_derived(key, b"", b"name"), data, hashlib.sha256).hexdigest()[:32]


class Frames:
    """A file that grows by whole frames, each sealed alone; a frame that was cut (a kill, a full disk) is as if never written."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        salt = secrets.token_bytes(32)
        self._head = _MAGIC + salt
        self._cipher, self._count = AESGCM(_derived(key, salt, b"frames")), 0
        file.write(self._head)

    def add(self, frame: bytes) -> None:
        """Write a frame and have the disk keep it. When this returns, it is safe."""
        sealed = self._cipher.encrypt(_nonce(self._count, last=False), frame, self._head)
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._count += 1


def frames(file: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The whole frames of a file. Raises Broken where one that is not the last does not open."""
    head = file.read(_HEAD)
    if len(head) < _HEAD:
        return  # it was cut before its first frame
    if not head.startswith(_MAGIC):
        raise Broken("it is no file of messages")
    cipher, count = AESGCM(_derived(key, head[len(_MAGIC) :], b"frames")), 0
    while len(size := file.read(4)) == 4:
        (length,) = struct.unpack(">I", size)
        sealed = file.read(length)
        if len(sealed) < length:
            return
        try:
            yield cipher.decrypt(_nonce(count, last=False), sealed, head)
        except InvalidTag:
            raise Broken("a message does not open: it was changed, or sealed with another key") from None
        count += 1
