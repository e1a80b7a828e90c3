"""The flow: its steps in their order. The only file that knows the order.

Sources are received one by one; OMOP's tables and the mart are the home's, of all its sources. Does not hold what a step does.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from . import runs
from .landing import sources as known_sources
from .landing.declaration import declared
from .landing.home import Manifest, Place, written_to
from .landing.keys import key as key_of
from .landing.keys import place as keys_of
from .landing.listening import listen as listen_
from .landing.reading import Progress
from .landing.receiving import Received
from .landing.receiving import receive as receive_
from .landing.receiving import replay as replay_
from .landing.receiving import withdraw as withdraw_
from .landing.rules import total
from .landing.sources import account_of, keep, known, telling
from .landing.spool import held
from .landing.terms import NOT_LISTENED, Account, Format, Source
from .omop import workshop
from .omop.collecting import Delivered
from .omop.making import TABLES
from .omop.release import Release, Releases
from .omop.standardise import standardise as standardise_
from .omop.terms import Fates
from .pseudonymise import marts
from .pseudonymise.gate import Checking
from .pseudonymise.keys.client import Keys
from .pseudonymise.keys.started import started
from .quality.landed import check_landed
from .quality.terms import FAILING, Result

from diptych.commons.refusal import Refused, deny

__all__ = [
    "CHECKS",
    "STEPS",
    "TABLES",
    "Asked",
    "Publishing",
    "Room",
    "Taken",
    "listen",
    "replay",
    "run",
    "take_in",
    "total",
    "withdraw",
]

Clock = Callable[[], datetime]

KEPT = "source.toml"
"""The name of a declaration that a home keeps."""

CHECKS = "checks"
"""The folder of a home where the DataQualityDashboard's tables are looked for, unless another is named."""

PROJECT = "warehouse"
"""The project whose mart a run publishes, unless another is named."""


@dataclass(frozen=True, slots=True)
class Room:
    """The locked room of a home: its folder, and where its keys are."""

    home: Path
    keys: Path

    @classmethod
    def of(cls, home: Path, keys: Path | None) -> "Room":
        """A home whose keys are in a folder, or beside it."""
        home = home.absolute()
        return cls(home, keys.absolute() if keys is not None else keys_of(home))

    @property
    def releases(self) -> Releases:
        """Its OMOP tables."""
        return Releases(self.home, self.keys)

    @property
    def book(self) -> Path:
        """The folder of the reports of its releases, and of who let which through."""
        return self.home / "quality"

    def key(self, place: Place) -> bytes:
        """A source's key: made with its first delivery, and never anew while there are others."""
        may_make = not any(place.deliveries.glob("*/*")) and not any(place.spool.glob("*.*"))
        return key_of(place.source, keys=self.keys, home=self.home, may_make=may_make)


@dataclass(frozen=True, slots=True)
class Asked:
    """A source to run: its declaration, and where it is, if not where it is declared to be."""

    declaration: Path
    data: str | None = None

    @property
    def name(self) -> str:
        """The source's name: a home keeps a declaration in a folder of its name."""
        return self.declaration.parent.name if self.declaration.name == KEPT else self.declaration.stem


@dataclass(frozen=True, slots=True)
class Publishing:
    """How the last steps are done: for which project, by which key service (one of our own where none is named), where."""

    project: str = PROJECT
    socket: Path | None = None
    register: Path | None = None
    """The folder of refusals; the home's own where none is named."""
    marts: Path | None = None
    checks: Path | None = None
    """The folder of the DataQualityDashboard's tables; the home's own, if it has one, where none is named."""
    scratch: Path | None = None
    memory: str = workshop.MEMORY


@dataclass(slots=True)
class Setting:
    """What every step is given, and what the ones before it leave for those that come."""

    room: Room
    asked: Sequence[Asked]
    clock: Clock
    progress: Progress
    publishing: Publishing
    since: date | None = None
    failed: dict[str, Refused] = field(default_factory=dict)
    """The sources that could not be received, by their names."""
    landed: "Landed | None" = None
    release: Release | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What one step did, in its own words, and the seconds it took."""

    step: str
    what: Any
    seconds: float


Step = Callable[[Setting], Any]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was received of a source, and where every row of it is, at landing."""

    source: Source
    what: Received
    account: Account


@dataclass(frozen=True, slots=True)
class Landed:
    """What was found of the deliveries of every source of a home, and whom to ask of each."""

    results: tuple[Result, ...]
    owners: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Held:
    """A release that is not published: fatal checks fail, and nobody let it through."""

    why: Refused


@dataclass(frozen=True, slots=True)
class Standardised:
    """The OMOP tables in force. `new` if this run made them."""

    release: Release
    new: bool


def receive(setting: Setting) -> list[Taken]:
    """What each source hands over becomes deliveries. Of several sources one that fails stops no other."""
    done = []
    for one in setting.asked:
        try:
            done.append(
                take_in(
                    declaration=one.declaration,
                    room=setting.room,
                    data=one.data,
                    clock=setting.clock,
                    progress=setting.progress,
                    since=setting.since,
                )
            )
        except Refused as refused:
            if len(setting.asked) == 1:
                raise
            setting.failed[one.name] = refused
    return done


def check(setting: Setting) -> Landed:
    """What landed is checked: every source of the home against its cadence, its declaration, its past. Edits nothing.

    It stops no step: what is fatal is in the report of the release that is made of it, and holds back its publication.
    """
    at, results, owners = setting.clock(), list[Result](), dict[str, Sequence[str]]()
    for name in known_sources.names(setting.room.home):
        place = Place(setting.room.home, name)
        if place.declaration.exists():
            source = known(setting.room.home, name)
            setting.progress(name, 0)
            results += check_landed(source, place.all(), at=at)
            owners[name] = [f"{source.title}: {source.owner}"]
    setting.landed = Landed(tuple(results), owners | {"": [one for ones in owners.values() for one in ones]})
    return setting.landed


def standardise(setting: Setting) -> Standardised:
    """What stands at landing, of every source of the home, becomes OMOP's tables."""
    room, publishing = setting.room, setting.publishing
    with ExitStack() as stack:
        given = []
        for name in known_sources.names(room.home):
            place = Place(room.home, name)
            if not place.declaration.exists():
                continue
            stack.enter_context(place.locked())
            if any(place.deliveries.glob("*/*")):
                given.append(Delivered(known(room.home, name), place, room.key(place)))
        setting.release, new = standardise_(
            releases=room.releases, given=given, at=setting.clock(), progress=setting.progress,
            scratch=publishing.scratch, memory=publishing.memory,
        )  # fmt: skip
    return Standardised(setting.release, new)


def pseudonymise(setting: Setting) -> marts.Mart | Held | None:
    """The OMOP tables are checked and become the project's mart, unless they fail and nobody let them through."""
    room, publishing = setting.room, setting.publishing
    release, landed = setting.release or room.releases.made(), setting.landed or check(setting)
    rows = publishing.checks or (room.home / CHECKS if (room.home / CHECKS).is_dir() else None)
    with _keys(room, publishing) as keys:
        try:
            return marts.publish(
                releases=room.releases, release=release, marts=publishing.marts or marts.place(room.home),
                project=publishing.project, keys=keys, register=publishing.register or room.home / "refusals", at=setting.clock(),
                scratch=publishing.scratch, memory=publishing.memory, progress=lambda table: setting.progress(table, 0),
                checking=Checking(room.book, landed.results, rows, landed.owners),
            )  # fmt: skip
        except Refused as refused:
            if refused.code != FAILING.code:
                raise
            return Held(refused)


@contextmanager
def _keys(room: Room, publishing: Publishing) -> Iterator[Keys]:
    "The service that is named, which has the project's key or refuses; else one of our own, which makes it."
    if publishing.socket is not None:
        with Keys(publishing.socket) as keys:
            yield keys
        return
    with started(room.keys / "pseudonyms") as keys:
        if publishing.project not in keys.projects():
            keys.create(publishing.project)
        yield keys


STEPS: tuple[Step, ...] = (receive, check, standardise, pseudonymise)
"""In their order. A step that finds its work done says so, and does nothing."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did, the fate of every row of each source that was asked for, and the sources that failed."""

    steps: tuple[Done, ...]
    fates: dict[str, Fates]
    failed: dict[str, Refused]


def run(
    *, asked: Sequence[Asked], room: Room, clock: Clock, progress: Progress, publishing: Publishing, only: str | None = None,
    since: date | None = None,
) -> Run:  # fmt: skip
    """Put sources through every step, or through one. Refused as each step may be."""
    setting = Setting(room, asked, clock, progress, publishing, since)
    done, begun = [], clock()
    with written_to(room.home):
        for step in STEPS:
            if only in {None, step.__name__}:
                began = clock()
                with runs.told(room.home, run=begun, step=step.__name__, clock=clock):
                    what = step(setting)
                done.append(Done(step.__name__, what, (clock() - began).total_seconds()))
    release = setting.release or room.releases.current()
    told = release.facts["fates"] if release is not None else {}
    wanted = {declared(one.declaration).name for one in asked if one.name not in setting.failed} | setting.failed.keys()
    return Run(tuple(done), {name: Fates(**told[name]) for name in sorted(wanted) if name in told}, setting.failed)


def take_in(
    *, declaration: Path, room: Room, data: str | None, clock: Clock, progress: Progress, since: date | None = None
) -> Taken:
    """Receive one source. `data` stands in for where the declaration says that it is; `since`: nothing of earlier days.

    Refused as receiving is, and `landing.busy`, `landing.no_room`, and what keys are refused for.
    """
    source = declared(declaration)
    place = Place(room.home, source.name)
    with written_to(room.home):
        place.made()
        with place.locked():
            key, at = room.key(place), clock()
            keep(place, declaration)
            with telling(place, source, at, clock), written_to(room.home):
                what = receive_(
                    source=source, where=data or source.where, place=place, key=key, at=at, progress=progress, since=since
                )
            return Taken(source, what, account_of(place, source))


def replay(
    *, declaration: Path, room: Room, delivery: str | None, accept: bool, clock: Clock, progress: Progress
) -> tuple[list[tuple[Manifest, Manifest]], Account]:
    """Read quarantined rows again, by a declaration, new or kept: each delivery before and after, and the account."""
    source = declared(declaration)
    place = Place(room.home, source.name)
    known(room.home, source.name)
    with written_to(room.home), place.locked():
        key = room.key(place)
        keep(place, declaration)
        with telling(place, source, clock(), clock), written_to(room.home):
            done = replay_(source=source, place=place, key=key, delivery=delivery, accept=accept, progress=progress)
        return done, account_of(place, source)


def withdraw(*, name: str, room: Room, delivery: str, clock: Clock) -> Account:
    """Take a delivery back, as its owner asks; the account that is left."""
    source = known(room.home, name)
    place = Place(room.home, name)
    with written_to(room.home), place.locked():
        at = clock()
        with telling(place, source, at, clock):
            withdraw_(place=place, delivery=delivery, at=at)
        return account_of(place, source)


async def listen(
    *, declaration: Path, room: Room, host: str, port: int, clock: Clock, stop: asyncio.Event, ready: Callable[[int], None]
) -> None:
    """Listen for a source's messages until told to stop; runs make deliveries of them meanwhile.

    Refused: `landing.not_listened`, `landing.busy`, `landing.no_room`, and what keys are refused for.
    """
    source = declared(declaration)
    if source.format is not Format.HL7:
        deny(NOT_LISTENED, source=source.name, format=source.format.value)
    place = Place(room.home, source.name)
    with written_to(room.home):
        place.made()
        keep(place, declaration)
        key = room.key(place)
        with held(place, key) as spool:
            await listen_(source=source, spool=spool, host=host, port=port, clock=clock, stop=stop, ready=ready)
