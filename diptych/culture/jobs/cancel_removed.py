"""Cancels the bookings of dates that their venue removed, and gives their price back."""

from datetime import datetime

from diptych.culture.domain.bookings.operations.nightly import cancel_of_removed_stocks


def run(*, at: datetime) -> int:
    """Cancel what is due. Batch after batch, until nothing is due. Gives how many."""
    done = 0
    while batch := cancel_of_removed_stocks(at=at):
        done += batch
    return done
