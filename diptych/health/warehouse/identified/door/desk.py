"""The desk: which room the pages show, and what is kept of each look at it.

Holds the folders and the note in the journal. Does not read the room (`waiting`).
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from diptych.commons import clock
from diptych.health.warehouse.identified.staff import operations


def home() -> Path:
    """The home of the room."""
    return Path(settings.ROOM_HOME)


def keys() -> Path:
    """Where its keys are."""
    return Path(settings.ROOM_KEYS)


def member(request: HttpRequest) -> Any:
    """Who looks; the door has seen to it that somebody is signed in."""
    return request.user


def note(request: HttpRequest, act: str, subject: str, **facts: Any) -> None:
    """Keep in the journal that somebody looked, or did."""
    operations.note(actor=str(member(request)), act=f"room.{act}", subject=subject, at=clock.now(), facts=facts)
