"""Things of partners' programs: one by one, and by the hundred by their bar code (guide §6.1, `/public/offers/v1/products`)."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from .door import Calling, ResourceId, answers, partner
from .event_shapes import DigitalLocation
from .events import ACCESS, TEXTS, WORDS, Events, at_venue, changes_of, extra_of, instant, own_venue
from .events import shown as as_event
from .images import given
from .product_shapes import (
    AvailableEANsResponse,
    ProductOfferByEanCreation,
    ProductOfferCreation,
    ProductOfferEdition,
    ProductOfferResponse,
    ProductOffersByEanResponse,
    ProductOffersResponse,
    ProductsOfferByEanCreation,
)

from diptych.commons import clock
from diptych.commons.refusal import deny
from diptych.culture.domain.catalogue.operations import partner_things
from diptych.culture.domain.catalogue.queries import partner_events as queries
from diptych.culture.domain.catalogue.queries.own_offers import kind_for_partners
from diptych.culture.domain.catalogue.terms import EanLine, OfferDraft, PartnerWords, StockDraft
from diptych.culture.domain.venues.terms import PARTNER_VENUE_MISSING

router = Router()
ONE, MANY = ["Product Offers"], ["Product Offer Bulk Operations"]


class Eans(Schema):
    """Bar codes, between commas."""

    eans: str

    def each(self) -> list[str]:
        """A hundred of them at most."""
        return [ean.strip().replace("\0", "")[:13] for ean in self.eans.split(",") if ean.strip()][:100]


class EansAt(Eans):
    """At a venue."""

    venueId: Annotated[int, Field(ge=-(2**63), lt=2**63)]


@router.get(
    "/products/ean/check_availability",
    response=answers(ok=AvailableEANsResponse),
    operation_id="CheckEansAvailability",
    tags=MANY,
)
@partner
def check_eans(request: Calling, asked: Query[Eans]) -> Any:
    """Which bar codes may be sold here."""
    found = queries.eans_found(eans=asked.each())
    rejected = {"notFound": found.unknown, "subcategoryNotAllowed": found.other_kind, "notCompliantWithCgu": found.unfit}
    return {"available": found.available, "rejected": rejected}


@router.get(
    "/products/ean", response=answers(404, ok=ProductOffersByEanResponse), operation_id="GetProductByEan", tags=MANY,
    exclude_unset=True,
)  # fmt: skip
@partner
def by_ean(request: Calling, asked: Query[EansAt]) -> Any:
    """What a venue has of some bar codes."""
    if asked.venueId not in request.auth.venue_ids:
        deny(PARTNER_VENUE_MISSING)
    eans = asked.each()
    found = (
        queries.events_of(venue_ids=(asked.venueId,), at=clock.now(), kinds=queries.THINGS, eans=eans, limit=100) if eans else []
    )
    return {"products": [shown(thing) for thing in found]}


@router.post("/products/ean", response=answers(400, 404, done=None), operation_id="PostProductOfferByEan", tags=MANY)
@partner
def keep_by_ean(request: Calling, body: ProductsOfferByEanCreation) -> Any:
    """Bring a venue's stock to what is sent: 500 works at most a time. What is not known here is left out."""
    who, at, place = request.auth, clock.now(), body.location
    if place.venueId not in who.venue_ids:
        deny(PARTNER_VENUE_MISSING)
    at_venue(place)
    lines = [line_of(one, at) for one in body.products]
    if lines:
        partner_things.keep_by_ean(venue_id=place.venueId, lines=lines, actor=who.actor, at=at)
    return Status(204, None)


@router.get(
    "/products", response=answers(404, ok=ProductOffersResponse), operation_id="GetProducts", tags=ONE, exclude_unset=True
)
@partner
def things(request: Calling, asked: Query[Events]) -> Any:
    """Things of my venues."""
    venue_ids = request.auth.venue_ids
    if asked.venueId is not None:
        if asked.venueId not in venue_ids:
            deny(PARTNER_VENUE_MISSING)
        venue_ids = frozenset({asked.venueId})
    if asked.addressId is not None:
        return {"products": []}  # nothing is elsewhere than at its venue, yet
    found = queries.events_of(
        venue_ids=venue_ids, at=clock.now(), first=asked.firstIndex, limit=asked.limit, source_ids=asked.named(),
        kinds=queries.THINGS,
    )  # fmt: skip
    return {"products": [shown(thing) for thing in found]}


@router.post(
    "/products", response=answers(400, 404, made=ProductOfferResponse), operation_id="PostProductOffer", tags=ONE,
    exclude_unset=True,
)  # fmt: skip
@partner
def make(request: Calling, body: ProductOfferCreation) -> Any:
    """Make a thing, with its stock."""
    who, at, venue_id = request.auth, clock.now(), own_venue(request, body)
    sent = body.dict(exclude_none=True)
    kind = kind_for_partners(subcategory=sent["categoryRelatedFields"]["category"])
    draft = OfferDraft(
        subcategory=kind.id,
        url=body.location.url if isinstance(body.location, DigitalLocation) else "",
        **extra_of(sent["categoryRelatedFields"]),
        **{ours: sent[name] for name, ours in TEXTS.items() if name in sent},
        **{ours: sent["accessibility"][name] for name, ours in ACCESS.items()},
    )
    stock = None
    if body.stock is not None:
        limit = body.stock.bookingLimitDatetime
        stock = StockDraft(body.stock.price, _places(body.stock.quantity), booking_limit_at=limit)
    made = partner_things.create_thing(
        partner_id=who.partner_id, venue_id=venue_id, draft=draft, stock=stock,
        words=PartnerWords(**{ours: sent[name] for name, ours in WORDS.items() if name in sent}),
        shown_at=instant(body.publicationDatetime, at), bookings_allowed_at=body.bookingAllowedDatetime,
        picture=given(body.image), actor=who.actor, at=at,
    )  # fmt: skip
    return Status(201, _again(request, made))


@router.patch(
    "/products", response=answers(400, 404, ok=ProductOfferResponse), operation_id="EditProduct", tags=ONE, exclude_unset=True
)
@partner
def edit(request: Calling, body: ProductOfferEdition) -> Any:
    """Change a thing: what is not sent stays."""
    who, at = request.auth, clock.now()
    before = queries.event_of(offer_id=body.offerId, venue_ids=who.venue_ids, at=at, kinds=queries.THINGS)
    stock: dict[str, Any] | None = {}
    if "stock" in body.model_fields_set:
        named = {"price": "price_cents", "quantity": "quantity", "bookingLimitDatetime": "booking_limit_at"}
        sent = body.stock.dict(exclude_unset=True) if body.stock is not None else {}
        kept = {name: said for name, said in sent.items() if said is not None or name == "bookingLimitDatetime"}
        stock = (
            {named[name]: _places(said) if name == "quantity" else said for name, said in kept.items()} if body.stock else None
        )
    partner_things.edit_thing(
        partner_id=who.partner_id, offer_id=body.offerId, venue_ids=who.venue_ids, stock=stock, actor=who.actor, at=at,
        **changes_of(request, body, before, at),
    )  # fmt: skip
    return _again(request, body.offerId)


@router.get(
    "/products/{product_id}", response=answers(404, ok=ProductOfferResponse), operation_id="GetProduct", tags=ONE,
    exclude_unset=True,
)  # fmt: skip
@partner
def thing(request: Calling, product_id: ResourceId) -> Any:
    """One of my things."""
    return _again(request, product_id)


def line_of(work: ProductOfferByEanCreation, at: datetime) -> EanLine:
    """What a program has of a work."""
    stock = work.stock
    return EanLine(
        work.ean, stock.price, _places(stock.quantity), stock.bookingLimitDatetime, instant(work.publicationDatetime, at),
        work.bookingAllowedDatetime,
    )  # fmt: skip


def shown(thing: queries.PartnerEvent) -> dict[str, Any]:
    """A thing in the contract's words."""
    stock = thing.stock
    related = as_event(thing)["categoryRelatedFields"]
    known = {"ean": thing.ean} if thing.ean and thing.draft.subcategory in queries.BY_EAN else {}
    return {
        **{name: said for name, said in as_event(thing).items() if name in ProductOfferResponse.model_fields},
        "categoryRelatedFields": related | known,
        "stock": stock and {
            "bookedQuantity": stock.booked, "bookingLimitDatetime": stock.booking_limit_at, "price": stock.price_cents,
            "quantity": "unlimited" if stock.places is None else stock.places,
        },
    }  # fmt: skip


def _again(request: Calling, offer_id: int) -> dict[str, Any]:
    return shown(queries.event_of(offer_id=offer_id, venue_ids=request.auth.venue_ids, at=clock.now(), kinds=queries.THINGS))


def _places(said: int | str | None) -> int | None:
    "Nothing said, or unlimited, is without a limit."
    return int(said) if isinstance(said, int) else None
