"""One place whole: what it is, where it stands and why, whom to talk to, what was written, which rows may be the same."""

from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Final

from django.db.models import Q

from ..models import Contact, Note, PlaceFile, SamePlace
from ..rules import are_decided, moves_of
from ..terms import PLACE_MISSING, PlaceFacts, Stage
from .places import Place, facts_of, heads, read

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import Venue

ALIKE: Final = 0.6
"""How close two names of one town must be to be shown side by side (difflib's ratio)."""
MOST_ALIKE: Final = 4


@dataclass(frozen=True, slots=True)
class ContactOf:
    """Somebody to talk to."""

    id: int
    name: str
    position: str
    email: str
    phone: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NoteOf:
    """What an officer wrote."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OtherRow:
    """Another row that is this place, or may be."""

    id: int
    name: str
    city: str
    source: str
    """Where open data has it from; empty for a venue that signed up."""


@dataclass(frozen=True, slots=True)
class PlaceDetail:
    """A place as its officer reads it. `moves`: the stages that may be written; none where facts decide. `head_id`: the row
    that stands for it, another than `place.id` where it was joined to a venue that signed up."""

    place: Place
    head_id: int
    source: str
    structure_id: int | None
    structure_name: str
    phone: str
    email: str
    website: str
    facts: PlaceFacts
    is_decided: bool
    moves: tuple[Stage, ...]
    stage_before: str
    stage_at: datetime | None
    officer_id: int | None
    contacts: tuple[ContactOf, ...]
    notes: tuple[NoteOf, ...]
    same: tuple[OtherRow, ...]
    alike: tuple[OtherRow, ...]


def place_detail(*, venue_id: int, at: datetime) -> PlaceDetail:
    """One place. Refuses one that is unknown, deleted, or nowhere to go to."""
    joined = SamePlace.objects.filter(place_id=venue_id, is_same=True).values_list("venue_id", flat=True).first()
    head = joined or venue_id
    found = read(heads().filter(pk=head), at=at)
    if not found:
        deny(PLACE_MISSING)
    venue = Venue.objects.select_related("structure").get(pk=head)
    state = venue.structure.validation if venue.structure else ""
    facts = facts_of({head: state})[head] if state else PlaceFacts()
    written = PlaceFile.objects.filter(venue_id=head).first() or PlaceFile(venue_id=head)
    return PlaceDetail(
        place=found[0], head_id=head, source=venue.source, structure_id=venue.structure_id,
        structure_name=venue.structure.name if venue.structure else "", phone=venue.phone, email=venue.email,
        website=venue.website, facts=facts, is_decided=are_decided(facts),
        moves=moves_of(facts, by_hand=Stage(written.stage)), stage_before=written.stage_before, stage_at=written.stage_at,
        officer_id=written.officer_id,
        contacts=tuple(
            ContactOf(one.pk, one.name, one.position, one.email, one.phone, one.at)
            for one in Contact.objects.filter(venue_id=head).order_by("name", "pk")
        ),
        notes=tuple(NoteOf(one.text, one.by, one.at) for one in Note.objects.filter(venue_id=head).order_by("-at", "-pk")[:100]),
        same=tuple(
            _other(one.place) for one in SamePlace.objects.filter(venue_id=head, is_same=True).select_related("place").order_by("pk")
        ),
        alike=_alike(venue),
    )  # fmt: skip


def _alike(venue: Venue) -> tuple[OtherRow, ...]:
    "Rows of the same commune, of the other sort, with a close name, that nobody has judged yet."
    if venue.commune_id is None:
        return ()
    judged = SamePlace.objects.filter(Q(place=venue) | Q(venue=venue)).values_list("place_id", "venue_id")
    seen = {number for pair in judged for number in pair}
    near = heads().filter(commune_id=venue.commune_id, structure__isnull=venue.structure_id is not None).exclude(pk=venue.pk)
    close = [
        (SequenceMatcher(None, venue.name.lower(), other.name.lower()).ratio(), other)
        for other in near.exclude(pk__in=seen).order_by("pk")[:500]
    ]
    best = sorted((row for row in close if row[0] >= ALIKE), key=lambda row: -row[0])[:MOST_ALIKE]
    return tuple(_other(other) for _, other in best)


def _other(venue: Venue) -> OtherRow:
    return OtherRow(venue.pk, venue.name, venue.city, venue.source if venue.structure_id is None else "")
