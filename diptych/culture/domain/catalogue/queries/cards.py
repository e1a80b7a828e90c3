"""Offers as cards in a list, and the one SQL condition of what may be shown in it.

Holds RELEASED (the displayed statuses ACTIVE and PUBLISHED of rules/offers.py, in SQL; a test compares the two) and the
reading of cards. Does not hold what is looked for (search, beside).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import connection
from psycopg import Cursor

from ..rules.subcategories import BY_ID

RELEASED: Final = """
    o.validation = 'APPROVED' and o.publication_at <= %(at)s and v.deleted_at is null and st.validation = 'VALIDATED'"""
"""What of an offer, its venue and its structure must hold, whatever its stocks."""

OPEN: Final = """
    s.deleted_at is null and (s.quantity is null or s.quantity > s.booked)
    and (s.booking_limit_at is null or s.booking_limit_at > %(at)s) and (s.starts_at is null or s.starts_at > %(at)s)"""
"""What makes a stock bookable. An offer with an open stock is ACTIVE; one whose bookings open later is PUBLISHED."""

STOCKS: Final = """
    select count(*) as open, min(s.price_cents) as min_price, max(s.price_cents) as max_price, min(s.starts_at) as next_at,
        case when bool_or(s.quantity is null) then null else sum(s.quantity - s.booked) end as places
    from catalogue_stock s where s.offer_id = o.id and {open}"""


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer in a list. `label` and `group` are words of the subcategory table (English msgid, search group);
    prices are of the stocks that can be booked; `left` is None for unlimited, `distance_m` where no place was given."""

    id: int
    name: str
    creator: str
    label: str
    group: str
    cover_seed: int
    venue_name: str
    city: str
    department: str
    min_price_cents: int | None
    max_price_cents: int | None
    next_at: datetime | None
    distance_m: int | None
    is_duo: bool
    left: int | None
    subcategory: str
    picture_id: int | None = None


def cards_of(*, ids: Sequence[int], at: datetime, distances: Mapping[int, int | None] | None = None) -> list[OfferCard]:
    """The cards of these offers that may be shown, in the given order; the others are left out."""
    if not ids:
        return []
    rows = _rows(ids, at, "and (k.open > 0 or o.bookings_allowed_at > %(at)s)")
    return _in_order(ids, rows, distances or {})


def cards_and_names(
    *, ids: Sequence[int], at: datetime, distances: Mapping[int, int | None], venues: Sequence[int]
) -> tuple[list[OfferCard], dict[int, str]]:
    """The same, and the names of some venues, in one trip to the database."""
    if not ids:
        return [], {}
    rows = _rows(ids, at, "and (k.open > 0 or o.bookings_allowed_at > %(at)s)", venues)
    named = orjson.loads(rows[0][14]) if rows and rows[0][14] else {}
    return _in_order(ids, rows, distances), {int(id_): name for id_, name in named.items()}


def kept_cards_of(*, ids: Sequence[int], at: datetime) -> list[OfferCard]:
    """The same, with offers that are sold out or over for now: a favourite stays in sight."""
    return _in_order(ids, _rows(ids, at, ""), {}) if ids else []


def _rows(ids: Sequence[int], at: datetime, condition: str, venues: Sequence[int] = ()) -> list[tuple[Any, ...]]:
    sql = f"""
        select o.id, o.name, o.creator, o.subcategory, o.cover_seed, v.name, v.city, v.department, o.is_duo,
            k.min_price, k.max_price, k.next_at, k.places, p.id,
            (select json_object_agg(n.id, n.name)::text from venues_venue n where n.id = any(%(venues)s::bigint[]))
        from unnest(%(ids)s::bigint[]) as wanted (id)
        join catalogue_offer o on o.id = wanted.id
        join venues_venue v on v.id = o.venue_id
        join venues_structure st on st.id = v.structure_id
        left join catalogue_offerpicture p on p.offer_id = o.id
        cross join lateral ({STOCKS.format(open=OPEN)}) k
        where {RELEASED} {condition}"""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:  # Django's own would have it planned each time
        cursor.execute(sql, {"ids": list(ids), "at": at, "venues": list(venues)}, prepare=True)
        return list(cursor.fetchall())


def _in_order(ids: Sequence[int], rows: list[tuple[Any, ...]], distances: Mapping[int, int | None]) -> list[OfferCard]:
    cards = {row[0]: _card(row, distances.get(row[0])) for row in rows}
    return [cards[id_] for id_ in dict.fromkeys(ids) if id_ in cards]


def _card(row: tuple[Any, ...], distance_m: int | None) -> OfferCard:
    id_, name, creator, subcategory, cover_seed, venue, city, department, is_duo, low, high, next_at, places, picture_id, _ = row
    kind = BY_ID[subcategory]
    return OfferCard(
        id=id_, name=name, creator=creator, label=kind.label, group=kind.group.value, cover_seed=cover_seed, venue_name=venue,
        city=city, department=department, min_price_cents=low, max_price_cents=high, next_at=next_at, distance_m=distance_m,
        is_duo=is_duo, left=None if places is None else int(places), subcategory=subcategory, picture_id=picture_id,
    )  # fmt: skip
