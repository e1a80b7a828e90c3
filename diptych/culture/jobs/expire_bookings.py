"""Cancels the bookings that waited too long to be collected."""

from datetime import datetime

from diptych.culture.domain.bookings.operations.nightly import expire_uncollected


def run(*, at: datetime) -> int:
    """Expire what is due. Batch after batch, until nothing is due. Gives how many."""
    done = 0
    while batch := expire_uncollected(at=at):
        done += batch
    return done
