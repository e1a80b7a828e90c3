"""Cancels what a suspension cancels, once it is announced. Does not hold which: the bookings chapter's table does."""

from datetime import datetime
from typing import Any

import psycopg

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.bookings.operations import cancel_of_suspended
from diptych.culture.domain.people.terms import SuspensionReason


def hear(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Cancel, as of the instant of the suspension."""
    reason = SuspensionReason(message.payload["reason"])
    cancel_of_suspended(person_id=message.payload["person_id"], reason=reason, at=message.written_at)


CONSUMES: dict[str, tuple[str, Consumer]] = {"people.suspended": ("suspended_bookings", hear)}
