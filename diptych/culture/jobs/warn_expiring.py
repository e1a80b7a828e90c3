"""Warns the holders of goods not collected, 7 then 5 days before they expire; `send_booking_mail` writes to them."""

from datetime import datetime

from diptych.culture.domain.bookings.operations import warn_expiring


def run(*, at: datetime) -> int:
    """Warn of what is due. Batch after batch, until nothing is due. Gives how many."""
    done = 0
    while batch := warn_expiring(at=at):
        done += batch
    return done
