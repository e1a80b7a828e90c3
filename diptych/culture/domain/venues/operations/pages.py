"""What a venue's page says: texts, address, access, hours and their exceptions, contact. One form, one write.

Does not hold the venue's name in the national register, nor pictures of offers (the catalogue's).
"""

from datetime import datetime

from django.db import transaction

from .. import terms
from ..models import OpeningException, OpeningHours
from ..queries.placing import commune_of
from ..rules import why_not_hours
from ..terms import PageDraft
from .acting import own_venue, tell
from .gazetteer import department_of

from diptych.commons.refusal import deny, stop_if


@transaction.atomic
def edit_page(*, venue_id: int, person_id: int, draft: PageDraft, actor: str, at: datetime) -> None:
    """Write a venue's page whole. Refuses hours that overlap or go backwards. An import leaves it alone from then on. The
    place on the map follows the commune where the address changed town."""
    venue = own_venue(venue_id=venue_id, person_id=person_id)
    if not draft.name.strip():
        deny(terms.NAME_MISSING)
    stop_if(why_not_hours(week=draft.hours, exceptions=draft.exceptions))
    moved = (venue.postcode, venue.city) != (draft.postcode, draft.city)
    venue.name, venue.activity, venue.description = draft.name.strip()[:255], draft.activity, draft.description.strip()
    venue.address, venue.postcode, venue.city = draft.address.strip()[:255], draft.postcode[:5], draft.city.strip()[:120]
    venue.website, venue.phone, venue.email = draft.website[:500], draft.phone.strip()[:40], draft.email.strip()[:254]
    venue.accessible_audio, venue.accessible_mental = draft.accessible_audio, draft.accessible_mental
    venue.accessible_motor, venue.accessible_visual = draft.accessible_motor, draft.accessible_visual
    if moved or venue.commune_id is None:
        commune = commune_of(postcode=draft.postcode, city=draft.city)
        venue.department = commune.department if commune else department_of(draft.postcode) or venue.department
        venue.commune = commune
        venue.latitude, venue.longitude = (commune.latitude, commune.longitude) if commune else (venue.latitude, venue.longitude)
    venue.edited_at = at
    venue.save()
    OpeningHours.objects.filter(venue=venue).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(venue=venue, weekday=day, opens=one.opens, closes=one.closes)
        for day, hours in enumerate(draft.hours)
        for one in hours
    )
    OpeningException.objects.filter(venue=venue).delete()
    OpeningException.objects.bulk_create(
        OpeningException(
            venue=venue, first_day=other.first_day, last_day=other.last_day, words=other.words.strip()[:120],
            hours=[[f"{one.opens:%H:%M}", f"{one.closes:%H:%M}"] for one in other.hours],
        )
        for other in draft.exceptions
    )  # fmt: skip
    tell("venues.edit_page", subject=f"venue:{venue.pk}", actor=actor, at=at)
