"""Prices what was used: each minute, whatever is ready."""

from datetime import datetime

from diptych.culture.domain.reimbursements.operations import price_used


def run(*, at: datetime) -> int:
    """Collect what was used and price what is ready. Gives how many prices were made."""
    return price_used(at=at, actor="job:price_bookings").priced
