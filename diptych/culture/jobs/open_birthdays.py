"""Pays in the credit that a birthday opens."""

from datetime import datetime

from diptych.culture.domain.wallet.operations import recredit_birthdays


def run(*, at: datetime) -> int:
    """Credit whose birthday has come. Batch after batch, until nothing is due. Gives how many."""
    done = 0
    while batch := recredit_birthdays(at=at):
        done += batch
    return done
