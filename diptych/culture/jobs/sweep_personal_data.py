"""Removes, each night, the traces whose time is over, and cuts the dates of deposits long ended."""

from datetime import datetime

from diptych.culture.domain.personal_data import operations


def run(*, at: datetime) -> int:
    """Sweep and cut. Gives how many rows."""
    return operations.sweep(at=at) + operations.cut_deposit_dates(at=at)
