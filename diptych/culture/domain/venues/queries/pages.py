"""A venue's page as its members fill it in: texts, access, hours, exceptions."""

from dataclasses import dataclass
from datetime import time

from ..models import OpeningException, OpeningHours, Venue
from ..terms import NOT_A_MEMBER, Activity, Interval, OtherHours, PageDraft
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


def venue_page(*, venue_id: int, person_id: int) -> VenuePage:
    """The page of a venue that somebody may act for. Refuses (missing) any other."""
    acting_for(person_id=person_id, venue_id=venue_id)
    venue = Venue.objects.get(pk=venue_id)
    if venue.structure_id is None:
        deny(NOT_A_MEMBER)
    week: list[list[Interval]] = [[] for _ in range(7)]
    for one in OpeningHours.objects.filter(venue=venue).order_by("weekday", "opens"):
        week[one.weekday].append(Interval(one.opens, one.closes))
    others = tuple(
        OtherHours(
            one.first_day, one.last_day,
            tuple(Interval(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in one.hours), one.words,
        )
        for one in OpeningException.objects.filter(venue=venue).order_by("first_day")
    )  # fmt: skip
    draft = PageDraft(
        name=venue.name, activity=Activity(venue.activity), description=venue.description, address=venue.address,
        postcode=venue.postcode, city=venue.city, department=venue.department, website=venue.website, phone=venue.phone,
        email=venue.email, accessible_audio=venue.accessible_audio, accessible_mental=venue.accessible_mental,
        accessible_motor=venue.accessible_motor, accessible_visual=venue.accessible_visual,
        hours=tuple(tuple(day) for day in week), exceptions=others,
    )  # fmt: skip
    return VenuePage(venue.pk, venue.siret or "", venue.no_siret_why, venue.structure_id, draft)
