"""Addresses that partners' programs named, found again by number or by their words."""

from dataclasses import dataclass
from math import cos, radians
from typing import Final

from ..models import Address, Commune
from ..rules import fold
from ..terms import ADDRESS_MISSING, MUNICIPALITY_UNKNOWN
from .placing import commune_of

from diptych.commons.refusal import deny

MOST_FOUND: Final = 20


@dataclass(frozen=True, slots=True)
class AddressLine:
    """An address; its place in degrees."""

    id: int
    street: str
    postcode: str
    city: str
    latitude: float
    longitude: float


def municipality(*, city: str, postcode: str) -> Commune:
    """The commune of a name and a postcode. Refuses where there is none, or several."""
    found = commune_of(postcode=postcode, city=city)
    if found is None:
        deny(MUNICIPALITY_UNKNOWN)
    return found


def address_of(*, address_id: int) -> AddressLine:
    """One address. Refuses (missing) where there is none."""
    found = Address.objects.select_related("commune").filter(pk=address_id).first()
    if found is None:
        deny(ADDRESS_MISSING)
    return _line(found)


def addresses_like(*, street: str, city: str, postcode: str, near: tuple[float, float] | None) -> list[AddressLine]:
    """Addresses of a commune whose street holds these words, the nearest to a place first where one is given. Refuses an
    unknown commune."""
    commune = municipality(city=city, postcode=postcode)
    rows = Address.objects.select_related("commune").filter(commune=commune, postcode=postcode, folded__contains=fold(street))
    found = [_line(row) for row in rows.order_by("pk")[:500]]
    if near is not None:
        found.sort(key=lambda one: _apart(near, (one.latitude, one.longitude)))
    return found[:MOST_FOUND]


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    "Enough to put places of one commune in order: degrees, longitudes shortened as they are there."
    return float((one[0] - other[0]) ** 2 + ((one[1] - other[1]) * cos(radians(one[0]))) ** 2)


def _line(row: Address) -> AddressLine:
    return AddressLine(row.pk, row.street, row.postcode, row.commune.name, row.latitude, row.longitude)
