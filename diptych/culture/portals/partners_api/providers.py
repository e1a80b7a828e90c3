"""The partner's own system: what it is called, and where it is called (guide §6.1, `/public/providers/v1`)."""

from typing import Annotated, Any

from django.conf import settings
from ninja import Router, Schema, Status
from pydantic import Field

from .door import Body, Calling, ResourceId, answers, partner

from diptych.commons import clock
from diptych.culture.domain.venues import queries
from diptych.culture.domain.venues.operations import partners as operations
from diptych.culture.domain.venues.terms import PartnerUrls

router = Router(tags=["Providers"])

Url = Annotated[str, Field(min_length=1, max_length=2083, pattern=r"^[^\x00]*$", json_schema_extra={"format": "uri"})]


class ProviderResponse(Schema):
    """A partner's system."""

    bookingUrl: str | None = None
    cancelUrl: str | None = None
    id: int
    logoUrl: str | None = None
    name: str
    notificationUrl: str | None = None


class ProviderUpdate(Body):
    """Where it is called from now on: what is left out stays, null takes an address away."""

    bookingUrl: Url | None = None
    cancelUrl: Url | None = None
    notificationUrl: Url | None = None


class VenueProviderExternalUrlsUpdate(Body):
    """The same for one venue."""

    bookingUrl: Url | None = None
    cancelUrl: Url | None = None
    notificationUrl: Url | None = None


@router.get("/provider", response=answers(ok=ProviderResponse), operation_id="GetProvider")
@partner
def provider(request: Calling) -> Any:
    """My system."""
    return _shown(queries.partner_of(partner_id=request.auth.partner_id))


@router.patch("/provider", response=answers(400, ok=ProviderResponse), operation_id="UpdateProvider")
@partner
def update_provider(request: Calling, body: ProviderUpdate) -> Any:
    """Change where my system is called."""
    who = request.auth
    urls = _changed(queries.partner_of(partner_id=who.partner_id).urls, body)
    operations.set_partner_urls(
        partner_id=who.partner_id, urls=urls, private=settings.PRIVATE_PARTNERS, actor=who.actor, at=clock.now()
    )
    return _shown(queries.partner_of(partner_id=who.partner_id))


@router.patch("/venues/{venue_id}", response=answers(400, 404, done=None), operation_id="UpdateVenueExternalUrls")
@partner
def update_venue_urls(request: Calling, venue_id: ResourceId, body: VenueProviderExternalUrlsUpdate) -> Any:
    """Change where my system is called for one venue."""
    who = request.auth
    urls = _changed(queries.urls_at_venue(partner_id=who.partner_id, venue_id=venue_id), body)
    operations.set_venue_urls(
        partner_id=who.partner_id,
        venue_id=venue_id,
        urls=urls,
        private=settings.PRIVATE_PARTNERS,
        actor=who.actor,
        at=clock.now(),
    )
    return Status(204, None)


def _changed(before: PartnerUrls, body: ProviderUpdate | VenueProviderExternalUrlsUpdate) -> PartnerUrls:
    sent = {name: value or "" for name, value in body.dict(exclude_unset=True).items()}
    return PartnerUrls(
        booking=sent.get("bookingUrl", before.booking),
        cancellation=sent.get("cancelUrl", before.cancellation),
        notification=sent.get("notificationUrl", before.notification),
    )


def _shown(partner: queries.Partner) -> dict[str, Any]:
    return {
        "id": partner.id,
        "name": partner.name,
        "bookingUrl": partner.urls.booking or None,
        "cancelUrl": partner.urls.cancellation or None,
        "notificationUrl": partner.urls.notification or None,
    }
