"""Rows: the typed facts that readers yield, ready for the chapters' import operations.

Holds frozen rows only. Each carries the line it came from, its source and its identifier there, so that a later file
updates it. Does not hold the operations' own wishes: they state what attributes they need.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A region of the official geographic code."""

    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """A département of the official geographic code."""

    line: int
    code: str
    name: str
    region: str


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """How many people live in a département."""

    line: int
    code: str
    population: int


@dataclass(frozen=True, slots=True)
class CommuneRow:
    """A commune, or a municipal arrondissement of Paris, Lyon or Marseille."""

    line: int
    insee: str
    name: str
    department: str
    postcodes: tuple[str, ...]
    population: int | None


@dataclass(frozen=True, slots=True)
class PointRow:
    """Where a commune is, by its postcode and name: this file has no INSEE code."""

    line: int
    postcode: str
    name: str
    department: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class VenueRow:
    """A public place. `activity` is a word of the venues chapter."""

    line: int
    source: str
    source_id: str
    activity: str
    name: str
    description: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    insee: str = ""
    department: str = ""
    latitude: float | None = None
    longitude: float | None = None
    website: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """Entries of one museum in one year; None where they were not counted. `key` is the museum and the year."""

    line: int
    source: str
    source_id: str
    year: int
    key: str
    total: int
    free: int | None
    schools: int | None
    under_18: int | None
    from_18_to_25: int | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One date of an offer (None for a thing) at one price in cents. `quantity` None means unlimited."""

    source_id: str
    starts_at: datetime | None
    price_cents: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An event or a digital offer, with the place or organisation that proposes it."""

    line: int
    source: str
    source_id: str
    subcategory: str
    name: str
    place: VenueRow
    description: str = ""
    url: str = ""
    sessions: tuple[SessionRow, ...] = ()
    accessible_audio: bool = False
    accessible_mental: bool = False
    accessible_motor: bool = False
    accessible_visual: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One year's loans of a work. Several rows share a `source_id`: the years of one work, or its copies."""

    line: int
    source: str
    source_id: str
    subcategory: str
    name: str
    creator: str
    publisher: str
    year: int
    loans: int


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """An institution of the ministry's directory."""

    line: int
    source: str
    uai: str
    name: str
    kind: str
    sector: str
    address: str
    postcode: str
    city: str
    insee: str
    department: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class SocialIndexRow:
    """The social position index (IPS) of a collège: about 100 on average, higher where families are better off."""

    line: int
    uai: str
    index: float
