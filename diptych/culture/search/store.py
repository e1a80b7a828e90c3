"""Where the index lies: generations of it side by side, the one in use, its readers and the locks of its writers.

    search/current      which generation is read, and of which shape; replaced at once
    search/g…/          a generation: the engine's own files
    search/beat         its time says when the index was last found level with the database
    search/*.lock       one indexer, one rebuild, and one of them writing at a time; the kernel frees them with their process

Holds no document. A reader that finds nothing it can read says None: whoever asks has PostgreSQL.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

import structlog
from tantivy import Index, Searcher

from .shape import SHAPE, schema, with_analysers

from diptych.commons import ids
from diptych.commons.disk import settle
from diptych.commons.refusal import Kind, Reason

log = structlog.get_logger()

STALE_SECONDS: Final = 600
"""An index that nobody has kept level for ten minutes is not asked any more."""
ALREADY_BUILDING = Reason(
    "search.already_building", Kind.CONFLICT, "Another rebuild of the search index runs. Wait for it, or stop it."
)
ALREADY_INDEXING = Reason("search.already_indexing", Kind.CONFLICT, "Another indexer keeps this search index: this one leaves.")


@dataclass(slots=True)
class Memo:
    """What a process remembers between questions, so as not to ask again; it may be lost at any time. `highlights`: editors' choice, with the
    instant that it is of, for one commit. `rings`, `totals`: by place and filters, the circle that held enough, and how many products
    there were at an instant; kept from one commit to the next."""

    highlights: tuple[int, frozenset[int]] | None = None
    rings: dict[Hashable, float] = field(default_factory=dict)
    totals: dict[Hashable, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """A generation that can be read: at one commit, for as long as it is held."""

    name: str
    searcher: Searcher
    memo: Memo = field(default_factory=Memo)


class Library:
    """The folder of the index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer, self._beat = folder / "current", folder / "beat"
        self._lock = Lock()
        self._seen: tuple[int, ...] = ()
        self._index: Index | None = None
        self._name = ""
        self._searcher: Searcher | None = None
        self._memo = Memo()

    # ---- reading

    def opened(self, *, at: float) -> Opened | None:
        """The generation in use as of now, or None: there is none, it is of another shape, broken, or nobody keeps it.

        Costs three looks at the disk. A new commit and a new generation are taken up by themselves.
        """
        try:
            seen = self._state()
            if at - self._beat.stat().st_mtime > STALE_SECONDS:
                return None
        except OSError:
            return None
        with self._lock:
            if seen != self._seen:
                self._take_up()
                self._seen = seen
            return Opened(self._name, self._searcher, self._memo) if self._searcher is not None else None

    def _state(self) -> tuple[int, ...]:
        "Differs whenever the generation or its commit does."
        pointer = self._pointer.stat()
        try:
            meta = (self.folder / (self._name or self.current() or "") / "meta.json").stat()
        except FileNotFoundError:  # the generation that we read was swept away: the pointer says which comes after it
            return pointer.st_ino, pointer.st_mtime_ns
        return pointer.st_ino, pointer.st_mtime_ns, meta.st_ino, meta.st_mtime_ns

    def _take_up(self) -> None:
        name = self.current()
        try:
            if name is None:
                raise ValueError("no generation of this shape")
            if name != self._name or self._index is None:
                self._index = self.open(name)
            self._index.reload()
            self._searcher, self._name = self._index.searcher(), name
            self._memo = Memo(rings=self._memo.rings, totals=self._memo.totals)
        except (ValueError, OSError) as fault:
            self._searcher, self._index, self._name = None, None, ""
            log.warning("search", index="cannot be read", answers="PostgreSQL", fault=type(fault).__name__)

    # ---- writing

    def current(self) -> str | None:
        """The name of the generation in use; None where there is none of our shape."""
        try:
            said = json.loads(self._pointer.read_text())
            name = said["generation"] if said["shape"] == SHAPE else None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return name if isinstance(name, str) and (self.folder / name).is_dir() else None

    def open(self, name: str) -> Index:
        """A generation's index. Raises ValueError where its files are not whole."""
        return with_analysers(Index.open(str(self.folder / name)))

    def begin(self, *, at: datetime) -> str:
        """The folder of a new generation, which nobody reads yet."""
        name = f"g{ids.uuid7(at_ms=int(at.timestamp() * 1000)).hex}"
        (self.folder / name).mkdir(parents=True)
        return name

    def create(self, name: str) -> Index:
        """An empty index in it."""
        return with_analysers(Index(schema(), path=str(self.folder / name), reuse=False))

    def point_at(self, name: str) -> None:
        """Read this generation from now on: the pointer is replaced whole, and is on disk when this returns."""
        draft = self.folder / "current.new"
        with draft.open("w") as file:
            json.dump({"generation": name, "shape": SHAPE}, file)
        settle(draft)
        draft.replace(self._pointer)
        settle(self.folder)

    def sweep(self) -> None:
        """Remove the generations that are not in use: old ones, and those that a killed rebuild left."""
        kept = self.current()
        for path in self.folder.glob("g*"):
            if path.name != kept:
                shutil.rmtree(path, ignore_errors=True)

    def beat(self) -> None:
        """Say that the index is level with the database now."""
        with suppress(FileNotFoundError):
            os.utime(self._beat)
            return
        self._beat.touch()

    @contextmanager
    def held(self, what: str, *, wait: bool = False) -> Iterator[bool]:
        """Hold one of the locks (`indexer`, `building`, `turn`) for the block; False where another process does."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / f"{what}.lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


@cache
def library(folder: Path) -> Library:
    """The one of this process, by its folder."""
    return Library(folder)
