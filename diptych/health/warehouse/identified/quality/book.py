"""The book of a source's releases: each report beside those before it, and the journal of who let what through.

Holds writing and reading of one folder. A report is never written over. The journal is a line a deed, each bearing the digest of the
one before: a line changed or taken out is seen. Does not decide (`rules`).
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from .report import Facts, Report
from .rules import overridden
from .terms import BAD_RELEASE, DAMAGED, FAILING, NAMELESS, NO_RELEASE, NOTHING_TO_OVERRIDE, RELEASE_EXISTS, Override

from diptych.commons.disk import settle
from diptych.commons.refusal import deny

RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
JOURNAL = "journal.jsonl"
REPORT, SUMMARY = "report.json", "summary.json"
_NOTHING_BEFORE = "0" * 64


class Book:
    """The folder of a book."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._releases, self._journal = folder / "releases", folder / JOURNAL

    # ---- releases

    def add(self, report: Report) -> Facts:
        """Keep a report, journalled; its facts. Refused (`quality.bad_release`, `quality.release_exists`)."""
        if not RELEASE.fullmatch(report.release):
            deny(BAD_RELEASE, release=report.release)
        with self._held():
            place = self._releases / report.release
            if place.exists():
                deny(RELEASE_EXISTS, release=report.release, book=str(self.folder))
            history = self.history()
            facts = report.facts(history[-1]["since"] if history else {})
            for left in self._releases.glob(".*"):
                shutil.rmtree(left)  # of a run that was killed
            making = self._releases / f".{report.release}"
            making.mkdir(mode=0o700)
            for name, said in ((REPORT, facts), (SUMMARY, facts["summary"])):
                _write(making / name, json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n")
            making.rename(place)
            settle(self._releases)
            self._checked(facts)
        return facts

    def kept(self, release: str) -> Facts | None:
        """A release's report, if there is one. What a killed run did not journal of it is journalled."""
        if not (self._releases / release / SUMMARY).exists():
            return None
        with self._held():
            facts = self.facts(release)
            if not any((said["what"], said["release"]) == ("checked", release) for said in self.journal()):
                self._checked(facts)
        return facts

    def _checked(self, facts: Facts) -> None:
        self._append({"at": facts["at"], "what": "checked", "release": facts["release"], "stops": facts["summary"]["stops"]})

    def history(self) -> list[Facts]:
        """What is kept of each release, the earliest first."""
        found = [json.loads(path.read_text(encoding="utf-8")) for path in self._releases.glob(f"[!.]*/{SUMMARY}")]
        return sorted(found, key=lambda one: (one["at"], one["release"]))

    def facts(self, release: str | None = None) -> Facts:
        """A release's report; the latest where none is named. Refused (`quality.no_release`)."""
        history = self.history()
        name = release or (history[-1]["release"] if history else "")
        if name not in {one["release"] for one in history}:
            deny(NO_RELEASE, release=name or "-", book=str(self.folder))
        facts: Facts = json.loads((self._releases / name / REPORT).read_text(encoding="utf-8"))
        return facts

    def page(self, release: str, name: str) -> Path:
        """Where a page made of a release's report is kept."""
        return self._releases / release / name

    # ---- the gate

    def override(self, *, release: str | None, by: str, account: str, reason: str, at: datetime) -> Override:
        """A named person lets a failing release through, knowing its failures; journalled.

        Refused (`quality.no_release`, `quality.nameless`, `quality.nothing_to_override`).
        """
        if len(by.split()) < 2 or len(reason.split()) < 3:
            deny(NAMELESS)
        with self._held():
            facts = self.facts(release)
            stops = tuple(facts["summary"]["stops"])
            if not stops:
                deny(NOTHING_TO_OVERRIDE, release=facts["release"])
            made = Override(facts["release"], stops, " ".join(by.split()), account, " ".join(reason.split()), at)
            self._append(asdict(made) | {"at": at.isoformat(), "what": "overridden", "failing": list(stops)})
        return made

    def overriding(self, release: str) -> Override | None:
        """The latest decision on a release."""
        last = None
        for said in self.journal():
            if said["what"] == "overridden" and said["release"] == release:
                last = Override(
                    release,
                    tuple(said["failing"]),
                    said["by"],
                    said["account"],
                    said["reason"],
                    datetime.fromisoformat(said["at"]),
                )
        return last

    def must_pass(self, release: str) -> Override | None:
        """Let a release through, with the decision that lets it where one was needed. Refused (`quality.failing`)."""
        stops, decision = self.facts(release)["summary"]["stops"], self.overriding(release)
        if stops and not overridden(stops, decision):
            deny(FAILING, release=release, many=len(stops), checks=", ".join(stops[:3]) + ("…" if len(stops) > 3 else ""))
        return decision if stops else None

    # ---- the journal

    def journal(self) -> Iterator[dict[str, Any]]:
        """Each deed, the earliest first. Refused where a line was changed or taken out (`quality.damaged`)."""
        if not self._journal.exists():
            return
        digest = _NOTHING_BEFORE
        with self._journal.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if not line.endswith("\n"):
                    return  # it was cut while it was written: nobody was told that it is there
                try:
                    said = json.loads(line)
                    whole = said.pop("previous") == digest and said.pop("digest") == _digest(said, digest)
                except (ValueError, KeyError, TypeError, AttributeError):
                    whole = False
                if not whole:
                    deny(DAMAGED, path=str(self._journal), line=number)
                digest = _digest(said, digest)
                yield said

    def _append(self, said: dict[str, Any]) -> None:
        digest = _NOTHING_BEFORE
        for one in self.journal():
            digest = _digest(one, digest)
        line = json.dumps(said | {"previous": digest, "digest": _digest(said, digest)}, ensure_ascii=False) + "\n"
        with os.fdopen(os.open(self._journal, os.O_RDWR | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
            whole = file.read().rfind(b"\n") + 1
            file.seek(whole)
            file.truncate()
            try:
                written = file.write(line.encode())
                if written < len(line.encode()):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(whole)
                raise

    @contextmanager
    def _held(self) -> Iterator[None]:
        self._releases.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _digest(said: dict[str, Any], previous: str) -> str:
    return hashlib.sha256((previous + json.dumps(said, sort_keys=True)).encode()).hexdigest()


def _write(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
