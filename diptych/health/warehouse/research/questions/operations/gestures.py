"""Editing by gestures: what the screen's buttons do to a kept request."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from ..models import Question
from ..queries import question
from ..rules import editing
from . import keeping

from diptych.health.warehouse.research.cohort import nodes as n
from diptych.health.warehouse.research.cohort.wire import cohort360

GESTURES: Mapping[str, Callable[..., n.Request]] = MappingProxyType(
    {
        "within": editing.within,
        "add": editing.added,
        "replace": editing.replaced,
        "remove": editing.removed,
        "turn": editing.turned,
        "move": editing.moved,
        "wrap": editing.wrapped,
        "join": editing.joined,
        "relate": editing.related,
        "reorder": editing.reordered,
        "unrelate": editing.unrelated,
    }
)
"""By the name that screens use."""


@transaction.atomic
def apply(*, question_id: int, account_id: int, place: int, at: datetime, gesture: str, **facts: Any) -> n.Request:
    """Do one gesture to a request as it stood at `place`, and keep what it becomes. Refused as the gesture or `edit` is."""
    Question.objects.select_for_update().filter(pk=question_id, owner_id=account_id).first()
    kept = question(question_id=question_id, account_id=account_id)
    reading = cohort360.read(kept.asked, origin=kept.name)
    after = GESTURES[gesture](editing.opened(reading.request), **facts)
    asked = cohort360.write(after, kept=reading.kept)  # a key that means nothing here goes with its card, or is gone with it
    keeping.edit(question_id=question_id, account_id=account_id, asked=asked, place=place, at=at)
    return after


def replace_asked(*, question_id: int, account_id: int, asked: dict[str, Any], at: datetime) -> None:
    """Put a question back to what it said in a version: an edit like another, which can be undone."""
    kept = question(question_id=question_id, account_id=account_id)
    keeping.edit(question_id=question_id, account_id=account_id, asked=asked, place=kept.place, at=at)
