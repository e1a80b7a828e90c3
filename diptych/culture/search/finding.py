"""From a question to an ordered list: the engine's candidates, their exact distance and score, one result a product.

The order is total and its key is made of the offer's own facts alone, so that "after this key" means the same whatever
came or went since. Does not hold the cards (the catalogue's) nor what is done when there is no index (`answering`).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
from tantivy import DocAddress, Order, Searcher

from .asking import Place, Question, Reach, most_text, query_of
from .ranking import Numbers, Signal, distance_signal, freshness_signal, popularity_signal, score, soon_signal
from .shape import MICRO

from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import ACCESSIBILITY, MOST_RESULTS, NEVER, Facets, wanted_subcategories

MOST_CANDIDATES: Final = 16 * MOST_RESULTS
"""Looked at where a product sold everywhere hides what comes after it, or where very many are near."""
FIRST_RING_KM: Final = 2.0
"""The circle tried first where the nearest are asked for; then a smaller or larger one, as many as it held."""
MOST_RINGS: Final = 8
SURELY: Final = 4
"""Where those looked at are of so many products, and so many more match, that there would be four times the most results at the
same rate, there are that many: not counted, which costs as much as the search itself."""
EARTH_M: Final = 6_371_008.8
_KINDS: Final = {"kinds": {"terms": {"field": "subcategory", "size": 200}}}
_CHOICES: Final = {
    "flags": {"terms": {"field": "flag", "size": 20}},
    "free": {"range": {"field": "low_cents", "ranges": [{"to": 1.0}]}},
}
Key = tuple[float, ...]
_COLUMNS: Final = ("id", "family", "venue", "published", "next_at", "heat", "heat_at", "loans")


@dataclass(frozen=True, slots=True)
class Found:
    """Results in order, one a product: offers, and columns beside. `total` counts up to a thousand; `rest` is every candidate,
    of which `ids` are the first of each product."""

    ids: list[int]
    keys: list[Key]
    venues: list[int]
    scores: list[float]
    metres: list[int | None]
    signals: Mapping[Signal, Numbers]
    families: list[int]
    rest: Mapping[str, Numbers]
    total: int
    reach: Reach

    def begin_after(self, key: Key | None) -> int:
        """The position of the first result after a key."""
        return 0 if key is None else bisect_right(self.keys, key)

    def siblings(self, place: int) -> list[int]:
        """The other offers of a result's product, in order."""
        same = self.rest["id"][self.rest["family"] == self.families[place]]
        return [int(id_) for id_ in same if id_ != self.ids[place]]


def find(searcher: Searcher, question: Question, *, ranked_at: int, reach: Reach | None = None, wanted: int = 1) -> Found:
    """The results of a question, `wanted` of them at least where there are as many. `ranked_at` is the instant that freshness
    and popularity are counted at; `reach` how far to go, None for as far as something is found."""
    goes = [Reach.EXACT] if not question.words else list(Reach) if reach is None else [reach]
    found = _found(searcher, question, ranked_at, goes[0], wanted)
    for further in goes[1:]:
        if found.ids:
            break
        found = _found(searcher, question, ranked_at, further, wanted)
    return found


def facets_of(searcher: Searcher, question: Question, *, reach: Reach) -> Facets:
    """How many offers each further choice would leave. A circle is counted by the square around it."""
    query = query_of(question, reach=reach)
    if wanted_subcategories(question.criteria) is None:  # one pass says all
        said = kinds = searcher.aggregate(query, {**_KINDS, **_CHOICES})
    else:
        said = searcher.aggregate(query, _CHOICES)
        kinds = searcher.aggregate(query_of(question, reach=reach, any_kind=True), _KINDS)
    flags = {bucket["key"]: int(bucket["doc_count"]) for bucket in said["flags"]["buckets"]}
    counts = {bucket["key"]: int(bucket["doc_count"]) for bucket in kinds["kinds"]["buckets"]}
    groups: dict[str, int] = {}
    for kind in catalogue.kinds():
        if kind.id in counts:
            groups[kind.group] = groups.get(kind.group, 0) + counts[kind.id]
    free = sum(int(bucket["doc_count"]) for bucket in said["free"]["buckets"] if bucket.get("to") == 1)
    return Facets(groups, counts, free, flags.get("duo", 0), {need: flags.get(need, 0) for need in ACCESSIBILITY})


def _found(searcher: Searcher, question: Question, ranked_at: int, reach: Reach, wanted: int) -> Found:
    limit = MOST_RESULTS
    while True:
        addresses, texts, count = _candidates(searcher, question, reach, limit)
        found = _ranked(_columns(searcher, addresses, texts, question), question, ranked_at, reach)
        if len(found.ids) >= wanted or count <= limit or limit >= MOST_CANDIDATES:
            break
        limit *= 4
    if count <= limit:
        return replace(found, total=min(len(found.ids), MOST_RESULTS))
    if len(found.ids) >= MOST_RESULTS or count * len(found.ids) >= SURELY * MOST_RESULTS * limit:
        return replace(found, total=MOST_RESULTS)
    products = round(searcher.cardinality(query_of(question, reach=reach), "family"))  # within a few in a hundred
    return replace(found, total=min(max(products, len(found.ids)), MOST_RESULTS))


def _candidates(
    searcher: Searcher, question: Question, reach: Reach, limit: int
) -> tuple[list[DocAddress], list[float] | None, int]:
    "Offers that may be among the first, the engine's scores where words gave some, and how many match at all."
    sort, query = question.criteria.sort, query_of(question, reach=reach)
    if sort == "date":
        hits = searcher.search(query, limit, order_by_field="next_at", order=Order.Asc)
    elif sort == "price":
        hits = searcher.search(query, limit, order_by_field="low_cents", order=Order.Asc)
    elif sort == "popularity":
        hits = searcher.search(query, limit, order_by_field="heat")
    elif question.place is not None and (sort == "distance" or not question.words):
        return _nearest(searcher, question, question.place, reach, limit)
    elif question.words:
        hits = searcher.search(query, limit, weight_by_field="weight")
        return [address for _, address in hits.hits], [value for value, _ in hits.hits], _count(hits)
    else:
        hits = searcher.search(query, limit, order_by_field="prior")
    return [address for _, address in hits.hits], None, _count(hits)


def _nearest(
    searcher: Searcher, question: Question, place: Place, reach: Reach, limit: int
) -> tuple[list[DocAddress], list[float] | None, int]:
    "Those of a small ring that holds enough, else all."
    enough, radius = 1.5 * limit, min(FIRST_RING_KM, place.radius_km)
    for _ in range(MOST_RINGS):
        ring = replace(question, place=replace(place, radius_km=radius))
        hits = searcher.search(query_of(ring, reach=reach), MOST_CANDIDATES)
        count = _count(hits)
        if count > MOST_CANDIDATES:  # not all are seen, and those that are need not be the nearest
            radius *= (3 * limit / count) ** 0.5
        elif count >= enough or radius >= place.radius_km:
            break
        else:
            radius = min(radius * min(max((3 * limit / max(count, 1)) ** 0.5, 2), 8), place.radius_km)
    return [address for _, address in hits.hits], None, count


def _count(result: object) -> int:
    return int(getattr(result, "count", 0) or 0)


def _columns(
    searcher: Searcher, addresses: list[DocAddress], texts: list[float] | None, question: Question
) -> dict[str, Numbers]:
    "What the order is made of, and no other: each is read candidate by candidate."
    wanted = {
        "latitude": question.place is not None, "longitude": question.place is not None, "prior": texts is not None,
        "low_cents": question.criteria.sort == "price",
    }  # fmt: skip
    names = (*_COLUMNS, *(name for name, wants in wanted.items() if wants))
    columns = {name: np.array(searcher.fast_field_values(name, addresses), dtype=np.float64) for name in names}
    if texts is not None:
        columns["text"] = np.array(texts, dtype=np.float64) / (1 + columns["prior"] / 10)
    return columns


def _ranked(columns: dict[str, Numbers], question: Question, ranked_at: int, reach: Reach) -> Found:
    criteria = question.criteria
    if (criteria.from_day or criteria.to_day) and (
        criteria.sort in {"date", "price"} or criteria.free or criteria.max_price_cents is not None
    ):
        columns = _one_stock_fits(columns, question)
    if question.place is not None:
        columns["metres"] = np.round(metres_to(question.place, columns["latitude"], columns["longitude"]))
        columns = _only(columns, columns["metres"] <= question.place.radius_km * 1000)
    signals = signals_of(columns, question, ranked_at)
    columns["score"] = score(signals, question.ranking) if len(columns["id"]) else np.zeros(0)
    keys = _keys(columns, signals, question)
    order = np.lexsort(keys[::-1]) if len(columns["id"]) else np.zeros(0, dtype=np.int64)
    rest = {name: column[order] for name, column in columns.items()}
    _, first = np.unique(rest["family"], return_index=True)
    first = np.sort(first)
    chosen = order[first]
    whole = [[int(value) for value in columns[name][chosen]] for name in ("id", "venue", "family")]
    return Found(
        ids=whole[0], venues=whole[1], families=whole[2],
        keys=list(zip(*(key[chosen].tolist() for key in keys), strict=True)),
        scores=columns["score"][chosen].tolist(),
        metres=[int(value) for value in columns["metres"][chosen]] if "metres" in columns else [None] * len(chosen),
        signals={signal: values[chosen] for signal, values in signals.items()},
        rest=rest, total=len(chosen), reach=reach,
    )  # fmt: skip


def signals_of(columns: Mapping[str, Numbers], question: Question, ranked_at: int) -> dict[Signal, Numbers]:
    """What each signal says of each candidate."""
    told = {
        Signal.FRESHNESS: freshness_signal(published_at=columns["published"], at=ranked_at),
        Signal.SOON: soon_signal(next_at=columns["next_at"], at=ranked_at),
        Signal.POPULARITY: popularity_signal(
            heat=columns["heat"], age=ranked_at - columns["heat_at"], loans=columns["loans"]
        ),
        Signal.HIGHLIGHT: _highlights(columns["id"], ranked_at),
    }  # fmt: skip
    if "text" in columns:
        told[Signal.TEXT] = columns["text"] / most_text(question)
    if "metres" in columns:
        told[Signal.DISTANCE] = distance_signal(columns["metres"])
    return told


def metres_to(place: Place, latitudes: Numbers, longitudes: Numbers) -> Numbers:
    """The haversine from the middle of a circle, for places in millionths of a degree."""
    south, west = np.radians(place.latitude), np.radians(place.longitude)
    north, east = np.radians(latitudes / MICRO), np.radians(longitudes / MICRO)
    half = np.sin((north - south) / 2) ** 2 + np.cos(south) * np.cos(north) * np.sin((east - west) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.minimum(1, np.sqrt(half))), dtype=np.float64)


def _highlights(ids: Numbers, at: int) -> Numbers:
    chosen = catalogue.highlighted(at=datetime.fromtimestamp(at, UTC))
    return np.isin(ids, list(chosen)).astype(np.float64) if chosen else np.zeros(len(ids))


def _keys(columns: Mapping[str, Numbers], signals: Mapping[Signal, Numbers], question: Question) -> list[Numbers]:
    "What orders, the most telling first; the number comes last, so that no two are the same."
    last = -columns["id"]
    match question.criteria.sort:
        case "distance" if question.place is not None:
            return [columns["metres"], columns["next_at"], last]
        case "date":
            return [columns["next_at"], last]
        case "price":
            return [columns["low_cents"], columns["next_at"], last]
        case "popularity":
            return [-np.round(signals[Signal.POPULARITY], 6), last]
    return [-columns["score"], last]


def _one_stock_fits(columns: dict[str, Numbers], question: Question) -> dict[str, Numbers]:
    "Days and prices are those of one stock: asked of PostgreSQL, since a document holds them side by side."
    at = datetime.fromtimestamp(question.at, UTC)
    fits = catalogue.matching(ids=[int(id_) for id_ in columns["id"]], criteria=question.criteria, at=at)
    kept = _only(columns, np.array([int(id_) in fits for id_ in columns["id"]], dtype=bool))
    if len(kept["id"]):
        pairs = [fits[int(id_)] for id_ in kept["id"]]
        kept["next_at"] = np.array([NEVER if pair[0] is None else pair[0] for pair in pairs], dtype=np.float64)
        kept["low_cents"] = np.array([pair[1] for pair in pairs], dtype=np.float64)
    return kept


def _only(columns: Mapping[str, Numbers], kept: npt.NDArray[np.bool_]) -> dict[str, Numbers]:
    return {name: column[kept] for name, column in columns.items()}
