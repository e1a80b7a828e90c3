"""Store: releases of an OMOP database as sorted Parquet with a manifest; one is current.

Holds the writing (a new release replaces the old at once, or not at all) and the reading of columns.
Does not check the source: `source` does.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .postings import build
from .source import Finding, check, opened, text
from .terms import DAMAGED, FINDINGS, NO_STORE

from diptych.commons.refusal import deny
from diptych.health.warehouse.mart.shapes import SHAPES

CURRENT = "CURRENT"
"""The file that names the current release: replaced at once, so that a reader sees the old one or the new one."""


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    release: str
    rows: dict[str, int]
    findings: tuple[Finding, ...]


def load(
    *, source: Path, store: Path, strict: bool, at: dt.datetime, progress: Callable[[str], None] = lambda table: None
) -> Loaded:
    """Read a source and make it the store's current release.

    A grave fault is refused (`omop.findings`), with `strict` any fault. Until the last step the old release stays; a load that
    is killed leaves a folder that begins with a dot, which the next load removes.
    """
    with opened(source) as given:
        findings = tuple(check(given))
        faults = [finding for finding in findings if finding.grave or strict]
        if faults:
            deny(FINDINGS, count=len(faults), first=str(faults[0]), findings=[str(finding) for finding in faults])
        releases = store / "releases"
        releases.mkdir(parents=True, exist_ok=True)
        for left in releases.glob(".*"):
            shutil.rmtree(left)
        release = at.strftime("%Y%m%dT%H%M%S%fZ")
        making = releases / f".{release}"
        making.mkdir()
        tables: dict[str, dict[str, Any]] = {}
        for name in SHAPES:
            if name not in given.relations:
                continue
            progress(name)
            file = making / f"{name}.parquet"
            given.connection.execute(
                f"COPY ({given.select(name, order=True)}) TO {text(str(file))} (FORMAT parquet, COMPRESSION zstd)"
            )
            count = given.connection.execute("SELECT count(*) FROM read_parquet(?)", [str(file)]).fetchone()
            tables[name] = {"rows": count[0] if count else 0, "sha256": _hash(file), "bytes": file.stat().st_size}
    build(making, release=release, progress=progress)
    manifest = {"release": release, "made_at": at.isoformat(), "tables": tables, "findings": [str(f) for f in findings]}
    (making / "manifest.json").write_text(json.dumps(manifest, indent=1))
    making.rename(releases / release)
    pointer = store / f".{CURRENT}"
    pointer.write_text(release)
    with pointer.open() as written:
        os.fsync(written.fileno())
    pointer.replace(store / CURRENT)
    return Loaded(release, {name: table["rows"] for name, table in tables.items()}, findings)


def _hash(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Store:
    """A release, open for reading."""

    def __init__(self, path: Path) -> None:
        """Open the current release. Refused where there is none (`omop.no_store`), or a file is cut (`omop.damaged`)."""
        try:
            self.release = (path / CURRENT).read_text().strip()
            self.folder = path / "releases" / self.release
            self.manifest = json.loads((self.folder / "manifest.json").read_text())
        except (OSError, ValueError):
            deny(NO_STORE, path=str(path))
        for table, written in self.manifest["tables"].items():
            file = self.folder / f"{table}.parquet"
            size = file.stat().st_size if file.exists() else 0
            if size != written["bytes"]:
                deny(DAMAGED, path=str(file), table=table, why=f"{size} bytes instead of {written['bytes']}")

    def rows(self, table: str) -> int:
        """How many rows a table has; 0 where the release has no such table."""
        return int(self.manifest["tables"].get(table, {"rows": 0})["rows"])
