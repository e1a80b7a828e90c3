"""An officer's day: which places, in which order, and which were seen. Each officer plans their own.

Does not hold what is written of a place: seeing one that is still to meet moves it, as `following.move` would.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from .. import terms
from ..models import Stop
from ..rules import are_decided, nearest_next, why_not_plan
from ..terms import Stage
from .acting import facts_about, file_of, locked_place, tell
from .following import move, undo_move

from diptych.commons.refusal import deny, stop_if
from diptych.culture.domain.people.models import Person


@transaction.atomic
def add_stop(*, venue_id: int, officer_id: int, day: date, today: date, actor: str, at: datetime) -> None:
    """Add a place at the end of a day."""
    _lock(officer_id)
    venue = locked_place(venue_id)
    planned = Stop.objects.filter(officer_id=officer_id, day=day)
    already = planned.filter(venue=venue).exists()
    stop_if(why_not_plan(day=day, today=today, planned=planned.count(), already=already))
    last = planned.aggregate(last=Max("position"))["last"]
    Stop.objects.create(officer_id=officer_id, day=day, venue=venue, position=0 if last is None else last + 1)
    tell("add_stop", venue_id=venue.pk, actor=actor, at=at, facts={"day": day.isoformat()})


@transaction.atomic
def remove_stop(*, stop_id: int, officer_id: int, actor: str, at: datetime) -> None:
    """Take a place off a day."""
    stop = _own(stop_id, officer_id)
    venue_id, day = stop.venue_id, stop.day
    stop.delete()
    tell("remove_stop", venue_id=venue_id, actor=actor, at=at, facts={"day": day.isoformat()})


@transaction.atomic
def shift(*, stop_id: int, officer_id: int, up: bool) -> None:
    """Move a place one up, or one down, in its day. At the end it stays."""
    stop = _own(stop_id, officer_id)
    order = list(Stop.objects.filter(officer_id=officer_id, day=stop.day).order_by("position", "pk"))
    here = order.index(stop)
    there = min(max(here + (-1 if up else 1), 0), len(order) - 1)
    order.insert(there, order.pop(here))
    _number(order)


@transaction.atomic
def order_by_distance(*, officer_id: int, day: date) -> None:
    """Order what is left of a day by distance: from the first place, each time the nearest of the others."""
    _lock(officer_id)
    order = list(Stop.objects.filter(officer_id=officer_id, day=day).select_related("venue").order_by("position", "pk"))
    done, left = [stop for stop in order if stop.done_at], [stop for stop in order if not stop.done_at]
    points = [
        (stop.venue.latitude, stop.venue.longitude)
        if stop.venue.latitude is not None and stop.venue.longitude is not None
        else None
        for stop in left
    ]
    _number([*done, *(left[n] for n in nearest_next(points))])


@transaction.atomic
def mark(*, stop_id: int, officer_id: int, seen: bool, actor: str, at: datetime) -> None:
    """Say that a place was seen, or take it back. One that was still to meet is met, or is to meet again."""
    stop = _own(stop_id, officer_id)
    if bool(stop.done_at) == seen:
        return
    venue = locked_place(stop.venue_id)
    written = file_of(venue)
    if not are_decided(facts_about(venue)):
        if seen and written.stage == Stage.TO_MEET:
            move(venue_id=venue.pk, stage=Stage.MET, officer_id=officer_id, actor=actor, at=at)
        elif not seen and written.stage_at == stop.done_at and written.stage_before:
            undo_move(venue_id=venue.pk, actor=actor, at=at)
    stop.done_at = at if seen else None
    stop.save(update_fields=["done_at"])
    tell("mark", venue_id=venue.pk, actor=actor, at=at, facts={"seen": int(seen)})


def _lock(officer_id: int) -> None:
    "One write at a time in an officer's days."
    Person.objects.select_for_update(no_key=True).get(pk=officer_id)


def _own(stop_id: int, officer_id: int) -> Stop:
    _lock(officer_id)
    stop = Stop.objects.filter(pk=stop_id, officer_id=officer_id).first()
    if stop is None:
        deny(terms.STOP_MISSING)
    return stop


def _number(order: list[Stop]) -> None:
    for position, stop in enumerate(order):
        stop.position = position
    Stop.objects.bulk_update(order, ["position"])
