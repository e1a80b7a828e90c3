"""The places of a département: each once, with where it stands, narrowed by kind, stage and words.

All of a département are read (some hundreds, Paris some thousands): where a place stands is a rule, written once. Does not
hold what officers wrote besides the next step.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Max, QuerySet

from ..rules import stage_of
from ..terms import PlaceFacts, Stage

from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.catalogue.models import Offer
from diptych.culture.domain.catalogue.terms import OfferValidation
from diptych.culture.domain.venues.models import Commune, Venue
from diptych.culture.domain.venues.terms import Activity

PER_PAGE: Final = 30


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list, on a map or in a day."""

    id: int
    name: str
    activity: str
    address: str
    postcode: str
    city: str
    latitude: float | None
    longitude: float | None
    stage: Stage
    next_step: str
    next_on: date | None


@dataclass(frozen=True, slots=True)
class PlaceList:
    """A page of places, those to see first on top; all of them, for the map; how many of each kind and stage."""

    rows: list[Place]
    every: list[Place]
    towns: list[tuple[str, float, float, int]]
    """Communes of the département, the largest first: name, where, people."""
    page: int
    pages: int
    by_stage: Mapping[str, int]
    by_activity: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many places there are in all pages."""
        return len(self.every)


def places_of(
    *, department: str, at: datetime, activity: str = "", stage: str = "", text: str = "", officer_id: int | None = None, page: int = 1
) -> PlaceList:  # fmt: skip
    """The places of a département: next steps that are due first, then by name. `officer_id`: only those that they follow."""
    found = heads().filter(department=department)
    if officer_id is not None:
        found = found.filter(place_file__officer_id=officer_id)
    every = read(found, at=at)
    words = text.strip().lower()
    if words:
        every = [one for one in every if words in f"{one.name} {one.city}".lower()]
    by_activity = Counter(one.activity for one in every)
    if activity:
        every = [one for one in every if one.activity == activity]
    by_stage = Counter(one.stage.value for one in every)
    if stage:
        every = [one for one in every if one.stage == stage]
    every.sort(key=lambda one: (one.next_on is None, one.next_on or date.max, one.name.lower(), one.id))
    pages = max(-(-len(every) // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    return PlaceList(
        every[(page - 1) * PER_PAGE : page * PER_PAGE], every, _towns(department), page, pages, by_stage, by_activity
    )  # fmt: skip


def _towns(department: str) -> list[tuple[str, float, float, int]]:
    known = Commune.objects.filter(department=department, latitude__isnull=False, longitude__isnull=False)
    rows = known.order_by("-population", "insee").values_list("name", "latitude", "longitude", "population")
    return [(name, north or 0.0, east or 0.0, people or 0) for name, north, east, people in rows]


def heads() -> "QuerySet[Venue]":
    """The row that stands for each place that one can go to: what open data knows of a venue that signed up is that venue."""
    return Venue.objects.filter(deleted_at=None).exclude(activity=Activity.DIGITAL).exclude(same_as__is_same=True)


def read(found: "QuerySet[Venue]", *, at: datetime) -> list[Place]:
    """Places as lists show them, in no order."""
    rows = list(
        found.values_list(
            "id", "name", "activity", "address", "postcode", "city", "latitude", "longitude", "structure__validation",
            "place_file__stage", "place_file__next_step", "place_file__next_on",
        )
    )  # fmt: skip
    facts = facts_of({row[0]: row[8] for row in rows if row[8]})
    return [
        Place(
            *row[:8],
            stage=stage_of(facts.get(row[0], PlaceFacts()), by_hand=Stage(row[9] or Stage.TO_MEET), at=at),
            next_step=row[10] or "", next_on=row[11],
        )
        for row in rows
    ]  # fmt: skip


def facts_of(structures: Mapping[int, str], *, since: datetime | None = None, everywhere: bool = False) -> dict[int, PlaceFacts]:
    """What says where venues stand, given the states of their structures: last offer approved, last booking. `since`: older
    bookings are not looked for. `everywhere`: the venues are most of those there are, so that all are read at once."""
    ids: Collection[int] = list(structures)
    offers = Offer.objects.filter(validation=OfferValidation.APPROVED, publication_at__isnull=False)
    bookings = Booking.objects.all()
    if not everywhere:
        offers, bookings = offers.filter(venue_id__in=ids), bookings.filter(offer__venue_id__in=ids)
    if since is not None:
        bookings = bookings.filter(booked_at__gt=since)
    offered = dict(offers.order_by().values_list("venue_id").annotate(last=Max("created_at")))
    booked = dict(bookings.order_by().values_list("offer__venue_id").annotate(last=Max("booked_at")))
    return {one: PlaceFacts(state, offered.get(one), booked.get(one)) for one, state in structures.items()}
