"""Shapes of collective offers and of their bookings, as the contract has them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, RootModel, StringConstraints

from .collective_lists import NationalProgramModel
from .door import Body, Instant
from .event_shapes import NO_NUL, Email, Number, Places

from diptych.culture.domain.collective.terms import Booking, Format, Status


def _to_the_cent(euros: float) -> float:
    "No price has a fraction of a cent."
    if abs(euros * 100 - round(euros * 100)) > 1e-6:
        raise ValueError("must be a whole number of cents")
    return euros


Euros = Annotated[float, Field(strict=True, ge=0, lt=1e9, allow_inf_nan=False), AfterValidator(_to_the_cent)]
Emails = Annotated[list[Email], Field(max_length=20)]
Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9 .()-]{6,39}$")]
Words = list[Annotated[str, StringConstraints(max_length=60, pattern=NO_NUL)]]
SchoolCode = Annotated[str, StringConstraints(max_length=10, pattern=NO_NUL)]
PlaceWords = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Title = Annotated[str, StringConstraints(max_length=110, pattern=NO_NUL)]
PriceWords = Annotated[str, StringConstraints(max_length=1000, pattern=NO_NUL)]
Story = Annotated[str, StringConstraints(max_length=1500, pattern=NO_NUL)]
EacFormat = Format
CollectiveBookingStatus = Booking
CollectiveOfferDisplayedStatus = Status


class CollectiveOfferLocationSchoolModel(Body):
    """In the school."""

    type: Literal["SCHOOL"]


class CollectiveOfferLocationAddressVenueModel(Body):
    """At the venue."""

    type: Literal["ADDRESS"]
    isVenueAddress: Literal[True]


class CollectiveOfferLocationAddressModel(Body):
    """At another address."""

    type: Literal["ADDRESS"]
    isVenueAddress: Literal[False]
    addressId: Number
    addressLabel: PlaceWords | None = None


class CollectiveOfferLocationToBeDefinedModel(Body):
    """Not known yet."""

    type: Literal["TO_BE_DEFINED"]
    comment: PlaceWords | None = None


Location = (
    CollectiveOfferLocationSchoolModel
    | CollectiveOfferLocationAddressVenueModel
    | CollectiveOfferLocationAddressModel
    | CollectiveOfferLocationToBeDefinedModel
)


class PostCollectiveOfferBodyModel(Body):
    """An offer to one school, named by its UAI or by its number. Prices are in euros."""

    audioDisabilityCompliant: bool = False
    bookingEmails: Emails
    bookingLimitDatetime: Instant
    contactEmail: Email
    contactPhone: Phone
    description: Story
    domains: list[int]
    durationMinutes: Places | None = None
    educationalInstitution: SchoolCode | None = None
    educationalInstitutionId: Number | None = None
    educationalPriceDetail: PriceWords | None = None
    endDatetime: Instant | None = None
    formats: list[EacFormat]
    imageCredit: PriceWords | None = None
    imageFile: str | None = None
    location: Location
    mentalDisabilityCompliant: bool = False
    motorDisabilityCompliant: bool = False
    name: Title
    nationalProgramId: int | None = None
    numberOfTickets: Places
    startDatetime: Instant
    students: Words
    totalPrice: Euros
    venueId: Number
    visualDisabilityCompliant: bool = False


class PatchCollectiveOfferBodyModel(Body):
    """What changes of an offer. What is not sent stays, and null with it, but for what may be empty."""

    audioDisabilityCompliant: bool | None = None
    bookingEmails: Emails | None = None
    bookingLimitDatetime: Instant | None = None
    contactEmail: Email | None = None
    contactPhone: Phone | None = None
    description: Story | None = None
    domains: list[int] | None = None
    durationMinutes: Places | None = None
    educationalInstitution: SchoolCode | None = None
    educationalInstitutionId: Number | None = None
    educationalPriceDetail: PriceWords | None = None
    endDatetime: Instant | None = None
    formats: list[EacFormat] | None = None
    imageCredit: PriceWords | None = None
    imageFile: str | None = None
    interventionArea: Words | None = None
    location: Location | None = None
    mentalDisabilityCompliant: bool | None = None
    motorDisabilityCompliant: bool | None = None
    name: Title | None = None
    nationalProgramId: int | None = None
    numberOfTickets: Places | None = None
    startDatetime: Instant | None = None
    students: Words | None = None
    totalPrice: Euros | None = None
    venueId: Number | None = None
    visualDisabilityCompliant: bool | None = None


class ArchiveCollectiveOfferBodyModel(Body):
    """Offers to put away."""

    ids: Annotated[list[Number], Field(min_length=1, max_length=500)]


class CollectiveBookingResponseModel(Schema):
    """What a school made of an offer."""

    cancellationLimitDate: datetime | None = None
    confirmationDate: datetime | None = None
    dateCreated: datetime
    dateUsed: datetime | None = None
    id: int
    reimbursementDate: datetime | None = None
    status: CollectiveBookingStatus


class CollectiveOffersResponseModel(Schema):
    """An offer in a list."""

    bookings: list[CollectiveBookingResponseModel]
    endDatetime: datetime
    id: int
    offerStatus: str
    startDatetime: datetime
    venueId: int


class CollectiveOffersListResponseModel(RootModel[list[CollectiveOffersResponseModel]]):
    """Offers."""


class GetPublicCollectiveOfferResponseModel(Schema):
    """An offer."""

    model_config = ConfigDict(extra="forbid")

    audioDisabilityCompliant: bool | None = None
    bookingEmails: list[str] | None = None
    bookingLimitDatetime: datetime
    bookings: list[CollectiveBookingResponseModel]
    contactEmail: str
    contactPhone: str
    dateCreated: datetime
    description: str | None = None
    domains: list[int]
    durationMinutes: int | None = None
    educationalInstitution: str | None = None
    educationalInstitutionId: int | None = None
    educationalPriceDetail: str | None = None
    endDatetime: datetime
    formats: list[EacFormat]
    hasBookingLimitDatetimesPassed: bool
    id: int
    imageCredit: str | None = None
    imageUrl: str | None = None
    interventionArea: list[str]
    location: Location
    mentalDisabilityCompliant: bool | None = None
    motorDisabilityCompliant: bool | None = None
    name: str
    nationalProgram: NationalProgramModel | None = None
    numberOfTickets: int
    offerStatus: str
    startDatetime: datetime
    students: list[str]
    totalPrice: float
    venueId: int
    visualDisabilityCompliant: bool | None = None


class MockBookingResponse(Schema):
    """The booking that was made."""

    bookingId: int
