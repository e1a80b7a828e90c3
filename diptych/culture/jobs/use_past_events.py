"""Counts the bookings of past events as used, 48 hours after they began."""

from datetime import datetime

from diptych.culture.domain.bookings.operations.nightly import use_past_events


def run(*, at: datetime) -> int:
    """Use what is due. Batch after batch, until nothing is due. Gives how many."""
    done = 0
    while batch := use_past_events(at=at):
        done += batch
    return done
