"""Follows the dates that venues move: the bookings of each get their new cancellation limit, and their holders a letter.

Hears the catalogue's `catalogue.stock_moved`. Does not write letters: `send_booking_mail` hears `bookings.moved`.
"""

from datetime import datetime
from typing import Any

import psycopg

from diptych.commons.outbox import Consumer, Message
from diptych.culture.domain.bookings.operations import follow_moved_stock


def follow(message: Message, connection: "psycopg.Connection[Any]", at: datetime) -> None:
    """Set the limits of a moved stock's bookings. Twice is once: each booking knows the date that its holder was told."""
    follow_moved_stock(stock_id=message.payload["stock_id"], at=at)


CONSUMES: dict[str, tuple[str, Consumer]] = {"catalogue.stock_moved": ("follow_moves", follow)}
