"""When a booking can be cancelled, used, when it expires and when it counts as used by itself.

Dated rows and pure arithmetic on instants (aware datetimes). Does not read any clock.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from diptych.commons.clock import PARIS
from diptych.culture.domain.catalogue.rules.subcategories import BY_ID
from diptych.culture.domain.wallet.terms import cited

CANCELLABLE_UNTIL: Final = timedelta(hours=48)
"""Guide §2.2: 48 h before the event, or 48 h after the booking."""
AUTOMATIC_USE_AFTER: Final = timedelta(hours=48)
"""Guide §2.2: a booking counts as used 48 h after the start of its event."""
HOLD_FOR: Final = timedelta(seconds=60)
"""How long a place is kept while an outside ticketing system answers (it is given 8 s a call)."""
ENDED_AFTER: Final = timedelta(days=30)
"""Guide §2.2: bookings are shown as ended after 30 days."""
WARN_BEFORE_EXPIRY: Final = (7, 5)
"""Guide §2.2: days left when an uncollected booking's holder is warned, the earliest first."""


@dataclass(frozen=True, slots=True)
class Expiry:
    """How long an uncollected booking waits; `subcategory` empty for every expirable one."""

    since: date
    subcategory: str
    days: int
    source: str


EXPIRIES: Final = (
    Expiry(date(2021, 5, 21), "", 30, cited("guide §2.2, automatic expiry")),
    Expiry(date(2021, 5, 21), "LIVRE_PAPIER", 10, cited("guide §2.2, automatic expiry")),
)


def cancellation_limit(*, booked_at: datetime, event_at: datetime) -> datetime:
    """Until when an event's booking can be cancelled: max(min(event − 48 h, booking + 48 h), booking) (guide §2.2)."""
    return max(min(event_at - CANCELLABLE_UNTIL, booked_at + CANCELLABLE_UNTIL), booked_at)


def moved_cancellation_limit(*, moved_at: datetime, new_event_at: datetime) -> datetime:
    """The limit once the event has a new date: min(new event, now + 48 h) (guide §2.2)."""
    return min(new_event_at, moved_at + CANCELLABLE_UNTIL)


def has_moved(*, told_at: datetime | None, event_at: datetime | None) -> bool:
    """Whether an event is no longer when a booking's holder was told it is. What has no date has not moved."""
    return told_at is not None and event_at is not None and told_at != event_at


def days_to_collect(subcategory: str) -> int | None:
    """Days that an uncollected booking waits; None where it never expires."""
    if not BY_ID[subcategory].can_expire:
        return None
    named = [row.days for row in EXPIRIES if row.subcategory == subcategory]
    general = [row.days for row in EXPIRIES if not row.subcategory]
    return (named or general)[-1]


def expires_at(*, subcategory: str, booked_at: datetime) -> datetime | None:
    """The midnight (Paris) from which an uncollected booking has expired, or None: the first one at which it is at
    least as old as its delay (guide §2.2: compared with today's midnight)."""
    days = days_to_collect(subcategory)
    if days is None:
        return None
    due = booked_at.astimezone(PARIS) + timedelta(days=days)
    midnight = datetime.combine(due.date(), time.min, PARIS)
    return midnight if midnight == due else datetime.combine(due.date() + timedelta(days=1), time.min, PARIS)


def warning_due(*, expires_at: datetime, warned_days: int | None, at: datetime) -> int | None:
    """Which warning to give now, in days left (7, then 5), or None. One that was missed is not given after the next."""
    left = expires_at - at
    due = min((days for days in WARN_BEFORE_EXPIRY if left <= timedelta(days=days)), default=None)
    if due is None or left <= timedelta(0) or (warned_days is not None and warned_days <= due):
        return None
    return due


def today_midnight(at: datetime) -> datetime:
    """The last midnight in Paris."""
    return datetime.combine(at.astimezone(PARIS).date(), time.min, PARIS)
