"""The youth's JSON API, `/api/v1`: offers, search, booking, cancelling, bookings, wallet.

Translates JSON, calls one query or operation, translates back. Signed in by a bearer token, or by the session of the
same site (then with its CSRF token). Refusals become JSON in the middleware.
"""

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Query, Status
from ninja.decorators import decorate_view
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer
from ninja.security import APIKeyCookie, HttpBearer

from .api_shapes import (
    MOST_VENUES,
    BookingIn,
    BookingOut,
    Credentials,
    Criteria,
    Found,
    Id,
    OfferOut,
    Problem,
    Refresh,
    TicketOut,
    Tokens,
    VenueCriteria,
    VenueFound,
    WalletOut,
    found_as_json,
    picture_address,
)

from diptych.commons import clock
from diptych.commons.web import bearer, devices
from diptych.commons.web.doors import VISITOR, door
from diptych.commons.web.malformed import as_problem
from diptych.commons.web.rollout import is_open
from diptych.culture.domain.bookings import operations as bookings
from diptych.culture.domain.bookings import queries as booking_queries
from diptych.culture.domain.bookings.queries import Ticket
from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.people import operations as people
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.wallet import queries as wallets
from diptych.culture.portals.youth.straight import LONGEST_KEY, straight
from diptych.culture.search import answering as engine
from diptych.culture.search import beside


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
    given = criteria.dict(exclude={"page", "after", "facets"})
    wanted = catalogue.Criteria(**{**given, "accessible": tuple(given["accessible"])})
    found = engine.search(
        criteria=wanted, at=clock.now(), page=criteria.page, after=criteria.after, facets=criteria.facets,
        tried=bool(is_open(request, "youth.search_ranking")),
    )  # fmt: skip
    return HttpResponse(orjson.dumps(found_as_json(request, found)), content_type="application/json; charset=utf-8")


@api.get("/venues", auth=None, response={200: list[VenueFound], **_PROBLEMS}, operation_id="venues")
@door(VISITOR)
def venues(request: HttpRequest, criteria: Query[VenueCriteria]) -> Any:
    """Find venues by their name or town."""
    given = criteria.dict()
    wanted = catalogue.Criteria(**{**given, "accessible": tuple(given["accessible"])})
    return beside.venues(criteria=wanted, at=clock.now(), limit=MOST_VENUES)


@api.get("/offers/{offer_id}", auth=None, response={200: OfferOut, **_PROBLEMS}, operation_id="offer")
@door(VISITOR)
def offer(request: HttpRequest, offer_id: Id) -> Any:
    """One offer, with its venue and what can be booked of it."""
    found, picture = catalogue.offer_page(offer_id=offer_id, at=clock.now()), catalogue.picture_of(offer_id=offer_id)
    names = (name for name in OfferOut.model_fields if name != "picture")
    url = picture_address(request, "picture-wide", picture.id if picture else None)
    return {name: getattr(found, name) for name in names} | {"picture": picture and {"url": url, "credit": picture.credit}}


def _book(person_id: int, wanted: BookingIn, key: str) -> HttpResponse:
    made = bookings.book(
        person_id=person_id, stock_id=wanted.stock_id, places=wanted.places, at=clock.now(), key=key, entry=wanted.entry
    )
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
