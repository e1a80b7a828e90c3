"""The way in of the partners' API: the key, its limit of 200 requests a minute, and what goes wrong in the contract's shapes.

Holds the API object that the rooms hang on. Does not hold any operation.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError
from ninja.errors import ValidationError as Malformed
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, RootModel

from . import collective_words

from diptych.commons import clock
from diptych.commons.refusal import Kind, Reason, Refusal, Refused, refuse
from diptych.commons.web.doors import door
from diptych.commons.web.limits import Allowance, knock_by_key
from diptych.commons.web.refusals import headers_of, sentence
from diptych.culture.domain.bookings import terms as bookings
from diptych.culture.domain.catalogue import terms as catalogue
from diptych.culture.domain.people.terms import Audience
from diptych.culture.domain.venues import terms as venues
from diptych.culture.domain.venues.queries import Caller, caller_of

PER_MINUTE: Final = 200
"""The contract's own words: "200 requests/minute per API key"."""

TOO_OFTEN = Reason(
    "partners_api.too_often", Kind.BUSY, "You have made more than {most} requests in a minute: try again in {seconds} s."
)
NEITHER_OFFER_NOR_VENUE = Reason(
    "partners_api.neither_offer_nor_venue", Kind.INVALID, "Give offerId or venueId.", "guide §6.1, GET /bookings"
)

SAID: Final[Mapping[str, tuple[int, str]]] = {
    **{reason.code: (404, "global") for reason in (bookings.TOKEN_UNKNOWN, bookings.OTHER_VENUE, bookings.TOKEN_MALFORMED)},
    bookings.NOT_FOUND.code: (404, "global"),
    bookings.ALREADY_REIMBURSED.code: (403, "payment"),
    bookings.BEING_PAID.code: (403, "payment"),
    **{
        reason.code: (403, "booking")
        for reason in (
            bookings.NOT_YET_USABLE, bookings.STILL_HELD, bookings.NOT_USED, bookings.HAS_ACTIVATION_CODE,
        )
    },
    **{reason.code: (410, "booking") for reason in (bookings.ALREADY_USED, bookings.ALREADY_CANCELLED, bookings.CANNOT_CANCEL_USED)},
    venues.PARTNER_VENUE_MISSING.code: (404, "venue"),
    venues.PARTNER_URL_MALFORMED.code: (400, "global"),
    venues.PARTNER_URL_PRIVATE.code: (400, "global"),
    venues.PARTNER_URLS_APART.code: (400, "global"),
    NEITHER_OFFER_NOR_VENUE.code: (400, "global"),
    **{
        reason.code: (422, "file")
        for reason in (
            catalogue.PICTURE_ABSENT, catalogue.PICTURE_ANIMATED, catalogue.PICTURE_BROKEN, catalogue.PICTURE_TOO_HEAVY,
            catalogue.PICTURE_TOO_LARGE, catalogue.PICTURE_TOO_SMALL, catalogue.PICTURE_TWO_FILES, catalogue.PICTURE_UNFIT,
            catalogue.PICTURE_UNKNOWN,
        )
    },
    **collective_words.SAID,
}  # fmt: skip
"""A refusal's status and the key, or at 422 the field, under which the contract says it (guide §6.1, token errors). Others:
their kind's, `global`. A picture is a field that makes no sense: 422 is all that the contract has for `UploadImage`."""


class ValidationErrorElement(Schema):
    """What is wrong with one field: where it is, in words, and pydantic's name for it. Never what was sent."""

    loc: list[str]
    msg: str
    type: str
    ctx: dict[str, Any] = Field(default_factory=dict)


class ValidationError(RootModel[list[ValidationErrorElement]]):
    """Every field that does not make sense."""


class Body(Schema):
    """What a program sends: a name that the contract does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Calling(HttpRequest):
    """A request that came through the door: who calls."""

    auth: Caller
    allowance: Allowance


class ApiKeyAuth(HttpBearer):
    """Api key issued by the service, as `Authorization: Bearer …`."""

    openapi_name = "ApiKeyAuth"

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Whom the key speaks for; refuses the 201st request of a minute."""
        caller = caller_of(key=token, at=clock.now())
        if caller is not None and settings.LIMITS_ON:
            allowed = knock_by_key(name="partners-api", key=caller.key, most=PER_MINUTE, seconds=60)
            request.allowance = allowed  # type: ignore[attr-defined]  # read where the answer is made
            if allowed.is_over:
                raise Refused(refuse(TOO_OFTEN, most=PER_MINUTE, seconds=allowed.resets_in, retry_after=allowed.resets_in))
        return caller


class PartnersApi(NinjaAPI):
    """Answers carry what is left of the minute, and what is declared goes by the contract's own names."""

    def create_response(self, request: HttpRequest, data: Any, **others: Any) -> HttpResponse:
        """An answer, with what is left of the minute."""
        response = super().create_response(request, data, **others)
        allowed: Allowance | None = getattr(request, "allowance", None)
        if allowed is not None:
            response.headers["X-RateLimit-Limit"] = str(allowed.most)
            response.headers["X-RateLimit-Remaining"] = str(max(allowed.left, 0))
            response.headers["X-RateLimit-Reset"] = str(allowed.resets_in)
        return response

    def contract(self) -> OpenAPISchema:
        """The OpenAPI document."""
        return self.get_openapi_schema(path_prefix="/")


api = PartnersApi(
    title="Diptych, partners' API",
    version="1.0",
    description="The official public contract of the culture pass. Amounts are in cents of euro, times in UTC.\n\n"
    "Send your key with each request: `Authorization: Bearer {key}`. A key opens the venues that are linked to your system, "
    f"{PER_MINUTE} times a minute.",
    urls_namespace="partners-api",
    auth=[ApiKeyAuth()],
    docs_url=None,
    openapi_url=None,
)


def _utc(at: datetime) -> datetime:
    "PostgreSQL takes no offset of 16 hours or more, and UTC has no instant before year 1 or after 9999."
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be an instant between the years 1 and 9999") from None


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]
"""When, of whatever time zone, in UTC."""
ResourceId = Annotated[int, Field(ge=1, le=2**31 - 1, json_schema_extra={"format": "int32"})]
"""The number of a thing in an address."""

STATUS: Final = {Kind.MISSING: 404, Kind.FORBIDDEN: 403, Kind.GONE: 410, Kind.BUSY: 429, Kind.CONFLICT: 400, Kind.INVALID: 400}
"""What the contract answers by kind of refusal: its 422 names fields of the request alone, and it knows no 409."""

View = TypeVar("View", bound=Callable[..., Any])


def answers(*others: int, **named: Any) -> dict[int, Any]:
    """The statuses of an operation: `ok=Shape` (200), `made=Shape` (201), `done=None` (204), the refusals named, and those
    that every operation may give."""
    good = {{"ok": 200, "made": 201, "done": 204}[name]: shape for name, shape in named.items()}
    return {**good, **dict.fromkeys((*others, 401, 429)), 422: ValidationError}


def partner(view: View) -> View:
    """The door of an operation: partners' programs, by key."""
    return door(Audience.PARTNER)(view)


def say(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal in the contract's shape: {"key": ["sentence"]}, and our code in a header."""
    status, key = SAID.get(refusal.reason.code, (STATUS[refusal.reason.kind], "global"))
    words = sentence(refusal)
    said = [{"loc": [key], "msg": words, "type": refusal.reason.code}] if status == 422 else {key: [words]}
    response = api.create_response(request, said, status=status)
    response.headers["X-Reason"] = refusal.reason.code
    for name, value in headers_of(refusal).items():
        response.headers[name] = value
    return response


@api.exception_handler(Refused)
def _refused(request: HttpRequest, fault: Any) -> HttpResponse:
    return say(request, fault.refusal)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, fault: Any) -> HttpResponse:
    response = api.create_response(request, {"auth": "API key required"}, status=401)
    response.headers["WWW-Authenticate"] = 'Bearer realm="diptych"'
    return response


@api.exception_handler(Malformed)
def _malformed(request: HttpRequest, fault: Any) -> HttpResponse:
    return HttpResponse(orjson.dumps(elements(fault.errors)), status=422, content_type="application/json")


def elements(errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """pydantic's errors as the contract says them. What was sent is not sent back: it may be personal."""
    said = []
    for error in errors:
        where = error.get("loc", ())
        path = where[2:] if where[:1] in (("body",), ("form",), ("file",)) and len(where) > 2 else where[1:]
        said.append({"loc": [str(part) for part in path], "msg": str(error["msg"]), "type": str(error["type"])})
    return said
