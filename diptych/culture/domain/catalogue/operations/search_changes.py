"""Settling what the search index has read again. Changes themselves are written by triggers (migrations 0010 and 0011)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from ..models import SearchChange

KEPT: Final = timedelta(days=1)
"""How long a settled change is kept: longer than any rebuild."""


def settle_search_changes(*, ids: Sequence[int], at: datetime) -> int:
    """Mark changes as in the index. Called once the index is on disk: a fall in between reads them again, which is harmless."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "update catalogue_searchchange set settled_at = %s where settled_at is null and id = any(%s)", [at, list(ids)]
        )
        return int(cursor.rowcount)


def sweep_search_changes(*, at: datetime) -> int:
    """Remove changes settled for more than a day. Gives how many."""
    return SearchChange.objects.filter(settled_at__lt=at - KEPT).delete()[0]
