"""Reads of the venues chapter: for whom somebody may act.

A structure that the back office has rejected or closed gives nothing; neither does a membership that was not validated.
Whatever is not somebody's is missing to them, never forbidden (field guide §10, 14).
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from ..models import Venue
from ..terms import NOT_A_MEMBER, Validation

from diptych.commons.refusal import deny

_OPEN = (Validation.NEW, Validation.PENDING, Validation.VALIDATED)


@dataclass(frozen=True, slots=True)
class OwnVenue:
    """A venue that somebody acts for. `is_validated`: the back office has accepted its structure."""

    id: int
    name: str
    activity: str
    address: str
    postcode: str
    city: str
    department: str
    structure_name: str
    is_validated: bool
    is_ticketed_elsewhere: bool


def venues_of(*, person_id: int) -> list[OwnVenue]:
    """The venues that somebody may act for, by name; none for a stranger."""
    return [_own(venue) for venue in _acting_for(person_id).order_by("name", "id")]


def venue_ids_of(*, person_id: int) -> frozenset[int]:
    """The same, as numbers alone."""
    return frozenset(_acting_for(person_id).values_list("id", flat=True))


def acting_for(*, person_id: int, venue_id: int) -> OwnVenue:
    """One venue, if somebody may act for it. Refuses (missing) otherwise."""
    venue = _acting_for(person_id).filter(pk=venue_id).first()
    if venue is None:
        deny(NOT_A_MEMBER)
    return _own(venue)


def _acting_for(person_id: int) -> "QuerySet[Venue]":
    return Venue.objects.filter(
        deleted_at=None,
        structure__validation__in=_OPEN,
        structure__memberships__person_id=person_id,
        structure__memberships__validation=Validation.VALIDATED,
    ).select_related("structure")


def _own(venue: Venue) -> OwnVenue:
    structure = venue.structure
    return OwnVenue(
        id=venue.pk,
        name=venue.name,
        activity=venue.activity,
        address=venue.address,
        postcode=venue.postcode,
        city=venue.city,
        department=venue.department,
        structure_name=structure.name if structure else "",
        is_validated=structure is not None and structure.validation == Validation.VALIDATED,
        is_ticketed_elsewhere=venue.ticketing_id is not None,
    )
