"""Catalogues of the contract: which kinds of events and things there are with the fields they ask for, shows, music."""

from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext
from ninja import Router, Schema
from pydantic import RootModel

from .door import Calling, answers, partner
from .words import (
    EventCategoryEnum,
    ProductCategoryEnum,
    ShowTypeEnum,
    TiteliveEventMusicTypeEnum,
    TiteliveMusicTypeEnum,
    spoken,
)

from diptych.culture.domain.catalogue.queries.own_offers import kinds_for_partners

router = Router()

FIELDS: Final = frozenset({"author", "ean", "musicType", "performer", "showType", "speaker", "stageDirector", "visa"})
"""Fields of a kind that the contract knows; the others are ours."""


class LocationTypeEnum(StrEnum):
    """Where a thing is had."""

    DIGITAL = "DIGITAL"
    PHYSICAL = "PHYSICAL"


class EventCategoryResponse(Schema):
    """A kind of event, with the fields it may have; true where it must."""

    conditionalFields: dict[str, bool]
    id: EventCategoryEnum
    label: str


class GetEventCategoriesResponse(RootModel[list[EventCategoryResponse]]):
    """Every kind of event that a program may make."""


class ProductCategoryResponse(Schema):
    """A kind of thing, with the fields it may have; true where it must."""

    conditionalFields: dict[str, bool]
    id: ProductCategoryEnum
    locationType: LocationTypeEnum | None = None


class GetProductCategoriesResponse(RootModel[list[ProductCategoryResponse]]):
    """Every kind of thing that a program may make."""


class ShowTypeResponse(Schema):
    """A kind of show."""

    id: ShowTypeEnum
    label: str


class GetShowTypesResponse(RootModel[list[ShowTypeResponse]]):
    """Every kind of show."""


class TiteliveMusicTypeResponse(Schema):
    """A kind of music."""

    id: TiteliveMusicTypeEnum
    label: str


class GetTiteliveMusicTypesResponse(RootModel[list[TiteliveMusicTypeResponse]]):
    """Every kind of music."""


class TiteliveEventMusicTypeResponse(Schema):
    """A kind of music of an event."""

    id: TiteliveEventMusicTypeEnum
    label: str


class GetTiteliveEventMusicTypesResponse(RootModel[list[TiteliveEventMusicTypeResponse]]):
    """Every kind of music that an event may be of."""


@router.get(
    "/events/categories",
    response=answers(ok=GetEventCategoriesResponse),
    operation_id="GetEventCategories",
    tags=["Offer Attributes"],
)
@partner
def event_categories(request: Calling) -> Any:
    """Kinds of events."""
    known = set(EventCategoryEnum)
    rows = [row for row in kinds_for_partners() if row.is_event and row.id in known]
    return [{"id": row.id, "label": gettext(row.label), "conditionalFields": _asked(row.fields)} for row in rows]


@router.get(
    "/products/categories", response=answers(ok=GetProductCategoriesResponse), operation_id="GetProductCategories",
    tags=["Product Offers"],
)  # fmt: skip
@partner
def product_categories(request: Calling) -> Any:
    """Kinds of things."""
    known, places = set(ProductCategoryEnum), {"on": LocationTypeEnum.DIGITAL, "off": LocationTypeEnum.PHYSICAL}
    rows = [row for row in kinds_for_partners() if not row.is_event and row.id in known]
    return [{"id": row.id, "conditionalFields": _asked(row.fields), "locationType": places.get(row.platform)} for row in rows]


@router.get("/show_types", response=answers(ok=GetShowTypesResponse), operation_id="GetShowTypes", tags=["Offer Attributes"])
@partner
def show_types(request: Calling) -> Any:
    """Kinds of shows."""
    return _said(ShowTypeEnum)


@router.get(
    "/music_types/all", response=answers(ok=GetTiteliveMusicTypesResponse), operation_id="GetAllTiteliveMusicTypes",
    tags=["Offer Attributes"],
)  # fmt: skip
@partner
def music_types(request: Calling) -> Any:
    """Kinds of music."""
    return _said(TiteliveMusicTypeEnum)


@router.get(
    "/music_types/event", response=answers(ok=GetTiteliveEventMusicTypesResponse), operation_id="GetEventTiteliveMusicTypes",
    tags=["Offer Attributes"],
)  # fmt: skip
@partner
def event_music_types(request: Calling) -> Any:
    """Kinds of music of an event."""
    return _said(TiteliveEventMusicTypeEnum)


def _asked(fields: tuple[str, ...]) -> dict[str, bool]:
    "The guide marks with * what every form must ask for, with † what a program must give."
    plain = {name.rstrip("*†"): name[-1] in "*†" for name in fields}
    return {name: must for name, must in plain.items() if name in FIELDS}


def _said(values: Any) -> list[dict[str, str]]:
    return [{"id": str(value), "label": spoken(str(value))} for value in values]
