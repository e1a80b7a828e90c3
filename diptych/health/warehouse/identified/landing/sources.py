"""Sources: what is known of each application of a home, without opening any delivery.

Holds what a run tells of itself at its beginning and end, and the list made of it: 900 sources are 900 small files. Does not
receive.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from .declaration import declared
from .home import Place, as_json
from .home import replace as put
from .receiving import standing_of
from .rules import freshness, total
from .terms import DAMAGED, NO_SOURCE, Account, Freshness, Source, Standing

from diptych.commons.refusal import Refused, deny

TOLD = "told.json"
KILLED = "landing.killed"
"""What is told of a run that began, ended nowhere, and is not at it any more. It is no refusal: nobody was there to make it."""

FAULT = "internal"
"""What is told of a run that ended by a fault of ours."""


@dataclass(frozen=True, slots=True)
class Told:
    """A source as its last run left it. Instants in ISO 8601; `failure` is a code, and stays after later successes."""

    source: str
    title: str
    format: str
    owner: str
    care_sites: tuple[str, ...]
    legal_basis: str
    cadence_seconds: float
    started_at: str | None = None
    ended_at: str | None = None
    failure: str = ""
    failed_at: str | None = None
    last_received_at: str | None = None
    deliveries: int = 0
    bytes: int = 0
    rows_in: int = 0
    received: int = 0
    quarantined: int = 0
    out_of_scope: int = 0
    set_aside: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A source in the list."""

    told: Told
    freshness: Freshness
    running: bool

    @property
    def failed(self) -> bool:
        """Whether its last run failed, rather than an earlier one."""
        return bool(self.told.failed_at) and not self.running and (self.told.failed_at or "") >= (self.told.started_at or "")


def _read(place: Place) -> Told | None:
    try:
        said = json.loads((place.folder / TOLD).read_text())
        return Told(**said | {"care_sites": tuple(said["care_sites"])})
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        deny(DAMAGED, source=place.source, why=f"{TOLD} cannot be read")


def _write(place: Place, told: Told) -> None:
    put(place.folder / TOLD, as_json(asdict(told)))


def of(source: Source) -> Told:
    """What is told of a source that never ran."""
    return Told(
        source.name, source.title, source.format.value, source.owner, source.care_sites, source.basis.value,
        source.cadence.total_seconds(),
    )  # fmt: skip


@contextmanager
def telling(place: Place, source: Source, at: datetime, clock: Callable[[], datetime]) -> Iterator[None]:
    """A run, told of at its beginning and its end, whatever its end. Call under the lock."""
    before = _ended(_read(place) or of(source), running=False)
    told = replace(
        of(source), **_counted(place, source), failure=before.failure, failed_at=before.failed_at, started_at=at.isoformat()
    )
    _write(place, told)
    failure = FAULT
    try:
        yield
        failure = ""
    except Refused as refused:
        failure = refused.code
        raise
    finally:
        end = clock().isoformat()
        told = replace(told, ended_at=end)
        if failure:
            told = replace(told, failure=failure, failed_at=end)
        with suppress(OSError):  # a disk that is full must not hide why the run failed
            _write(place, replace(told, **_counted(place, source)))


def _ended(told: Told, *, running: bool) -> Told:
    "A run that began and never ended, while nobody is at it, was killed."
    if told.started_at is None or told.ended_at is not None or running:
        return told
    return replace(told, failure=KILLED, failed_at=told.started_at)


def _counted(place: Place, source: Source) -> dict[str, Any]:
    manifests = place.all()
    standing = standing_of(manifests, source)
    account = account_of(place, source)
    return {
        "last_received_at": max((one.received_at.isoformat() for one in manifests), default=None),
        "deliveries": len(manifests),
        "bytes": sum(one.bytes for one in manifests if standing[one.delivery] is Standing.CURRENT),
        "set_aside": sum(one is Standing.SET_ASIDE for one in standing.values()),
        **asdict(account),
    }


def account_of(place: Place, source: Source, table: str | None = None) -> Account:
    """Where every row of the deliveries that stand is (of one table, or of all)."""
    manifests = [one for one in place.all() if table in {None, one.table}]
    standing = standing_of(manifests, source)
    stands = {Standing.CURRENT, Standing.SET_ASIDE}
    return total(one.account for one in manifests if standing[one.delivery] in stands)


def names(home: Path) -> list[str]:
    """The sources that a home knows."""
    folder = home / "sources"
    return sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.is_dir() else []


def known(home: Path, name: str) -> Source:
    """A source by its name, as it was last declared. Refused (`landing.no_source`)."""
    path = Place(home, name).declaration
    if name not in names(home) or not path.exists():
        deny(NO_SOURCE, source=name, home=str(home))
    return declared(path)


def keep(place: Place, declaration: Path) -> None:
    """Keep a source's declaration with what is received of it."""
    if declaration.resolve() != place.declaration.resolve():
        put(place.declaration, declaration.read_bytes())


def listed(home: Path, *, at: datetime, declarations: Path | None = None) -> list[Listed]:
    """Every source that the home knows, and those of a folder of declarations that were never received.

    A declaration of that folder that is wrong is refused with its file and key (`landing.bad_declaration`).
    """
    found = {}
    for name in names(home):
        place = Place(home, name)
        running = place.is_held()
        if (told := _read(place)) is not None:
            found[name] = _ended(told, running=running), running
    for path in sorted(declarations.glob("*.toml")) if declarations is not None else ():
        source = declared(path)
        found.setdefault(source.name, (of(source), False))
    return [Listed(told, _fresh(told, at), running) for told, running in found.values()]


def _fresh(told: Told, at: datetime) -> Freshness:
    last = told.last_received_at and datetime.fromisoformat(told.last_received_at)
    return freshness(last or None, cadence=timedelta(seconds=told.cadence_seconds), at=at)
