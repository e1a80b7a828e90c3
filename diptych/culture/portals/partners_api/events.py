"""Events of partners' programs: list, make, look at, change (guide §6.1, `/public/offers/v1/events`)."""

from datetime import datetime
from typing import Annotated, Any, Final

from ninja import Query, Router, Schema
from pydantic import Field

from .door import Calling, ResourceId, answers, partner
from .event_shapes import (
    KINDS,
    AddressLocation,
    DigitalLocation,
    EventOfferCreation,
    EventOfferEdition,
    EventOfferResponse,
    EventOffersResponse,
)
from .images import given, seen
from .product_shapes import THINGS, ProductOfferEdition
from .words import MusicTypeEnum__deprecated_, ShowTypeEnum, TiteliveMusicTypeEnum

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, deny
from diptych.culture.domain.catalogue.operations import partner_events as operations
from diptych.culture.domain.catalogue.queries import partner_events as queries
from diptych.culture.domain.catalogue.queries.own_offers import kind_for_partners
from diptych.culture.domain.catalogue.terms import OfferDraft, PartnerWords, PriceDraft
from diptych.culture.domain.venues.queries import address_of
from diptych.culture.domain.venues.terms import PARTNER_VENUE_MISSING

router = Router(tags=["Event Offers"])

ELSEWHERE = Reason("partners_api.elsewhere", Kind.INVALID, "Offers elsewhere than at their venue are not taken yet.")
OTHER_VENUE = Reason("partners_api.other_venue", Kind.INVALID, "An offer stays at its venue: make another one there.")
KIND_STAYS = Reason("partners_api.kind_stays", Kind.INVALID, "The category of an offer stays what it was.")

WORDS: Final = {
    "bookingEmail": "booking_email", "bookingContact": "booking_contact", "idAtProvider": "source_id",
    "externalTicketOfficeUrl": "office_url", "videoUrl": "video_url",
}  # fmt: skip
ACCESS: Final = {
    "audioDisabilityCompliant": "accessible_audio", "mentalDisabilityCompliant": "accessible_mental",
    "motorDisabilityCompliant": "accessible_motor", "visualDisabilityCompliant": "accessible_visual",
}  # fmt: skip
TEXTS: Final = {
    "name": "name", "description": "description", "enableDoubleBookings": "is_duo", "eventDuration": "duration_minutes",
    "itemCollectionDetails": "withdrawal_details",
}  # fmt: skip
_MUSIC: Final = {*map(str, TiteliveMusicTypeEnum), *map(str, MusicTypeEnum__deprecated_)}
_CLOSED: Final = {"showType": set(map(str, ShowTypeEnum)), "musicType": _MUSIC}


class Page(Schema):
    """From the number `firstIndex` on, `limit` at most."""

    limit: Annotated[int, Field(gt=0, le=50)] = 50
    firstIndex: Annotated[int, Field(ge=1, lt=2**63)] = 1
    idsAtProvider: str | None = None

    def named(self) -> list[str]:
        """The program's own names that are asked for."""
        return [name.replace("\0", "")[:70] for name in (self.idsAtProvider or "").split(",") if name][:500]


class Events(Page):
    """Of one venue, or at one address."""

    venueId: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    addressId: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None


@router.get("/events", response=answers(403, 404, ok=EventOffersResponse), operation_id="GetEvents", exclude_unset=True)
@partner
def events(request: Calling, asked: Query[Events]) -> Any:
    """Events of my venues."""
    venue_ids = request.auth.venue_ids
    if asked.venueId is not None:
        if asked.venueId not in venue_ids:
            deny(PARTNER_VENUE_MISSING)
        venue_ids = frozenset({asked.venueId})
    if asked.addressId is not None:
        return {"events": []}  # no event is elsewhere than at its venue, yet
    found = queries.events_of(
        venue_ids=venue_ids, at=clock.now(), first=asked.firstIndex, limit=asked.limit, source_ids=asked.named()
    )
    return {"events": [shown(event) for event in found]}


@router.post("/events", response=answers(400, 404, ok=EventOfferResponse), operation_id="PostEventOffer", exclude_unset=True)
@partner
def make(request: Calling, body: EventOfferCreation) -> Any:
    """Make an event: its dates come after."""
    who, at = request.auth, clock.now()
    venue_id = own_venue(request, body)
    sent = body.dict(exclude_none=True)
    fields = sent["categoryRelatedFields"]
    duo = body.enableDoubleBookings if "enableDoubleBookings" in body.model_fields_set else None
    kind = kind_for_partners(subcategory=fields["category"])
    draft = OfferDraft(
        subcategory=kind.id,
        is_duo=kind.can_be_duo if duo is None else duo,
        url=body.location.url if isinstance(body.location, DigitalLocation) else "",
        withdrawal=_withdrawal(kind.is_withdrawable, body.hasTicket),
        **extra_of(fields),
        **{ours: sent[name] for name, ours in TEXTS.items() if name in sent and ours != "is_duo"},
        **{ours: sent["accessibility"][name] for name, ours in ACCESS.items()},
    )
    words = PartnerWords(has_ticket=body.hasTicket, **{ours: sent[name] for name, ours in WORDS.items() if name in sent})
    prices = [PriceDraft(p.label, p.price, p.idAtProvider or "") for p in body.priceCategories or ()]
    made = operations.create_event(
        partner_id=who.partner_id, venue_id=venue_id, draft=draft, words=words, prices=prices,
        shown_at=instant(body.publicationDate or body.publicationDatetime, at), bookings_allowed_at=body.bookingAllowedDatetime,
        picture=given(body.image), actor=who.actor, at=at,
    )  # fmt: skip
    return shown(queries.event_of(offer_id=made, venue_ids=who.venue_ids, at=at))


@router.get("/events/{event_id}", response=answers(404, ok=EventOfferResponse), operation_id="GetEvent", exclude_unset=True)
@partner
def event(request: Calling, event_id: ResourceId) -> Any:
    """One of my events."""
    return shown(queries.event_of(offer_id=event_id, venue_ids=request.auth.venue_ids, at=clock.now()))


@router.patch(
    "/events/{event_id}", response=answers(400, 404, ok=EventOfferResponse), operation_id="EditEvent", exclude_unset=True
)
@partner
def edit(request: Calling, event_id: ResourceId, body: EventOfferEdition) -> Any:
    """Change an event: what is not sent stays; null empties what may be empty."""
    who, at = request.auth, clock.now()
    before = queries.event_of(offer_id=event_id, venue_ids=who.venue_ids, at=at)
    operations.edit_event(
        partner_id=who.partner_id, offer_id=event_id, venue_ids=who.venue_ids, actor=who.actor, at=at,
        **changes_of(request, body, before, at),
    )  # fmt: skip
    return shown(queries.event_of(offer_id=event_id, venue_ids=who.venue_ids, at=at))


def changes_of(
    request: Calling, body: EventOfferEdition | ProductOfferEdition, before: queries.PartnerEvent, at: datetime
) -> Any:
    """What a body changes of an offer: its `texts`, the program's `words`, its `publication`, its `pictures`."""
    sent = body.dict(exclude_unset=True)
    empty = {"description": "", "itemCollectionDetails": "", "enableDoubleBookings": False}
    texts = {ours: empty.get(name) if sent[name] is None else sent[name] for name, ours in TEXTS.items() if name in sent}
    if body.name is None:
        texts.pop("name", None)
    texts |= {ACCESS[name]: value for name, value in (sent.get("accessibility") or {}).items() if value is not None}
    if body.categoryRelatedFields is not None:
        fields = body.categoryRelatedFields.dict(exclude_unset=True)
        if fields["category"] != before.draft.subcategory:
            deny(KIND_STAYS)
        texts |= extra_of(fields, before.draft)
    if body.location is not None:
        if own_venue(request, body) != before.venue_id:
            deny(OTHER_VENUE)
        texts["url"] = body.location.url if isinstance(body.location, DigitalLocation) else ""
    publication: dict[str, datetime | None] = {}
    if "publicationDatetime" in sent:
        publication["shown_at"] = instant(body.publicationDatetime, at)
    elif body.isActive is not None and body.isActive != (before.publication_at is not None):
        publication["shown_at"] = at if body.isActive else None
    if "bookingAllowedDatetime" in sent:
        publication["bookings_allowed_at"] = body.bookingAllowedDatetime
    words = {ours: sent[name] or "" for name, ours in WORDS.items() if name in sent}
    pictures = [given(body.image)] if "image" in sent else []
    return {"texts": texts, "words": words, "publication": publication, "pictures": pictures}


def shown(event: queries.PartnerEvent) -> dict[str, Any]:
    """An event in the contract's words."""
    draft, words = event.draft, event.words
    online = {"type": "digital", "url": draft.url, "venueId": event.venue_id}
    return {
        "id": event.id,
        "name": draft.name,
        "description": draft.description or None,
        "accessibility": {name: getattr(draft, ours) for name, ours in ACCESS.items()},
        "bookingAllowedDatetime": event.bookings_allowed_at,
        "bookingContact": words.booking_contact or None,
        "bookingEmail": words.booking_email or None,
        "categoryRelatedFields": related(draft),
        "enableDoubleBookings": draft.is_duo,
        "eventDuration": draft.duration_minutes,
        "externalTicketOfficeUrl": words.office_url or None,
        "hasTicket": words.has_ticket,
        "idAtProvider": words.source_id or None,
        "image": seen(event.picture),
        "itemCollectionDetails": draft.withdrawal_details or None,
        "location": online if draft.url else {"type": "physical", "venueId": event.venue_id},
        "priceCategories": [price(one) for one in event.prices],
        "publicationDatetime": event.publication_at,
        "status": event.status.value,
        "videoUrl": words.video_url or None,
    }


def price(one: queries.EventPrice) -> dict[str, Any]:
    """A price in the contract's words."""
    return {"id": one.id, "idAtProvider": one.source_id or None, "label": one.label, "price": one.price_cents}


def own_venue(request: Calling, body: Any) -> int:
    """The venue that a body names, if it is one of the partner's."""
    place = body.location
    if place is None or place.venueId not in request.auth.venue_ids:
        deny(PARTNER_VENUE_MISSING)
    at_venue(place)
    return int(place.venueId)


def at_venue(place: Any) -> None:
    """Refuses an offer that is elsewhere: what youths read of where it is, is still its venue's."""
    if isinstance(place, AddressLocation):
        address_of(address_id=min(max(place.addressId, 0), 2**63 - 1))
        deny(ELSEWHERE)


def _withdrawal(is_withdrawable: bool, has_ticket: bool) -> str:
    if not is_withdrawable:
        return ""
    return "in_app" if has_ticket else "no_ticket"


def instant(said: Any, at: datetime) -> datetime | None:
    """When, where `now` may be said."""
    return at if said == "now" else said


def extra_of(fields: dict[str, Any], before: OfferDraft | None = None) -> dict[str, Any]:
    """The fields of a kind in our words: who made it is also told on its page; a kind of show is a family and one of it."""
    extra = dict(before.extra) if before else {}
    extra |= {name: str(value) for name, value in fields.items() if name != "category" and value is not None}
    if "showType" in fields:
        extra["showSubType"] = extra["showType"]
    makers = (extra.get(name) for name in ("performer", "author", "stageDirector", "speaker"))
    return {"extra": extra, "creator": next((maker for maker in makers if maker), "")}


def related(draft: OfferDraft) -> dict[str, Any]:
    """The fields of a kind in the contract's words; a value that it does not know is left out."""
    names = KINDS.get(draft.subcategory) or THINGS.get(draft.subcategory, ())
    held = {name: draft.extra.get(name) for name in names}
    said = {name: value for name, value in held.items() if value and (name not in _CLOSED or value in _CLOSED[name])}
    return {"category": draft.subcategory, **said}
