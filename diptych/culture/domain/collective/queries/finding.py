"""Outings as a school finds them: those made for it that it may pre-book now; what a search index knows of each, and
PostgreSQL's own search of them.

An outing is found while it is PUBLISHED (rules/offers.displayed_status, here in SQL; a test compares the two).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from ..rules.lists import DOMAINS, LEVEL_NAMES, PROGRAMMES
from ..terms import Level

from diptych.culture.domain.catalogue.queries import LONGEST_TEXT, MOST_WORDS, digest_of

MOST_OUTINGS: Final = 100
LIKE_ENOUGH: Final = 0.4
"""Of trigrams, the share that a word mistyped must have in common with a title's."""
_BATCH: Final = 2_000
_WORD: Final = re.compile(r"\w+")
_DOMAINS: Final = {row.id: row.name for row in DOMAINS}
_PROGRAMMES: Final = {row.id: row.name for row in PROGRAMMES}
_FOUND: Final = """
    o.validation = 'APPROVED' and o.archived_at is null and st.validation = 'VALIDATED' and v.deleted_at is null
    and not exists (select from collective_collectivebooking b where b.offer_id = o.id)"""
"""PUBLISHED whenever its last hour to book has not passed."""
_FROM: Final = """
    from collective_collectiveoffer o join venues_venue v on v.id = o.venue_id join venues_structure st on st.id = v.structure_id"""


@dataclass(frozen=True, slots=True)
class OutingSheet:
    """An outing as a search index sees it. `about`: what else is said of it, its lists in words; `closes_at` in seconds since 1970."""

    id: int
    school: str
    name: str
    about: str
    kinds: str
    venue_name: str
    city: str
    department: str
    commune: str
    latitude: float | None
    longitude: float | None
    closes_at: int

    def digest(self) -> int:
        """63 bits of everything above."""
        return digest_of(astuple(self))


@dataclass(frozen=True, slots=True)
class OutingCard:
    """An outing in a list. Cents for all its tickets."""

    id: int
    name: str
    description: str
    formats: tuple[str, ...]
    domains: tuple[str, ...]
    levels: tuple[str, ...]
    venue_name: str
    city: str
    department: str
    starts_at: datetime
    booking_limit_at: datetime
    price_cents: int
    tickets: int


def outing_sheets_of(*, ids: Sequence[int]) -> list[OutingSheet]:
    """The sheets of these outings; one that cannot be found has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""select o.id, o.school_id, o.name, o.description, o.formats, o.domains, o.programme, v.name, v.city, v.department,
                coalesce(v.commune_id, ''), v.latitude, v.longitude, floor(extract(epoch from o.booking_limit_at))::bigint
            {_FROM} where o.id = any(%s) and {_FOUND} order by o.id""",
            [list(ids)],
        )
        return [_sheet(row) for row in cursor.fetchall()]


def every_outing_sheet() -> Iterator[list[OutingSheet]]:
    """Every sheet, a batch at a time by number."""
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select id from collective_collectiveoffer where id > %s order by id limit %s", [last, _BATCH])
            ids = [id_ for (id_,) in cursor.fetchall()]
            if not ids:
                return
            last = ids[-1]
            yield outing_sheets_of(ids=ids)


def outing_cards_of(*, ids: Sequence[int], school: str, at: datetime) -> list[OutingCard]:
    """The cards of these outings that were made for this school and can be pre-booked now, in the given order."""
    if not ids:
        return []
    rows = {row[0]: row for row in _rows("o.id = any(%(ids)s)", {"ids": list(ids)}, school, at)}
    return [_card(rows[id_]) for id_ in dict.fromkeys(ids) if id_ in rows]


def outings_like(*, text: str, school: str, at: datetime) -> list[OutingCard]:
    """The outings made for a school that hold every word in what they say of themselves or of where they are; where there is none, as if
    mistyped. No word: all of them, the soonest first."""
    words = [word.lower() for word in _WORD.findall(text.replace("\0", " ")[:LONGEST_TEXT])][:MOST_WORDS]
    if text.strip() and not words:
        return []
    values: dict[str, Any] = {f"word{number}": word for number, word in enumerate(words)}
    said = "fold(o.name || ' ' || o.description || ' ' || array_to_string(o.formats, ' ') || ' ' || v.name || ' ' || v.city)"
    for way in ("strpos({said}, fold(%(word{0})s)) > 0", "{said} %%> fold(%(word{0})s)"):
        every = [way.format(number, said=said) for number in range(len(words))]
        rows = _rows(" and ".join(every) or "true", values, school, at)
        if rows:
            return [_card(row) for row in rows]
    return []


def _rows(condition: str, values: dict[str, Any], school: str, at: datetime) -> list[tuple[Any, ...]]:
    sql = f"""select o.id, o.name, o.description, o.formats, o.domains, o.levels, v.name, v.city, v.department, o.starts_at,
            o.booking_limit_at, o.price_cents, o.tickets
        {_FROM} where o.school_id = %(school)s and o.booking_limit_at > %(at)s and {_FOUND} and {condition}
        order by o.starts_at, o.id limit {MOST_OUTINGS}"""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        cursor.execute(sql, {**values, "school": school.replace("\0", ""), "at": at})
        return list(cursor.fetchall())


def _sheet(row: tuple[Any, ...]) -> OutingSheet:
    id_, school, name, description, formats, domains, programme, venue, city, department, commune, latitude, longitude, closes = (
        row
    )
    kinds = " ".join([*formats, *(_DOMAINS.get(number, "") for number in domains), _PROGRAMMES.get(programme, "")])
    return OutingSheet(
        id_, school, name, description, kinds, venue, city, department, commune, latitude, longitude, closes
    )  # fmt: skip


def _card(row: tuple[Any, ...]) -> OutingCard:
    id_, name, description, formats, domains, levels, *rest = row
    named = tuple(_DOMAINS[number] for number in domains if number in _DOMAINS)
    return OutingCard(id_, name, description, tuple(formats), named, tuple(LEVEL_NAMES[Level(one)] for one in levels), *rest)
