"""A venue's page as its members fill it in: texts, access, hours, exceptions; and its hours as a visitor reads them."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..models import OpeningException, OpeningHours, Venue
from ..rules import hours_on, open_until
from ..terms import NOT_A_MEMBER, Activity, DayHours, Interval, OtherHours, PageDraft
from .own import acting_for

from diptych.commons.refusal import deny


@dataclass(frozen=True, slots=True)
class VenuePage:
    """A venue with what its page says."""

    id: int
    siret: str
    no_siret_why: str
    structure_id: int
    draft: PageDraft


@dataclass(frozen=True, slots=True)
class Ahead:
    """Seven days of a venue, today first (none where nobody said its hours); and until when it is open now, or None."""

    days: tuple[DayHours, ...]
    until: time | None


def venue_page(*, venue_id: int, person_id: int) -> VenuePage:
    """The page of a venue that somebody may act for. Refuses (missing) any other."""
    acting_for(person_id=person_id, venue_id=venue_id)
    venue = Venue.objects.get(pk=venue_id)
    if venue.structure_id is None:
        deny(NOT_A_MEMBER)
    week, others = _hours(venue.pk)
    draft = PageDraft(
        name=venue.name, activity=Activity(venue.activity), description=venue.description, address=venue.address,
        postcode=venue.postcode, city=venue.city, department=venue.department, website=venue.website, phone=venue.phone,
        email=venue.email, accessible_audio=venue.accessible_audio, accessible_mental=venue.accessible_mental,
        accessible_motor=venue.accessible_motor, accessible_visual=venue.accessible_visual,
        hours=week, exceptions=others,
    )  # fmt: skip
    return VenuePage(venue.pk, venue.siret or "", venue.no_siret_why, venue.structure_id, draft)


def days_ahead(*, venue_id: int, at: datetime, zone: str) -> Ahead:
    """The hours of a venue for seven days, today by its own clock first, and until when it is open now."""
    week, others = _hours(venue_id)
    if not any(week) and not others:
        return Ahead((), None)
    local = at.astimezone(ZoneInfo(zone))
    days = tuple(hours_on(day=local.date() + timedelta(n), week=week, exceptions=others) for n in range(7))
    return Ahead(days, open_until(days[0], clock_time=local.time()))


def _hours(venue_id: int) -> tuple[tuple[tuple[Interval, ...], ...], tuple[OtherHours, ...]]:
    "A venue's week, Monday first, and its exceptions."
    week: list[list[Interval]] = [[] for _ in range(7)]
    for one in OpeningHours.objects.filter(venue=venue_id).order_by("weekday", "opens"):
        week[one.weekday].append(Interval(one.opens, one.closes))
    others = tuple(
        OtherHours(
            one.first_day, one.last_day,
            tuple(Interval(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in one.hours), one.words,
        )
        for one in OpeningException.objects.filter(venue=venue_id).order_by("first_day")
    )  # fmt: skip
    return tuple(tuple(day) for day in week), others
