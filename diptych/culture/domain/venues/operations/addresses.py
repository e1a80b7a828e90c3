"""Addresses that partners' programs name: kept once, placed by what they say or by a venue that stands there.

Holds no geocoder: communes are those of the official code, streets those of the open data's places. Does not hold offers.
"""

from datetime import datetime

from django.db import transaction

from ..models import Address, Venue
from ..queries.addresses import municipality
from ..rules import fold
from ..terms import ADDRESS_UNPLACED
from .acting import tell

from diptych.commons.refusal import deny


@transaction.atomic
def keep_address(*, street: str, city: str, postcode: str, position: tuple[float, float] | None, actor: str, at: datetime) -> int:
    """Keep an address, and give its number: the same one however often, and however it is spelt. `position`: latitude and
    longitude in degrees, needed where no venue of that commune has this address. Refuses an unknown commune or place."""
    commune = municipality(city=city, postcode=postcode)
    folded = fold(street)[:255]
    known = Address.objects.filter(commune=commune, postcode=postcode, folded=folded).values_list("pk", flat=True).first()
    if known is not None:
        return known
    place = position or _place_of_venue(commune.pk, folded)
    if place is None or not folded:
        deny(ADDRESS_UNPLACED)
    named = {"commune": commune, "postcode": postcode, "folded": folded}
    placed = {"street": street.strip(), "latitude": place[0], "longitude": place[1], "made_at": at}
    made, is_new = Address.objects.get_or_create(**named, defaults=placed)
    if is_new:
        tell("venues.keep_address", subject=f"address:{made.pk}", actor=actor, at=at)
    return made.pk


def _place_of_venue(insee: str, folded: str) -> tuple[float, float] | None:
    "Where a venue of the commune says that it has this address."
    rows = Venue.objects.filter(commune_id=insee, deleted_at=None, latitude__isnull=False, longitude__isnull=False)
    for address, latitude, longitude in rows.exclude(address="").order_by("pk").values_list("address", "latitude", "longitude"):
        if fold(address) == folded and latitude is not None and longitude is not None:
            return latitude, longitude
    return None
