"""Imports of the chapter: official places, then venues, from rows that a reader made of open data.

Holds the transactions. An entry that a person edited since is left as it is. Does not read files (gateways) nor say
what a source's columns mean.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from .. import terms
from ..rules import fold
from .gazetteer import Gazetteer, department_of

from diptych.commons.bulk import Imported, Merged, merge
from diptych.commons.refusal import deny

Note = Callable[[int, str, str], None]
"""Told the line, the column and the code of what could not be kept of a row."""


class RegionFacts(Protocol):
    """A region."""

    code: str
    name: str


class DepartmentFacts(Protocol):
    """A département."""

    code: str
    name: str
    region: str


class PopulationFacts(Protocol):
    """How many people live in a département."""

    code: str
    population: int


class CommuneFacts(Protocol):
    """A commune."""

    insee: str
    name: str
    department: str
    postcodes: Sequence[str]
    population: int | None


class PointFacts(Protocol):
    """Where a commune is, by postcode and name."""

    postcode: str
    name: str
    department: str | None
    latitude: float
    longitude: float


class VenueFacts(Protocol):
    """A public place as its publisher describes it."""

    line: int
    source: str
    source_id: str
    activity: str
    name: str
    description: str
    address: str
    postcode: str
    city: str
    insee: str
    department: str
    latitude: float | None
    longitude: float | None
    website: str
    phone: str


class AttendanceFacts(Protocol):
    """Entries of one museum in one year."""

    line: int
    source: str
    source_id: str
    year: int
    total: int
    free: int | None
    schools: int | None
    under_18: int | None
    from_18_to_25: int | None


@transaction.atomic
def import_places(
    *,
    regions: Iterable[RegionFacts] = (),
    departments: Iterable[DepartmentFacts] = (),
    populations: Iterable[PopulationFacts] = (),
    communes: Iterable[CommuneFacts] = (),
    points: Iterable[PointFacts] = (),
    dry_run: bool = False,
) -> Imported:
    """Make communes and départements as the official code has them; what a file leaves out stays as it was."""
    tables: dict[str, Merged] = {}
    with connection.cursor() as cursor:
        given = [(row.code, row.name[:120], row.region) for row in departments]
        if given:
            columns = {"code": "varchar", "name": "varchar", "region": "varchar"}
            tables["departments"] = merge(
                cursor=cursor,
                table="venues_department",
                columns=columns,
                key=("code",),
                rows=given,
                constants={"region_name": ""},
            )
        named = {row.code: row.name[:120] for row in regions}
        if named:
            cursor.execute("select code, region from venues_department")
            rows = [(code, named[region]) for code, region in cursor.fetchall() if region in named]
            tables["regions"] = merge(
                cursor=cursor,
                table="venues_department",
                columns={"code": "varchar", "region_name": "varchar"},
                key=("code",),
                rows=rows,
                insert=False,
            )
        counted = [(row.code, row.population) for row in populations]
        if counted:
            columns = {"code": "varchar", "population": "integer"}
            tables["populations"] = merge(
                cursor=cursor, table="venues_department", columns=columns, key=("code",), rows=counted, insert=False
            )
        found = (
            (row.insee, row.name[:120], row.department, [code[:5] for code in row.postcodes], row.population) for row in communes
        )
        columns = {
            "insee": "varchar",
            "name": "varchar",
            "department": "varchar",
            "postcodes": "varchar[]",
            "population": "integer",
        }
        merged = merge(cursor=cursor, table="venues_commune", columns=columns, key=("insee",), rows=found)
        if merged != Merged(0, 0, 0):
            tables["communes"] = merged
        located = _located(cursor, points)
        if located:
            columns = {"insee": "varchar", "latitude": "double precision", "longitude": "double precision"}
            tables["coordinates"] = merge(
                cursor=cursor, table="venues_commune", columns=columns, key=("insee",), rows=located, insert=False
            )
    transaction.set_rollback(dry_run)
    return Imported(tables)


def _located(cursor: Any, points: Iterable[PointFacts]) -> list[tuple[str, float, float]]:
    "Each commune with where it is: its postcode and name, else its département and name, else its only postcode."
    places: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for point in points:
        where, name = (point.latitude, point.longitude), fold(point.name)
        for key in ((point.postcode, name), (point.department or department_of(point.postcode), name), (point.postcode, "")):
            places.setdefault(key, []).append(where)
    if not places:
        return []
    cursor.execute("select insee, name, department, postcodes from venues_commune order by insee")
    located = []
    for insee, name, department, postcodes in cursor.fetchall():
        folded = fold(name)
        found = [where for code in postcodes for where in places.get((code, folded), ())] or places.get((department, folded), [])
        if not found and len(postcodes) == 1 and len(places.get((postcodes[0], ""), ())) == 1:
            found = places[postcodes[0], ""]
        if found:
            north, east = sum(where[0] for where in found) / len(found), sum(where[1] for where in found) / len(found)
            located.append((insee, round(north, 6), round(east, 6)))
    return located


VENUE_COLUMNS = {
    "source": "varchar",
    "source_id": "varchar",
    "name": "varchar",
    "activity": "varchar",
    "description": "text",
    "address": "varchar",
    "postcode": "varchar",
    "city": "varchar",
    "commune_id": "varchar",
    "department": "varchar",
    "latitude": "double precision",
    "longitude": "double precision",
    "website": "varchar",
    "phone": "varchar",
}


@transaction.atomic
def import_venues(
    *,
    venues: Iterable[VenueFacts],
    at: datetime,
    note: Note,
    attendance: Iterable[AttendanceFacts] = (),
    accept_fewer: bool = False,
    dry_run: bool = False,
) -> Imported:
    """Make the venues of a source as its publisher describes them, and the yearly entries of museums.

    A venue edited by a person since is kept. A row whose commune nobody knows is kept without one, with a note.
    Raises Refused: places_first while no commune is known; far_fewer when the source had twice as many, as a file cut
    between two rows would have, unless `accept_fewer`.
    """
    tables: dict[str, Merged] = {}
    with connection.cursor() as cursor:
        merged = merge_venues(cursor=cursor, venues=venues, gazetteer=known_communes(cursor), at=at, note=note)
        if merged != Merged(0, 0, 0):
            tables["venues"] = merged
            if not accept_fewer:
                _refuse_far_fewer(cursor)
        counted = _of_known_museums(cursor, attendance, note)
        first = next(counted, None)
        if first is not None:
            tables["attendance"] = merge(
                cursor=cursor,
                table="venues_attendance",
                columns={"venue_id": "bigint", "year": "smallint"}
                | dict.fromkeys(("total", "free", "schools", "under_18", "from_18_to_25"), "integer"),
                key=("venue_id", "year"),
                rows=_again(first, counted),
            )
    transaction.set_rollback(dry_run)
    return Imported(tables)


def _refuse_far_fewer(cursor: Any) -> None:
    cursor.execute(
        "select given, held from (select source, count(*) given from incoming_venues_venue group by source) i"
        " join (select source, count(*) held from venues_venue group by source) v using (source) where given * 2 < held"
    )
    fewer = cursor.fetchone()
    if fewer is not None:
        deny(terms.FAR_FEWER, given=fewer[0], held=fewer[1])


def known_communes(cursor: Any) -> Gazetteer:
    """The communes to place rows in. Raises Refused (places_first) while none is known."""
    gazetteer = Gazetteer(cursor)
    if not gazetteer:
        deny(terms.PLACES_FIRST)
    return gazetteer


def merge_venues(*, cursor: Any, venues: Iterable[VenueFacts], gazetteer: Gazetteer, at: datetime, note: Note) -> Merged:
    """The same, within the caller's transaction: for the places of offers."""
    return merge(
        cursor=cursor,
        table="venues_venue",
        columns=VENUE_COLUMNS,
        key=("source", "source_id"),
        rows=_placed(venues, gazetteer, note),
        constants={"created_at": at},
        edited="edited_at",
        filled="source",
    )


def _placed(venues: Iterable[VenueFacts], gazetteer: Gazetteer, note: Note) -> Iterator[tuple[Any, ...]]:
    for row in venues:
        place = gazetteer.find(insee=row.insee, city=row.city, postcode=row.postcode, department=row.department)
        if place is None and (row.insee or row.city):
            note(row.line, "commune", "unknown_commune")
        insee, department, postcode = place or (None, row.department or department_of(row.postcode), "")
        yield (
            row.source, row.source_id, row.name[:255], row.activity, row.description, row.address[:255], row.postcode or postcode, row.city[:120],
            insee, department, row.latitude, row.longitude, row.website, row.phone,
        )  # fmt: skip


def _of_known_museums(cursor: Any, attendance: Iterable[AttendanceFacts], note: Note) -> Iterator[tuple[Any, ...]]:
    known: dict[tuple[str, str], int] | None = None
    for row in attendance:
        if known is None:
            cursor.execute("select source, source_id, id from venues_venue where source = %s", [row.source])
            known = {(source, source_id): venue for source, source_id, venue in cursor.fetchall()}
        venue = known.get((row.source, row.source_id))
        if venue is None:
            note(row.line, "museum", "unknown_museum")
        else:
            yield venue, row.year, row.total, row.free, row.schools, row.under_18, row.from_18_to_25


def _again(first: tuple[Any, ...], rest: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    yield first
    yield from rest
