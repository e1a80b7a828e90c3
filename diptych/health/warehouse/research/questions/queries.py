"""Reads of kept questions. Somebody else's question is as one that does not exist."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .models import Question, Snapshot
from .rules import editing
from .rules.differences import Difference, differences
from .terms import NO_VERSION, NOT_FOUND, Form

from diptych.commons.refusal import deny
from diptych.health.warehouse.research.cohort import nodes as n


@dataclass(frozen=True)
class Kept:
    """A question as it stands. `version`: of the latest snapshot, 0 where there is none; `saved`: whether it says the same."""

    id: int
    name: str
    form: Form
    asked: dict[str, Any]
    place: int
    can_undo: bool
    can_redo: bool
    version: int
    saved: bool
    changed_at: datetime
    given_by: str


@dataclass(frozen=True)
class Version:
    """A snapshot."""

    version: int
    name: str
    author: str
    at: datetime
    asked: dict[str, Any]
    release: str
    previous: int | None


def questions_of(*, account_id: int) -> list[Kept]:
    """Somebody's questions, the latest changed first."""
    return [
        _kept(one)
        for one in Question.objects.filter(owner_id=account_id).select_related("given_by").order_by("-changed_at", "-pk")
    ]


def question(*, question_id: int, account_id: int) -> Kept:
    """One of somebody's questions. Refused (`questions.not_found`) where they have none of that number."""
    found = Question.objects.filter(pk=question_id, owner_id=account_id).select_related("given_by").first()
    if found is None:
        deny(NOT_FOUND)
    return _kept(found)


def _kept(one: Question) -> Kept:
    numbers = list(one.edits.order_by("number").values_list("number", flat=True))
    asked = one.edits.get(number=one.place).asked
    latest = one.snapshots.order_by("-version").first()
    return Kept(
        id=one.pk, name=one.name, form=Form(one.form), asked=asked, place=one.place,
        can_undo=one.place > numbers[0], can_redo=one.place < numbers[-1], version=latest.version if latest else 0,
        saved=latest is not None and latest.asked == asked, changed_at=one.changed_at, given_by=one.given_by.name if one.given_by else "",
    )  # fmt: skip


def versions(*, question_id: int) -> list[Version]:
    """The snapshots of a question, the latest first."""
    found = Snapshot.objects.filter(question_id=question_id).select_related("author", "previous").order_by("-version")
    return [
        Version(
            one.version, one.name, one.author.name if one.author else "", one.at, one.asked, one.release,
            one.previous.version if one.previous else None,
        )
        for one in found
    ]  # fmt: skip


def version(*, question_id: int, number: int) -> Version:
    """One snapshot. Refused (`questions.no_version`) where there is none of that number."""
    for one in versions(question_id=question_id):
        if one.version == number:
            return one
    deny(NO_VERSION, version=number)


def compared(*, old: n.Request, new: n.Request) -> list[Difference]:
    """What changed in meaning from one version to another."""
    return differences(old, new)


def opened(request: n.Request) -> n.Request:
    """A request as it is edited: with an outermost group."""
    return editing.opened(request)
