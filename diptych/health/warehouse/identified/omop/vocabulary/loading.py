"""Loading: vocabularies into a room's home, whole or not at all; what is loaded is listed.

`HOME/vocabulary` is a link to the edition in force, in `HOME/vocabularies`: a load writes another beside it and moves the link, which is
the commit. The same files again change nothing. Codes are nobody's data: they are not sealed. Does not make tables (`building`).
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from ...landing.home import written_to
from . import athena, building, french
from .terms import BUSY, LOCAL, UNKNOWN

from diptych.commons.disk import settle
from diptych.commons.refusal import deny

ATHENA = "Athena"
Told = Callable[[str], None]
"""Told of what is under way."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: of each list whether it was new, and how many concepts there are now."""

    new: tuple[str, ...]
    same: tuple[str, ...]
    concepts: int


def load(path: Path, *, home: Path, at: datetime, told: Told) -> Loaded:
    """Load what is at a path: a folder of Athena's, or French lists.

    Refused: `vocabulary.unknown`, `.bad_file`, `.bad_line`, `.busy`, `landing.no_room`.
    """
    lists = {} if (path / athena.MUST).exists() else french.found_in(path)
    given = {name: list(files.values()) for name, files in lists.items()}
    if (path / athena.MUST).exists():
        given = {ATHENA: [file for table in athena.TABLES if (file := athena.file_of(path, table)).exists()]}
    if not given:
        deny(UNKNOWN, path=str(path), lists=", ".join(f"*{names[0]}" for _, names in french.LISTS.values()))
    digests = {name: _digest(files) for name, files in given.items()}
    with written_to(home), _alone(home) as store:
        link = home / "vocabulary"
        before = link.resolve() if link.is_symlink() else None
        manifest: dict[str, Any] = json.loads((before / "manifest.json").read_text()) if before else {"number": 0, "loads": {}}
        new = [name for name in given if manifest["loads"].get(name, {}).get("sha256") != digests[name]]
        making = store / "making"
        making.mkdir(mode=0o700)
        with duckdb.connect(config={"temp_directory": str(making / "spilled")}) as con:
            building.begin(con, before)
            for name in new:
                told(name)
                if name == ATHENA:
                    athena.take(con, path)
                    building.replace_athena(con)
                else:
                    building.add(con, french.read(name, lists[name]), edition=digests[name][:12], today=at.date())
                manifest["loads"][name] = {
                    "sha256": digests[name],
                    "at": at.isoformat(),
                    "files": [file.name for file in given[name]],
                }
            [(concepts,)] = con.execute("SELECT count(*) FROM concept").fetchall()
            if new:
                told("bonds")
                building.give_way(con)
                building.bind(con)
                told("writing")
                building.write(con, making)
        if new:
            shutil.rmtree(making / "spilled", ignore_errors=True)
            manifest["number"] += 1
            (making / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True))
            _commit(store, making, link, manifest["number"])
    return Loaded(tuple(new), tuple(name for name in given if name not in new), concepts)


def _digest(files: list[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        with file.open("rb") as opened:
            found.update(hashlib.file_digest(opened, "sha256").digest())
    return found.hexdigest()


@contextmanager
def _alone(home: Path) -> Iterator[Path]:
    "Hold the room's vocabularies alone; what a killed load left is removed first."
    store = home / "vocabularies"
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(store / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            deny(BUSY, home=str(home))
        shutil.rmtree(store / "making", ignore_errors=True)
        yield store
        shutil.rmtree(store / "making", ignore_errors=True)
    finally:
        os.close(held)


def _commit(store: Path, making: Path, link: Path, number: int) -> None:
    "Name an edition and move the link to it. The edition before stays, for who reads it now; older ones go."
    for file in making.iterdir():
        settle(file)
    settle(making)
    edition = store / f"{number:06d}"
    shutil.rmtree(edition, ignore_errors=True)  # of a load killed before its link was moved
    making.rename(edition)
    moved = store / "link"
    moved.unlink(missing_ok=True)
    moved.symlink_to(Path("vocabularies") / edition.name)
    settle(store)
    moved.replace(link)
    settle(link.parent)
    for old in sorted(store.glob("[0-9]*"))[:-2]:
        shutil.rmtree(old, ignore_errors=True)


def listed(home: Path) -> list[dict[str, Any]]:
    """What a room has, a row a vocabulary: its concepts, those in force, whose they are, when they were loaded. None, if nothing was."""
    link = home / "vocabulary"
    if not link.is_symlink():
        return []
    loads = json.loads((link / "manifest.json").read_text())["loads"]
    rows = duckdb.execute(
        f"""SELECT v.vocabulary_id, v.vocabulary_name, v.vocabulary_version, count(c.concept_id),
            count(c.concept_id) FILTER (c.invalid_reason IS NULL), coalesce(v.vocabulary_concept_id, 0) > {LOCAL}
        FROM read_parquet($vocabulary) v LEFT JOIN read_parquet($concept) c USING (vocabulary_id) GROUP BY ALL ORDER BY 1""",
        {"vocabulary": str(link / "vocabulary.parquet"), "concept": str(link / "concept.parquet")},
    ).fetchall()
    names = ("vocabulary", "name", "version", "concepts", "in_force", "local")
    told = [dict(zip(names, row, strict=True)) for row in rows]
    return [one | {"loaded_at": loads.get(one["vocabulary"] if one["local"] else ATHENA, {}).get("at")} for one in told]
