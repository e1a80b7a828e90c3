"""Reads of outreach: the places of a département, one place whole, an officer's day, shares by territory."""

from .days import DayStop, Due, day_of, due_steps
from .files import ContactOf, NoteOf, OtherRow, PlaceDetail, place_detail
from .places import Place, PlaceList, places_of
from .shares import Shares, Territory, shares

__all__ = [
    "ContactOf",
    "DayStop",
    "Due",
    "NoteOf",
    "OtherRow",
    "Place",
    "PlaceDetail",
    "PlaceList",
    "Shares",
    "Territory",
    "day_of",
    "due_steps",
    "place_detail",
    "places_of",
    "shares",
]
