"""A home: where landing keeps what it received, a folder a source; written beside, kept by the disk, then named.

Holds the layout, the lock, manifests and their commit (docs/decisions tells the crash points). Does not read any source.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from .terms import BUSY, DAMAGED, NO_ROOM, Account, Arrival

from diptych.commons.disk import settle
from diptych.commons.refusal import deny

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is kept of a delivery beside its rows. Names and columns found at the source may be somebody's: those are sealed."""

    delivery: str
    table: str
    received_at: datetime
    covers: date | None
    series: str
    """What it is an edition of, as a keyed digest; `named`: its whole name, likewise."""
    named: str
    name: str
    """Sealed."""
    sha256: str
    bytes: int
    rows_in: int
    received: int
    quarantined: int
    out_of_scope: int
    flags: tuple[str, ...]
    faults: dict[str, int]
    """How many rows are in quarantine, by reason."""
    gone: tuple[str, ...]
    """Declared columns that it has not."""
    changed: tuple[str, ...]
    """Declared columns whose type must have changed."""
    schema: dict[str, str]
    found: str
    """The columns that it has, sealed."""
    set_aside: str
    """Why none of its rows is received: a fault, or nothing."""
    rows: str
    bad: str
    """The files of rows and of the quarantine, in its folder; empty where there are none."""
    generation: int
    """1, and one more at each replay."""
    watermark: str
    """Where the next pull of a database begins, sealed."""
    withdrawn_at: datetime | None = None

    @property
    def account(self) -> Account:
        """Where its rows are."""
        return Account(self.rows_in, self.received, self.quarantined, self.out_of_scope)

    @property
    def arrival(self) -> Arrival:
        """The facts by which it is judged beside the others of its table."""
        return Arrival(
            self.delivery, self.series, self.covers, self.received_at, bool(self.set_aside),
            self.withdrawn_at is not None, self.named, self.sha256,
        )  # fmt: skip


def _read(text: str) -> Manifest:
    said = json.loads(text)
    said["received_at"] = datetime.fromisoformat(said["received_at"])
    said["covers"] = said["covers"] and date.fromisoformat(said["covers"])
    said["withdrawn_at"] = said["withdrawn_at"] and datetime.fromisoformat(said["withdrawn_at"])
    return Manifest(**said | {name: tuple(said[name]) for name in ("flags", "gone", "changed")})


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A new file that only its owner may read; kept by the disk when the block ends."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())


def replace(path: Path, content: bytes) -> None:
    """Make a small file hold this: whoever reads sees the old one or the new one."""
    beside = path.with_name(f".{path.name}")
    with writing(beside) as out:
        out.write(content)
    beside.replace(path)
    settle(path.parent)


def _plain(value: Any) -> str:
    return str(value.isoformat())


def as_json(value: Any) -> bytes:
    """How small files are written."""
    return json.dumps(value, indent=1, default=_plain).encode() + b"\n"


class Place:
    """The folder of one source in a home."""

    def __init__(self, home: Path, source: str) -> None:
        self.home, self.source = home, source
        self.folder = home / "sources" / source
        self.deliveries = self.folder / "deliveries"
        self.making = self.folder / ".making"
        self.spool = self.folder / "spool"
        self.declaration = self.folder / "source.toml"

    def made(self) -> None:
        """Its folders, for nobody else."""
        for folder in (self.home, self.home / "sources", self.folder, self.deliveries):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold it alone; the lock goes with the process. Refused (`landing.busy`). What a killed run left is removed first."""
        held = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                deny(BUSY, source=self.source)
            self._sweep()
            yield
        finally:
            os.close(held)

    def is_held(self) -> bool:
        """Whether a run is at it."""
        with suppress(FileNotFoundError), (self.folder / "lock").open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def _sweep(self) -> None:
        self.give_up()
        for manifest in self.all():
            kept = {MANIFEST, "raw", manifest.rows, manifest.bad} if manifest.withdrawn_at is None else {MANIFEST}
            for file in self.of(manifest).iterdir():
                if file.name not in kept:
                    file.unlink()  # of a replay, or a withdrawal, that was killed before or after its commit

    def all(self) -> list[Manifest]:
        """Every manifest, the earliest first. Refused where one cannot be read (`landing.damaged`)."""
        found = []
        for path in sorted(self.deliveries.glob(f"*/*/{MANIFEST}"), key=lambda path: path.parent.name):
            try:
                found.append(_read(path.read_text()))
            except (ValueError, KeyError, TypeError):
                deny(DAMAGED, source=self.source, why=f"the manifest of {path.parent.name} cannot be read")
        return found

    def of(self, manifest: Manifest) -> Path:
        """A delivery's folder."""
        return self.deliveries / manifest.table / manifest.delivery

    def begin(self) -> Path:
        """An empty folder for a delivery in the making."""
        self.give_up()
        self.making.mkdir(mode=0o700)
        return self.making

    def give_up(self) -> None:
        """Leave a delivery that needs not be made."""
        shutil.rmtree(self.making, ignore_errors=True)

    def commit(self, manifest: Manifest) -> None:
        """Give a delivery in the making its name: until then it is not there, afterwards it is whole."""
        with writing(self.making / MANIFEST) as out:
            out.write(as_json(asdict(manifest)))
        settle(self.making)
        table = self.deliveries / manifest.table
        if not table.exists():
            table.mkdir(mode=0o700)
            settle(self.deliveries)
        self.making.rename(self.of(manifest))
        settle(table)

    def amend(self, manifest: Manifest) -> None:
        """Put another manifest in the place of a delivery's; the files that it no longer names are removed."""
        replace(self.of(manifest) / MANIFEST, as_json(asdict(manifest)))
        self._sweep()


@contextmanager
def written_to(home: Path) -> Iterator[None]:
    """A disk that is full, read-only or failing is refused (`landing.no_room`), for the length of the block."""
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM}:
            raise
        deny(NO_ROOM, home=str(home), why=os.strerror(error.errno))
