"""The demo's hospital brought in as any hospital's would be: from its sources, through the flow of the locked room, to research.

Holds the order and the folders. The room's part is done by processes of its own, for this one is of research and sees no name.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path

from . import sources
from .drawing import Drawing
from .making import Advance

from diptych.commons.refusal import Kind, Reason, deny
from diptych.health.warehouse.research.index.store import Loaded, load

PERSONS = 20_000
NOT_BROUGHT = Reason(
    "demo.not_brought", Kind.CONFLICT, "The demo's hospital did not come through `diptych {verb}`. Its last words:\n{words}"
)
_STEPS = 5


class Room:
    """Where a demo's locked room is, beside its store."""

    def __init__(self, store: Path) -> None:
        self.home = store.with_name("room")
        self.sources = store.with_name("sources")
        self.vocabulary = store.with_name("vocabulary")

    @property
    def mart(self) -> Path:
        """What the room published last."""
        return self.home.with_name(f"{self.home.name}.marts") / "warehouse" / "current"

    @property
    def environ(self) -> dict[str, str]:
        """What the declarations of its sources want of the environment."""
        return {sources.ROOT: str(self.sources)}

    def forget(self) -> None:
        """Remove all of it."""
        for folder in (self.home, self.sources, self.vocabulary, *self.home.parent.glob(f"{self.home.name}.*")):
            shutil.rmtree(folder, ignore_errors=True)


def bring(
    *, store: Path, seed: int, at: dt.datetime, persons: int = PERSONS, advance: Advance = lambda what, done, of: None
) -> Loaded:
    """Draw the hospital of a seed as it stands at an instant, write its sources, and bring them through the flow into the store.

    A mart that the room has published already is loaded as it is. Refused (`demo.not_brought`).
    """
    room = Room(store)
    if not room.mart.exists():
        room.forget()
        advance("patients", 0, _STEPS)
        drawing = Drawing(seed=seed, persons=persons, last=at.date())
        advance("their hospitals’ files", 1, _STEPS)
        sources.write(drawing, room.sources, last=at.date())
        sources.write_vocabulary(room.vocabulary)
        advance("vocabularies", 2, _STEPS)
        _run(room, "health vocabulary load", str(room.vocabulary), "--home", str(room.home))
        advance("the flow", 3, _STEPS)
        _run(room, "health flow run", "--source", str(sources.DECLARED), "--home", str(room.home))
    advance("release", 4, _STEPS)
    loaded = load(source=room.mart, store=store, strict=False, at=at)
    advance("release", _STEPS, _STEPS)
    return loaded


def _run(room: Room, verb: str, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "diptych", *verb.split(), *words],
        env={**os.environ, **room.environ}, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        deny(NOT_BROUGHT, verb=verb, words="\n".join(done.stderr.strip().splitlines()[-12:]))
