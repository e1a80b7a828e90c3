"""How papers are numbered, and when transfers are done. Pure."""

from datetime import date, datetime, timedelta
from typing import Final

from diptych.commons.clock import PARIS

VALIDATED_AFTER: Final = timedelta(days=2)
"""A transfer that the bank has not given back two days after it had the file is done (guide §1.6, settlement)."""


def year_of(at: datetime) -> int:
    """The year in which a paper made at an instant is numbered: Paris's."""
    return at.astimezone(PARIS).year


def bank_day(*, at: datetime) -> date:
    """The day on which transfers handed over now are to be done: the next one that is neither Saturday nor Sunday."""
    day = at.astimezone(PARIS).date() + timedelta(days=1)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def end_to_end(*, batch: int, cashflow: int, attempt: int) -> str:
    """The number that goes with a transfer from the file to the bank's return: 35 signs at most (ISO 20022, Max35Text)."""
    return f"VIR{batch}-{cashflow}-{attempt}"
