"""What a search index must know of offers, read many at a time, and which offers it must read again.

Holds the one reading that the index, its rebuild and its proof share: RELEASED in time (an offer to be published later
is read too, with its instant), and its stocks that can still be booked. Does not hold the index: that is the room `search`.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection

from ..rules.subcategories import BY_ID, Minors
from ..terms import Subject
from .cards import OPEN

from diptych.culture.domain.people.rules import DEPARTMENTS, PARIS, zone_of

NEVER: Final = 1 << 40
"""Seconds since 1970 that lie beyond everything: what has no end ends then."""
LONGEST_ABOUT: Final = 4_000
_BATCH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """An offer as a search index sees it. Instants are seconds since 1970; `starts` are the dates that can be booked, by
    the venue's own clock (as if it were UTC's), so that a day is a range wherever the venue is.

    `family` is the product, or minus the offer where it sells none: offers of a family are one result.
    `loans`: of the product, a year. `closes_at` is when the last of its stocks closes, `closes_next` the first: from then on the sheet is out of date.
    """

    id: int
    family: int
    name: str
    creator: str
    about: str
    subcategory: str
    group: str
    for_minors: bool
    is_duo: bool
    is_online: bool
    accessible: tuple[str, ...]
    published_at: int
    allowed_at: int
    created_at: int
    loans: int
    venue_id: int
    venue_name: str
    city: str
    department: str
    commune: str
    latitude: float | None
    longitude: float | None
    low_cents: int | None
    starts: tuple[int, ...]
    next_at: int
    closes_at: int
    closes_next: int

    def digest(self) -> int:
        """63 bits of everything above: two sheets that differ in anything differ in it."""
        return digest_of(astuple(self))


class Change(NamedTuple):
    """One change: its number, what changed, and the number of that."""

    number: int
    subject: Subject
    id: int


def digest_of(sheet: tuple[Any, ...]) -> int:
    """63 bits of a sheet's values."""
    return int.from_bytes(hashlib.blake2b(repr(sheet).encode(), digest_size=8).digest(), "big") >> 1


_SQL: Final = f"""
    select o.id, coalesce(o.product_id, -o.id), o.name, o.creator, left(o.description, {LONGEST_ABOUT}), o.subcategory, o.is_duo,
        o.url <> '', o.accessible_audio, o.accessible_mental, o.accessible_motor, o.accessible_visual,
        floor(extract(epoch from o.publication_at))::bigint,
        coalesce(floor(extract(epoch from o.bookings_allowed_at))::bigint, 0), floor(extract(epoch from o.created_at))::bigint,
        coalesce(p.popularity, 0), v.id, v.name, v.city, v.department, coalesce(v.commune_id, ''), v.latitude, v.longitude,
        k.low, coalesce(k.starts, '{{}}'), coalesce(k.next_at, {NEVER}), coalesce(k.closes_at, 0), coalesce(k.closes_next, {NEVER})
    from catalogue_offer o
    join venues_venue v on v.id = o.venue_id
    join venues_structure st on st.id = v.structure_id
    left join catalogue_product p on p.id = o.product_id
    left join unnest(%(codes)s::text[], %(zones)s::text[]) as z (code, zone) on z.code = v.department
    cross join lateral (
        select count(*) as open, min(s.price_cents) as low,
            array_agg(distinct floor(extract(epoch from s.starts_at at time zone coalesce(z.zone, '{PARIS}')))::bigint)
                filter (where s.starts_at is not null) as starts,
            floor(extract(epoch from min(s.starts_at)))::bigint as next_at,
            max(coalesce(floor(extract(epoch from least(s.booking_limit_at, s.starts_at)))::bigint, {NEVER})) as closes_at,
            min(coalesce(floor(extract(epoch from least(s.booking_limit_at, s.starts_at)))::bigint, {NEVER})) as closes_next
        from catalogue_stock s where s.offer_id = o.id and {OPEN}) k
    where o.validation = 'APPROVED' and o.publication_at is not null and v.deleted_at is null and st.validation = 'VALIDATED'
        and (k.open > 0 or o.bookings_allowed_at > %(at)s) and """


def sheets_of(*, ids: Sequence[int], at: datetime) -> list[Sheet]:
    """The sheets of these offers; one that may not be found now or later has none."""
    return _read("o.id = any(%(ids)s)", {"ids": list(ids)}, at)


def every_sheet(*, at: datetime) -> Iterator[tuple[int, list[Sheet]]]:
    """Every sheet, a batch at a time by number, each with the last number looked at. Reads no more than a batch in memory."""
    last = 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select id from catalogue_offer where id > %s order by id limit %s", [last, _BATCH])
            ids = [id_ for (id_,) in cursor.fetchall()]
            if not ids:
                return
            last = ids[-1]
            yield last, sheets_of(ids=ids, at=at)


def keys_of(*, ids: Sequence[int]) -> dict[int, str]:
    """By what their publishers know these offers, or the works that they sell: « source:key »; those that have none are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select o.id, case when o.source <> '' then o.source || ':' || o.source_id else p.source || ':' || p.source_id end"
            " from catalogue_offer o left join catalogue_product p on p.id = o.product_id"
            " where o.id = any(%s) and (o.source <> '' or p.source <> '')",
            [list(ids)],
        )
        return dict(cursor.fetchall())


def last_offer() -> int:
    """The highest number of an offer: how far `every_sheet` has to go."""
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(max(id), 0) from catalogue_offer")
        return int(cursor.fetchone()[0])


def changes_waiting(*, limit: int | None = None) -> list[Change]:
    """Changes that no indexer has settled, the oldest first. `limit` None for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, subject, subject_id from catalogue_searchchange where settled_at is null order by id limit %s", [limit]
        )
        return [Change(number, Subject(subject), id_) for number, subject, id_ in cursor.fetchall()]


def settled_since(*, at: datetime) -> list[tuple[Subject, int]]:
    """What an indexer has settled since an instant: what it is, and its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct subject, subject_id from catalogue_searchchange where settled_at >= %s order by 1, 2", [at]
        )
        return [(Subject(subject), id_) for subject, id_ in cursor.fetchall()]


def highlighted(*, at: datetime) -> frozenset[int]:
    """The offers that editors put by hand on a shelf shown now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct unnest(offers) from catalogue_shelf where shown_from <= %(at)s"
            " and (shown_until is null or shown_until > %(at)s)",
            {"at": at},
        )
        return frozenset(id_ for (id_,) in cursor.fetchall())


def _read(condition: str, values: dict[str, Any], at: datetime) -> list[Sheet]:
    zoned = [code for code in DEPARTMENTS if zone_of(code).key != PARIS]
    given = {**values, "at": at, "codes": zoned, "zones": [zone_of(code).key for code in zoned]}
    with connection.cursor() as cursor:
        cursor.execute(_SQL + condition, given)
        return [_sheet(row) for row in cursor.fetchall()]


def _sheet(row: tuple[Any, ...]) -> Sheet:
    (id_, family, name, creator, about, subcategory, duo, online, audio, mental, motor, visual, published, allowed, created,
     loans, venue, venue_name, city, department, commune, latitude, longitude, low, starts, next_at, closes_at, closes_next) = row  # fmt: skip
    kind = BY_ID[subcategory]
    needs = {"audio": audio, "mental": mental, "motor": motor, "visual": visual}
    return Sheet(
        id=id_, family=family, name=name, creator=creator, about=about, subcategory=subcategory, group=kind.group.value,
        for_minors=kind.minors is Minors.YES or (kind.minors is Minors.FREE and low == 0), is_duo=duo, is_online=online,
        accessible=tuple(need for need, has in needs.items() if has), published_at=published, allowed_at=allowed,
        created_at=created, loans=loans, venue_id=venue, venue_name=venue_name, city=city, department=department, commune=commune,
        latitude=latitude, longitude=longitude, low_cents=low, starts=tuple(sorted(starts)), next_at=next_at, closes_at=closes_at,
        closes_next=closes_next,
    )  # fmt: skip
