"""Addresses for offers that are elsewhere than at their venue (guide §6.1, `/public/offers/v1/addresses`).

The contract looks them up in the Base Adresse Nationale. Here no outside service is asked: `banId` is always null.
"""

from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from .door import Body, Calling, ResourceId, answers, partner
from .event_shapes import NO_NUL

from diptych.commons import clock
from diptych.culture.domain.venues.operations.addresses import keep_address
from diptych.culture.domain.venues.queries import AddressLine, address_of, addresses_like

router = Router(tags=["Addresses"])

_Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
_Postcode = Annotated[str, StringConstraints(pattern=r"^(?:0[1-9]|[1-8]\d|9[0-8])\d{3}$")]
_Latitude = Annotated[float, Field(ge=-90, le=90)]
_Longitude = Annotated[float, Field(ge=-180, le=180)]


class AddressModel(Body):
    """An address to keep; its place is needed where nobody here knows it."""

    city: _Words
    latitude: _Latitude | None = None
    longitude: _Longitude | None = None
    postalCode: _Postcode
    street: _Words


class AddressSearch(Schema):
    """The words of an address; near a place, where given."""

    street: _Words
    city: _Words
    postalCode: _Postcode
    latitude: _Latitude | None = None
    longitude: _Longitude | None = None


class AddressResponse(Schema):
    """An address."""

    banId: str | None = None
    city: str
    id: int
    latitude: float
    longitude: float
    postalCode: str
    street: str


class SearchAddressResponse(Schema):
    """Addresses that have these words."""

    addresses: list[AddressResponse]


@router.post("/addresses", response=answers(400, ok=AddressResponse), operation_id="CreateAddress")
@partner
def keep(request: Calling, body: AddressModel) -> Any:
    """Keep an address: the same one has the same number."""
    kept = keep_address(
        street=body.street, city=body.city, postcode=body.postalCode, position=_position(body), actor=request.auth.actor,
        at=clock.now(),
    )  # fmt: skip
    return _shown(address_of(address_id=kept))


@router.get("/addresses/search", response=answers(400, ok=SearchAddressResponse), operation_id="SearchAddresses")
@partner
def search(request: Calling, asked: Query[AddressSearch]) -> Any:
    """Addresses kept before."""
    found = addresses_like(street=asked.street, city=asked.city, postcode=asked.postalCode, near=_position(asked))
    return {"addresses": [_shown(one) for one in found]}


@router.get("/addresses/{address_id}", response=answers(400, 404, ok=AddressResponse), operation_id="GetAddress")
@partner
def address(request: Calling, address_id: ResourceId) -> Any:
    """One address."""
    return _shown(address_of(address_id=address_id))


def _position(said: AddressModel | AddressSearch) -> tuple[float, float] | None:
    "One of the two alone is no place."
    return None if said.latitude is None or said.longitude is None else (said.latitude, said.longitude)


def _shown(one: AddressLine) -> dict[str, Any]:
    return {
        "id": one.id, "street": one.street, "postalCode": one.postcode, "city": one.city, "latitude": one.latitude,
        "longitude": one.longitude,
    }  # fmt: skip
