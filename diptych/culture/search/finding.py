"""From a question to an ordered list: the engine's candidates, their exact distance and score, one result a product.

The order is total and its key is made of the offer's own facts alone, so that "after this key" means the same whatever
came or went since. Does not hold the cards (the catalogue's) nor what is done when there is no index (`answering`).
"""

import math
from bisect import bisect_right
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt
from tantivy import DocAddress, Order, Searcher

from .asking import Place, Question, Reach, most_text, query_of
from .ranking import Numbers, Signal, distance_signal, freshness_signal, popularity_signal, score, soon_signal
from .shape import MICRO
from .store import Memo

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
HIGHLIGHTS_SECONDS: Final = 10
TOTALS_SECONDS: Final = 60
CELLS_A_DEGREE: Final = 50
MOST_REMEMBERED: Final = 4_096
Key = tuple[float, ...]
V = TypeVar("V")
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

    def other_venues(self, place: int) -> list[int]:
        """The venues of the other offers of a result's product, in their order: one an offer."""
        if self.families[place] < 0:  # it sells no product
            return []
        others = (self.rest["family"] == self.families[place]) & (self.rest["id"] != self.ids[place])
        return [int(venue) for venue in self.rest["venue"][others]]

    def siblings(self, place: int) -> list[int]:
        """The other offers of a result's product, in order."""
        same = self.rest["id"][self.rest["family"] == self.families[place]]
        return [int(id_) for id_ in same if id_ != self.ids[place]]


def find(
    searcher: Searcher,
    question: Question,
    *,
    ranked_at: int,
    reach: Reach | None = None,
    wanted: int = 1,
    memo: Memo | None = None,
) -> Found:
    """The results of a question, `wanted` of them at least where there are as many. `ranked_at` is the instant that freshness
    and popularity are counted at; `reach` how far to go, None for as far as something is found; `memo` what this process remembers."""
    goes = [Reach.EXACT] if not question.words else list(Reach) if reach is None else [reach]
    looking = _Looking(searcher, question, ranked_at, memo or Memo())
    found = _found(looking, goes[0], wanted)
    for further in goes[1:]:
        if found.ids:
            break
        found = _found(looking, further, wanted)
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


@dataclass(frozen=True, slots=True)
class _Looking:
    "One question, as it is looked for."

    searcher: Searcher
    question: Question
    ranked_at: int
    memo: Memo


def _found(looking: _Looking, reach: Reach, wanted: int) -> Found:
    searcher, question, limit = looking.searcher, looking.question, MOST_RESULTS
    while True:
        addresses, texts, count, within_km = _candidates(looking, reach, limit)
        columns = _columns(searcher, addresses, texts, question) if addresses else {}
        found = _ranked(columns, looking, reach, within_km) if addresses else _nothing(reach)
        if len(found.ids) >= wanted or count <= limit or limit >= MOST_CANDIDATES:
            break
        limit *= 4
    if count <= limit:
        return replace(found, total=min(len(found.ids), MOST_RESULTS))
    if len(found.ids) >= MOST_RESULTS or count * len(found.ids) >= SURELY * MOST_RESULTS * limit:
        return replace(found, total=MOST_RESULTS)
    return replace(found, total=min(max(_products(looking, reach), len(found.ids)), MOST_RESULTS))


def _products(looking: _Looking, reach: Reach) -> int:
    "How many products match, within a few in a hundred. Costs as much as the search, for each page and each who types the same: kept a minute."
    key, now = _about_here(looking.question, reach), looking.question.at
    if (kept := looking.memo.totals.get(key)) is not None and 0 <= now - kept[0] < TOTALS_SECONDS:
        return kept[1]
    products = round(looking.searcher.cardinality(query_of(looking.question, reach=reach), "family"))
    _remember(looking.memo.totals, key, (now, products))
    return products


def _about_here(question: Question, reach: Reach) -> Hashable:
    "The question, its place to about two kilometres."
    place = question.place
    nearly = place and (round(place.latitude * CELLS_A_DEGREE), round(place.longitude * CELLS_A_DEGREE), place.radius_km)
    return (
        reach,
        question.words,
        nearly,
        replace(question.criteria, text="", latitude=None, longitude=None, commune="" if place else question.criteria.commune),
    )


def _remember(memory: dict[Hashable, V], key: Hashable, value: V) -> None:
    if len(memory) >= MOST_REMEMBERED:
        memory.clear()
    memory[key] = value


def _candidates(looking: _Looking, reach: Reach, limit: int) -> tuple[list[DocAddress], list[float] | None, int, float]:
    "Offers that may be among the first, the engine's scores where words gave some, how many match at all, and within how many kilometres."
    searcher, question = looking.searcher, looking.question
    sort = question.criteria.sort
    if question.place is not None and (
        sort == "distance" or (not question.words and sort not in {"date", "price", "popularity"})
    ):
        return _nearest(looking, question.place, reach, limit)
    query = query_of(question, reach=reach)
    if sort == "date":
        hits = searcher.search(query, limit, order_by_field="next_at", order=Order.Asc)
    elif sort == "price":
        hits = searcher.search(query, limit, order_by_field="low_cents", order=Order.Asc)
    elif sort == "popularity":
        hits = searcher.search(query, limit, order_by_field="heat")
    elif question.words:
        hits = searcher.search(query, limit, weight_by_field="weight")
        return [address for _, address in hits.hits], [value for value, _ in hits.hits], _count(hits), math.inf
    else:
        hits = searcher.search(query, limit, order_by_field="prior")
    return [address for _, address in hits.hits], None, _count(hits), math.inf


def _nearest(
    looking: _Looking, place: Place, reach: Reach, limit: int
) -> tuple[list[DocAddress], list[float] | None, int, float]:
    "Those of a small ring that holds enough, else all; in the corners of its square others may be nearer that were not seen. The ring that held enough about here is tried first."
    question, key, enough = looking.question, _about_here(looking.question, reach), 1.5 * limit
    known = looking.memo.rings.get((key, limit))
    radius = min(known or FIRST_RING_KM, place.radius_km)
    for _ in range(MOST_RINGS):
        ring = replace(question, place=replace(place, radius_km=radius))
        hits = looking.searcher.search(query_of(ring, reach=reach), MOST_CANDIDATES)
        count = _count(hits)
        if count > MOST_CANDIDATES:  # not all are seen, and those that are need not be the nearest
            radius *= (2 * limit / count) ** 0.5
        elif count >= enough or radius >= place.radius_km:
            break
        else:
            radius = min(radius * min(max((2 * limit / max(count, 1)) ** 0.5, 1.3), 8), place.radius_km)
    shrunk = radius * min((2 * limit / max(count, 1)) ** 0.5, 1)
    _remember(looking.memo.rings, (key, limit), shrunk if count >= enough else radius)
    return [address for _, address in hits.hits], None, count, radius


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


def _nothing(reach: Reach) -> Found:
    return Found(
        ids=[], keys=[], venues=[], scores=[], metres=[], signals={}, families=[], rest={"id": np.zeros(0)}, total=0, reach=reach
    )


def _ranked(columns: dict[str, Numbers], looking: _Looking, reach: Reach, within_km: float) -> Found:
    question, ranked_at = looking.question, looking.ranked_at
    criteria = question.criteria
    if (criteria.from_day or criteria.to_day) and (
        criteria.sort in {"date", "price"} or criteria.free or criteria.max_price_cents is not None
    ):
        columns = _one_stock_fits(columns, question)
    if question.place is not None:
        columns["metres"] = np.round(metres_to(question.place, columns["latitude"], columns["longitude"]))
        columns = _only(columns, columns["metres"] <= min(question.place.radius_km, within_km) * 1000)
    signals = signals_of(columns, question, ranked_at, highlights=_highlights(looking))
    columns["score"] = score(signals, question.ranking) if len(columns["id"]) else np.zeros(0)
    keys = _keys(columns, signals, question)
    order = np.lexsort(keys[::-1]) if len(columns["id"]) else np.zeros(0, dtype=np.int64)
    rest = {name: column[order] for name, column in columns.items()}
    _, first = np.unique(rest["family"], return_index=True)
    first = np.sort(first)
    chosen = order[first]
    whole: list[list[int]] = [columns[name][chosen].astype(np.int64).tolist() for name in ("id", "venue", "family")]
    return Found(
        ids=whole[0], venues=whole[1], families=whole[2],
        keys=list(zip(*(key[chosen].tolist() for key in keys), strict=True)),
        scores=columns["score"][chosen].tolist(),
        metres=columns["metres"][chosen].astype(np.int64).tolist() if "metres" in columns else [None] * len(chosen),
        signals={signal: values[chosen] for signal, values in signals.items()},
        rest=rest, total=len(chosen), reach=reach,
    )  # fmt: skip


def signals_of(
    columns: Mapping[str, Numbers], question: Question, ranked_at: int, *, highlights: frozenset[int]
) -> dict[Signal, Numbers]:
    """What each signal says of each candidate."""
    chosen = np.isin(columns["id"], list(highlights)).astype(np.float64) if highlights else np.zeros(len(columns["id"]))
    told = {
        Signal.FRESHNESS: freshness_signal(published_at=columns["published"], at=ranked_at),
        Signal.SOON: soon_signal(next_at=columns["next_at"], at=ranked_at),
        Signal.POPULARITY: popularity_signal(
            heat=columns["heat"], age=ranked_at - columns["heat_at"], loans=columns["loans"]
        ),
        Signal.HIGHLIGHT: chosen,
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


def _highlights(looking: _Looking) -> frozenset[int]:
    "What editors have on shelves at an instant, rounded down so that it is read once in ten seconds, and the same for each page of a list."
    at, kept = looking.ranked_at - looking.ranked_at % HIGHLIGHTS_SECONDS, looking.memo.highlights
    if kept is None or kept[0] != at:
        kept = looking.memo.highlights = (at, catalogue.highlighted(at=datetime.fromtimestamp(at, UTC)))
    return kept[1]


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
