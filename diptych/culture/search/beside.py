"""What is found beside offers: venues by their name and town, class outings of one school. From the index, else from PostgreSQL.

Every word must be there, as it is or as if mistyped: half of them is enough for offers alone. Holds the order (text, then how near). Does not
hold offers (`answering`), nor what a page says of them.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from tantivy import DocAddress

from .answering import from_index, question_of
from .asking import Question, Reach, beside_query
from .finding import metres_to
from .store import Opened

from diptych.culture.domain.catalogue import queries as catalogue
from diptych.culture.domain.catalogue.queries import Criteria, VenueCard
from diptych.culture.domain.catalogue.terms import Subject
from diptych.culture.domain.collective.queries import finding as collective
from diptych.culture.domain.collective.queries.finding import MOST_OUTINGS, OutingCard

MOST_LOOKED_AT: Final = 200
NEAR_WORTH: Final = 0.5
"""What being on the spot adds to a venue's text, beside a word of its name, which is worth 1."""


def venues(*, criteria: Criteria, at: datetime, limit: int = 4) -> list[VenueCard]:
    """The venues that answer the words of a question, within its circle, département and needs: the best first. None without a word."""
    if not criteria.text.strip():
        return []

    def ask(opened: Opened) -> list[VenueCard]:
        question = question_of(criteria, at=at)
        ids, metres = _found(opened, Subject.VENUE, question)
        return catalogue.venue_cards_of(ids=ids[:limit], distances=metres)

    found = from_index(ask, at=at)
    return catalogue.venues_like(criteria=criteria, limit=limit) if found is None else found


def outings(*, text: str, school: str, at: datetime) -> list[OutingCard]:
    """The outings made for a school that it can pre-book now: those that answer the words, the best first; without a word all of them, the
    soonest first."""
    if not text.strip():
        return collective.outings_like(text="", school=school, at=at)

    def ask(opened: Opened) -> list[OutingCard]:
        ids, _ = _found(opened, Subject.OUTING, question_of(Criteria(text=text), at=at), school=school)
        return collective.outing_cards_of(ids=ids[:MOST_OUTINGS], school=school, at=at)

    found = from_index(ask, at=at)
    return collective.outings_like(text=text, school=school, at=at) if found is None else found


def _found(opened: Opened, subject: Subject, question: Question, *, school: str = "") -> tuple[list[int], dict[int, int | None]]:
    "Numbers in order, and how far each is."
    if not question.words:
        return [], {}
    for reach in (Reach.EXACT, Reach.TYPOS):
        hits = opened.searcher.search(beside_query(subject, question, reach=reach, school=school), MOST_LOOKED_AT).hits
        if hits:
            break
    numbers, metres = _placed(opened, [address for _, address in hits], question)
    near = {} if question.place is None else {place: 1 / (1 + (far or 0) / 5_000) for place, far in enumerate(metres)}
    order = sorted(
        range(len(hits)), key=lambda place: (-round(hits[place][0] + NEAR_WORTH * near.get(place, 0), 4), numbers[place])
    )
    if question.place is not None:
        widest = question.place.radius_km * 1000
        order = [place for place in order if (metres[place] or 0) <= widest]
    return [numbers[place] for place in order], {numbers[place]: metres[place] for place in order}


def _placed(opened: Opened, addresses: Sequence[DocAddress], question: Question) -> tuple[list[int], list[int | None]]:
    numbers = [int(value or 0) for value in opened.searcher.fast_field_values("number", list(addresses))]
    if question.place is None or not numbers:
        return numbers, [None] * len(numbers)
    south, east = (
        np.array(opened.searcher.fast_field_values(name, list(addresses)), dtype=np.float64) for name in ("latitude", "longitude")
    )
    return numbers, [int(value) for value in np.round(metres_to(question.place, south, east))]
