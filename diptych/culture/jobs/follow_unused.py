"""Withdraws the price of a booking that was used and is no longer: taken back at the counter, or cancelled after use."""

from datetime import datetime
from typing import Any

import psycopg

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.reimbursements.operations import withdraw


def follow(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Withdraw. Twice is once: the booking's own state decides."""
    withdraw(booking_id=message.payload["booking_id"], actor="job:follow_unused", at=at)


CONSUMES: dict[str, tuple[str, Consumer]] = {
    "bookings.taken_back": ("follow_unused", follow),
    "bookings.cancelled": ("follow_unused", follow),
}
