"""For whom the person at the keyboard acts: their venues, and how a page of theirs is drawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from diptych.commons import clock
from diptych.culture.domain.people.queries import zone_name
from diptych.culture.domain.venues.queries import OwnVenue, venues_of


@dataclass(frozen=True, slots=True)
class Mine:
    """The venues somebody acts for, the actor's name for the journal, the instant, and the zone of the first venue."""

    person_id: int
    venues: tuple[OwnVenue, ...]
    at: datetime
    zone: str
    email: str = ""
    email_checked: bool = False

    @property
    def venue_ids(self) -> frozenset[int]:
        """Their venues' numbers: what every read and write of this portal is bounded by."""
        return frozenset(venue.id for venue in self.venues)

    @property
    def actor(self) -> str:
        """The actor, for the journal."""
        return f"person:{self.person_id}"

    @property
    def name(self) -> str:
        """What stands above the title: the venue, where there is one only."""
        return self.venues[0].name if len(self.venues) == 1 else ""


def mine_of(request: HttpRequest) -> Mine:
    """Read it once a request: the clock is read here and passed down."""
    assert request.user.pk is not None  # the door has seen to it
    venues = tuple(venues_of(person_id=request.user.pk))
    zone = zone_name(department=venues[0].department if venues else "")
    timezone.activate(zone)
    checked = request.user.email_validated_at is not None
    return Mine(request.user.pk, venues, clock.now(), zone, request.user.email, checked)


def page(request: HttpRequest, template: str, mine: Mine, *, status_code: int = 200, **context: Any) -> HttpResponse:
    """A page of this portal, with what each of them needs."""
    shown = {"mine": mine, "at": mine.at, "zone": mine.zone, **context}
    response = render(request, f"venue/{template}.html", shown, status=status_code)
    response.headers["Cache-Control"] = "private, no-store"
    return response
