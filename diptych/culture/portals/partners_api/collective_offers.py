"""Collective offers of partners' programs: list, make, look at, change, archive (guide §6.1, `/v2/collective`)."""

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from ninja import Query, Router, Schema, Status

from .collective_shapes import (
    ArchiveCollectiveOfferBodyModel,
    CollectiveOfferDisplayedStatus,
    CollectiveOfferLocationAddressModel,
    CollectiveOfferLocationToBeDefinedModel,
    CollectiveOffersListResponseModel,
    GetPublicCollectiveOfferResponseModel,
    Location,
    PatchCollectiveOfferBodyModel,
    PostCollectiveOfferBodyModel,
)
from .door import Calling, Instant, ResourceId, answers, partner
from .event_shapes import ImageBody, Number
from .events import ACCESS
from .images import given

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.operations.picturing import Drawn
from diptych.culture.domain.collective.operations import offers as operations
from diptych.culture.domain.collective.queries import lists
from diptych.culture.domain.collective.queries import offers as queries
from diptych.culture.domain.collective.terms import Draft, Place
from diptych.culture.domain.venues.queries import address_of
from diptych.culture.domain.venues.terms import PARTNER_VENUE_MISSING

router = Router(tags=["Collective Offers"])

PLAIN: Final = {
    **ACCESS, "name": "name", "description": "description", "contactEmail": "contact_email", "contactPhone": "contact_phone",
    "startDatetime": "starts_at", "endDatetime": "ends_at", "bookingLimitDatetime": "booking_limit_at",
    "numberOfTickets": "tickets", "venueId": "venue_id", "educationalPriceDetail": "price_detail",
    "durationMinutes": "duration_minutes", "nationalProgramId": "programme",
}  # fmt: skip
LISTS: Final = {
    "formats": "formats", "domains": "domains", "students": "levels", "bookingEmails": "booking_emails",
    "interventionArea": "departments",
}  # fmt: skip
EMPTY: Final[dict[str, Any]] = {
    "description": "",
    "educationalPriceDetail": "",
    "durationMinutes": None,
    "nationalProgramId": None,
}
"""What null leaves of a field that may be empty."""

_OFFER_STATUSES: Final = (400, 403, 404)


class Offers(Schema):
    """Which of my offers."""

    offerStatus: CollectiveOfferDisplayedStatus | None = None
    venueId: Number | None = None
    periodBeginningDate: Instant | None = None
    periodEndingDate: Instant | None = None


@router.get("/offers/", response=answers(404, ok=CollectiveOffersListResponseModel), operation_id="GetCollectiveOffersPublic")
@partner
def offers(request: Calling, asked: Query[Offers]) -> Any:
    """The offers that my system made, the newest first, 500 at most: by venue, status and days they are narrowed down."""
    who = request.auth
    venue_ids = who.venue_ids
    if asked.venueId is not None:
        _check_venue(request, asked.venueId)
        venue_ids = frozenset({asked.venueId})
    found = queries.offers_of(
        partner_id=who.partner_id, venue_ids=venue_ids, status=asked.offerStatus, since=asked.periodBeginningDate,
        until=asked.periodEndingDate, at=clock.now(),
    )  # fmt: skip
    return [
        {
            "id": card.id, "venueId": card.draft.venue_id, "offerStatus": card.status.value,
            "startDatetime": card.draft.starts_at, "endDatetime": card.draft.ends_at,
            "bookings": [_booking(one) for one in card.bookings],
        }
        for card in found
    ]  # fmt: skip


@router.post(
    "/offers/", response=answers(*_OFFER_STATUSES, made=GetPublicCollectiveOfferResponseModel),
    operation_id="PostCollectiveOfferPublic",
)  # fmt: skip
@partner
def make(request: Calling, body: PostCollectiveOfferBodyModel) -> Any:
    """Make an offer to one school. It ends when it begins unless said otherwise."""
    uai = lists.uai_of(uai=body.educationalInstitution, number=body.educationalInstitutionId)
    fields = _fields(request, body)
    fields.setdefault("ends_at", fields["starts_at"])
    made = operations.create_offer(
        partner_id=request.auth.partner_id,
        draft=Draft(uai=uai, **fields),
        picture=_picture(body),
        actor=request.auth.actor,
        at=clock.now(),
    )
    return Status(201, _shown(request, made))


@router.post("/offers/archive", response=answers(400, 403, 404, done=None), operation_id="ArchiveCollectiveOffers")
@partner
def archive(request: Calling, body: ArchiveCollectiveOfferBodyModel) -> Any:
    """Put offers away, all or none."""
    who = request.auth
    operations.archive_offers(
        offer_ids=body.ids, partner_id=who.partner_id, venue_ids=who.venue_ids, actor=who.actor, at=clock.now()
    )
    return Status(204, None)


@router.get(
    "/offers/{offer_id}", response=answers(*_OFFER_STATUSES, ok=GetPublicCollectiveOfferResponseModel),
    operation_id="GetCollectiveOfferPublic",
)  # fmt: skip
@partner
def offer(request: Calling, offer_id: ResourceId) -> Any:
    """One of the offers that my system made."""
    return _shown(request, offer_id)


@router.patch(
    "/offers/{offer_id}", response=answers(*_OFFER_STATUSES, ok=GetPublicCollectiveOfferResponseModel),
    operation_id="PatchCollectiveOfferPublic",
)  # fmt: skip
@partner
def edit(request: Calling, offer_id: ResourceId, body: PatchCollectiveOfferBodyModel) -> Any:
    """Change an offer, as far as its status allows. `imageFile` left out leaves the picture; null takes it away."""
    who, changes = request.auth, _fields(request, body)
    if body.educationalInstitution is not None or body.educationalInstitutionId is not None:
        changes["uai"] = lists.uai_of(uai=body.educationalInstitution, number=body.educationalInstitutionId)
    operations.edit_offer(
        offer_id=offer_id, partner_id=who.partner_id, venue_ids=who.venue_ids, changes=changes, actor=who.actor, at=clock.now(),
        pictures=(_picture(body),) if "imageFile" in body.model_fields_set else (),
    )  # fmt: skip
    return _shown(request, offer_id)


def _fields(request: Calling, body: PostCollectiveOfferBodyModel | PatchCollectiveOfferBodyModel) -> dict[str, Any]:
    "What a body says, in the words of `Draft`; without the school."
    if body.venueId is not None:
        _check_venue(request, body.venueId)
    sent: dict[str, Any] = body.dict(exclude_unset=True)
    kept: dict[str, Any] = {
        name: EMPTY[name] if value is None else value for name, value in sent.items() if value is not None or name in EMPTY
    }
    fields = {ours: kept[name] for name, ours in PLAIN.items() if name in kept}
    fields |= {ours: tuple(dict.fromkeys(kept[name])) for name, ours in LISTS.items() if name in kept}
    if body.totalPrice is not None:
        fields["price_cents"] = round(body.totalPrice * 100)
    return fields | ({} if body.location is None else _place(body.location))


def _picture(body: PostCollectiveOfferBodyModel | PatchCollectiveOfferBodyModel) -> Drawn | None:
    return given(None if body.imageFile is None else ImageBody(file=body.imageFile, credit=body.imageCredit))


def _address(picture_id: int) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{reverse('partners:collective-picture', args=[picture_id])}"


def _place(location: Location) -> dict[str, Any]:
    said: dict[str, Any] = {"place": location.type, "address_id": None, "place_words": ""}
    if isinstance(location, CollectiveOfferLocationAddressModel):
        address = address_of(address_id=min(max(location.addressId, 0), 2**63 - 1))
        said |= {"address_id": address.id, "place_words": location.addressLabel or ""}
    elif isinstance(location, CollectiveOfferLocationToBeDefinedModel):
        said["place_words"] = location.comment or ""
    return said


def _check_venue(request: Calling, venue_id: int) -> None:
    if venue_id not in request.auth.venue_ids:
        deny(PARTNER_VENUE_MISSING)


def _shown(request: Calling, offer_id: int) -> dict[str, Any]:
    "An offer in the contract's words."
    who = request.auth
    card = queries.offer_of(offer_id=offer_id, partner_id=who.partner_id, venue_ids=who.venue_ids, at=clock.now())
    draft = card.draft
    return {
        **{name: getattr(draft, ours) for name, ours in PLAIN.items() if name != "nationalProgramId"},
        **{name: list(getattr(draft, ours)) for name, ours in LISTS.items()},
        "id": card.id,
        "offerStatus": card.status.value,
        "dateCreated": card.created_at,
        "description": draft.description or None,
        "educationalPriceDetail": draft.price_detail or None,
        "educationalInstitution": draft.uai,
        "educationalInstitutionId": lists.school_number(uai=draft.uai),
        "nationalProgram": None
        if draft.programme is None
        else {"id": draft.programme, "name": lists.programme_name(number=draft.programme)},
        "totalPrice": draft.price_cents / 100,
        "location": _located(draft),
        "hasBookingLimitDatetimesPassed": card.limit_passed,
        "bookings": [_booking(one) for one in card.bookings],
        "imageCredit": card.picture and (card.picture.credit or None),
        "imageUrl": card.picture and _address(card.picture.id),
    }


def _located(draft: Draft) -> dict[str, Any]:
    words = draft.place_words or None
    if draft.place == Place.ADDRESS and draft.address_id is None:
        return {"type": draft.place, "isVenueAddress": True}
    if draft.place == Place.ADDRESS:
        return {"type": draft.place, "isVenueAddress": False, "addressId": draft.address_id, "addressLabel": words}
    return {"type": draft.place, **({"comment": words} if draft.place == Place.TO_BE_DEFINED else {})}


def _booking(one: queries.BookingLine) -> dict[str, Any]:
    return {
        "id": one.id, "status": one.status, "dateCreated": one.booked_at, "confirmationDate": one.confirmed_at,
        "cancellationLimitDate": one.cancellation_limit_at, "dateUsed": one.used_at, "reimbursementDate": one.reimbursed_at,
    }  # fmt: skip
