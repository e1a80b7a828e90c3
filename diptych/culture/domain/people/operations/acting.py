"""What every write about people shares: the lock, the echo, the line of the journal."""

from datetime import datetime
from typing import Any

from django.db import connection

from .. import terms
from ..models import Person

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny


def lock(person_id: int) -> Person:
    """Somebody's row, locked. Refuses an unknown account."""
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        deny(terms.NOT_FOUND)
    return person


def announce(topic: str, person: Person, *, at: datetime, **facts: int | str) -> None:
    """Write a message about somebody; numbers and codes only."""
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic=topic, key=f"person:{person.pk}", payload={"person_id": person.pk, **facts}, at=at)


def tell(person: Person, *, act: str, at: datetime, actor: str = "", facts: dict[str, Any] | None = None) -> None:
    """Write an act on somebody in the journal: the last step of its transaction."""
    with connection.cursor() as cursor:
        who = actor or f"person:{person.pk}"
        journal.write(cursor, actor=who, act=act, subject=f"person:{person.pk}", at=at, facts=facts)
