"""When each job runs: one row a job. Handed to procrastinate's worker, which starts each in its queue.

Does not hold what a job does. Relaying the outbox is not here: the worker does it all the time (`relay_outbox`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from procrastinate.contrib.django import app

from . import (
    cancel_removed,
    erase_due,
    erase_requested,
    expire_bookings,
    follow_outings,
    join_places,
    make_batches,
    make_invoices,
    open_birthdays,
    price_bookings,
    publish_shelves,
    release_late_holds,
    remind_sign_up,
    return_expired,
    settle_transfers,
    sweep_outbox,
    sweep_personal_data,
    sweep_queue,
    sweep_rollout,
    sweep_search_changes,
    use_past_events,
    warn_expiring,
    warn_personal_data,
)

from diptych.commons import clock

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Row:
    """One job: when it starts (cron, in UTC), and what runs. It gives how much it did."""

    name: str
    cron: str
    run: Callable[..., int]


TIMETABLE: tuple[Row, ...] = (
    Row("release_late_holds", "* * * * *", release_late_holds.run),
    Row("cancel_removed", "* * * * *", cancel_removed.run),
    Row("use_past_events", "*/10 * * * *", use_past_events.run),
    Row("price_bookings", "* * * * *", price_bookings.run),
    Row("publish_shelves", "* * * * *", publish_shelves.run),
    Row("make_batches", "30 3 * * *", make_batches.run),
    Row("make_invoices", "*/5 * * * *", make_invoices.run),
    Row("settle_transfers", "*/5 * * * *", settle_transfers.run),
    Row("follow_outings", "*/10 * * * *", follow_outings.run),
    Row("expire_bookings", "15 2 * * *", expire_bookings.run),
    Row("warn_expiring", "30 8 * * *", warn_expiring.run),
    Row("remind_sign_up", "20 9 * * *", remind_sign_up.run),
    Row("join_places", "35 * * * *", join_places.run),
    Row("open_birthdays", "5 * * * *", open_birthdays.run),
    Row("return_expired", "50 2 * * *", return_expired.run),
    Row("sweep_queue", "*/2 * * * *", sweep_queue.run),
    Row("sweep_outbox", "40 3 * * *", sweep_outbox.run),
    Row("sweep_rollout", "45 3 * * *", sweep_rollout.run),
    Row("sweep_search_changes", "20 4 * * *", sweep_search_changes.run),
    Row("erase_requested", "* * * * *", erase_requested.run),
    Row("warn_personal_data", "10 4 * * *", warn_personal_data.run),
    Row("erase_due", "30 4 * * *", erase_due.run),
    Row("sweep_personal_data", "50 4 * * *", sweep_personal_data.run),
)


def start(row: Row, *, at: datetime) -> int:
    """Run one job now and log how much it did."""
    done = row.run(at=at)
    log.info("job", job=row.name, done=done)
    return done


def _register(row: Row) -> None:
    def task(timestamp: int) -> None:
        start(row, at=clock.now())

    # One of a kind at a time: a run that is late is not doubled by the next.
    registered: Any = app.task(name=row.name, lock=row.name, queueing_lock=row.name)(task)
    app.periodic(cron=row.cron)(registered)


for _row in TIMETABLE:
    _register(_row)
