"""When venues are paid: the cut-offs of batches, twice a month (guide §3.3). Pure."""

from datetime import date, datetime, time, timedelta
from typing import Final

from .. import terms

from diptych.commons.clock import PARIS
from diptych.commons.refusal import Refusal, refuse

CUTOFF_DAYS: Final = (1, 16)
"""Days of a month that begin with a cut-off: twice a month (guide §3.3); the days are ours."""


def cutoff_of(day: date) -> datetime:
    """The midnight of Paris with which a day begins."""
    return datetime.combine(day, time(), tzinfo=PARIS)


def last_cutoff_day(*, at: datetime) -> date:
    """The day of the latest cut-off that has passed."""
    today = at.astimezone(PARIS).date()
    return today.replace(day=max(day for day in CUTOFF_DAYS if day <= today.day))


def next_cutoff_day(*, at: datetime) -> date:
    """The day of the next cut-off."""
    last = last_cutoff_day(at=at)
    return last.replace(day=CUTOFF_DAYS[1]) if last.day == CUTOFF_DAYS[0] else (last + timedelta(days=20)).replace(day=1)


def why_not_batch(day: date, *, latest: datetime | None, at: datetime) -> Refusal | None:
    """Why a batch cannot be made for a day, or None. `latest`: the cut-off of the last batch. One that was made is not
    asked about: making it again changes nothing."""
    cutoff = cutoff_of(day)
    if day.day not in CUTOFF_DAYS:
        return refuse(terms.BATCH_DAY)
    if cutoff > at:
        return refuse(terms.BATCH_TO_COME, cutoff_at=cutoff)
    return refuse(terms.BATCH_PAST) if latest is not None and latest > cutoff else None
