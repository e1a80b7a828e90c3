"""What the tests of personal data share: officers by role, refusals by code, the journal, the outbox, a tool outside."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from diptych.commons import journal, outbox
from diptych.commons.refusal import Refused
from diptych.culture.domain.people.models import Person
from diptych.culture.domain.people.terms import StaffRole
from diptych.culture.gateways import mailing
from diptych.culture.jobs import (
    relay_outbox,
)
from tests.culture import factories
from tests.culture.factories import AT

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[mailing.Folder]:
    "A mailing tool of its own for each test."
    folder = mailing.Folder(tmp_path / "mailing")
    monkeypatch.setattr(mailing, "mailing", lambda: folder)
    yield folder


def officer(*roles: StaffRole) -> Person:
    return factories.staff(staff_roles=list(roles))


def dpo() -> Person:
    return officer(StaffRole.DPO)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=f"^{re.escape(code)}$")


def told(**words: str) -> list[journal.Entry]:
    with connection.cursor() as cursor:
        return journal.entries(cursor, **words)


def messages(topic: str) -> list[outbox.Message]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, topic, key, payload::text, written_at, attempts from outbox_message where topic = %s", (topic,)
        )
        return [outbox.Message(a, b, c, json.loads(d), e, f) for a, b, c, d, e, f in cursor.fetchall()]


def heard(topic: str, at: datetime = AT) -> None:
    """Hand the latest message of a topic to its consumers, as the relay does."""
    message = messages(topic)[-1]
    for _, consume in relay_outbox.consumers()[topic]:
        consume(message, None, at)  # type: ignore[arg-type]  # ours write through Django


def state(person: Person) -> str:
    person.refresh_from_db()
    return str(person.state)
