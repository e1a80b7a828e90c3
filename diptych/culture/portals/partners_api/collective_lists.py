"""What a collective offer may be described with: domains, national programmes, levels, formats, schools (guide §6.1)."""

from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field, RootModel, StringConstraints

from .door import Calling, answers, partner
from .event_shapes import NO_NUL, Number

from diptych.commons import clock
from diptych.culture.domain.collective.queries import lists as queries

router = Router(tags=["Collective Offer Attributes"])

_Asked = Annotated[str, StringConstraints(max_length=255, pattern=NO_NUL)]


class NationalProgramModel(Schema):
    """A national programme."""

    id: int
    name: str


class ListNationalProgramsResponseModel(RootModel[list[NationalProgramModel]]):
    """National programmes."""


class CollectiveOffersDomainResponseModel(Schema):
    """A domain, with its national programmes."""

    id: int
    name: str
    nationalPrograms: list[NationalProgramModel]


class CollectiveOffersListDomainsResponseModel(RootModel[list[CollectiveOffersDomainResponseModel]]):
    """Domains."""


class CollectiveOffersStudentLevelResponseModel(Schema):
    """A level."""

    id: str
    name: str


class CollectiveOffersListStudentLevelsResponseModel(RootModel[list[CollectiveOffersStudentLevelResponseModel]]):
    """Levels."""


class FormatsResponse(RootModel[list[CollectiveOffersStudentLevelResponseModel]]):
    """Formats: the name is the code."""


class CollectiveOffersEducationalInstitutionResponseModel(Schema):
    """A school."""

    city: str
    id: int
    institutionType: str
    name: str
    postalCode: str
    uai: str


class CollectiveOffersListEducationalInstitutionResponseModel(
    RootModel[list[CollectiveOffersEducationalInstitutionResponseModel]]
):
    """Schools."""


class Schools(Schema):
    """Which schools: any part of a name, a kind or a city; a whole postcode or UAI."""

    id: Number | None = None
    name: _Asked | None = None
    institutionType: _Asked | None = None
    city: _Asked | None = None
    postalCode: _Asked | None = None
    uai: _Asked | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 20


@router.get(
    "/educational-domains", response=answers(ok=CollectiveOffersListDomainsResponseModel), operation_id="ListEducationalDomains"
)
@partner
def domains(request: Calling) -> Any:
    """Domains of arts and culture that an offer may have."""
    return [
        {"id": row.id, "name": row.name, "nationalPrograms": [_programme(*one) for one in row.programmes]}
        for row in queries.domains(at=clock.now())
    ]


@router.get("/national-programs/", response=answers(ok=ListNationalProgramsResponseModel), operation_id="GetNationalPrograms")
@partner
def programmes(request: Calling) -> Any:
    """National programmes that an offer may join, in one of their domains."""
    return [_programme(*one) for one in queries.programmes(at=clock.now())]


@router.get(
    "/student-levels", response=answers(ok=CollectiveOffersListStudentLevelsResponseModel), operation_id="ListStudentsLevels"
)
@partner
def levels(request: Calling) -> Any:
    """Levels of the pupils."""
    return [{"id": code, "name": name} for code, name in queries.levels()]


@router.get("/offers/formats", response=answers(ok=FormatsResponse), operation_id="GetOffersFormats")
@partner
def formats(request: Calling) -> Any:
    """Formats: what pupils do."""
    return [{"id": name, "name": name} for name in queries.formats()]


@router.get(
    "/educational-institutions/",
    response=answers(400, ok=CollectiveOffersListEducationalInstitutionResponseModel),
    operation_id="ListEducationalInstitutions",
)
@partner
def institutions(request: Calling, asked: Query[Schools]) -> Any:
    """Schools, by UAI, number, name, kind, city or postcode."""
    found = queries.schools(
        number=asked.id, uai=asked.uai or "", name=asked.name or "", kind=asked.institutionType or "", city=asked.city or "",
        postcode=asked.postalCode or "", limit=asked.limit,
    )  # fmt: skip
    return [
        {"id": s.id, "uai": s.uai, "name": s.name, "institutionType": s.kind, "city": s.city, "postalCode": s.postcode}
        for s in found
    ]


def _programme(number: int, name: str) -> dict[str, Any]:
    return {"id": number, "name": name}
