"""Shapes of the youth's JSON API: what is sent, and what is answered."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Schema
from pydantic import BaseModel, Field, StringConstraints

from diptych.culture.domain.bookings.terms import Entry
from diptych.culture.domain.catalogue import queries as catalogue

MOST_ID = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=MOST_ID)]


def picture_address(request: HttpRequest, page: str, picture_id: int | None) -> str | None:
    """The address of a picture at one of its pages, whole; None where there is none."""
    return None if picture_id is None else request.build_absolute_uri(reverse(f"youth:{page}", args=[picture_id]))


class Problem(Schema):
    """A refusal: a code for machines, a sentence for people, the source of the rule (empty where none is cited), the facts
    of the sentence."""

    code: str
    message: str
    rule: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)


class Card(Schema):
    """An offer in a list. Prices in cents."""

    id: int
    name: str
    creator: str
    label: str
    group: str
    venue_name: str
    city: str
    department: str
    min_price_cents: int | None
    max_price_cents: int | None
    next_at: datetime | None
    distance_m: int | None
    is_duo: bool
    picture_url: str | None = None
    """The picture that its venue gave, in the proportions of a card; null where there is none."""

    @staticmethod
    def resolve_picture_url(card: catalogue.OfferCard, context: Any) -> str | None:
        """The address of the picture."""
        return picture_address(context["request"], "picture-card", card.picture_id)


class ElsewhereOut(Schema):
    """Other venues that sell the same product: the names of some, the nearest first, and how many there are."""

    names: list[str]
    count: int


class FacetsOut(Schema):
    """How many offers each choice would leave, under the others that hold."""

    groups: dict[str, int]
    subcategories: dict[str, int]
    free: int
    duo: int
    accessible: dict[str, int]


class Found(Schema):
    """A page of results. `after` asks for the next; `elsewhere` is by the card's id. While the index is away, `after` is empty,
    `facets` null, and pages go by number."""

    cards: list[Card]
    total: int
    page: int
    pages: int
    after: str
    facets: FacetsOut | None
    elsewhere: dict[str, ElsewhereOut]


def found_as_json(request: HttpRequest, found: catalogue.Results) -> dict[str, Any]:
    """A page of results in the shape of `Found`, as JSON takes it: what the service read itself is not validated card by card, which cost
    more than reading it. A test compares the two."""
    return {
        "cards": [
            {name: getattr(card, name) for name in _CARD_FIELDS}
            | {"picture_url": picture_address(request, "picture-card", card.picture_id)}
            for card in found.cards
        ],
        "total": found.total, "page": found.page, "pages": found.pages, "after": found.after, "facets": found.facets,
        "elsewhere": {str(id_): place for id_, place in found.elsewhere.items()},  # JSON knows no other key than a text
    }  # fmt: skip


_CARD_FIELDS = tuple(name for name in Card.model_fields if name != "picture_url")


class StockOut(Schema):
    """A date at a price, or copies of a thing; `left` is null for unlimited."""

    id: int
    price_cents: int
    price_label: str
    left: int | None
    starts_at: datetime | None
    booking_limit_at: datetime | None
    is_over: bool


class VenueOut(Schema):
    """Where it happens."""

    id: int
    name: str
    address: str
    postcode: str
    city: str
    department: str
    latitude: float | None
    longitude: float | None


class PictureOut(Schema):
    """A picture, by its address, and whose it is."""

    url: str
    credit: str


class OfferOut(Schema):
    """An offer with its venue and what can be booked of it; `picture` is null where its venue gave none."""

    id: int
    name: str
    creator: str
    description: str
    subcategory: str
    label: str
    group: str
    status: str
    is_event: bool
    is_digital: bool
    is_duo: bool
    duration_minutes: int | None
    accessible_audio: bool
    accessible_mental: bool
    accessible_motor: bool
    accessible_visual: bool
    venue: VenueOut
    stocks: list[StockOut]
    picture: PictureOut | None


class BookingIn(BaseModel):  # no Schema: read from JSON alone, four times as fast
    """What to book: a stock, one or two places, and the door by which one came to it."""

    stock_id: Id
    places: Annotated[int, Field(ge=1, le=2)] = 1
    entry: Entry | None = None


class BookingOut(Schema):
    """A booking as it was made."""

    id: int
    token: str
    status: str
    total_cents: int
    stock_id: int
    offer_id: int
    cancellation_limit_at: datetime | None


class TicketOut(Schema):
    """A booking with what its ticket shows."""

    id: int
    token: str
    status: str
    offer_id: int
    stock_id: int
    offer_name: str
    venue_name: str
    city: str
    starts_at: datetime | None
    quantity: int
    total_cents: int
    booked_at: datetime
    cancellation_limit_at: datetime | None
    expires_at: datetime | None
    qr_text: str
    cancellable: bool
    why_not_cancel: str | None


class MovementOut(Schema):
    """A sum that entered (positive) or left the wallet."""

    at: datetime
    kind: str
    amount_cents: int
    bucket: str
    booking_id: int | None
    label: str


class WalletOut(Schema):
    """What is left, what is capped, when it ends, and every movement."""

    deposit_type: str
    granted_cents: int
    spent_cents: int
    left_cents: int
    digital_left_cents: int | None
    physical_left_cents: int | None
    expires_at: datetime
    movements: list[MovementOut]


NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no null character in a text: what holds one is refused here, as Django's own forms do."""


class Credentials(Schema):
    """An e-mail address and its password."""

    email: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=NO_NUL)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    device: Annotated[str, StringConstraints(max_length=64, pattern=NO_NUL)] = ""
    """The name that the program drew for its device and keeps: without one, its owner is told of each new sign-in."""


class Refresh(Schema):
    """A refresh token, good for one use."""

    refresh: Annotated[str, StringConstraints(min_length=16, max_length=200)]


class Tokens(Schema):
    """A short-lived access token, and the refresh token that gives the next."""

    access: str
    refresh: str
    expires_in: int


class Criteria(Schema):
    """What to look for. Every field narrows; none is needed."""

    text: Annotated[str, StringConstraints(max_length=200)] = ""
    group: Annotated[str, StringConstraints(max_length=20)] = ""
    department: Annotated[str, StringConstraints(max_length=3)] = ""
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    radius_km: Annotated[float, Field(gt=0, le=500)] = 20
    from_day: date | None = None
    to_day: date | None = None
    max_price_cents: Annotated[int | None, Field(ge=0, le=30_000)] = None
    free: bool = False
    duo: bool = False
    accessible: Annotated[list[Literal["audio", "mental", "motor", "visual"]], Field(max_length=4, default_factory=list)]
    venue_id: Id | None = None
    for_minors: bool = False
    sort: Literal["relevance", "distance", "date", "price", "popularity"] = "relevance"
    page: Annotated[int, Field(ge=1, le=1000)] = 1
    after: Annotated[str, StringConstraints(max_length=400)] = ""
    """What the page before gave: the next one, without skipping or repeating anything. Instead of `page`."""
    facets: bool = False
    """Whether to count what each further choice would leave."""


MOST_VENUES = 20
"""Venues in one answer."""


class VenueCriteria(Schema):
    """What to look for: words of a venue's name or town. The other fields narrow."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    department: Annotated[str, StringConstraints(max_length=3)] = ""
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    radius_km: Annotated[float, Field(gt=0, le=500)] = 20
    accessible: Annotated[list[Literal["audio", "mental", "motor", "visual"]], Field(max_length=4, default_factory=list)]


class VenueFound(Schema):
    """A venue that was found. `activity` in English; metres, or null where no place was given."""

    id: int
    name: str
    activity: str
    city: str
    department: str
    distance_m: int | None
