"""Search as the portals ask it: from the index where there is one that can be trusted, from PostgreSQL otherwise.

Holds the page: its cards as they are now, its order inside, the key of the next. What is shown is always read from the
database: the index says which offers and in what order, never what they are. Nothing that is typed is logged.
"""

import base64
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson
import structlog
from django.conf import settings

from . import language
from .asking import Place, Question, Reach
from .finding import Found, Key, facets_of, find
from .ranking import NOW, TRIED, Ranking, ranking_of, varied
from .store import Library, Opened, library

from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import MOST_RESULTS, Criteria, Elsewhere, Facets, OfferCard, Results

log = structlog.get_logger()

NAMED: Final = 3
"""Other venues of a product that a result names."""
_CURSOR: Final = 2
_LONGEST_CURSOR: Final = 400
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _After:
    "Where the last page ended: the order that it was of, its instant and weights, and how much was seen."

    sort: str
    ranked_at: int
    ranking: Ranking
    reach: Reach
    seen: int
    key: Key


def search(
    *,
    criteria: Criteria,
    at: datetime,
    page: int = 1,
    per_page: int = 24,
    after: str = "",
    facets: bool = False,
    tried: bool = False,
) -> Results:
    """Find the offers that can be booked now or soon. `after` is what the page before gave; a wrong one begins anew.
    `tried` orders by the weights that are tried, where some are.

    Without an index that can be trusted PostgreSQL answers: the same filters, plainer words, no facets, pages by number.
    """
    page, per_page = max(page, 1), min(max(per_page, 1), 100)
    known = _read(after, criteria.sort)
    ranking = known.ranking if known else TRIED if tried else NOW

    def ask(opened: Opened) -> Results:
        return _searched(opened, question_of(criteria, at=at, ranking=ranking), at, page, per_page, known, facets)

    found = from_index(ask, at=at)
    return catalogue.search(criteria=criteria, at=at, page=page, per_page=per_page) if found is None else found


def from_index(ask: Callable[[Opened], Answer], *, at: datetime) -> Answer | None:
    """What the index answers; None where there is none to be trusted, or it broke on this question: PostgreSQL is asked then."""
    opened = our_library().opened(at=at.timestamp())
    if opened is None:
        _says.engine(False)
        return None
    try:
        found = ask(opened)
    except BaseException as fault:  # a panic of the engine is no Exception; whatever is not the engine's goes on
        if not _is_the_engines(fault):
            raise
        _says.broke(opened.name, fault)
        return None
    _says.engine(True)
    return found


def our_library() -> Library:
    """The index of this service."""
    return library(Path(settings.SEARCH_FOLDER))


def question_of(criteria: Criteria, *, at: datetime, ranking: Ranking = NOW) -> Question:
    """The criteria as a question: their words, and the circle that they mean."""
    middle = catalogue.place_of(criteria)
    place = None if middle is None else Place(*middle, catalogue.radius_of(criteria))
    return Question(criteria, language.asked(criteria.text), place, int(at.timestamp()), ranking)


def _searched(
    opened: Opened, question: Question, at: datetime, page: int, per_page: int, after: _After | None, facets: bool
) -> Results:
    criteria = question.criteria
    if criteria.text.strip() and not question.words:
        return Results([], 0, page, 0, facets=Facets({}, {}, 0, 0, {}) if facets else None)
    ranked_at, reach, key = (after.ranked_at, after.reach, after.key) if after else (question.at, None, None)
    seen = after.seen if after else (page - 1) * per_page
    found = find(
        opened.searcher,
        question,
        ranked_at=ranked_at,
        reach=reach,
        wanted=min(seen + per_page + 1, MOST_RESULTS),
        memo=opened.memo,
    )
    begin = found.begin_after(key) if after else seen
    cards, end, elsewhere = _cards(found, begin, per_page, at, seen)
    if criteria.sort == "relevance" or criteria.sort not in catalogue.SORTS:
        cards = _varied(found, cards, begin, end, question.ranking)
    total = found.total
    more = end < len(found.ids) and seen + per_page < MOST_RESULTS
    return Results(
        cards=cards,
        total=total,
        page=seen // per_page + 1,
        pages=math.ceil(total / per_page),
        after=_written(_After(criteria.sort, ranked_at, question.ranking, found.reach, seen + per_page, found.keys[end - 1]))
        if more
        else "",
        facets=facets_of(opened.searcher, question, reach=found.reach) if facets else None,
        elsewhere=elsewhere,
    )


def _cards(found: Found, begin: int, per_page: int, at: datetime, seen: int) -> tuple[list[OfferCard], int, dict[int, Elsewhere]]:
    "A page's cards as they are now, the position after the last one looked at, and the other venues of each: what can no longer be booked is passed over."
    cards: list[OfferCard] = []
    elsewhere: dict[int, Elsewhere] = {}
    end, last = begin, min(len(found.ids), begin + max(MOST_RESULTS - seen, 0))
    while end < last and len(cards) < per_page:
        chunk = range(end, min(end + per_page - len(cards), last))
        others = {found.ids[place]: found.other_venues(place) for place in chunk}
        more, names = catalogue.cards_and_names(
            ids=list(others), at=at, distances={found.ids[place]: found.metres[place] for place in chunk},
            venues=[venue for venues in others.values() for venue in venues[:NAMED]],
        )  # fmt: skip
        cards += more
        for card in more:
            if venues := others[card.id]:
                named = dict.fromkeys(names[venue] for venue in venues[:NAMED] if venue in names)
                elsewhere[card.id] = Elsewhere(tuple(named), len(venues))
        end = chunk.stop
    return cards, end, elsewhere


def _varied(found: Found, cards: Sequence[OfferCard], begin: int, end: int, ranking: Ranking) -> list[OfferCard]:
    places = {found.ids[place]: place for place in range(begin, end)}
    shown = [places[card.id] for card in cards]
    order = varied([found.venues[place] for place in shown], [found.scores[place] for place in shown], ranking)
    return [cards[place] for place in order]


def _written(after: _After) -> str:
    said = [_CURSOR, after.sort, after.ranked_at, after.ranking.version, int(after.reach), after.seen, *after.key]
    return base64.urlsafe_b64encode(orjson.dumps(said)).decode().rstrip("=")


def _read(text: str, sort: str) -> _After | None:
    "A cursor of this order; anything else is none. It says no more than a reader could write: it is believed, within bounds."
    if not text or len(text) > _LONGEST_CURSOR:
        return None
    try:
        said: Any = orjson.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except ValueError:
        return None
    if not isinstance(said, list) or not 8 <= len(said) <= 9 or said[:2] != [_CURSOR, sort]:
        return None
    numbers = said[2:]
    if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
        return None
    ranked_at, version, reach, seen, *key = numbers
    sound = all(isinstance(whole, int) for whole in (ranked_at, reach, seen))
    ranking = ranking_of(version)
    if ranking is None or not sound or not (0 <= ranked_at < 1 << 33 and 0 <= seen < MOST_RESULTS and reach in set(Reach)):
        return None
    return _After(sort, ranked_at, ranking, Reach(reach), seen, tuple(float(number) for number in key))


def _is_the_engines(fault: BaseException) -> bool:
    "An error of the engine: what it refuses is a ValueError, what it did not expect a panic, which is no Exception."
    return isinstance(fault, ValueError | OSError) or type(fault).__name__ == "PanicException"


class _Says:
    "Says once when PostgreSQL begins to answer, once when the index is back, and once a generation that it broke."

    def __init__(self) -> None:
        self._engine: bool | None = None
        self._broken = ""

    def broke(self, generation: str, fault: BaseException) -> None:
        """The engine failed on a question, which PostgreSQL answers; the next one is asked of it again, so that nobody can turn
        it off for the others."""
        if generation != self._broken:
            log.warning("search", answers="PostgreSQL", why="the index broke on a question", fault=type(fault).__name__)
        self._broken = generation

    def engine(self, answers: bool) -> None:
        """Which one answered."""
        if self._engine is answers:
            return
        if not answers:
            log.warning("search", answers="PostgreSQL", why="no index that is whole, of this version and kept level")
        elif self._engine is False:
            log.info("search", answers="index")
        self._engine = answers


_says = _Says()
