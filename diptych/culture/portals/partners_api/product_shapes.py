"""Shapes of things and of their stock, as the contract has them."""

from datetime import datetime
from typing import Annotated, Any, Final, Union

from ninja import Schema
from pydantic import BeforeValidator, Field, StringConstraints

from .door import Body, Instant
from .event_shapes import (
    NO_NUL,
    Accessibility,
    AccessibilityResponse,
    Description,
    Email,
    ImageBody,
    ImageResponse,
    Location,
    Name,
    Now,
    Number,
    OfferStatus,
    SourceId,
    Unlimited,
    Url,
    kind_shape,
    no_bool,
)
from .places import PartialAccessibility

_SHOW = "author performer showType stageDirector"
THINGS: Final[dict[str, tuple[str, ...]]] = {
    kind: tuple(fields.split())
    for kinds, fields in (
        ("ABO_BIBLIOTHEQUE ABO_LIVRE_NUMERIQUE ABO_MEDIATHEQUE ABO_PLATEFORME_MUSIQUE ABO_PLATEFORME_VIDEO ABO_PRATIQUE_ART", ""),
        ("ABO_PRESSE_EN_LIGNE APP_CULTURELLE AUTRE_SUPPORT_NUMERIQUE CARTE_JEUNES CARTE_MUSEE PODCAST VISITE_VIRTUELLE VOD", ""),
        ("PLATEFORME_PRATIQUE_ARTISTIQUE ABO_JEU_VIDEO ABO_LUDOTHEQUE ACTIVATION_THING BON_ACHAT_INSTRUMENT ESCAPE_GAME", ""),
        ("CARTE_CINE_ILLIMITE CARTE_CINE_MULTISEANCES JEU_SUPPORT_PHYSIQUE MUSEE_VENTE_DISTANCE OEUVRE_ART", ""),
        ("ACHAT_INSTRUMENT LOCATION_INSTRUMENT PARTITION SUPPORT_PHYSIQUE_FILM JEU_EN_LIGNE MATERIEL_ART_CREATIF", "ean"),
        ("ABO_CONCERT", "musicType"),
        ("ABO_SPECTACLE", "showType"),
        ("LIVRE_AUDIO_PHYSIQUE LIVRE_NUMERIQUE LIVRE_PAPIER", "author ean"),
        ("TELECHARGEMENT_MUSIQUE SUPPORT_PHYSIQUE_MUSIQUE_CD SUPPORT_PHYSIQUE_MUSIQUE_VINYLE", "author ean musicType performer"),
        ("CAPTATION_MUSIQUE", "author musicType performer"),
        ("CINE_VENTE_DISTANCE", "author stageDirector visa"),
        ("PRATIQUE_ART_VENTE_DISTANCE", "speaker"),
        ("SPECTACLE_ENREGISTRE", _SHOW),
        ("SPECTACLE_VENTE_DISTANCE", _SHOW),
        ("TELECHARGEMENT_LIVRE_AUDIO", "author"),
    )
    for kind in kinds.split()
}
"""The fields of each kind of thing."""
_READ_ONLY: Final = frozenset(
    [
        "ABO_JEU_VIDEO",
        "ABO_LUDOTHEQUE",
        "ACTIVATION_THING",
        "BON_ACHAT_INSTRUMENT",
        "CARTE_CINE_ILLIMITE",
        "CARTE_CINE_MULTISEANCES",
        "ESCAPE_GAME",
        "JEU_SUPPORT_PHYSIQUE",
        "MUSEE_VENTE_DISTANCE",
        "OEUVRE_ART",
        "CAPTATION_MUSIQUE",
        "CINE_VENTE_DISTANCE",
        "JEU_EN_LIGNE",
        "MATERIEL_ART_CREATIF",
        "LIVRE_PAPIER",
        "SPECTACLE_VENTE_DISTANCE",
        "SUPPORT_PHYSIQUE_MUSIQUE_CD",
        "SUPPORT_PHYSIQUE_MUSIQUE_VINYLE",
    ]
)
"""Kinds that a program only reads, or sells by their bar code alone."""
_MUST: Final = frozenset({"musicType", "showType", "ean"})
_FREE_EAN: Final = frozenset({"musicType", "showType"})
_EAN_AT_WILL: Final = frozenset({"LIVRE_NUMERIQUE", "TELECHARGEMENT_MUSIQUE"})

_MADE = tuple(kind for kind in THINGS if kind not in _READ_ONLY)
_CREATE = tuple(kind_shape(k, "create", THINGS[k], _FREE_EAN if k in _EAN_AT_WILL else _MUST) for k in _MADE)
_EDIT = tuple(kind_shape(k, "edit", THINGS[k]) for k in _MADE)
_READ = tuple(kind_shape(k, "read", THINGS[k]) for k in THINGS)
CreatedThing: Any = Union[_CREATE]  # noqa: UP007  # made of a tuple
EditedThing: Any = Union[_EDIT]  # noqa: UP007
ReadThing: Any = Annotated[Union[_READ], Field(discriminator="category")]  # noqa: UP007

Cents = Annotated[int, Field(ge=0, le=30_000), BeforeValidator(no_bool)]
_Details = Annotated[str, StringConstraints(pattern=NO_NUL)]


class StockCreation(Schema):
    """What there is of a thing."""

    bookingLimitDatetime: Instant | None = None
    price: Cents
    quantity: Annotated[int, Field(strict=True, gt=0, lt=2**31)] | Unlimited | None = None


class StockEdition(Body):
    """What changes of it."""

    bookingLimitDatetime: Instant | None = None
    price: Cents | None = None
    quantity: Annotated[int, Field(strict=True, ge=0, lt=2**31)] | Unlimited | None = None


class StockUpsert(Schema):
    """What there is of a work."""

    bookingLimitDatetime: Instant | None = None
    price: Cents
    quantity: Annotated[int, Field(strict=True, lt=2**31)] | Unlimited | None = None


class ProductStockResponse(Schema):
    """What there is of a thing, and how many are booked: `quantity` counts those too, and as many as `bookedQuantity` means no
    more."""

    bookedQuantity: int
    bookingLimitDatetime: datetime | None = None
    price: int
    quantity: int | Unlimited


class ProductOfferCreation(Body):
    """A thing to sell."""

    accessibility: Accessibility
    bookingAllowedDatetime: Instant | None = None
    bookingContact: Email | None = None
    bookingEmail: Email | None = None
    categoryRelatedFields: CreatedThing
    description: Description | None = None
    enableDoubleBookings: bool | None = False
    externalTicketOfficeUrl: Url | None = None
    idAtProvider: SourceId | None = None
    image: ImageBody | None = None
    itemCollectionDetails: _Details | None = None
    location: Location
    name: Name
    publicationDatetime: Instant | Now | None = "now"
    stock: StockCreation | None = None


class ProductOfferEdition(Body):
    """What changes of a thing; a stock of null is taken away, and its bookings with it."""

    accessibility: PartialAccessibility | None = None
    bookingAllowedDatetime: Instant | None = None
    bookingContact: Email | None = None
    bookingEmail: Email | None = None
    categoryRelatedFields: EditedThing | None = None
    description: Description | None = None
    enableDoubleBookings: bool | None = True
    idAtProvider: SourceId | None = None
    image: ImageBody | None = None
    isActive: bool | None = None
    itemCollectionDetails: _Details | None = None
    location: Location | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=140, pattern=NO_NUL)] | None = None
    offerId: Number
    publicationDatetime: Instant | Now | None = None
    stock: StockEdition | None = None


class ProductOfferResponse(Schema):
    """A thing."""

    accessibility: AccessibilityResponse
    bookingAllowedDatetime: datetime | None = None
    bookingContact: str | None = None
    bookingEmail: str | None = None
    categoryRelatedFields: ReadThing
    description: str | None = None
    enableDoubleBookings: bool | None = False
    externalTicketOfficeUrl: str | None = None
    id: int
    idAtProvider: str | None = None
    image: ImageResponse | None = None
    itemCollectionDetails: str | None = None
    location: Location
    name: str
    publicationDatetime: datetime | None = None
    status: OfferStatus
    stock: ProductStockResponse | None = None


class ProductOffersResponse(Schema):
    """A page of things."""

    products: list[ProductOfferResponse]


class ProductOffersByEanResponse(Schema):
    """Things by their bar codes."""

    products: list[ProductOfferResponse]


class ProductOfferByEanCreation(Body):
    """A work that a venue has."""

    bookingAllowedDatetime: Instant | None = None
    ean: Annotated[str, StringConstraints(min_length=13, max_length=13, pattern=NO_NUL)]
    publicationDatetime: Instant | Now | None = "now"
    stock: StockUpsert


class ProductsOfferByEanCreation(Body):
    """Works that a venue has, and how many of each."""

    location: Location
    products: Annotated[list[ProductOfferByEanCreation], Field(max_length=500)]


class RejectedEANsPartialResponse(Schema):
    """Bar codes that cannot be sold, by reason."""

    notCompliantWithCgu: list[str]
    notFound: list[str]
    subcategoryNotAllowed: list[str]


class AvailableEANsResponse(Schema):
    """Bar codes that can be sold, and those that cannot."""

    available: list[str]
    rejected: RejectedEANsPartialResponse
