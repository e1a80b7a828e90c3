"""How much each offer is booked these days: places booked, each counting half as much every thirty days.

Counted by the database in one pass over the bookings. Nobody's name is in it. Does not hold what popularity is worth in a
list: the room `search` ranks.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

HALF_LIFE: Final = timedelta(days=30)
_LOOKED_AT: Final = 6 * HALF_LIFE
"""Older bookings weigh less than a sixty-fourth: left out."""


def heat(*, at: datetime) -> dict[int, float]:
    """The places booked and not called off, by offer, each worth 2^(-age / HALF_LIFE) at `at`. Offers without any are absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select offer_id, sum(quantity * power(2.0, -extract(epoch from %(at)s - booked_at)::float8 / %(half)s))::float8"
            " from bookings_booking where status <> 'CANCELLED' and booked_at > %(since)s and booked_at <= %(at)s"
            " group by offer_id",
            {"at": at, "half": HALF_LIFE.total_seconds(), "since": at - _LOOKED_AT},
        )
        return dict(cursor.fetchall())
