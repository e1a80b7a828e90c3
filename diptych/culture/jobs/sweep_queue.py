"""Puts back in line the jobs that a killed worker left as running, and forgets those that ended a week ago."""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

SILENCE: Final = timedelta(seconds=60)
"""A worker says every 10 s that it lives; one that was silent for a minute is dead."""

FORGOTTEN: Final = timedelta(days=7)


def run(*, at: datetime) -> int:
    """Jobs of dead workers run again: each is whole transactions, so that what it did stays done. Gives how many."""
    with connection.cursor() as cursor:
        # A periodic job whose next run already waits is not doubled: the queueing lock would refuse it.
        cursor.execute(
            """
            with dead as (
                select j.id, exists (select from procrastinate_jobs w where w.status = 'todo'
                                     and w.queueing_lock = j.queueing_lock) as doubled
                from procrastinate_jobs j left join procrastinate_workers k on k.id = j.worker_id
                where j.status = 'doing' and (k.id is null or k.last_heartbeat < %s)
            )
            update procrastinate_jobs j set status = case when doubled then 'failed' else 'todo' end::procrastinate_job_status,
                worker_id = null
            from dead where j.id = dead.id
            """,
            (at - SILENCE,),
        )
        swept = cursor.rowcount
        cursor.execute(
            "delete from procrastinate_jobs j where status in ('succeeded', 'failed', 'cancelled', 'aborted')"
            " and not exists (select from procrastinate_events e where e.job_id = j.id and e.at > %s)",
            (at - FORGOTTEN,),
        )
    return int(swept)
