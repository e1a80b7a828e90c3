"""Imports of the chapter: the ministry's directory and the social position index, from rows a reader made.

Holds the transaction. Does not read files (gateways).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from django.db import connection, transaction

from diptych.commons.bulk import Imported, Merged, merge

Note = Callable[[int, str, str], None]
"""Told the line, the column and the code of what could not be kept of a row."""

SCHOOL_COLUMNS = {
    "uai": "varchar",
    "name": "varchar",
    "kind": "varchar",
    "sector": "varchar",
    "address": "varchar",
    "postcode": "varchar",
    "city": "varchar",
    "insee": "varchar",
    "department": "varchar",
    "latitude": "double precision",
    "longitude": "double precision",
    "source": "varchar",
}


class SchoolFacts(Protocol):
    """An institution as the directory describes it."""

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


class SocialIndexFacts(Protocol):
    """A collège's social position index."""

    line: int
    uai: str
    index: float


@transaction.atomic
def import_schools(
    *,
    schools: Iterable[SchoolFacts] = (),
    directory: Iterable[SchoolFacts] = (),
    indices: Iterable[SocialIndexFacts] = (),
    note: Note,
    dry_run: bool = False,
) -> Imported:
    """Make schools as the ministry's files have them.

    `schools` is the national list of collèges, `directory` a département's: where both have a school, `schools` says
    what it is, so that neither import undoes the other. The index is kept for known schools; others get a note.
    """
    tables: dict[str, Merged] = {}
    with connection.cursor() as cursor:
        merged = merge(cursor=cursor, table="schools_school", columns=SCHOOL_COLUMNS, key=("uai",), rows=_rows(schools))
        if merged != Merged(0, 0, 0):
            tables["schools"] = merged
        others = _rows(_not_listed(cursor, directory, note))  # once the list is in
        merged = merge(cursor=cursor, table="schools_school", columns=SCHOOL_COLUMNS, key=("uai",), rows=others)
        if merged != Merged(0, 0, 0):
            tables["directory"] = merged
        known: set[str] = set()
        kept: list[tuple[str, float]] = []
        for row in indices:
            if not known:
                cursor.execute("select uai from schools_school")
                known = {uai for (uai,) in cursor.fetchall()} or {""}
            if row.uai in known:
                kept.append((row.uai, row.index))
            else:
                note(row.line, "UAI", "unknown_school")
        if kept:
            columns = {"uai": "varchar", "social_position_index": "numeric(5,1)"}
            tables["social_index"] = merge(
                cursor=cursor, table="schools_school", columns=columns, key=("uai",), rows=kept, insert=False
            )
    transaction.set_rollback(dry_run)
    return Imported(tables)


def _rows(schools: Iterable[SchoolFacts]) -> Iterator[tuple[Any, ...]]:
    for row in schools:
        yield (
            row.uai, row.name, row.kind, row.sector, row.address, row.postcode, row.city, row.insee, row.department, row.latitude,
            row.longitude, row.source,
        )  # fmt: skip


def _not_listed(cursor: Any, directory: Iterable[SchoolFacts], note: Note) -> list[SchoolFacts]:
    "A directory (one département: a few thousand) without the schools that the national list has."
    cursor.execute("select uai from schools_school where source = 'education'")
    listed = {uai for (uai,) in cursor.fetchall()}
    kept = []
    for row in directory:
        if row.uai in listed:
            note(row.line, "UAI", "in_other_list")
        else:
            kept.append(row)
    return kept
