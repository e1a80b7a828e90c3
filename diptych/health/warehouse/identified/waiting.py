"""Waiting: where a room stands, and what waits for whom; read from what its parts tell of themselves.

Holds the reading of manifests, of the release's and marts' facts, of the book of reports and of the steward's mapping. Opens no row.
Does not change anything.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from . import runs
from .landing import sources
from .landing.home import Manifest, Place
from .landing.receiving import standing_of
from .landing.sources import Listed
from .landing.terms import Account, Freshness, Source, Standing
from .omop import mapping
from .omop.release import Release, Releases
from .omop.terms import Fate, Fates
from .pseudonymise import marts
from .signing import Reported, reports
from .staff.terms import Role


class Wait(StrEnum):
    """What may wait for somebody."""

    FAILED = "failed"
    """A source's last run failed."""
    SET_ASIDE = "set_aside"
    """A delivery that was set aside whole: cut, or of other columns."""
    QUARANTINE = "quarantine"
    """Rows of a source that are bad."""
    REFUSED = "refused"
    """Rows that could be read, and that standardisation refused."""
    LATE = "late"
    """A source that should have handed something over."""
    NEVER = "never"
    """A source that was declared, and never received."""
    UNMAPPED = "unmapped"
    """Codes without a concept."""
    TO_APPLY = "to_apply"
    """Decisions on codes that no run has applied yet."""
    TO_SIGN = "to_sign"
    """A release that fails, which a named person lets through, or not."""


WHOM: Mapping[Wait, Role] = MappingProxyType({
    Wait.FAILED: Role.ENGINEER, Wait.SET_ASIDE: Role.ENGINEER, Wait.QUARANTINE: Role.ENGINEER, Wait.REFUSED: Role.ENGINEER,
    Wait.LATE: Role.ENGINEER, Wait.NEVER: Role.ENGINEER, Wait.UNMAPPED: Role.STEWARD, Wait.TO_APPLY: Role.ENGINEER,
    Wait.TO_SIGN: Role.DPO,
})  # fmt: skip
"""For whom each waits, in the order of haste."""


@dataclass(frozen=True, slots=True)
class Waits:
    """Something that waits: how many rows or things, of which source or release."""

    what: Wait
    many: int = 1
    source: str = ""
    title: str = ""
    owner: str = ""
    code: str = ""
    since: datetime | None = None

    @property
    def whom(self) -> Role:
        """For whom."""
        return WHOM[self.what]


@dataclass(frozen=True, slots=True)
class Published:
    """The last mart of a project."""

    project: str
    made_at: datetime
    made_of: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standings:
    """A room as it stands."""

    sources: tuple[Listed, ...]
    fates: Mapping[str, Fates]
    whys: Sequence[Mapping[str, Any]]
    release: Release | None
    reports: Sequence[Reported]
    published: tuple[Published, ...]
    ran: Sequence[runs.Ran]
    waits: tuple[Waits, ...] = field(default=())

    @property
    def total(self) -> Fates:
        """The account of every source row."""
        return Fates(*(sum(getattr(one, name) for one in self.fates.values()) for name in Fates.__slots__))


def look(home: Path, keys: Path, *, at: datetime, published: Path | None = None) -> Standings:
    """How a room stands at an instant. Refused as what cannot be read is (`landing.damaged`, `standardise.damaged`…)."""
    listed = tuple(sorted(sources.listed(home, at=at), key=lambda one: one.told.title))
    release = Releases(home, keys).current()
    facts = release.facts if release is not None else {}
    found = Standings(
        sources=listed,
        fates={name: Fates(**said) for name, said in facts.get("fates", {}).items()},
        whys=facts.get("why", ()),
        release=release,
        reports=reports(home),
        published=_published(published or marts.place(home)),
        ran=runs.last(home),
    )
    order = list(Wait)
    waits = sorted(
        (*_of_sources(found), *_of_release(found, home)), key=lambda one: (order.index(one.what), -one.many, one.title)
    )
    return Standings(**{name: getattr(found, name) for name in Standings.__slots__} | {"waits": tuple(waits)})


def _of_sources(found: Standings) -> list[Waits]:
    waits = []
    for one in found.sources:
        told = one.told
        of = (told.source, told.title, told.owner)
        if one.failed:
            waits.append(Waits(Wait.FAILED, 1, *of, code=told.failure, since=_instant(told.failed_at)))
        if told.set_aside:
            waits.append(Waits(Wait.SET_ASIDE, told.set_aside, *of))
        if told.quarantined:
            waits.append(Waits(Wait.QUARANTINE, told.quarantined, *of))
        if one.freshness is Freshness.NEVER:
            waits.append(Waits(Wait.NEVER, 1, *of))
        elif one.freshness is not Freshness.FRESH:
            waits.append(Waits(Wait.LATE, 1, *of, since=_instant(told.last_received_at)))
        refused = sum(why["rows"] for why in found.whys if why["source"] == told.source and why["fate"] == Fate.QUARANTINED)
        if refused:
            waits.append(Waits(Wait.REFUSED, refused, *of))
    return waits


def _of_release(found: Standings, home: Path) -> list[Waits]:
    waits = []
    if found.release is not None:
        made = datetime.fromisoformat(found.release.facts["made_at"])
        later = {_bare(one) for one in mapping.history(home) if datetime.fromisoformat(one.at) > made}
        if later:
            waits.append(Waits(Wait.TO_APPLY, len(later), since=made))
        if many := found.release.facts["rows"].get("unmapped", 0) - len(later):
            waits.append(Waits(Wait.UNMAPPED, max(many, 1)))
    if found.reports and found.reports[0].waits:
        last = found.reports[0]
        waits.append(Waits(Wait.TO_SIGN, len(last.stops), code=last.release, since=last.at))
    return waits


def _published(folder: Path) -> tuple[Published, ...]:
    found = []
    for path in sorted(folder.glob(f"*/{marts.CURRENT}/{marts.MANIFEST}")):
        said = json.loads(path.read_text())
        found.append(Published(path.parent.parent.name, datetime.fromisoformat(said["made_at"]), said["made_of"]))
    return tuple(found)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# ---- one source


@dataclass(frozen=True, slots=True)
class Known:
    """A source: as it was declared, its deliveries the latest first with what each is worth, where its rows are."""

    source: Source
    deliveries: tuple[tuple[Manifest, Standing], ...]
    account: Account
    fates: Fates | None
    whys: Sequence[Mapping[str, Any]]


def source(home: Path, keys: Path, name: str) -> Known:
    """One source. Refused (`landing.no_source`, `landing.damaged`)."""
    declared = sources.known(home, name)
    place = Place(home, name)
    manifests = place.all()
    standing = standing_of(manifests, declared)
    release = Releases(home, keys).current()
    facts = release.facts if release is not None else {}
    fates = facts.get("fates", {}).get(name)
    return Known(
        declared,
        tuple((one, standing[one.delivery]) for one in reversed(manifests)),
        sources.account_of(place, declared),
        Fates(**fates) if fates else None,
        [why for why in facts.get("why", ()) if why["source"] == name],
    )


def _bare(one: mapping.Mapped) -> tuple[str, str]:
    return one.vocabulary_id, one.code.upper().replace(".", "")
