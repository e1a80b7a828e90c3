"""Shapes of events, their prices and dates, as the contract has them. The 28 kinds are made from one table of fields."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Union

from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints, create_model

from .door import Body, Instant
from .places import PartialAccessibility
from .words import EventCategoryEnum, MusicTypeEnum__deprecated_, ShowTypeEnum, TiteliveMusicTypeEnum

NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no null character in a text."""
MOST_MINUTES: Final = 1440
_Text = Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)]
SourceId = Annotated[str, StringConstraints(max_length=70, pattern=NO_NUL)]
Url = Annotated[str, Field(min_length=1, max_length=2083, pattern=r"^https?://[^\x00\s]+$", json_schema_extra={"format": "uri"})]
Email = Annotated[
    str, Field(max_length=254, pattern=r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$", json_schema_extra={"format": "email"})
]
Name = Annotated[str, StringConstraints(max_length=90, pattern=NO_NUL)]
Description = Annotated[str, StringConstraints(max_length=10_000, pattern=NO_NUL)]
Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Now = Literal["now"]
Unlimited = Literal["unlimited"]


def no_bool(value: Any) -> Any:
    """True is no number of copies."""
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


Places = Annotated[int, Field(strict=True, lt=2**31), BeforeValidator(no_bool)]

_FIELDS: Final[dict[str, Any]] = {
    "author": _Text,
    "ean": _Text,
    "performer": _Text,
    "speaker": _Text,
    "stageDirector": _Text,
    "visa": _Text,
    "showType": ShowTypeEnum,
    "musicType": TiteliveMusicTypeEnum | MusicTypeEnum__deprecated_,
}
_MUSIC, _SHOW, _FILM = "author musicType performer", "author performer showType stageDirector", "author stageDirector visa"
KINDS: Final[dict[str, tuple[str, ...]]] = {
    str(kind): tuple(
        {
            "ATELIER_PRATIQUE_ART": "speaker", "CONFERENCE": "speaker", "DECOUVERTE_METIERS": "speaker", "RENCONTRE": "speaker",
            "RENCONTRE_EN_LIGNE": "speaker", "SALON": "speaker", "SEANCE_ESSAI_PRATIQUE_ART": "speaker",
            "CINE_PLEIN_AIR": _FILM, "EVENEMENT_CINE": _FILM, "FESTIVAL_CINE": _FILM, "SEANCE_CINE": _FILM,
            "CONCERT": _MUSIC, "EVENEMENT_MUSIQUE": _MUSIC, "FESTIVAL_MUSIQUE": _MUSIC, "LIVESTREAM_MUSIQUE": _MUSIC,
            "FESTIVAL_SPECTACLE": _SHOW, "LIVESTREAM_EVENEMENT": _SHOW, "SPECTACLE_REPRESENTATION": _SHOW,
            "FESTIVAL_ART_VISUEL": "author performer",
        }.get(str(kind), "").split()
    )
    for kind in EventCategoryEnum
}  # fmt: skip
"""The fields of each kind of event."""
MADE: Final = tuple(kind for kind in KINDS if kind not in {"ACTIVATION_EVENT", "DECOUVERTE_METIERS"})
"""Kinds that a program may make; the two others are only read."""
_MUST: Final = frozenset({"musicType", "showType"})


def kind_shape(kind: str, use: str, names: tuple[str, ...], must_have: frozenset[str] = _MUST) -> Any:
    """The shape of a kind's fields for one use: `create` (some must be there), `edit` or `read`."""
    fields: dict[str, Any] = {"category": (Literal[kind], ...)}
    for name in names:
        must = use == "create" and name in must_have
        fields[name] = (_FIELDS[name], ...) if must else (_FIELDS[name], Field(default=None, json_schema_extra=_plain))
    return create_model(f"{kind}_{use}", __base__=Schema, **fields)


def _plain(schema: dict[str, Any]) -> None:
    "Left out where there is none: never null."
    schema.pop("default", None)


_CREATE = tuple(kind_shape(kind, "create", KINDS[kind]) for kind in MADE)
_EDIT = tuple(kind_shape(kind, "edit", KINDS[kind]) for kind in MADE)
_READ = tuple(kind_shape(kind, "read", KINDS[kind]) for kind in KINDS)
CreatedKind: Any = Annotated[Union[_CREATE], Field(discriminator="category")]  # noqa: UP007  # made of a tuple
EditedKind: Any = Union[_EDIT]  # noqa: UP007
ReadKind: Any = Annotated[Union[_READ], Field(discriminator="category")]  # noqa: UP007


class Accessibility(Schema):
    """For whom an event is made."""

    audioDisabilityCompliant: bool
    mentalDisabilityCompliant: bool
    motorDisabilityCompliant: bool
    visualDisabilityCompliant: bool


class AccessibilityResponse(PartialAccessibility):
    """The same, read back."""


class PhysicalLocation(Schema):
    """At the venue."""

    type: Literal["physical"] = "physical"
    venueId: Number


class DigitalLocation(Schema):
    """On line, at an address."""

    type: Literal["digital"] = "digital"
    url: Url
    venueId: Number


class AddressLocation(Schema):
    """Somewhere else."""

    addressId: Number
    addressLabel: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)] | None = None
    type: Literal["address"] = "address"
    venueId: Number


Location = Annotated[PhysicalLocation | DigitalLocation | AddressLocation, Field(discriminator="type")]


class ImageBody(Schema):
    """A picture, in base 64."""

    credit: Annotated[str, StringConstraints(max_length=1000, pattern=NO_NUL)] | None = None
    file: str


class ImageResponse(Schema):
    """A picture, by its address."""

    credit: str | None = None
    url: str


class OfferStatus(StrEnum):
    """What is shown of an offer's life."""

    DRAFT = "DRAFT"
    PENDING = "PENDING"
    REJECTED = "REJECTED"
    INACTIVE = "INACTIVE"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    ACTIVE = "ACTIVE"
    SOLD_OUT = "SOLD_OUT"
    EXPIRED = "EXPIRED"


class PriceCategoryCreation(Schema):
    """A price, in cents."""

    idAtProvider: SourceId | None = None
    label: Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=NO_NUL)]
    price: Annotated[int, Field(ge=0, le=30_000), BeforeValidator(no_bool)]


class PriceCategoriesCreation(Body):
    """Prices to add."""

    priceCategories: Annotated[list[PriceCategoryCreation], Field(max_length=50)]


class PriceCategoryEdition(Body):
    """What changes of a price."""

    idAtProvider: SourceId | None = None
    label: Annotated[str, StringConstraints(min_length=1, max_length=50, pattern=NO_NUL)] | None = None
    price: Annotated[int, Field(ge=0, le=30_000), BeforeValidator(no_bool)] | None = None


class PriceCategoryResponse(Schema):
    """A price."""

    id: int
    idAtProvider: str | None = None
    label: str
    price: int


class PriceCategoriesResponse(Schema):
    """Prices of an event."""

    priceCategories: list[PriceCategoryResponse]


class EventStockCreation(Schema):
    """A date at a price."""

    beginningDatetime: Instant
    bookingLimitDatetime: Instant
    idAtProvider: SourceId | None = None
    priceCategoryId: Number
    quantity: Places | Unlimited


class EventStocksCreation(Body):
    """Dates to add."""

    dates: Annotated[list[EventStockCreation], Field(max_length=2500)]


class EventStockEdition(Body):
    """What changes of a date."""

    beginningDatetime: Instant | None = None
    bookingLimitDatetime: Instant | None = None
    idAtProvider: SourceId | None = None
    priceCategoryId: Annotated[int, Field(gt=0, lt=2**63)] | None = None
    quantity: Annotated[int, Field(strict=True, ge=0, lt=2**31)] | Unlimited | None = None


class DateResponse(Schema):
    """A date. `quantity` counts every place, those booked included: as many as `bookedQuantity` means no more."""

    beginningDatetime: datetime
    bookedQuantity: int
    bookingLimitDatetime: datetime
    id: int
    idAtProvider: Annotated[str, Field(max_length=70)] | None = None
    priceCategory: PriceCategoryResponse
    quantity: int | Unlimited


class GetDatesResponse(Schema):
    """Dates of an event."""

    dates: list[DateResponse]


class PostDatesResponse(Schema):
    """The dates that were added."""

    dates: list[DateResponse]


class EventOfferCreation(Body):
    """An event to make."""

    accessibility: Accessibility
    bookingAllowedDatetime: Instant | None = None
    bookingContact: Email | None = None
    bookingEmail: Email | None = None
    categoryRelatedFields: CreatedKind
    description: Description | None = None
    enableDoubleBookings: bool | None = True
    eventDuration: Annotated[int, Field(lt=2**31)] | None = None
    externalTicketOfficeUrl: Url | None = None
    hasTicket: bool
    idAtProvider: SourceId | None = None
    image: ImageBody | None = None
    itemCollectionDetails: Annotated[str, StringConstraints(pattern=NO_NUL)] | None = None
    location: Location
    name: Name
    priceCategories: Annotated[list[PriceCategoryCreation], Field(max_length=50)] | None = None
    publicationDate: Instant | None = None
    publicationDatetime: Instant | Now | None = "now"
    videoUrl: Url | None = None


class EventOfferEdition(Body):
    """What changes of an event."""

    accessibility: PartialAccessibility | None = None
    bookingAllowedDatetime: Instant | None = None
    bookingContact: Email | None = None
    bookingEmail: Email | None = None
    categoryRelatedFields: EditedKind | None = None
    description: Description | None = None
    enableDoubleBookings: bool | None = False
    eventDuration: Annotated[int, Field(lt=2**31)] | None = None
    idAtProvider: SourceId | None = None
    image: ImageBody | None = None
    isActive: bool | None = None
    itemCollectionDetails: Annotated[str, StringConstraints(pattern=NO_NUL)] | None = None
    location: Location | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=NO_NUL)] | None = None
    publicationDatetime: Instant | Now | None = None
    videoUrl: Url | None = None


class EventOfferResponse(Schema):
    """An event."""

    accessibility: AccessibilityResponse
    bookingAllowedDatetime: datetime | None = None
    bookingContact: str | None = None
    bookingEmail: str | None = None
    categoryRelatedFields: ReadKind
    description: str | None = None
    enableDoubleBookings: bool | None = False
    eventDuration: int | None = None
    externalTicketOfficeUrl: str | None = None
    hasTicket: bool
    id: int
    idAtProvider: str | None = None
    image: ImageResponse | None = None
    itemCollectionDetails: str | None = None
    location: Location
    name: str
    priceCategories: list[PriceCategoryResponse]
    publicationDatetime: datetime | None = None
    status: OfferStatus
    videoUrl: Url | None = None


class EventOffersResponse(Schema):
    """A page of events."""

    events: list[EventOfferResponse]
