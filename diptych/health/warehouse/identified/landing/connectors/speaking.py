"""What every connector takes and gives.

Holds the shapes and the walk through a folder that formats of files share. Does not read any format.
"""

import io
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO, Protocol

from ..rules import matched
from ..terms import NO_DATA, Bad, Column, Source, Table

from diptych.commons.refusal import deny

ROWS = 50_000
BYTES = 32 << 20
"""A block is given over at this many rows, or bytes of text: so much is in memory at once."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a connector is asked to look for."""

    source: Source
    where: str
    watermark: Callable[[str], str]
    """Where the last pull of a table ended; empty before the first."""
    spool: Callable[[], list[tuple[str, Callable[[], Iterator[bytes]]]]]
    """The messages that were listened for: closed files, each with its frames."""


@dataclass(frozen=True, slots=True)
class Found:
    """Something to receive. `copy` writes its bytes, and answers the watermark if there is one."""

    table: Table
    name: str
    series: str
    covers: date | None
    copy: Callable[[BinaryIO], str]


@dataclass(frozen=True, slots=True)
class Unknown:
    """A file that no table's pattern names."""

    name: str


@dataclass(slots=True)
class Seen:
    """What a connector notes of a delivery while it reads."""

    columns: set[str] = field(default_factory=set)
    """The columns, or elements, that it has."""
    always: set[str] | None = None
    """Those that every row has."""
    gone: tuple[str, ...] = ()
    """Declared columns that it has not: no row of it can be trusted."""
    truncated: bool = False


@dataclass(slots=True)
class Block:
    """Rows as texts, in the order of the table's columns and the connector's own; the lines that they stand on; bad rows."""

    lines: list[int] = field(default_factory=list)
    rows: list[Sequence[str | None]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    size: int = 0

    @property
    def full(self) -> bool:
        """Whether to give it over."""
        return len(self.lines) + len(self.bad) >= ROWS or self.size >= BYTES


class Connector(Protocol):
    """A file of this folder."""

    EXTRA: tuple[Column, ...]
    """Columns that come with every row besides the declared ones."""

    def found(self, asked: Asked) -> Iterator[Found | Unknown]:
        """What there is to receive, in the order in which it should be."""

    def records(self, stream: io.BufferedReader, source: Source, table: Table, seen: Seen) -> Iterator[Block]:
        """The rows of a delivery."""


TOMBSTONE = ".withdrawn"
"""A file of this suffix, beside the name of another, says that the source takes that one back."""


def files(asked: Asked) -> Iterator[tuple[str, Path]]:
    """Every regular file of the source's folder with its name there, in order; links are not followed.

    Refused where the folder is not there (`landing.no_data`).
    """
    root = Path(asked.where)
    if not root.is_dir():
        deny(NO_DATA, source=asked.source.name, where=asked.where)
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = Path(folder) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path.relative_to(root).as_posix(), path


def found_files(asked: Asked) -> Iterator[Found | Unknown]:
    """Each file of the folder with the table whose pattern names it; those to ignore, and those withdrawn, left out."""
    there = list(files(asked))
    withdrawn = {name.removesuffix(TOMBSTONE) for name, _ in there if name.endswith(TOMBSTONE)}
    for name, path in there:
        if name in withdrawn or name.endswith(TOMBSTONE) or any(matched(one, name) for one in asked.source.ignore):
            continue
        for table in asked.source.tables:
            if placed := matched(table.files, name):
                yield Found(table, name, *placed, copy=_copying(path))
                break
        else:
            yield Unknown(name)


def withdrawn_names(asked: Asked) -> Iterator[str]:
    """The names of what the source takes back."""
    for name, _ in files(asked):
        if name.endswith(TOMBSTONE):
            yield name.removesuffix(TOMBSTONE)


def _copying(path: Path) -> Callable[[BinaryIO], str]:
    def copy(out: BinaryIO) -> str:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as given:
            while part := given.read(1 << 20):
                out.write(part)
        return ""

    return copy
