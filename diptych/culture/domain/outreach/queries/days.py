"""An officer's days: the places of one, in order, with how far each is from the one before; next steps that are due."""

from dataclasses import dataclass
from datetime import date, datetime

from ..models import PlaceFile, Stop
from ..rules import metres
from .places import Place, heads, read


@dataclass(frozen=True, slots=True)
class DayStop:
    """A place in a day. `metres`: from the one before, as the crow flies; None where one of them is nowhere on the map."""

    id: int
    place: Place
    phone: str
    done_at: datetime | None
    metres: float | None
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A next step that an officer wrote for themselves."""

    venue_id: int
    name: str
    city: str
    words: str
    on: date


def day_of(*, officer_id: int, day: date, at: datetime) -> list[DayStop]:
    """The places of an officer's day, in order."""
    stops = list(Stop.objects.filter(officer_id=officer_id, day=day).select_related("venue").order_by("position", "pk"))
    places = {one.id: one for one in read(heads().filter(pk__in=[stop.venue_id for stop in stops]), at=at)}
    stops = [stop for stop in stops if stop.venue_id in places]
    rows: list[DayStop] = []
    for n, stop in enumerate(stops):
        place = places[stop.venue_id]
        far = _between(rows[-1].place, place) if rows else None
        rows.append(DayStop(stop.pk, place, stop.venue.phone, stop.done_at, far, n == 0, n == len(stops) - 1))
    return rows


def _between(here: Place, there: Place) -> float | None:
    if here.latitude is None or here.longitude is None or there.latitude is None or there.longitude is None:
        return None
    return metres((here.latitude, here.longitude), (there.latitude, there.longitude))


def due_steps(*, officer_id: int, until: date, limit: int = 20) -> list[Due]:
    """Next steps due by a day, the oldest first."""
    found = PlaceFile.objects.filter(officer_id=officer_id, next_on__lte=until, venue__in=heads()).select_related("venue")
    return [
        Due(one.venue_id, one.venue.name, one.venue.city, one.next_step, one.next_on)
        for one in found.order_by("next_on", "pk")[:limit]
        if one.next_on is not None
    ]
