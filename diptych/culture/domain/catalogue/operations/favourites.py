"""Keeping an offer in sight, and letting it go."""

from datetime import datetime

from django.db import transaction

from ..models import Favourite
from ..queries.offers import offer_page
from ..rules.offers import MOST_FAVOURITES
from ..terms import TOO_MANY_FAVOURITES

from diptych.commons.refusal import deny
from diptych.culture.domain.people.models import Person


@transaction.atomic
def favour(*, person_id: int, offer_id: int, at: datetime) -> None:
    """Keep an offer; a second time changes nothing. Refused when it is not shown, or past a hundred favourites."""
    offer_page(offer_id=offer_id, at=at)
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person_id)  # two at once would pass the limit
    kept = Favourite.objects.filter(person_id=person_id)
    if kept.filter(offer_id=offer_id).exists():
        return
    if kept.count() >= MOST_FAVOURITES:
        deny(TOO_MANY_FAVOURITES, most=MOST_FAVOURITES)
    Favourite.objects.create(person_id=person_id, offer_id=offer_id, created_at=at)


def unfavour(*, person_id: int, offer_id: int, at: datetime) -> None:
    """Let an offer go; a second time changes nothing. `at` is there for symmetry: nothing is written of when."""
    if 0 < offer_id < 2**63:
        Favourite.objects.filter(person_id=person_id, offer_id=offer_id).delete()
