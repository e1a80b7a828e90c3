"""The youth's JSON API, `/api/v1`: offers, search, booking, cancelling, bookings, wallet.

Translates JSON, calls one query or operation, translates back. Signed in by a bearer token, or by the session of the
same site (then with its CSRF token). Refusals become JSON in the middleware.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Query, Schema, Status
from ninja.decorators import decorate_view
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer
from ninja.security import APIKeyCookie, HttpBearer
from pydantic import BaseModel, Field, StringConstraints

from diptych.commons import clock
from diptych.commons.web import bearer, devices
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.malformed import as_problem
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings import queries as booking_queries
from diptych.culture.domain.bookings.queries import Ticket
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.wallet import queries as wallets
from diptych.culture.portals.youth.straight import LONGEST_KEY, straight

MOST_ID = 2**63 - 1

Id = Annotated[int, Field(ge=1, le=MOST_ID)]


class SignedIn(HttpRequest):
    """A request that came through `auth`: ninja puts there what it gave, the person's id."""

    auth: int


def _by_token(request: HttpRequest) -> int | None:
    "Whose good token a request carries."
    claims = bearer.claims_of(request, at=clock.now())
    return claims.person_id if claims is not None and claims.audience == Audience.YOUTH else None


class _Bearer(HttpBearer):
    "A signed access token: who, as what, until when. Nothing is read from the database."

    openapi_name = "bearer"

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return _by_token(request)


class _Session(APIKeyCookie):
    "The session of the same site, with its CSRF token."

    param_name = "sessionid"
    openapi_name = "session"

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        user = request.user
        return user.pk if user.is_authenticated and user.audience is Audience.YOUTH else None


class _Json(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


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


class Found(Schema):
    """A page of results."""

    cards: list[Card]
    total: int
    page: int
    pages: int


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


class OfferOut(Schema):
    """An offer with its venue and what can be booked of it."""

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


class BookingIn(BaseModel):  # no Schema: read from JSON alone, four times as fast
    """What to book: a stock, and one or two places."""

    stock_id: Id
    places: Annotated[int, Field(ge=1, le=2)] = 1


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
    sort: Literal["relevance", "distance", "date", "price"] = "relevance"
    page: Annotated[int, Field(ge=1, le=1000)] = 1


_PROBLEMS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 410: Problem, 422: Problem, 429: Problem}

api = NinjaAPI(
    title="Diptych, youth API",
    version="1.0.0",
    description="Find culture, book it, show a code. Amounts are in cents of euro, times in UTC.",
    urls_namespace="youth-api",
    renderer=_Json(),
    auth=[_Bearer(), _Session()],
    docs_url=None,
    openapi_url=None,
)


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, fault: Any) -> HttpResponse:
    "Names the field that does not make sense, never its value."
    return HttpResponse(orjson.dumps(as_problem(fault.errors)), status=422, content_type="application/json")


@api.post("/token", auth=None, response={200: Tokens, **_PROBLEMS}, operation_id="sign_in")
@door(VISITOR)
def sign_in(request: HttpRequest, body: Credentials) -> Any:
    """Exchange an e-mail address and a password for tokens."""
    words = devices.words_of(request)
    return people.sign_in_for_tokens(
        request=request, email=body.email, password=body.password, device=body.device, words=words, at=clock.now()
    )


@api.post("/token/refresh", auth=None, response={200: Tokens, **_PROBLEMS}, operation_id="refresh")
@door(VISITOR)
def refresh(request: HttpRequest, body: Refresh) -> Any:
    """Exchange a refresh token, once, for new tokens."""
    return bearer.rotate(body.refresh, at=clock.now())


@api.get("/offers", auth=None, response={200: Found, **_PROBLEMS}, operation_id="search")
@door(VISITOR)
def search(request: HttpRequest, criteria: Query[Criteria]) -> Any:
    """Find offers."""
    wanted = catalogue.Criteria(**criteria.dict(exclude={"page"}))
    return catalogue.search(criteria=wanted, at=clock.now(), page=criteria.page)


@api.get("/offers/{offer_id}", auth=None, response={200: OfferOut, **_PROBLEMS}, operation_id="offer")
@door(VISITOR)
def offer(request: HttpRequest, offer_id: Id) -> Any:
    """One offer, with its venue and what can be booked of it."""
    return catalogue.offer_page(offer_id=offer_id, at=clock.now())


def _book(person_id: int, wanted: BookingIn, key: str) -> HttpResponse:
    made = bookings.book(person_id=person_id, stock_id=wanted.stock_id, places=wanted.places, at=clock.now(), key=key)
    said = orjson.dumps({name: getattr(made, name) for name in BookingOut.model_fields})
    return HttpResponse(said, status=200 if made.repeated else 201, content_type="application/json; charset=utf-8")


@api.post("/bookings", response={201: BookingOut, 200: BookingOut, **_PROBLEMS}, operation_id="book")
@decorate_view(straight(signed_in=_by_token, body=BookingIn, call=_book))
@door(Audience.YOUTH)
def book(
    request: SignedIn,
    body: BookingIn,
    idempotency_key: Annotated[str, Header(alias="Idempotency-Key", max_length=LONGEST_KEY)] = "",
) -> Any:
    """Book one or two places. The same Idempotency-Key again gives the same booking (200 instead of 201)."""
    return _book(request.auth, body, idempotency_key)


@api.get("/bookings", response={200: list[TicketOut], **_PROBLEMS}, operation_id="bookings")
@door(Audience.YOUTH)
def my_bookings(request: SignedIn, ended: bool = False) -> Any:
    """My bookings to come, or those that have ended."""
    found = booking_queries.bookings_of(person_id=request.auth, at=clock.now(), ended=ended)
    return [_ticket(ticket) for ticket in found]


@api.get("/bookings/{booking_id}", response={200: TicketOut, **_PROBLEMS}, operation_id="booking")
@door(Audience.YOUTH)
def my_booking(request: SignedIn, booking_id: Id) -> Any:
    """One of my bookings, with the signed text of its QR code."""
    return _ticket(booking_queries.booking_of(person_id=request.auth, booking_id=booking_id, at=clock.now()))


@api.post("/bookings/{booking_id}/cancel", response={204: None, **_PROBLEMS}, operation_id="cancel")
@door(Audience.YOUTH)
def cancel(request: SignedIn, booking_id: Id) -> Any:
    """Cancel one of my bookings. A second time changes nothing, and answers the same."""
    bookings.cancel(booking_id=booking_id, person_id=request.auth, at=clock.now())
    return Status(204, None)


@api.get("/wallet", response={200: WalletOut, 204: None, **_PROBLEMS}, operation_id="wallet")
@door(Audience.YOUTH)
def my_wallet(request: SignedIn) -> Any:
    """My wallet; 204 where none was opened."""
    view = wallets.wallet_of(person_id=request.auth, at=clock.now())
    if view is None:
        return Status(204, None)
    left = view.left
    return {
        "deposit_type": view.deposit_type,
        "granted_cents": view.granted_cents,
        "spent_cents": view.spent_cents,
        "left_cents": left.total_cents,
        "digital_left_cents": left.digital_cents,
        "physical_left_cents": left.physical_cents,
        "expires_at": view.expires_at,
        "movements": view.movements,
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    refusal = ticket.why_not_cancel
    return {
        **{name: getattr(ticket, name) for name in TicketOut.model_fields if hasattr(ticket, name)},
        "cancellable": refusal is None,
        "why_not_cancel": refusal.reason.code if refusal else None,
    }
