"""Finding offers by words, place, date and price, with PostgreSQL's own text search.

Holds the criteria, the statement that they make, and the suggestion of communes. Does not hold the cards' reading
(beside). A thousand results at most, as in the official service: beyond, one narrows the search.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import connection, transaction

from ..rules.subcategories import BY_ID, Minors, SearchGroup, in_group
from .cards import OPEN, RELEASED, STOCKS, OfferCard, cards_of

from diptych.culture.domain.people.rules import DEPARTMENTS, PARIS, zone_of

MOST_RESULTS: Final = 1_000
LONGEST_TEXT: Final = 200
MOST_WORDS: Final = 8
LIKE_ENOUGH: Final = 0.4
"""Of trigrams, the share that a word mistyped must have in common with a title's."""
SORTS: Final = ("relevance", "distance", "date", "price", "popularity")
"""The last is the engine's alone (`culture.search`); here it is the order of relevance."""
ACCESSIBILITY: Final = ("audio", "mental", "motor", "visual")
_KM_A_DEGREE: Final = 111.195
_EARTH_M: Final = 6_371_008.8
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is looked for. Every field narrows; an empty one does not.

    `group` is a SearchGroup; `commune` an INSEE code, whose middle stands for the place where no coordinates are given;
    days are those of the venue's own time zone; `accessible` lists needs among audio, mental, motor, visual.
    `for_minors` keeps to what somebody without a credit may book (guide §2.3).
    A word that is not of these lists finds nothing. Offers without a date are not found by dates, nor online ones by a place.
    """

    text: str = ""
    group: str = ""
    subcategories: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float = 20
    commune: str = ""
    department: str = ""
    from_day: date | None = None
    to_day: date | None = None
    max_price_cents: int | None = None
    free: bool = False
    duo: bool = False
    accessible: tuple[str, ...] = ()
    venue_id: int | None = None
    for_minors: bool = False
    sort: str = "relevance"


@dataclass(frozen=True, slots=True)
class Facets:
    """How many offers each choice would leave, under the others that hold: by search group and subcategory, free, for two, by
    accessibility."""

    groups: Mapping[str, int]
    subcategories: Mapping[str, int]
    free: int
    duo: int
    accessible: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The other venues that sell the same product, the nearest first: some of their names, and how many there are."""

    names: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """A page of what was found. `total` counts up to a thousand. `after` asks for the next page without skipping or repeating
    anything though offers come and go; empty on the last, and where PostgreSQL answered. `elsewhere` is by offer."""

    cards: list[OfferCard]
    total: int
    page: int
    pages: int
    after: str = ""
    facets: Facets | None = None
    elsewhere: Mapping[int, Elsewhere] = field(default_factory=dict)

    @property
    def at_least(self) -> bool:
        """Whether the counting stopped: there may be more than `total`."""
        return self.total >= MOST_RESULTS


@dataclass(frozen=True, slots=True)
class CommuneFound:
    """A commune as a suggestion."""

    insee: str
    name: str
    department: str
    postcode: str
    latitude: float | None
    longitude: float | None


def search(*, criteria: Criteria, at: datetime, page: int = 1, per_page: int = 24) -> Results:
    """Find the offers that can be booked now or soon. The order is total, so that pages never overlap.

    Words are looked for as they are, the last one as a beginning; where nothing has them all, as if mistyped.
    """
    page, per_page = max(page, 1), min(max(per_page, 1), 100)
    text = _clean(criteria.text.replace("\0", " ")[:LONGEST_TEXT])
    words = [word.lower() for word in _WORD.findall(text)][:MOST_WORDS]
    if text.strip() and not words:
        return Results([], 0, page, 0)
    rows = _found(criteria, words, mistyped=False, at=at)
    if words and not rows:
        rows = _found(criteria, _telling(words), mistyped=True, at=at)
    shown = rows[(page - 1) * per_page : page * per_page]
    cards = cards_of(ids=[row[0] for row in shown], at=at, distances={row[0]: row[1] for row in shown})
    return Results(cards, len(rows), page, math.ceil(len(rows) / per_page))


def communes_like(*, text: str, limit: int = 8) -> list[CommuneFound]:
    """The communes whose name or postcode begins so, the most populous first; then those whose name is near enough."""
    wanted = " ".join(_WORD.findall(text.replace("\0", " ")[:LONGEST_TEXT]))
    if not wanted:
        return []
    if wanted.isdigit():
        where, order = "exists (select from unnest(c.postcodes) p where starts_with(p, %(text)s))", ""
    else:
        # A hyphen, an apostrophe or nothing: « Saint-Étienne » is found by « saint etienne ».
        where = "(fold(c.name) like %(like)s or fold(c.name) %%> fold(%(text)s))"
        order = "(fold(c.name) like %(like)s) desc, word_similarity(fold(%(text)s), fold(c.name)) > 0.8 desc,"
    sql = f"""
        select c.insee, c.name, c.department, coalesce(c.postcodes[1], ''), c.latitude, c.longitude
        from venues_commune c where {where} order by {order} c.population desc nulls last, c.insee limit %(limit)s"""
    with connection.cursor() as cursor:
        like = "_".join(_folded(word) for word in wanted.replace("_", " ").split()) + "%"
        cursor.execute(sql, {"text": wanted, "like": like, "limit": min(max(limit, 1), 50)})
        return [CommuneFound(*row) for row in cursor.fetchall()]


def matching(*, ids: Sequence[int], criteria: Criteria, at: datetime) -> dict[int, tuple[int | None, int | None]]:
    """Of these offers, those of which one stock fits both the days and the price: when it starts first (seconds since 1970),
    and the lowest price, in cents."""
    _, stocks, values, _ = _conditions(criteria, None)
    sql = f"""
        select o.id, floor(extract(epoch from k.next_at))::bigint, k.min_price
        from unnest(%(ids)s::bigint[]) as wanted (id) join catalogue_offer o on o.id = wanted.id
        join venues_venue v on v.id = o.venue_id
        left join unnest(%(zoned)s::text[], %(lows)s::timestamptz[], %(highs)s::timestamptz[]) as z (code, low, high)
            on z.code = v.department
        cross join lateral ({STOCKS.format(open=" and ".join([OPEN, *stocks]))}) k where k.open > 0"""
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, **_days(criteria), "ids": list(ids), "at": at})
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _telling(words: list[str]) -> list[str]:
    "The words without articles and the like, which titles may lack; all of them where nothing else was said."
    with connection.cursor() as cursor:
        cursor.execute(
            "select w from unnest(%s::text[]) with ordinality as given (w, place)"
            " where numnode(to_tsquery('diptych_french', w)) > 0 order by place",
            [words],
        )
        return [word for (word,) in cursor.fetchall()] or words


def _folded(word: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select fold(%s)", [word])
        return str(cursor.fetchone()[0])


def _found(criteria: Criteria, words: Sequence[str], *, mistyped: bool, at: datetime) -> list[tuple[int, int | None]]:
    "Offers and their distance in metres, in order."
    place = place_of(criteria)
    offers, stocks, values, narrow = _conditions(criteria, place)
    rank = "0"
    if words:
        narrow = True
        offers += _words(words, mistyped, values)
        values["name"] = " ".join(words)
        rank = "ts_rank('{0.1, 0.2, 0.6, 1.0}', o.words, to_tsquery('diptych_french', %(query)s)) "
        rank += "+ word_similarity(fold(%(name)s), fold(o.name))"
    distance = _DISTANCE if place else "null::int"
    if place:
        values["latitude"], values["longitude"] = place
    not_yet = "" if stocks else "or o.bookings_allowed_at > %(at)s"
    limit = "" if narrow else f"order by o.id desc limit {MOST_RESULTS}"
    sql = f"""
        with found as (
            select o.id, {distance} as distance, k.min_price, k.next_at, {rank} as rank
            from catalogue_offer o
            join venues_venue v on v.id = o.venue_id
            join venues_structure st on st.id = v.structure_id
            left join unnest(%(zoned)s::text[], %(lows)s::timestamptz[], %(highs)s::timestamptz[]) as z (code, low, high)
                on z.code = v.department
            cross join lateral ({STOCKS.format(open=" and ".join([OPEN, *stocks]))}) k
            where {" and ".join([RELEASED, *offers])} and (k.open > 0 {not_yet})
            {limit}
        )
        select id, distance from found where {"distance <= %(radius_m)s" if place else "true"}
        order by {_order(criteria, bool(words), place is not None)} limit {MOST_RESULTS}"""
    values.update(_days(criteria), at=at, radius_m=round(radius_of(criteria) * 1000))
    with transaction.atomic(), connection.cursor() as cursor:
        if mistyped:
            cursor.execute("select set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(LIKE_ENOUGH)])
        cursor.execute(sql, values)
        return list(cursor.fetchall())


_DISTANCE: Final = f"""round({2 * _EARTH_M} * asin(least(1, sqrt(
    power(sin(radians(v.latitude - %(latitude)s) / 2), 2)
    + cos(radians(%(latitude)s)) * cos(radians(v.latitude)) * power(sin(radians(v.longitude - %(longitude)s) / 2), 2)
))))::int"""
"""The haversine, in metres."""


def radius_of(criteria: Criteria) -> float:
    """Its radius in kilometres, within what makes sense."""
    return min(max(criteria.radius_km, 0.1), 500) if math.isfinite(criteria.radius_km) else 500


def place_of(criteria: Criteria) -> tuple[float, float] | None:
    """The middle of the circle that is asked for, in degrees: given, or the commune's. None where there is none on Earth."""
    if criteria.latitude is not None and criteria.longitude is not None:
        if not (abs(criteria.latitude) <= 90 and abs(criteria.longitude) <= 180):
            return None
        return criteria.latitude, criteria.longitude
    if not criteria.commune:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "select latitude, longitude from venues_commune where insee = %s and latitude is not null", [_clean(criteria.commune)]
        )
        found: tuple[float, float] | None = cursor.fetchone()
        return found


def _clean(text: str) -> str:
    return text.replace("\0", "").encode(errors="ignore").decode()


def _conditions(criteria: Criteria, place: tuple[float, float] | None) -> tuple[list[str], list[str], dict[str, Any], bool]:
    "Conditions on the offer, on its stocks, their values, and whether the former are few enough to be sorted."
    offers: list[str] = []
    stocks: list[str] = []
    values: dict[str, Any] = {}
    narrow = False
    wanted = wanted_subcategories(criteria)
    if wanted is not None:
        offers.append("o.subcategory = any(%(subcategories)s)")
        values["subcategories"] = wanted
        narrow = True
    if criteria.department:
        offers.append("v.department = %(department)s")
        values["department"] = _clean(criteria.department)
        narrow = True
    if place:
        offers.append("v.latitude between %(south)s and %(north)s and v.longitude between %(west)s and %(east)s and o.url = ''")
        values.update(box(*place, radius_of(criteria)))
        narrow = True
    elif criteria.commune:
        offers.append("v.commune_id = %(commune)s")
        values["commune"] = _clean(criteria.commune)
        narrow = True
    if criteria.venue_id is not None:
        offers.append("o.venue_id = %(venue)s")
        values["venue"] = criteria.venue_id if 0 < criteria.venue_id < 2**63 else 0
        narrow = True
    if criteria.for_minors:
        offers.append("(o.subcategory = any(%(minors)s) or o.subcategory = any(%(minors_free)s) and k.min_price = 0)")
        values["minors"] = [id_ for id_, kind in BY_ID.items() if kind.minors is Minors.YES]
        values["minors_free"] = [id_ for id_, kind in BY_ID.items() if kind.minors is Minors.FREE]
    if criteria.from_day or criteria.to_day:
        offers.append(
            "o.id in (select d.offer_id from catalogue_stock d where d.deleted_at is null and d.starts_at > %(at)s"
            " and d.starts_at >= %(lowest)s and d.starts_at < %(highest)s)"
        )
        stocks.append("s.starts_at >= coalesce(z.low, %(low)s) and s.starts_at < coalesce(z.high, %(high)s)")
        narrow = True
    if criteria.free:
        stocks.append("s.price_cents = 0")
    if criteria.max_price_cents is not None:
        stocks.append("s.price_cents <= %(most)s")
        values["most"] = min(max(criteria.max_price_cents, -1), 2**31 - 1)
    if criteria.duo:
        offers.append("o.is_duo")
    for need in criteria.accessible:
        offers.append(f"o.accessible_{need}" if need in ACCESSIBILITY else "false")
    return offers, stocks, values, narrow


def wanted_subcategories(criteria: Criteria) -> list[str] | None:
    """The subcategories that a group and a list of them leave, sorted; None where neither was given."""
    wanted = None
    if criteria.group:
        known = criteria.group in SearchGroup.__members__
        wanted = set(in_group(SearchGroup(criteria.group))) if known else set()
    if criteria.subcategories:
        listed = {name for name in criteria.subcategories if name in BY_ID}
        wanted = listed if wanted is None else wanted & listed
    return None if wanted is None else sorted(wanted)


def box(latitude: float, longitude: float, radius_km: float) -> dict[str, float]:
    """Degrees that surely hold the circle: south, north, west, east."""
    high = radius_km / _KM_A_DEGREE * 1.001
    wide = min(high / max(math.cos(math.radians(min(abs(latitude) + high, 90))), 1e-6), 360)
    return {"south": latitude - high, "north": latitude + high, "west": longitude - wide, "east": longitude + wide}


def _words(words: Sequence[str], mistyped: bool, values: dict[str, Any]) -> list[str]:
    values["query"] = " & ".join([*words[:-1], f"{words[-1]}:*"])
    if not mistyped:
        return ["o.words @@ to_tsquery('diptych_french', %(query)s)"]
    conditions = []
    for number, word in enumerate(words):
        key = f"word{number}"
        values[key], values[f"{key}s"] = word, f"{word}:*"
        conditions.append(
            f"(o.words @@ to_tsquery('diptych_french', %({key}s)s) or fold(o.name) %%> fold(%({key})s)"
            f" or fold(o.creator) %%> fold(%({key})s)"
            f" or o.venue_id = any(array(select n.id from venues_venue n where fold(n.name) %%> fold(%({key})s))))"
        )
    return conditions


def _days(criteria: Criteria) -> dict[str, Any]:
    "The instants between which the days lie, in Paris, then in each département that has its own time, then anywhere."
    first, last = criteria.from_day or date(1900, 1, 1), min(criteria.to_day or date(2999, 1, 1), date(2999, 1, 1))
    first = max(first, date(1900, 1, 1))
    after = last + timedelta(days=1)
    zoned = [code for code in DEPARTMENTS if zone_of(code).key != PARIS]

    def begins(day: date, code: str | None) -> datetime:
        return datetime.combine(day, time(), zone_of(code))

    return {
        "low": begins(first, None),
        "high": begins(after, None),
        "lowest": begins(first, None) - timedelta(hours=14),
        "highest": begins(after, None) + timedelta(hours=14),
        "zoned": zoned,
        "lows": [begins(first, code) for code in zoned],
        "highs": [begins(after, code) for code in zoned],
    }


def _order(criteria: Criteria, has_words: bool, has_place: bool) -> str:
    "A total order: the number comes last."
    soonest = "next_at nulls last, id desc"
    match criteria.sort:
        case "distance" if has_place:
            return f"distance, {soonest}"
        case "date":
            return soonest
        case "price":
            return f"min_price nulls last, {soonest}"
    if has_words:
        return f"rank desc, {soonest}"
    return f"distance, {soonest}" if has_place else soonest
