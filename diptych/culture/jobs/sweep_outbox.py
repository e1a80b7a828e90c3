"""Removes the outbox's messages that were delivered long ago. Dead letters stay until somebody replays them."""

from datetime import datetime, timedelta

from django.db import connection

from diptych.commons import outbox

KEPT = timedelta(days=30)
"""Delivered messages are kept so long: their receipts say who received what, when a complaint comes."""


def run(*, at: datetime) -> int:
    """Remove what was delivered before the last 30 days. Gives how many messages."""
    with connection.cursor() as cursor:
        return outbox.sweep(cursor, before=at - KEPT)
