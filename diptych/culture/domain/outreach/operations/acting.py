"""What writes of outreach share: the place and its file, locked; the line of the journal."""

from datetime import datetime
from typing import Any

from django.db import connection

from .. import terms
from ..models import PlaceFile, SamePlace
from ..queries.places import facts_of
from ..terms import PlaceFacts

from diptych.commons import journal
from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.terms import Activity


def locked_place(venue_id: int) -> Venue:
    """The row that stands for a place, locked. Refuses an unknown one."""
    joined = SamePlace.objects.filter(place_id=venue_id, is_same=True).values_list("venue_id", flat=True).first()
    found = Venue.objects.select_for_update(no_key=True, of=("self",)).filter(pk=joined or venue_id, deleted_at=None)
    venue = found.exclude(activity=Activity.DIGITAL).first()
    if venue is None:
        deny(terms.PLACE_MISSING)
    return venue


def facts_about(venue: Venue) -> PlaceFacts:
    """What says where a place stands."""
    if venue.structure is None:
        return PlaceFacts()
    return facts_of({venue.pk: venue.structure.validation})[venue.pk]


def file_of(venue: Venue) -> PlaceFile:
    """What officers wrote of a place: a new one where nobody did. The place is locked, and so is its file with it."""
    return PlaceFile.objects.filter(venue=venue).first() or PlaceFile(venue=venue)


def tell(act: str, *, venue_id: int, actor: str, at: datetime, facts: dict[str, Any] | None = None) -> None:
    """Write an act in the journal: the last step of its transaction. Numbers and codes only."""
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=f"outreach.{act}", subject=f"venue:{venue_id}", at=at, facts=facts)
