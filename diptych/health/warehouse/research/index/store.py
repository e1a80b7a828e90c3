"""Store: releases of an OMOP database as sorted Parquet with a manifest; one is current.

Holds the order of a load (a new release replaces the old at once, or not at all) and the reading of releases.
Does not check the source (`checks`), nor know how a release is made and published (`workshop`).
"""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checks import Finding, checked
from .postings import FIRST, Builder
from .source import Source, opened, text
from .terms import DAMAGED, IN_USE, NO_RELEASE, NO_STORE, NOT_HASHED
from .workshop import CURRENT, locked, making, publish, sweep

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES

__all__ = ["CURRENT", "Loaded", "Store", "drop", "load", "releases", "verify"]

Progress = Callable[[str, str], None]
"""Told of each step (read, check, write, index) and table."""


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    release: str
    rows: dict[str, int]
    findings: tuple[Finding, ...]


def load(*, source: Path, store: Path, strict: bool, at: dt.datetime, progress: Progress = lambda step, table: None) -> Loaded:
    """Read a source and make it the store's current release: read, check, write, index, publish.

    A grave fault is refused (`omop.findings`), with `strict` any fault; so are a second load at once (`omop.busy`) and a disk
    that is full (`omop.no_room`). Until the last step the old release stays; a load that is killed leaves a folder that begins
    with a dot, which the next load removes.
    """
    with locked(store), making(store, at=at) as folder:
        with opened(source, work=folder / "work", progress=lambda table: progress("read", table)) as given:
            findings = checked(given, strict=strict, progress=lambda table: progress("check", table))
            tables = _write(given, folder, progress)
        shutil.rmtree(folder / "work")
        index = {file.name: _told(file) for file in sorted((folder / "index").iterdir())}
        _manifest(folder, at=at, tables=tables, index=index, findings=findings)
        release = publish(folder, store=store)
    return Loaded(release, {name: table["rows"] for name, table in tables.items()}, findings)


def _write(given: Source, folder: Path, progress: Progress) -> dict[str, dict[str, Any]]:
    """Each table, sorted, in a file that carries its release's name; and the index of each, made while the next are written.

    One thread makes the index: it waits for the disk while DuckDB sorts, and DuckDB sorts one table at a time.
    """
    release = folder.name.removeprefix(".")
    index, rows, made = Builder(folder, release=release), dict[str, int](), dict[str, Future[dict[str, Any]]]()
    thread = ThreadPoolExecutor(1)
    try:
        for name in sorted(given.relations, key=lambda name: name not in FIRST):
            progress("write", name)
            written = given.connection.execute(
                f"COPY ({given.select(name, order=True)}) TO {text(str(folder / f'{name}.parquet'))} "
                f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, KV_METADATA {{release: {text(release)}}})"
            ).fetchone()
            rows[name] = written[0] if written else 0
            if name not in FIRST:
                made[name] = thread.submit(_indexed, index, folder, name)
        for name in FIRST:
            if name in rows:
                made[name] = thread.submit(_indexed, index, folder, name)
        told = {}
        for name in given.relations:
            progress("index", name)
            told[name] = {"rows": rows[name]} | made[name].result()
        index.finish()
    finally:
        thread.shutdown(cancel_futures=True)
    return told


def _indexed(index: Builder, folder: Path, name: str) -> dict[str, Any]:
    "Make the index of a table that is written; what the manifest says of its file."
    index.add(name)
    return _told(folder / f"{name}.parquet")


def _manifest(folder: Path, *, at: dt.datetime, findings: tuple[Finding, ...], **files: dict[str, dict[str, Any]]) -> None:
    said = [str(finding) for finding in findings]
    manifest = {"release": folder.name.removeprefix("."), "made_at": at.isoformat(), **files, "findings": said}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _manifest_of(folder: Path) -> dict[str, Any]:
    "What a release says of itself. Refused (`omop.damaged`) where it cannot be read or lacks a part."
    try:
        found = json.loads((folder / "manifest.json").read_text())
        whole = isinstance(found["release"], str) and isinstance(found["made_at"], str) and isinstance(found["findings"], list)
        for name, table in found["tables"].items():
            kinds = {key: type(table[key]) for key in ("rows", "bytes", "sha256")}
            whole = whole and name in SHAPES and kinds == {"rows": int, "bytes": int, "sha256": str}
        for file in found.get("index", {}).values():  # absent from what was loaded before the index was hashed
            whole = whole and {key: type(file[key]) for key in ("bytes", "sha256")} == {"bytes": int, "sha256": str}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        deny(DAMAGED, path=str(folder), table="manifest.json", why="it cannot be read")
    if not whole:
        deny(DAMAGED, path=str(folder), table="manifest.json", why="it lacks what a manifest says")
    return dict(found)


def _told(file: Path) -> dict[str, Any]:
    "What a manifest says of any file."
    return {"sha256": _hash(file), "bytes": file.stat().st_size}


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Store:
    """A release, open for reading."""

    def __init__(self, path: Path, *, release: str | None = None) -> None:
        """Open the current release, or another by name.

        Refused where there is none (`omop.no_store`, `omop.no_release`), or a file is cut or another release's (`omop.damaged`).
        """
        try:
            current = (path / CURRENT).read_text().strip()
        except (OSError, ValueError):
            deny(NO_STORE, path=str(path))
        if release is not None and release not in releases(path):
            deny(NO_RELEASE, path=str(path), release=release)
        self.release = release or current
        self.folder = path / "releases" / self.release
        self.manifest = _manifest_of(self.folder)
        if self.manifest["release"] != self.release:
            deny(DAMAGED, path=str(self.folder), table="manifest.json", why="it is another release's")
        for table, written in self.manifest["tables"].items():
            file = self.folder / f"{table}.parquet"
            size = file.stat().st_size if file.exists() else 0
            if size != written["bytes"]:
                deny(DAMAGED, path=str(file), table=table, why=f"{size} bytes instead of {written['bytes']}")
            if not _bears(file, self.release):
                deny(DAMAGED, path=str(file), table=table, why="it is another release's")

    def rows(self, table: str) -> int:
        """How many rows a table has; 0 where the release has no such table."""
        return int(self.manifest["tables"].get(table, {"rows": 0})["rows"])


def _bears(file: Path, release: str) -> bool:
    "Whether a Parquet file says that it is of this release: its own metadata end the file."
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 4096))
        tail = stream.read()
    return release.encode() in tail and tail.endswith(b"PAR1")


def releases(store: Path) -> list[str]:
    """The releases that can be read, the oldest first."""
    folder = store / "releases"
    return sorted(one.name for one in folder.iterdir() if not one.name.startswith(".")) if folder.is_dir() else []


def drop(store: Path, *, release: str) -> None:
    """Remove a release that is not current. Refused (`omop.no_release`, `omop.in_use`, `omop.busy`)."""
    current = Store(store, release=None).release
    if release not in releases(store):
        deny(NO_RELEASE, path=str(store), release=release)
    if release == current:
        deny(IN_USE, release=release)
    with locked(store):
        folder = store / "releases" / release
        folder.rename(folder.with_name(f".{release}"))  # gone at once, even if the removal is cut short
        sweep(store)


def verify(store: Path) -> int:
    """Read the whole current release, its index too, and compare it with its hashes; the bytes read.

    Refused where a file is not as it was written, is gone or was added (`omop.damaged`), and where the release is so old that
    its index was not hashed (`omop.not_hashed`).
    """
    found, total = Store(store), 0
    files = {f"{table}.parquet": (table, written) for table, written in found.manifest["tables"].items()}
    index = found.manifest.get("index", {})
    files |= {f"index/{name}": ("index", written) for name, written in index.items()}
    for name, (part, written) in files.items():
        file = found.folder / name
        if not file.is_file() or _hash(file) != written["sha256"]:
            deny(DAMAGED, path=str(file), table=part, why="its content is not what was written")
        total += written["bytes"]
    if not index:
        deny(NOT_HASHED, path=str(found.folder))
    for file in (found.folder / "index").iterdir():
        if file.name not in index:
            deny(DAMAGED, path=str(file), table="index", why="it was not there")
    return total
