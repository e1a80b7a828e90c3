"""Marts: a project's publications of the OMOP release of a home, each whole in a folder of its own; `current` leads to the last.

Holds the folder, what a publication is made of, and when the last one still says the truth. Does not pseudonymise (`run`), nor say
whether it may be published (`gate`).
"""

import datetime as dt
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from ..omop import mapping, workshop
from ..omop.making import TABLES
from ..omop.release import Release, Releases
from . import gate
from .gate import Checking
from .keys.client import Keys
from .opposition import Register
from .policy import POLICY
from .run import policy_version, pseudonymise

from diptych.commons.disk import settle

CURRENT = "current"
MANIFEST = "manifest.json"
POLICY_FILE = "policy.json"


@dataclass(frozen=True, slots=True)
class Mart:
    """A publication: its folder, and what its manifest says. `new` if this run made it."""

    folder: Path
    manifest: dict[str, Any]
    new: bool


class Followed(Register):
    """A register of refusals by persons' numbers, as they are now: who refused under a number that was merged refuses as the person."""

    def __init__(self, folder: Path, now: dict[int, int]) -> None:
        super().__init__(folder)
        self._now = now

    def opposed(self, *, on: dt.date, written_before: dt.date | None = None) -> list[int]:
        """Who refuses on a day, by the persons that they are."""
        return sorted({self._now.get(number, number) for number in super().opposed(on=on, written_before=written_before)})


def place(home: Path) -> Path:
    """Where a home's marts are, unless another folder is named: beside it, for what is published has no place in the locked room."""
    return home.with_name(f"{home.name}.marts")


def published(folder: Path) -> dict[str, Mart]:
    """The mart of each project that has one: the one that `current` leads to."""
    found = {}
    for link in sorted(folder.glob(f"*/{CURRENT}")):
        if (link / MANIFEST).is_file():
            found[link.parent.name] = Mart(link.resolve(), json.loads((link / MANIFEST).read_text()), new=False)
    return found


def publish(
    *, releases: Releases, release: Release, marts: Path, project: str, keys: Keys, register: Path, at: dt.datetime,
    scratch: Path | None, memory: str, checking: Checking, progress: Callable[[str], None],
) -> Mart | None:  # fmt: skip
    """Check a release and publish it for a project, or find that it is; None where nobody is in it.

    It is checked once, and whoever failed it is asked first. A publication is made again when the release, the policy, the project's
    key, the refusals or the checks are others. Refused as `pseudonymise` is, and `quality.failing`, `standardise.damaged`,
    `standardise.no_memory`.
    """
    if not release.facts["rows"]["person"]:
        return None
    folder = marts / project
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    with workshop.opened(home=releases.home, scratch=scratch, memory=memory) as con:
        releases.load(con, release, "identities", "identities")
        now = dict(con.execute("SELECT number, person_id FROM identities").fetchall())
        followed = Followed(register, now)
        opposed = followed.opposed(on=at.date())
        made_of = {
            "omop": release.name,
            "policy": policy_version(),
            "project": project,
            "generation": keys.generation(project),
            "refusals": hmac.new(releases.key, repr(opposed).encode(), sha256).hexdigest()[:12],
            "quality": checking.named(release),
        }
        before, facts = _last(folder), gate.known(checking, release)
        if facts is not None and before is not None and before.manifest["made_of"] == made_of:
            _point(folder / CURRENT, before.folder.name)  # a run that was killed may have published it, and not led to it
            return before
        if facts is not None:
            gate.passed(checking, facts)  # before anything is opened for nothing
        _load(con, releases, release)
        if facts is None:
            facts = gate.examined(con, release, checking, at=at, told=progress)
        passed = gate.passed(checking, facts)
        manifest = {
            "made_at": at.isoformat(), "made_of": made_of, "rows": release.facts["fates"],
            "override": passed.decision and gate.told_of(passed.decision),
        }  # fmt: skip
        beside = gate.beside(con, passed, keys=keys, project=project, refused=opposed, book=checking.book)
        beside |= {MANIFEST: json.dumps(manifest, indent=1).encode(), POLICY_FILE: _policy()}
        out = folder / f"{at:%Y%m%dT%H%M%S%fZ}"
        pseudonymise(source=con, out=out, project=project, keys=keys, register=followed, at=at, progress=progress, beside=beside)
    _point(folder / CURRENT, out.name)
    return Mart(out, manifest, new=True)


def _policy() -> bytes:
    "The policy as it was: a row a column."
    rows = [{"table": one.table, "column": one.column, "action": one.action, "how": one.how, "why": one.why} for one in POLICY]
    return json.dumps({"version": policy_version(), "rows": rows}, indent=0, ensure_ascii=False).encode()


def _last(folder: Path) -> Mart | None:
    "The last publication: a folder with its name is whole."
    made = sorted(
        path
        for path in folder.iterdir()
        if (path / MANIFEST).is_file() and not path.name.startswith(".") and not path.is_symlink()
    )
    return Mart(made[-1], json.loads((made[-1] / MANIFEST).read_text()), new=False) if made else None


def _point(link: Path, name: str) -> None:
    "A link changes by one rename: whoever follows it finds the one before or this one."
    beside = link.with_name(f".{link.name}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(name)
    beside.replace(link)
    settle(link.parent)


def _load(con: duckdb.DuckDBPyConnection, releases: Releases, release: Release) -> None:
    con.execute("CREATE SCHEMA source")
    for table in (*TABLES, "identity"):
        releases.load(con, release, table, f"source.{table}")
    workshop.furnish(con, vocabulary=releases.home / "vocabulary", mapping=mapping.in_force(releases.home))
    for table in workshop.VOCABULARY:
        con.execute(f"CREATE VIEW source.{table} AS FROM vocabulary.{table}")
