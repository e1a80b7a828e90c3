"""Writes what ticketing partners are to be told of bookings that are made or end; `settle_holds` tells them.

Holds which message leads to it. Does not hold what is owed (bookings).
"""

from datetime import datetime
from typing import Any

import psycopg

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.bookings.operations.partner_calls import owe_after


def _owe(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    why = str(message.payload.get("why", "")) if message.topic == "bookings.released" else ""
    owe_after(booking_id=message.payload["booking_id"], released_why=why, at=at)


CONSUMES: dict[str, tuple[str, Consumer]] = dict.fromkeys(
    ("bookings.booked", "bookings.cancelled", "bookings.released", "bookings.expired"), ("owe_partners", _owe)
)
