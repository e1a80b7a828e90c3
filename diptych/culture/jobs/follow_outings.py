"""Lets schools' pre-bookings expire at their limit, and holds as used the outings that ended two days ago."""

from datetime import datetime

from diptych.culture.domain.collective.operations.nightly import expire_pending, use_past


def run(*, at: datetime) -> int:
    """Both. Gives how many bookings moved."""
    return expire_pending(at=at) + use_past(at=at)
