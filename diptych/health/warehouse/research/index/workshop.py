"""Workshop: where a release is made before it is published; one load at a time, and no trace of one that failed.

Holds the lock, the folder in the making, what a full disk means. Does not know what is written.
"""

import datetime as dt
import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from .terms import BUSY, NO_ROOM

from diptych.commons.disk import settle
from diptych.commons.refusal import deny

CURRENT = "CURRENT"
"""The file that names the current release: replaced at once, so that a reader sees the old one or the new one."""


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the store's folder alone (the lock goes with the process). Refused (`omop.busy`, `omop.no_room`)."""
    fresh = [folder for folder in (store / "releases", store, *store.parents) if not folder.exists()]
    held = _held(store)
    try:
        yield
    finally:
        for folder in fresh:
            with suppress(OSError):  # only what this load made, and only where it stayed empty
                folder.rmdir()
        os.close(held)


def _held(store: Path) -> int:
    "The store's folder, made where there was none, locked. Another load may remove the one that it made before it is ours."
    while True:
        try:
            (store / "releases").mkdir(parents=True, exist_ok=True)
            held = os.open(store, os.O_RDONLY)
        except OSError as error:
            deny(NO_ROOM, path=str(store), why=error.strerror or type(error).__name__)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            deny(BUSY, path=str(store))
        if (store / "releases").is_dir() and os.path.samestat(os.fstat(held), store.stat()):
            return held
        os.close(held)


@contextmanager
def making(store: Path, *, at: dt.datetime) -> Iterator[Path]:
    """A folder for a release in the making; what killed loads left is removed first, and itself if the load fails.

    Its name begins with a dot; the rest is the release's. A disk that is full is refused (`omop.no_room`).
    """
    releases = store / "releases"
    sweep(store)
    release = base = at.strftime("%Y%m%dT%H%M%S%fZ")
    again = 1
    while (releases / release).exists():
        again += 1
        release = f"{base}-{again}"
    folder = releases / f".{release}"
    try:
        folder.mkdir()
        yield folder
    except (OSError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        deny(NO_ROOM, path=str(store), why=_why(error))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return os.strerror(error.errno) if error.errno else type(error).__name__
    said = str(error)
    return next(
        (os.strerror(code) for code in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) if os.strerror(code) in said), "I/O error"
    )


def sweep(store: Path) -> None:
    """Remove what loads that were killed left behind. Only under the lock."""
    for left in (store / "releases").glob(".*"):
        shutil.rmtree(left, ignore_errors=True)


def publish(folder: Path, *, store: Path) -> str:
    """Make a finished folder the current release, at once: whoever reads sees the old one or this one."""
    release = folder.name.removeprefix(".")
    for file in folder.rglob("*"):
        settle(file)
    folder.rename(folder.parent / release)
    settle(folder.parent)
    pointer = store / f".{CURRENT}"
    try:
        pointer.write_text(release)
        settle(pointer)
        pointer.replace(store / CURRENT)
    except OSError:
        shutil.rmtree(folder.parent / release, ignore_errors=True)
        pointer.unlink(missing_ok=True)
        raise
    settle(store)
    return release
