"""Opposition: who refused that their data serve research, since when; who is to be left out of a publication, and taken out of what
was published before.

Holds the register: an append-only file of the locked room, a line a refusal or its withdrawal, under a lock. A person is named by
the hospital's number here, and by the project's pseudonym in what goes out. Source: GDPR art. 21, field guide §5.2 rule 7, §5.3 item 5.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .keys.client import Keys
from .terms import DAMAGED_REGISTER, NO_REFUSAL, REFUSED_ALREADY

from diptych.commons.refusal import deny

FILE = "opposition.jsonl"


@dataclass(frozen=True)
class Entry:
    """A line of the register: whose it is, what, from which day, written when and by whom."""

    person_id: int
    refuses: bool
    since: dt.date
    at: dt.datetime
    by: str


@dataclass(frozen=True)
class TakeOut:
    """What is to leave marts, cohorts and workspaces already made: pseudonyms of one project, one generation of its key."""

    project: str
    generation: int
    persons: tuple[int, ...]


class Register:
    """The register of a folder of the locked room."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def refuse(self, *, person_id: int, since: dt.date, at: dt.datetime, by: str) -> Entry:
        """Register a refusal, in force from the day `since`. Refused (`pseudonymise.refused_already`)."""
        with self._held():
            if (before := self._last().get(person_id)) and before.refuses:
                deny(REFUSED_ALREADY)
            return self._append(Entry(person_id, True, since, at, by))

    def withdraw(self, *, person_id: int, since: dt.date, at: dt.datetime, by: str) -> Entry:
        """Register that a person no longer refuses, from the day `since`. Refused (`pseudonymise.no_refusal`)."""
        with self._held():
            if not (before := self._last().get(person_id)) or not before.refuses:
                deny(NO_REFUSAL)
            return self._append(Entry(person_id, False, since, at, by))

    def opposed(self, *, on: dt.date, written_before: dt.date | None = None) -> list[int]:
        """Who refuses on a day: each person's last line that is in force then, of those written before a day where one is said.

        Refused (`pseudonymise.damaged_register`).
        """
        last: dict[int, Entry] = {}
        for entry in self._entries():
            if entry.since <= on and (written_before is None or entry.at.date() < written_before):
                last[entry.person_id] = entry
        return sorted(person for person, entry in last.items() if entry.refuses)

    def _last(self) -> dict[int, Entry]:
        return {entry.person_id: entry for entry in self._entries()}

    def _entries(self) -> Iterator[Entry]:
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                try:
                    said = json.loads(line)
                    yield Entry(
                        int(said["person_id"]),
                        bool(said["refuses"]),
                        dt.date.fromisoformat(said["since"]),
                        dt.datetime.fromisoformat(said["at"]),
                        str(said["by"]),
                    )
                except (ValueError, KeyError, TypeError):
                    deny(DAMAGED_REGISTER, path=str(self._path), line=number)

    def _append(self, entry: Entry) -> Entry:
        said = {"person_id": entry.person_id, "refuses": entry.refuses, "since": entry.since.isoformat()}
        line = json.dumps(said | {"at": entry.at.isoformat(), "by": entry.by}) + "\n"
        with os.fdopen(os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        return entry

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._path.parent / f".{FILE}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def take_out(register: Register, *, keys: Keys, project: str, published: dt.date, on: dt.date) -> TakeOut:
    """Who refuses and may be in a project's mart, for the register did not say so before the day of its making.

    A refusal in force from an earlier day, but written since, counts: the mart has that person. One written on the day itself does too.
    What is asked to remove them: the index of the mart, the cohorts kept of it and the files of workspaces, each by `person_id`.
    """
    generation = keys.generation(project)
    new = sorted(set(register.opposed(on=on)) - set(register.opposed(on=published, written_before=published)))
    found = keys.pseudonyms(project, "person", np.array(new, dtype=np.int64), generation=generation)
    return TakeOut(project, generation, tuple(sorted(found.tolist())))
