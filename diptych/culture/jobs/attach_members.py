"""Gives a professional the role of one who is attached to a structure, or takes it, when they join or leave.

The chapters people and venues never meet: this carries the news from one to the other.
"""

from datetime import datetime
from typing import Any

import psycopg

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.people.operations import set_attached
from diptych.culture.domain.venues.queries import structures_of


def hear(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Write what holds now, whatever the order in which the news came."""
    person_id = message.payload["person_id"]
    attached = any(one.is_member for one in structures_of(person_id=person_id))
    set_attached(person_id=person_id, attached=attached, at=at)


CONSUMES: dict[str, tuple[str, Consumer]] = dict.fromkeys(("venues.joined", "venues.left"), ("attach_members", hear))
