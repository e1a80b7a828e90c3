"""Venues as the public finds them: what a search index knows of each, its card, its page, and PostgreSQL's own search of them.

A venue is found once its structure is validated; a public place that nobody has claimed is not. Here rather than in the venues
chapter, whose tables these are, because the folding of words and their trigrams are the catalogue's.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Final

from django.db import connection, transaction

from ..terms import VENUE_NOT_FOUND
from .search import ACCESSIBILITY, LIKE_ENOUGH, LONGEST_TEXT, MOST_WORDS, Criteria, box, place_of, radius_of
from .sheets import digest_of

from diptych.commons.refusal import deny
from diptych.culture.domain.venues.terms import ACTIVITY_NAMES, Activity

MOST_VENUES: Final = 50
_BATCH: Final = 5_000
_FOUND: Final = "v.deleted_at is null and st.validation = 'VALIDATED'"
_WORD: Final = re.compile(r"\w+")
_METRES: Final = """round(2 * 6371008.8 * asin(least(1, sqrt(power(sin(radians(v.latitude - %(latitude)s) / 2), 2)
    + cos(radians(%(latitude)s)) * cos(radians(v.latitude)) * power(sin(radians(v.longitude - %(longitude)s) / 2), 2)))))::int"""


@dataclass(frozen=True, slots=True)
class VenueSheet:
    """A venue as a search index sees it."""

    id: int
    name: str
    activity: str
    city: str
    postcode: str
    department: str
    commune: str
    latitude: float | None
    longitude: float | None
    accessible: tuple[str, ...]

    def digest(self) -> int:
        """63 bits of everything above."""
        return digest_of(astuple(self))


@dataclass(frozen=True, slots=True)
class VenueCard:
    """A venue in a list. `activity` is an English msgid; `distance_m` None where no place was given."""

    id: int
    name: str
    activity: str
    city: str
    department: str
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class ShownVenue:
    """A venue's own page, as everybody reads it. An access is None where nobody said."""

    id: int
    name: str
    activity: str
    description: str
    address: str
    postcode: str
    city: str
    department: str
    latitude: float | None
    longitude: float | None
    website: str
    phone: str
    access: Mapping[str, bool | None]


def venue_sheets_of(*, ids: Sequence[int]) -> list[VenueSheet]:
    """The sheets of these venues; one that is not found has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select v.id, v.name, v.activity, v.city, v.postcode, v.department, coalesce(v.commune_id, ''), v.latitude, v.longitude,
                v.accessible_audio, v.accessible_mental, v.accessible_motor, v.accessible_visual
            from venues_venue v join venues_structure st on st.id = v.structure_id
            where v.id = any(%s) and {_FOUND} order by v.id""",
            [list(ids)],
        )
        return [
            VenueSheet(*(*row[:9], tuple(need for need, has in zip(ACCESSIBILITY, row[9:], strict=True) if has)))
            for row in cursor.fetchall()
        ]


def every_venue_sheet() -> Iterator[list[VenueSheet]]:
    """Every sheet, a batch at a time by number."""
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(
                "select id from venues_venue where id > %s and structure_id is not null order by id limit %s", [last, _BATCH]
            )
            ids = [id_ for (id_,) in cursor.fetchall()]
            if not ids:
                return
            last = ids[-1]
            yield venue_sheets_of(ids=ids)


def venue_cards_of(*, ids: Sequence[int], distances: Mapping[int, int | None] | None = None) -> list[VenueCard]:
    """The cards of these venues that are found now, in the given order."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select v.id, v.name, v.activity, v.city, v.department
            from venues_venue v join venues_structure st on st.id = v.structure_id where v.id = any(%s) and {_FOUND}""",
            [list(ids)],
        )
        rows = {row[0]: row for row in cursor.fetchall()}
    return [_card(rows[id_], (distances or {}).get(id_)) for id_ in dict.fromkeys(ids) if id_ in rows]


def venues_like(*, criteria: Criteria, limit: int) -> list[VenueCard]:
    """The venues whose name or town holds every word; where there is none, as if mistyped. Words, a circle, a département and needs of the
    criteria count; nothing else of them does."""
    words = [word.lower() for word in _WORD.findall(criteria.text.replace("\0", " ")[:LONGEST_TEXT])][:MOST_WORDS]
    if not words:
        return []
    place = place_of(criteria)
    values: dict[str, Any] = {f"word{number}": word for number, word in enumerate(words)}
    conditions = [_FOUND]
    if place is not None:
        conditions.append("v.latitude between %(south)s and %(north)s and v.longitude between %(west)s and %(east)s")
        values |= box(*place, radius_of(criteria)) | {"latitude": place[0], "longitude": place[1]}
    if criteria.department:
        conditions.append("v.department = %(department)s")
        values["department"] = criteria.department.replace("\0", "").encode(errors="ignore").decode()
    conditions += [f"v.accessible_{need}" if need in ACCESSIBILITY else "false" for need in criteria.accessible]
    metres = _METRES if place else "null::int"
    for each in (
        "strpos(fold(v.name || ' ' || v.city || ' ' || v.postcode), fold(%(word{0})s)) > 0",
        "(fold(v.name) %%> fold(%(word{0})s) or fold(v.city) %%> fold(%(word{0})s))",
    ):
        every = " and ".join([*conditions, *(each.format(number) for number in range(len(words)))])
        sql = f"""select * from (
            select v.id, v.name, v.activity, v.city, v.department, {metres} as metres
            from venues_venue v join venues_structure st on st.id = v.structure_id where {every}) found
            where metres is null or metres <= %(most)s
            order by word_similarity(fold(%(all)s), fold(name || ' ' || city)) desc, metres nulls last, id limit %(limit)s"""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
            most = round(radius_of(criteria) * 1000)
            cursor.execute(sql, {**values, "all": " ".join(words), "most": most, "limit": min(max(limit, 1), MOST_VENUES)})
            rows = cursor.fetchall()
        if rows:
            return [_card(row[:5], row[5]) for row in rows]
    return []


def shown_venue(*, venue_id: int) -> ShownVenue:
    """A venue's page. Refuses (missing) one that is not found by the public."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select v.id, v.name, v.activity, v.description, v.address, v.postcode, v.city, v.department, v.latitude, v.longitude,
                v.website, v.phone, v.accessible_audio, v.accessible_mental, v.accessible_motor, v.accessible_visual
            from venues_venue v join venues_structure st on st.id = v.structure_id where v.id = %s and {_FOUND}""",
            [venue_id if 0 < venue_id < 2**63 else 0],
        )
        row = cursor.fetchone()
    if row is None:
        deny(VENUE_NOT_FOUND)
    activity, access = ACTIVITY_NAMES[Activity(row[2])], dict(zip(ACCESSIBILITY, row[12:], strict=True))
    return ShownVenue(*(*row[:2], activity, *row[3:12], access))


def _card(row: tuple[Any, ...], distance_m: int | None) -> VenueCard:
    id_, name, activity, city, department = row
    return VenueCard(id_, name, ACTIVITY_NAMES[Activity(activity)], city, department, distance_m)
