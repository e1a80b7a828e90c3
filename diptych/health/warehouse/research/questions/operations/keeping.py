"""Writes of kept questions. The question's row is locked first, so that two windows cannot edit over one another."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from ..models import Edit, Question, Snapshot
from ..terms import (
    CHANGED_ELSEWHERE,
    LONGEST_NAME,
    MOST_EDITS,
    NAME_MISSING,
    NOT_CHANGED,
    NOT_FOUND,
    NOTHING_TO_REDO,
    NOTHING_TO_UNDO,
    SHARED_WITH_SELF,
    Form,
)

from diptych.commons import journal
from diptych.commons.refusal import deny


def _locked(question_id: int, account_id: int) -> Question:
    found = Question.objects.select_for_update().filter(pk=question_id, owner_id=account_id).first()
    if found is None:
        deny(NOT_FOUND)
    return found


def _journal(act: str, question: Question, actor: int, at: datetime, **facts: Any) -> None:
    with connection.cursor() as cursor:
        journal.write(cursor, actor=f"account:{actor}", act=f"questions.{act}", subject=str(question), at=at, facts=facts)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        deny(NAME_MISSING)
    return name


@transaction.atomic
def create(*, account_id: int, name: str, form: Form, asked: dict[str, Any], at: datetime, given_by: int | None = None) -> int:
    """Keep a new question; gives its number. Refused (`questions.name_missing`) without a name."""
    made = Question.objects.create(
        owner_id=account_id, name=_named(name), form=form, made_at=at, changed_at=at, given_by_id=given_by, place=1
    )
    Edit.objects.create(question=made, number=1, asked=asked, at=at)
    _journal("create", made, given_by or account_id, at, form=form.value)
    return int(made.pk)


@transaction.atomic
def edit(*, question_id: int, account_id: int, asked: dict[str, Any], place: int, at: datetime) -> None:
    """Say something else. What had been undone is forgotten. Refused (`questions.changed_elsewhere`) where `place`, which
    the editor saw, is no longer where the question stands."""
    kept = _locked(question_id, account_id)
    if kept.place != place:
        deny(CHANGED_ELSEWHERE)
    if kept.edits.get(number=place).asked == asked:
        return
    kept.edits.filter(number__gt=place).delete()
    kept.edits.filter(number__lte=place - MOST_EDITS).delete()
    Edit.objects.create(question=kept, number=place + 1, asked=asked, at=at)
    _move(kept, place + 1, at)
    _journal("edit", kept, account_id, at)


def _move(kept: Question, place: int, at: datetime) -> None:
    kept.place, kept.changed_at = place, at
    kept.save(update_fields=["place", "changed_at"])


@transaction.atomic
def undo(*, question_id: int, account_id: int, at: datetime) -> None:
    """Go back one edit. Refused (`questions.nothing_to_undo`) at the first."""
    kept = _locked(question_id, account_id)
    if not kept.edits.filter(number=kept.place - 1).exists():
        deny(NOTHING_TO_UNDO)
    _move(kept, kept.place - 1, at)
    _journal("undo", kept, account_id, at)


@transaction.atomic
def redo(*, question_id: int, account_id: int, at: datetime) -> None:
    """Go forward one edit that was undone. Refused (`questions.nothing_to_redo`) at the last."""
    kept = _locked(question_id, account_id)
    if not kept.edits.filter(number=kept.place + 1).exists():
        deny(NOTHING_TO_REDO)
    _move(kept, kept.place + 1, at)
    _journal("redo", kept, account_id, at)


@transaction.atomic
def rename(*, question_id: int, account_id: int, name: str, at: datetime) -> None:
    """Give another name. Refused (`questions.name_missing`) without one."""
    kept = _locked(question_id, account_id)
    kept.name = _named(name)
    kept.save(update_fields=["name"])
    _journal("rename", kept, account_id, at)


@transaction.atomic
def save(*, question_id: int, account_id: int, release: str, at: datetime) -> int:
    """Keep what the question says now as its next version; gives the number. Refused (`questions.not_changed`) where the
    latest version says the same."""
    kept = _locked(question_id, account_id)
    asked = kept.edits.get(number=kept.place).asked
    latest = kept.snapshots.order_by("-version").first()
    if latest is not None and latest.asked == asked:
        deny(NOT_CHANGED, version=latest.version)
    number = latest.version + 1 if latest else 1
    Snapshot.objects.create(
        question=kept, version=number, name=kept.name, previous=latest, author_id=account_id, asked=asked, release=release, at=at
    )
    _journal("save", kept, account_id, at, version=number)
    return number


@transaction.atomic
def share(*, question_id: int, account_id: int, with_id: int, at: datetime) -> int:
    """Give another account a copy of what the question says now, as Cohort360 does (§1.2); gives the copy's number. Refused
    (`questions.shared_with_self`) to its owner. What the copy counts depends on the rights of whoever opens it."""
    kept = _locked(question_id, account_id)
    if with_id == account_id:
        deny(SHARED_WITH_SELF)
    asked = kept.edits.get(number=kept.place).asked
    copy = create(account_id=with_id, name=kept.name, form=Form(kept.form), asked=asked, at=at, given_by=account_id)
    _journal("share", kept, account_id, at, **{"with": with_id, "copy": copy})
    return copy


@transaction.atomic
def remove(*, question_id: int, account_id: int, at: datetime) -> None:
    """Remove a question with its versions; the journal keeps that it was."""
    kept = _locked(question_id, account_id)
    _journal("remove", kept, account_id, at)
    kept.delete()
