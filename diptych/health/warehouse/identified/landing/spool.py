"""The spool: messages that were listened for, each kept by the disk before it is acknowledged, until a run makes deliveries of them.

Holds files of sealed frames: one is written to (`.open`), those that are closed wait. Does not speak any protocol.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from .home import Place
from .sealed import Frames, frames
from .terms import BUSY

from diptych.commons.disk import settle
from diptych.commons.refusal import deny

MESSAGES = 10_000
"""A file is closed at this many messages,"""

AGE = timedelta(minutes=5)
"""or when a message comes to it so long after its first: a run that comes by finds what is older."""


class Spool:
    """The file that is written to, and the next. Only under `held`."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self._key = folder, key
        self._path: Path | None = None
        self._file: BinaryIO | None = None
        self._frames: Frames | None = None
        self._count = 0
        self._since: datetime | None = None

    def add(self, message: bytes, at: datetime) -> None:
        """Keep a message. When this returns, the disk has it; where it raises, no acknowledgement may be given."""
        if self._since is not None and (self._count >= MESSAGES or at - self._since >= AGE):
            self.close()
        if self._frames is None:
            self._path, self._count, self._since = self._folder / f"{at:%Y%m%dT%H%M%S%fZ}.open", 0, at
            self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
            self._frames = Frames(self._file, self._key)
            settle(self._folder)
        try:
            self._frames.add(message)
        except OSError:
            self.close()  # what follows a frame that was cut could not be read
            raise
        self._count += 1

    def close(self) -> None:
        """Leave the present file to the next run."""
        if self._file is not None and self._path is not None:
            with suppress(OSError):  # what it could not write was not acknowledged either
                self._file.close()
            _close(self._path)
        self._frames = self._file = self._path = self._since = None


def _close(path: Path) -> None:
    path.rename(path.with_suffix(".closed"))
    settle(path.parent)


@contextmanager
def _lock(folder: Path) -> Iterator[bool]:
    "Whether the spool could be held."
    folder.mkdir(mode=0o700, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            for left in folder.glob("*.open"):
                _close(left)  # of a listener that was killed: its whole frames are good
            yield True
    finally:
        os.close(lock)


@contextmanager
def held(place: Place, key: bytes) -> Iterator[Spool]:
    """The spool of a source, for one listener. Refused (`landing.busy`)."""
    with _lock(place.spool) as ours:
        if not ours:
            deny(BUSY, source=place.source)
        spool = Spool(place.spool, key)
        try:
            yield spool
        finally:
            spool.close()


def closed(place: Place) -> list[Path]:
    """The files that wait, the earliest first; what a killed listener left open among them."""
    with _lock(place.spool):
        return sorted(place.spool.glob("*.closed"))


def messages(path: Path, key: bytes) -> Callable[[], Iterator[bytes]]:
    """Reads the messages of a file."""

    def opened() -> Iterator[bytes]:
        with path.open("rb") as file:
            yield from frames(file, key)

    return opened
