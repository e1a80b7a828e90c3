"""What share of each kind of place is active, by territory. Counts of places, not of persons: shown whatever their size."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, Q

from ..rules import SLEEPS_AFTER, add, are_decided, stage_of
from ..terms import PlaceFacts, Share, Stage
from .places import facts_of, heads

from diptych.culture.domain.people.rules import DEPARTMENTS
from diptych.culture.domain.venues.models import Commune


@dataclass(frozen=True, slots=True)
class Territory:
    """A département with its share, and where its middle is (None where no commune of it is known)."""

    code: str
    name: str
    share: Share
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares by kind in the territory asked for, and by territory for the kind asked for; the whole of both."""

    total: Share
    by_activity: list[tuple[str, Share]]
    by_territory: list[Territory]


def shares(*, at: datetime, department: str = "", activity: str = "") -> Shares:
    """Shares of all places: by kind (of one département, or of all), by département (of one kind, or of all). Reads each
    venue that signed up, and the bookings of half a year."""
    cells: dict[tuple[str, str], Share] = defaultdict(Share)
    outside = heads().filter(Q(structure=None) | Q(structure__validation__in=("REJECTED", "CLOSED", "DELETED")))
    for code, kind, known in outside.order_by().values_list("department", "activity").annotate(n=Count("id")):
        cells[code, kind] = Share(known)
    inside = list(heads().exclude(structure=None).values_list("id", "structure__validation", "department", "activity"))
    facts = facts_of({row[0]: row[1] for row in inside}, since=at - SLEEPS_AFTER, everywhere=True)
    for number, _state, code, kind in inside:
        found: PlaceFacts = facts[number]
        if are_decided(found):
            stage = stage_of(found, by_hand=Stage.TO_MEET, at=at)
            cells[code, kind] = add(cells[code, kind], signed_up=True, stage=stage)
    kinds: dict[str, Share] = defaultdict(Share)
    places: dict[str, Share] = defaultdict(Share)
    total = Share()
    for (code, kind), share in cells.items():
        if department in ("", code):
            kinds[kind] = _sum(kinds[kind], share)
        if activity in ("", kind):
            places[code] = _sum(places[code], share)
        if department in ("", code) and activity in ("", kind):
            total = _sum(total, share)
    middles = {
        code: (north, east)
        for code, north, east in Commune.objects.order_by()
        .values_list("department")
        .annotate(n=Avg("latitude"), e=Avg("longitude"))
    }
    return Shares(
        total,
        sorted(kinds.items(), key=lambda row: (-row[1].known, row[0])),
        [
            Territory(code, DEPARTMENTS[code].name, places[code], *middles.get(code, (None, None)))
            for code in DEPARTMENTS
            if places[code].known
        ],
    )


def _sum(one: Share, other: Share) -> Share:
    return Share(one.known + other.known, one.signed_up + other.signed_up, one.active + other.active)
