"""Releases the places held for another ticketing system that did not answer in time."""

from datetime import datetime

from diptych.culture.domain.bookings.operations.nightly import release_late_holds


def run(*, at: datetime) -> int:
    """Release what is late. Batch after batch, until nothing is due. Gives how many."""
    done = 0
    while batch := release_late_holds(at=at):
        done += batch
    return done
