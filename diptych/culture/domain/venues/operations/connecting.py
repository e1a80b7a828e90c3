"""A venue's members connect its ticketing: a maker's system that works with the pass, or their own, whose keys they hold.

Each act is refused (missing) to whoever is no member of the venue's structure; each is in the journal. Keys and secrets are given
this once, to be shown and not kept. What a system is asked, and how it answers, is the bookings' chapter.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from .. import terms
from ..models import PartnerKey, TicketingSystem
from ..terms import PartnerUrls, Validation
from . import partners
from .acting import as_member, own_venue

from diptych.commons.ids import Draw
from diptych.commons.refusal import deny

SYSTEMS: Final = 5
"""Systems of its own that a structure may have. Ours: one system serves every venue of a structure."""
KEYS: Final = 5
"""Keys of one system that open at once. Ours."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A system made: its number, its key and what signs our calls to it, for this once."""

    partner_id: int
    key: str
    secret: str


@transaction.atomic
def connect_own(*, venue_id: int, person_id: int, name: str, draw: Draw, at: datetime) -> Connected:
    """Make a system that the venue's structure runs itself, with a first key, working for the venue. Refuses a structure that the
    team has not validated, a name that is there, one system too many."""
    venue = own_venue(venue_id=venue_id, person_id=person_id)
    structure = as_member(structure_id=venue.structure_id or 0, person_id=person_id)
    if structure.validation != Validation.VALIDATED:
        deny(terms.PARTNER_NOT_YET)
    if TicketingSystem.objects.filter(structure=structure).count() >= SYSTEMS:
        deny(terms.PARTNER_TOO_MANY, most=SYSTEMS)
    actor = f"person:{person_id}"
    made = partners.make_partner(
        name=name, urls=PartnerUrls(), private=False, draw=draw, structure_id=structure.pk, actor=actor, at=at
    )
    key = partners.make_key(partner_id=made, rotate=False, draw=draw, actor=actor, at=at)
    secret = partners.show_secret(partner_id=made, anew=False, draw=draw, actor=actor, at=at)
    partners.link_venue(partner_id=made, venue_id=venue_id, sells=False, actor=actor, at=at)
    return Connected(made, key, secret)


@transaction.atomic
def connect(*, partner_id: int, venue_id: int, person_id: int, at: datetime) -> None:
    """Let a system work for a venue: a maker's, or one of the venue's own structure. Refuses (missing) another structure's, one that
    is closed; a structure that the team has not validated."""
    venue = own_venue(venue_id=venue_id, person_id=person_id)
    structure = as_member(structure_id=venue.structure_id or 0, person_id=person_id)
    if structure.validation != Validation.VALIDATED:
        deny(terms.PARTNER_NOT_YET)
    may = TicketingSystem.objects.filter(Q(structure=None) | Q(structure=structure), pk=partner_id, active=True)
    if not may.exists():
        deny(terms.PARTNER_MISSING)
    partners.link_venue(partner_id=partner_id, venue_id=venue_id, sells=False, actor=f"person:{person_id}", at=at)


@transaction.atomic
def disconnect(*, partner_id: int, venue_id: int, person_id: int, at: datetime) -> None:
    """End a system's work for a venue: its keys open nothing there, and no place is asked of it."""
    own_venue(venue_id=venue_id, person_id=person_id)
    partners.unlink_venue(partner_id=partner_id, venue_id=venue_id, actor=f"person:{person_id}", at=at)


@transaction.atomic
def sell(*, partner_id: int, venue_id: int, person_id: int, sells: bool, at: datetime) -> None:
    """Ask a connected system for the places of a venue from now on, or no longer. Refuses one that is not connected, or that has not
    said where it is asked."""
    own_venue(venue_id=venue_id, person_id=person_id)
    actor = f"person:{person_id}"
    partners.sell_places(partner_id=partner_id, venue_id=venue_id, sells=sells, actor=actor, at=at)


@transaction.atomic
def new_key(*, partner_id: int, person_id: int, draw: Draw, at: datetime) -> str:
    """A further key of a structure's own system, whole, for this once."""
    _own(partner_id, person_id)
    open_now = PartnerKey.objects.filter(Q(ends_at=None) | Q(ends_at__gt=at), partner_id=partner_id)
    if open_now.count() >= KEYS:
        deny(terms.PARTNER_KEYS_TOO_MANY, most=KEYS)
    return partners.make_key(partner_id=partner_id, rotate=False, draw=draw, actor=f"person:{person_id}", at=at)


@transaction.atomic
def end_key(*, partner_id: int, person_id: int, prefix: str, at: datetime) -> None:
    """End a key of a structure's own system at once. Refuses one that is unknown there, or has ended."""
    _own(partner_id, person_id)
    if not PartnerKey.objects.filter(partner_id=partner_id, prefix=prefix).exists():
        deny(terms.PARTNER_KEY_MISSING)
    partners.end_key(prefix=prefix, actor=f"person:{person_id}", at=at)


@transaction.atomic
def new_secret(*, partner_id: int, person_id: int, draw: Draw, at: datetime) -> str:
    """Another signing secret for a structure's own system, shown this once: the old one signs nothing any more."""
    _own(partner_id, person_id)
    return partners.show_secret(partner_id=partner_id, anew=True, draw=draw, actor=f"person:{person_id}", at=at)


def _own(partner_id: int, person_id: int) -> None:
    """Lock a system's structure. Refuses (missing) a maker's system, and one of a structure of which somebody is no member."""
    owner = TicketingSystem.objects.filter(pk=partner_id).values_list("structure_id", flat=True).first()
    if owner is None:
        deny(terms.PARTNER_MISSING)
    as_member(structure_id=owner, person_id=person_id)
