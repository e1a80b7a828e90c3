"""Removes the counts of outcomes that no guard of the roll-out can look back to."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from diptych.commons.rollout.operations import sweep_outcomes

KEPT: Final = timedelta(days=2)
"""No guard looks back more than a day (`window_minutes`)."""


def run(*, at: datetime) -> int:
    """Remove them. Gives how many rows."""
    with connection.cursor() as cursor:
        return sweep_outcomes(cursor, before=at - KEPT)
