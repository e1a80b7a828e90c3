"""Makes the extract that somebody asked for, as soon as the outbox says so; and tells them that it is ready."""

from datetime import datetime
from typing import Any

import psycopg

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.personal_data import operations, queries
from diptych.culture.gateways import mailing
from diptych.culture.jobs import extract_file


def make(*, extract_id: int, at: datetime) -> bool:
    """Gather, write, keep. Gives whether it was kept: an extract that is gone, or made already, is not made again."""
    who = queries.extract_asker(extract_id=extract_id)
    if who is None:
        return False
    content = extract_file.compose(person_id=who[0], outside=asked_outside(person_id=who[0]), at=at)
    return operations.keep_extract(extract_id=extract_id, content=content, at=at)


def asked_outside(*, person_id: int) -> dict[str, dict[str, Any] | None]:
    """What each tool outside holds about somebody. Raises where one does not answer: half an extract is none."""
    return {"mailing": mailing.mailing().contact(mailing.reference_of(person_id=person_id))}


def _consume(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    make(extract_id=message.payload["extract_id"], at=at)


CONSUMES: dict[str, tuple[str, Consumer]] = {"personal_data.extract_asked": ("make_extract", _consume)}
