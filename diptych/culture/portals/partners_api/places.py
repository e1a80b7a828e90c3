"""Venues of a partner's programs, by structure or by SIRET (guide §6.1, `/public/offers/v1`)."""

from datetime import datetime
from itertools import groupby
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field, RootModel

from .door import Calling, answers, partner
from .words import DOMAIN_OF, VenueTypeEnum

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.queries import VenueForPartner, venues_of_partner
from diptych.culture.domain.venues.terms import PARTNER_VENUE_MISSING, Activity

router = Router(tags=["Venues"])


class PartialAccessibility(Schema):
    """For whom a place is made; null where nobody said."""

    audioDisabilityCompliant: bool | None = None
    mentalDisabilityCompliant: bool | None = None
    motorDisabilityCompliant: bool | None = None
    visualDisabilityCompliant: bool | None = None


class VenuePhysicalLocation(Schema):
    """A place where one goes."""

    address: str | None = None
    city: str | None = None
    postalCode: str | None = None
    type: Literal["physical"] = "physical"


class VenueDigitalLocation(Schema):
    """On line."""

    type: Literal["digital"] = "digital"


class VenueResponse(Schema):
    """A venue, with the addresses where its places are asked for, if they are its own."""

    accessibility: PartialAccessibility
    activityDomain: VenueTypeEnum
    bookingUrl: str | None = None
    cancelUrl: str | None = None
    createdDatetime: datetime
    id: int
    legalName: str
    location: Annotated[VenuePhysicalLocation | VenueDigitalLocation, Field(discriminator="type")]
    notificationUrl: str | None = None
    publicName: str | None = None
    siret: str | None = None
    siretComment: str | None = None


class OffererResponse(Schema):
    """A structure."""

    allowedOnAdage: bool
    createdDatetime: datetime
    id: int
    name: str
    siren: str


class GetOffererVenuesResponse(Schema):
    """A structure with its venues."""

    offerer: OffererResponse
    venues: list[VenueResponse]


class GetOfferersVenuesResponse(RootModel[list[GetOffererVenuesResponse]]):
    """Every structure with a venue that the partner works for."""


class OffererVenuesQuery(Schema):
    """Of one structure alone."""

    siren: Annotated[str | None, Field(pattern=r"^(\d{9}|NC\d{7})$")] = None


@router.get("/offerer_venues", response=answers(ok=GetOfferersVenuesResponse), operation_id="GetOffererVenues")
@partner
def offerer_venues(request: Calling, asked: Query[OffererVenuesQuery]) -> Any:
    """My venues, structure by structure."""
    who = request.auth
    found = venues_of_partner(partner_id=who.partner_id, venue_ids=who.venue_ids, siren=asked.siren or "")
    return [
        {
            "offerer": {
                "id": structure_id, "name": venues[0].structure_name, "siren": venues[0].siren,
                "createdDatetime": venues[0].structure_made_at, "allowedOnAdage": False,
            },
            "venues": [_shown(venue) for venue in venues],
        }
        for structure_id, venues in ((key, list(rows)) for key, rows in groupby(found, key=lambda venue: venue.structure_id))
    ]  # fmt: skip


@router.get("/venues/{siret}", response=answers(404, ok=VenueResponse), operation_id="GetVenueBySiret")
@partner
def venue_by_siret(request: Calling, siret: str) -> Any:
    """One of my venues, by its SIRET."""
    who = request.auth
    found = venues_of_partner(partner_id=who.partner_id, venue_ids=who.venue_ids, siret=siret) if siret.isdecimal() else []
    if not found:
        deny(PARTNER_VENUE_MISSING)
    return _shown(found[0])


def _shown(venue: VenueForPartner) -> dict[str, Any]:
    digital = venue.activity == Activity.DIGITAL
    place = {"address": venue.address or None, "city": venue.city or None, "postalCode": venue.postcode or None}
    return {
        "id": venue.id,
        "legalName": venue.structure_name,
        "publicName": venue.name,
        "siret": venue.siret,
        "siretComment": venue.no_siret_why or None,
        "createdDatetime": venue.made_at,
        "activityDomain": DOMAIN_OF.get(Activity(venue.activity), venue.activity),
        "location": {"type": "digital"} if digital else {"type": "physical", **place},
        "accessibility": {
            "audioDisabilityCompliant": venue.accessible[0],
            "mentalDisabilityCompliant": venue.accessible[1],
            "motorDisabilityCompliant": venue.accessible[2],
            "visualDisabilityCompliant": venue.accessible[3],
        },
        "bookingUrl": venue.urls.booking or None,
        "cancelUrl": venue.urls.cancellation or None,
        "notificationUrl": venue.urls.notification or None,
    }
