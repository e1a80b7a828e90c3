"""What writes about structures share: the lock, who may act, the echo, the line of the journal."""

from datetime import datetime
from typing import Any

from django.db import connection

from .. import terms
from ..models import Membership, Structure, Venue
from ..terms import Validation

from diptych.commons import journal, outbox
from diptych.commons.refusal import deny

OPEN = (Validation.NEW, Validation.PENDING, Validation.VALIDATED)
"""States in which a structure's members may work on it."""


def locked_structure(structure_id: int) -> Structure:
    """A structure, locked. Refuses an unknown one."""
    structure = Structure.objects.select_for_update(no_key=True).filter(pk=structure_id).first()
    if structure is None:
        deny(terms.STRUCTURE_MISSING)
    return structure


def as_member(*, structure_id: int, person_id: int) -> Structure:
    """A structure, locked, of which somebody is a member. Refuses (missing) anybody else, and one that is not open."""
    found = Membership.objects.filter(person_id=person_id, structure_id=structure_id, validation=Validation.VALIDATED)
    if not found.filter(structure__validation__in=OPEN).exists():
        deny(terms.NOT_A_MEMBER)
    return locked_structure(structure_id)


def own_venue(*, venue_id: int, person_id: int) -> Venue:
    """A venue, locked, that somebody may act for. Refuses (missing) any other."""
    venue = Venue.objects.select_for_update(no_key=True, of=("self",)).filter(pk=venue_id, deleted_at=None).first()
    if venue is None or venue.structure_id is None:
        deny(terms.NOT_A_MEMBER)
    found = Membership.objects.filter(person_id=person_id, structure_id=venue.structure_id, validation=Validation.VALIDATED)
    if not found.filter(structure__validation__in=OPEN).exists():
        deny(terms.NOT_A_MEMBER)
    return venue


def announce(topic: str, *, structure_id: int, at: datetime, **facts: int | str) -> None:
    """Write a message about a structure; numbers and codes only."""
    payload = {"structure_id": structure_id, **facts}
    with connection.cursor() as cursor:
        outbox.announce(cursor, topic=topic, key=f"structure:{structure_id}", payload=payload, at=at)


def tell(act: str, *, subject: str, actor: str, at: datetime, facts: dict[str, Any] | None = None) -> None:
    """Write an act in the journal: the last step of its transaction."""
    with connection.cursor() as cursor:
        journal.write(cursor, actor=actor, act=act, subject=subject, at=at, facts=facts)
