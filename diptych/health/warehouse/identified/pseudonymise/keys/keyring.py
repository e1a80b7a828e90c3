"""The folder of the keys: one file a project and generation, made, rotated and destroyed; what is drawn from a key.

Holds the only code that reads a key. It is read for each answer into memory that is wiped after it. Pseudonyms are
HMAC-SHA-256(key, domain ‖ id), cut to 62 bits (what an index holds); shifts and seeds are drawn alike from other domains (field guide §5.2, rules 1 and 3).
Does not know the network: `service` does. Destroying overwrites the file before it unlinks it; what the disk itself keeps of an
overwritten block is the disk's: the folder belongs on an encrypted volume.
"""

import datetime as dt
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..terms import BAD_PROJECT, KEY_EXISTS, NO_KEY, OPEN_FOLDER

from diptych.commons.disk import settle
from diptych.commons.refusal import deny

_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_KEY_BYTES = 32
Ids = npt.NDArray[np.int64]


class Keyring:
    """The keys of a folder that is its process's own."""

    def __init__(self, folder: Path) -> None:
        """Refused (`pseudonymise.open_folder`) where others may read the folder; made, closed, where there is none."""
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
        kept = folder.stat()
        if kept.st_uid != os.getuid() or stat.S_IMODE(kept.st_mode) & 0o077:
            deny(OPEN_FOLDER, path=str(folder))
        self._folder = folder

    def projects(self) -> dict[str, int]:
        """The projects that have a key, with the generation in use."""
        found = {path.name: self._generations(path.name) for path in sorted(self._folder.iterdir()) if path.is_dir()}
        return {project: generations[-1] for project, generations in found.items() if generations}

    def create(self, project: str) -> int:
        """Make a project's first key. Refused (`pseudonymise.key_exists`, `pseudonymise.bad_project`)."""
        if self._generations(project):
            deny(KEY_EXISTS, project=project)
        return self._make(project, 1)

    def rotate(self, project: str) -> int:
        """Make the next key of a project; from now on it answers with this one. The older ones answer where they are named."""
        return self._make(project, self._current(project) + 1)

    def destroy(self, project: str, *, generation: int | None = None, at: dt.datetime) -> list[int]:
        """Overwrite and remove a project's keys, or one generation's. Says which; a line of `destroyed.jsonl` does too."""
        here = self._generations(project)
        gone = [number for number in here if generation in (None, number)]
        if not gone:
            deny(NO_KEY, project=project)
        for number in gone:
            _shred(self._path(project, number))
        home = self._folder / project
        if len(gone) == len(here):
            for left in home.glob(".*"):  # a key that a killed making did not publish
                _shred(left)
            home.rmdir()
        settle(self._folder)
        line = json.dumps({"project": project, "generations": gone, "at": at.isoformat()}) + "\n"
        with os.fdopen(os.open(self._folder / "destroyed.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a") as log:
            log.write(line)
            log.flush()
            os.fsync(log.fileno())
        return gone

    def pseudonyms(self, project: str, domain: str, ids: Ids, *, generation: int | None = None) -> Ids:
        """A positive number of 62 bits for each id, the same for the same project, generation, domain and id."""
        with self._key(project, generation) as key:
            drawn = b"".join(digest[:8] for digest in _digests(key, f"id|{domain}|", ids))
        return (np.frombuffer(drawn, dtype=">u8") >> np.uint64(2)).astype(np.int64)

    def shifts(self, project: str, ids: Ids, *, weeks: int, generation: int | None = None) -> npt.NDArray[np.int16]:
        """By how many days each person's dates are shifted: whole weeks, 1 to `weeks`, either way, never none."""
        with self._key(project, generation) as key:
            drawn = b"".join(digest[:8] for digest in _digests(key, "shift|", ids))
        number = (np.frombuffer(drawn, dtype=">u8") % np.uint64(2 * weeks)).astype(np.int16)
        away = np.where(number < weeks, number + 1, weeks - 1 - number)
        return (away * 7).astype(np.int16)

    def seeds(self, project: str, ids: Ids, *, generation: int | None = None) -> bytes:
        """32 bytes for each person, from which the surrogates of the person's notes are drawn."""
        with self._key(project, generation) as key:
            return b"".join(_digests(key, "seed|", ids))

    def _generations(self, project: str) -> list[int]:
        if not _PROJECT.fullmatch(project):
            deny(BAD_PROJECT)
        return sorted(int(path.stem) for path in (self._folder / project).glob("*.key"))

    def _current(self, project: str) -> int:
        generations = self._generations(project)
        return generations[-1] if generations else deny(NO_KEY, project=project)

    def _path(self, project: str, generation: int) -> Path:
        return self._folder / project / f"{generation}.key"

    def _make(self, project: str, generation: int) -> int:
        "Written beside and renamed: a key is there whole or not at all."
        home = self._folder / project
        home.mkdir(mode=0o700, exist_ok=True)
        being_made = home / f".{generation}"
        with os.fdopen(os.open(being_made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(os.urandom(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        being_made.replace(self._path(project, generation))
        settle(home)
        return generation

    @contextmanager
    def _key(self, project: str, generation: int | None) -> Iterator[bytearray]:
        number = self._current(project) if generation is None else generation
        if number not in self._generations(project):
            deny(NO_KEY, project=project)
        key = bytearray(_KEY_BYTES)
        with self._path(project, number).open("rb", buffering=0) as file:
            if file.readinto(key) != _KEY_BYTES:
                deny(NO_KEY, project=project)
        try:
            yield key
        finally:
            key[:] = bytes(_KEY_BYTES)


def _digests(key: bytearray, head: str, ids: Ids) -> Iterator[bytes]:
    """HMAC-SHA-256(key, head ‖ id in eight bytes) of each id: RFC 2104 with the two padded keys taken in once.

    `hmac.digest` says the same in three times the time; a test compares them.
    """
    padded = bytearray(64)
    padded[: len(key)] = key
    for place in range(64):
        padded[place] ^= 0x36
    inner = sha256(padded)
    inner.update(head.encode())
    for place in range(64):
        padded[place] ^= 0x36 ^ 0x5C
    outer = sha256(padded)
    padded[:] = bytes(64)
    whole = ids.astype(">i8").tobytes()
    for place in range(0, len(whole), 8):
        within, around = inner.copy(), outer.copy()
        within.update(whole[place : place + 8])
        around.update(within.digest())
        yield around.digest()


def _shred(path: Path) -> None:
    "Overwrite, have the disk keep that, then unlink."
    with path.open("r+b", buffering=0) as file:
        for filled in (os.urandom(_KEY_BYTES), bytes(_KEY_BYTES)):
            file.seek(0)
            file.write(filled)
            os.fsync(file.fileno())
    path.unlink()
    settle(path.parent)
