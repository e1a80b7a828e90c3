"""Small hospital sources that nobody is in: declarations, files, and a home to receive them in."""

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diptych.health.warehouse.identified import flow
from diptych.health.warehouse.identified.landing.home import Manifest, Place
from diptych.health.warehouse.identified.landing.keys import key as key_of
from diptych.health.warehouse.identified.landing.reading import rows_of

AT = datetime(2026, 11, 26, 6, tzinfo=UTC)

HEAD = """
name = "{name}"
title = "Dossier patient"
format = "{format}"
where = "/nowhere"
cadence = "1 day"
owner = "Service des archives"
legal_basis = "public_task"
retention = "20 years"
care_sites = ["Hôpital des Trois-Rivières"]
"""

PATIENTS = """
[tables.patient]
files = "patient*.csv"
key = ["patient_id"]
  [tables.patient.columns]
  patient_id = "integer!"
  nom = "text!"
  naissance = "date"
  poids = "decimal(5, 1)"
"""

BUNDLE = """
[tables.patient]
files = "Patient*.ndjson*"
resource = "Patient"
key = ["id"]
  [tables.patient.columns]
  id = "text!"
  birth = "date from birthDate"
  family = "text from name[0].family"
"""


def declaration(folder: Path, tables: str = PATIENTS, *, name: str = "dossier", format: str = "csv", head: str = "") -> Path:
    """A declaration written in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.toml"
    path.write_text(HEAD.format(name=name, format=format) + head + tables)
    return path


def patients(path: Path, *rows: str, header: str = "patient_id,nom,naissance,poids") -> Path:
    """A CSV of patients."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


def resources(path: Path, *found: dict[str, Any] | str) -> Path:
    """NDJSON of resources, packed if its name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in found).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def patient(number: int, **more: Any) -> dict[str, Any]:
    """A Patient of FHIR."""
    return {"resourceType": "Patient", "id": f"p{number}", "birthDate": "1985-09-21"} | more


@dataclass(frozen=True)
class Home:
    """A home in a folder, and what it holds."""

    folder: Path

    @property
    def room(self) -> flow.Room:
        return flow.Room.of(self.folder / "home", None)

    def run(self, declared: Path, data: Path | str | None = None, *, at: datetime = AT) -> flow.Taken:
        """Receive a source, at an instant."""
        return flow.take_in(
            declaration=declared, room=self.room, data=str(data) if data else None, clock=lambda: at, progress=lambda *_: None
        )

    def replay(self, declared: Path, *, accept: bool = False, delivery: str | None = None) -> Any:
        """Replay what is in quarantine."""
        return flow.replay(
            declaration=declared, room=self.room, delivery=delivery, accept=accept, clock=lambda: AT, progress=lambda *_: None
        )

    def place(self, name: str = "dossier") -> Place:
        return Place(self.room.home, name)

    def manifests(self, name: str = "dossier") -> list[Manifest]:
        return self.place(name).all()

    def key(self, name: str = "dossier") -> bytes:
        return key_of(name, keys=self.room.keys, home=self.room.home, may_make=False)

    def _read(self, which: Callable[[Manifest], str], name: str) -> Iterator[dict[str, Any]]:
        for manifest in self.manifests(name):
            if which(manifest):
                for batch in rows_of(self.place(name), self.place(name).of(manifest) / which(manifest), self.key(name)):
                    yield from batch.to_pylist()

    def rows(self, name: str = "dossier") -> list[dict[str, Any]]:
        """Every good row, of every delivery."""
        return list(self._read(lambda one: one.rows, name))

    def bad(self, name: str = "dossier") -> list[tuple[int, str, str]]:
        """Line, field and fault of every bad row."""
        return [(row["line"], row["field"], row["fault"]) for row in self._read(lambda one: one.bad, name)]

    def bytes(self) -> bytes:
        """Everything that is on the disk of it, names of files too."""
        found = b""
        for path in sorted([*self.folder.glob("home/**/*"), *self.folder.glob("home.keys/**/*")]):
            found += path.name.encode(errors="surrogateescape") + b"\n" + (path.read_bytes() if path.is_file() else b"")
        return found
