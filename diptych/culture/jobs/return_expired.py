"""Returns what was not spent in time, so that the ledger counts it."""

from datetime import datetime

from diptych.culture.domain.wallet.operations import return_expired


def run(*, at: datetime) -> int:
    """Return what ended deposits still hold. Gives how many."""
    return return_expired(at=at)
