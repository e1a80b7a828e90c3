"""Which rows are one place: a place known by open data, and the venue that signed up.

What officers wrote of the first goes to the second, which stands for both from then on. Does not touch either row of the
venues chapter, nor their offers.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from .. import terms
from ..models import Contact, Note, PlaceFile, SamePlace, Stop
from ..queries.places import heads
from ..rules import core_of, pairs
from ..terms import Known
from .acting import tell

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.models import Venue
from diptych.culture.domain.venues.rules import fold


@transaction.atomic
def join_known_places(*, actor: str, at: datetime) -> int:
    """Join what is surely one place: alone of its commune, kind and core name on both sides. Gives how many. A pair that
    somebody parted stays so."""
    signed_up = heads().exclude(structure=None).exclude(commune=None)
    communes = signed_up.values("commune_id")
    open_data = heads().filter(structure=None, commune_id__in=communes).exclude(source="")
    judged = set(SamePlace.objects.values_list("place_id", "venue_id"))
    taken = {venue for _, venue in SamePlace.objects.filter(is_same=True).values_list("place_id", "venue_id")}
    found = [pair for pair in pairs(open_data=_known(open_data), signed_up=_known(signed_up)) if pair not in judged]
    done = 0
    for place_id, venue_id in found:
        if venue_id not in taken:
            _join(place_id, venue_id, actor=actor, at=at)
            done += 1
    return done


def _known(rows: "QuerySet[Venue]") -> list[Known]:
    return [
        Known(number, commune or "", activity, core_of(name=fold(name), city=fold(city)))
        for number, commune, activity, name, city in rows.order_by("pk").values_list(
            "id", "commune_id", "activity", "name", "commune__name"
        )
    ]


@transaction.atomic
def say_same(*, one_id: int, other_id: int, is_same: bool, actor: str, at: datetime) -> None:
    """Say that two rows are one place, or that they are not (which parts what was joined). Refuses two rows that are both
    open data's, or both signed up."""
    locked = Venue.objects.select_for_update(no_key=True).order_by("pk")
    rows = {row.pk: row for row in locked.filter(pk__in=(one_id, other_id), deleted_at=None)}
    places = [row for row in rows.values() if row.structure_id is None]
    if len(rows) != 2 or len(places) != 1:
        deny(terms.NOT_A_PAIR)
    place_id = places[0].pk
    venue_id = other_id if place_id == one_id else one_id
    if is_same:
        if SamePlace.objects.filter(place_id=place_id, is_same=True).exclude(venue_id=venue_id).exists():
            deny(terms.NOT_A_PAIR)
        _join(place_id, venue_id, actor=actor, at=at)
        return
    SamePlace.objects.update_or_create(place_id=place_id, venue_id=venue_id, defaults={"is_same": False, "at": at})
    tell("part", venue_id=venue_id, actor=actor, at=at, facts={"place": place_id})


def _join(place_id: int, venue_id: int, *, actor: str, at: datetime) -> None:
    list(Venue.objects.select_for_update(no_key=True).filter(pk__in=(place_id, venue_id)).order_by("pk"))
    SamePlace.objects.update_or_create(place_id=place_id, venue_id=venue_id, defaults={"is_same": True, "at": at})
    for table in (Contact, Note):
        table.objects.filter(venue_id=place_id).update(venue_id=venue_id)
    twice = Stop.objects.filter(venue_id=venue_id).values_list("officer_id", "day")
    both = Q(pk=None)
    for officer, day in twice:
        both |= Q(officer_id=officer, day=day)
    Stop.objects.filter(both, venue_id=place_id).delete()
    Stop.objects.filter(venue_id=place_id).update(venue_id=venue_id)
    left = PlaceFile.objects.filter(venue_id=place_id).first()
    if not PlaceFile.objects.filter(venue_id=venue_id).exists():
        PlaceFile.objects.filter(venue_id=place_id).update(venue_id=venue_id)
    elif left is not None and left.next_on is not None:
        PlaceFile.objects.filter(venue_id=venue_id, next_on=None).update(
            officer_id=left.officer_id, next_step=left.next_step, next_on=left.next_on
        )
    tell("join", venue_id=venue_id, actor=actor, at=at, facts={"place": place_id})
