"""Maps of the field officers: places as GeoJSON for the map that scripts draw, départements as circles for the picture.

Holds shapes alone; no tile, no outline: communes of open data say where one is. Does not read the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians, sqrt
from typing import Any, Final

from django.urls import reverse

from .field_words import KINDS, STAGES

from diptych.culture.domain.outreach.queries import PlaceList, Territory

MOST: Final = 2_000
"""Places on a map: those that come first in the list."""
NAMED: Final = 8
"""Communes whose names are written."""


def as_geojson(found: PlaceList) -> dict[str, Any]:
    """A FeatureCollection: communes (`layer` "commune"), then places (`layer` "place")."""
    towns = [
        _point(north, east, layer="commune", name=name if n < NAMED else "", people=people)
        for n, (name, north, east, people) in enumerate(found.towns)
    ]
    places = [
        _point(
            one.latitude, one.longitude, layer="place", id=one.id, name=one.name, city=one.city, stage=one.stage.value,
            said=str(STAGES[one.stage].label), kind=str(KINDS.get(one.activity, "")), href=reverse("backoffice:field-place", args=[one.id]),
        )
        for one in found.every[:MOST]
        if one.latitude is not None and one.longitude is not None
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": [*towns, *places]}


def _point(north: float, east: float, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [east, north]}, "properties": properties}


@dataclass(frozen=True, slots=True)
class Circle:
    """A département in the picture: where, how big (its places), how full (the share that is active: 0 to 1)."""

    code: str
    name: str
    x: float
    y: float
    r: float
    inner: float
    percent: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Circles in a box."""

    width: int
    height: int
    circles: list[Circle]


WIDTH: Final = 480
_WEST, _EAST, _SOUTH, _NORTH = -5.2, 9.7, 41.3, 51.2
_MIDDLE: Final = cos(radians(46.5))
"""A degree of longitude, of one of latitude, in the middle of France."""
_SCALE: Final = WIDTH / ((_EAST - _WEST) * _MIDDLE)
_HEIGHT: Final = round((_NORTH - _SOUTH) * _SCALE)
_FAR: Final = 36


def drawn(territories: Iterable[Territory]) -> Picture:
    """France as circles: a département where it is, those overseas in a row below. The disc inside is to the circle, in
    surface, what the active places are to those known."""
    rows = [one for one in territories if one.latitude is not None and one.longitude is not None]
    most = max((one.share.known for one in rows), default=1)
    circles, far = [], 0
    for one in sorted(rows, key=lambda row: -row.share.known):
        north, east = one.latitude or 0.0, one.longitude or 0.0
        if _SOUTH <= north <= _NORTH and _WEST <= east <= _EAST:
            x, y = (east - _WEST) * _MIDDLE * _SCALE, (_NORTH - north) * _SCALE
        else:
            x, y, far = 24.0 + far * _FAR, _HEIGHT + 24.0, far + 1
        r = 4 + 14 * sqrt(one.share.known / most)
        inner = r * sqrt(one.share.active / one.share.known)
        circles.append(Circle(one.code, one.name, round(x, 1), round(y, 1), round(r, 1), round(inner, 1), one.share.percent))
    return Picture(WIDTH, _HEIGHT + (48 if far else 0), circles)
