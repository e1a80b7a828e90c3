"""Who asks on the team's pages, as the journal names them, their own day, the largest number that an address may ask for."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from diptych.culture.domain.people.queries import zone_name

MOST_ID: Final = 2**63 - 1
"""What a row's number can be at most: a larger one names nothing."""


def actor_of(request: HttpRequest) -> str:
    """The member of the team who asks."""
    return f"person:{request.user.pk}"


def officer_of(request: HttpRequest) -> int:
    """The account of the member of the team who asks."""
    return int(request.user.pk)  # type: ignore[arg-type]  # a Person: the door saw to it


def today_of(request: HttpRequest, at: datetime) -> date:
    """The day by the clock of the département that the member's account names; Paris's where it names none."""
    department: str = request.user.department  # type: ignore[union-attr]  # a Person: the door saw to it
    return at.astimezone(ZoneInfo(zone_name(department=department))).date()
