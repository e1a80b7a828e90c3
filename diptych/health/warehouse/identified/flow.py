"""The flow: its steps in their order, for one source at a time. The only file that knows the order.

`STEPS` are those that are built; `PLANNED` names the others, so that nobody takes a flow that stops for one that has ended.
Does not hold what a step does.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

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

from diptych.commons.refusal import deny

__all__ = ["PLANNED", "STEPS", "Room", "listen", "replay", "run", "total", "withdraw"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Setting:
    """What every step is given."""

    source: Source
    where: str
    place: Place
    key: bytes
    at: datetime
    progress: Progress


@dataclass(frozen=True, slots=True)
class Done:
    """What one step did, in its own words, and the seconds it took."""

    step: str
    what: Any
    seconds: float


Step = Callable[[Setting], Any]


def receive(setting: Setting) -> Received:
    """What the source hands over becomes deliveries."""
    return receive_(
        source=setting.source, where=setting.where, place=setting.place, key=setting.key, at=setting.at, progress=setting.progress
    )


STEPS: tuple[Step, ...] = (receive,)
PLANNED: tuple[str, ...] = ("check", "standardise", "pseudonymise")
"""The steps that are not built. Nothing reaches the mart before they are."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did, and where every row of its source is now."""

    source: Source
    steps: tuple[Done, ...]
    account: Account


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

    def key(self, place: Place) -> bytes:
        """A source's key: made with its first delivery, and never anew while there are others."""
        may_make = not any(place.deliveries.glob("*/*")) and not any(place.spool.glob("*.*"))
        return key_of(place.source, keys=self.keys, home=self.home, may_make=may_make)


def run(*, declaration: Path, room: Room, data: str | None, clock: Clock, progress: Progress) -> Run:
    """Put one source through every step that is built. `data` stands in for where the declaration says that it is.

    Refused as each step may be, and `landing.busy`, `landing.no_room`, and what keys are refused for.
    """
    source = declared(declaration)
    place = Place(room.home, source.name)
    with written_to(room.home):
        place.made()
        with place.locked():
            key, at = room.key(place), clock()
            keep(place, declaration)
            with telling(place, source, at, clock), written_to(room.home):
                setting = Setting(source, data or source.where, place, key, at, progress)
                steps = []
                for step in STEPS:
                    began = clock()
                    what = step(setting)
                    steps.append(Done(step.__name__, what, (clock() - began).total_seconds()))
            return Run(source, tuple(steps), account_of(place, source))


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
