"""A question in the engine's terms: filters that a document must pass, and words that it must hold.

A word found in several ways counts by the best; the words' worths add up. Filters add nothing. Nothing of what was typed
is ever parsed as a query language: each word is a term. Does not hold what becomes of the hits (`finding`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import Final

from tantivy import FieldType, Occur, Query

from .language import Word, folded, whole
from .ranking import NOW, Match, Ranking
from .shape import micro, schema, wall_clock

from diptych.culture.domain.catalogue.queries import ACCESSIBILITY, NEVER, Criteria, box, wanted_subcategories
from diptych.culture.domain.catalogue.terms import Subject

SAFE_INT: Final = 1 << 62


class Reach(IntEnum):
    """How far a question goes to find something; each holds the one before."""

    EXACT = 0
    """Every word, as it is, by its stem, its synonyms or its beginning."""
    TYPOS = 1
    """Every word, perhaps mistyped."""
    SOME = 2
    """Half of the words."""


@dataclass(frozen=True, slots=True)
class Place:
    """A circle: degrees and kilometres."""

    latitude: float
    longitude: float
    radius_km: float


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: criteria, the words of their text, the circle they mean, the instant (seconds since 1970), and the weights."""

    criteria: Criteria
    words: tuple[Word, ...]
    place: Place | None
    at: int
    ranking: Ranking = NOW


def query_of(question: Question, *, reach: Reach, any_kind: bool = False) -> Query:
    """Everything that was asked; `any_kind` leaves group and subcategories out, so that a facet counts what choosing another gives."""
    parts = [(Occur.Must, _filters(question.criteria, question.place, question.at, any_kind))]
    if question.words:
        parts.append((Occur.Must, _words(question, reach)))
        parts += [(Occur.Should, part) for part in _whole(question)]
    return Query.boolean_query(parts)


def beside_query(subject: Subject, question: Question, *, reach: Reach, school: str = "") -> Query:
    """The venues, or the outings of a school, that answer: by words, circle, département and needs of the question; its other criteria are
    those of an offer."""
    criteria = question.criteria
    must = [_term("subject", subject.value)]
    if subject is Subject.OUTING:
        must += [_term("school", whole(school)), _range("closes", question.at + 1, None)]
    if question.place is not None:
        must += _square(question.place)
    elif criteria.commune:
        must.append(_term("commune", whole(criteria.commune)))
    if criteria.department:
        must.append(_term("department", whole(criteria.department)))
    must += [_term("flag", need) if need in ACCESSIBILITY else Query.empty_query() for need in criteria.accessible]
    parts = [(Occur.Must, Query.const_score_query(Query.boolean_query([(Occur.Must, query) for query in must]), 0.0))]
    if question.words:
        parts.append((Occur.Must, _words(question, reach)))
        parts += [(Occur.Should, part) for part in _whole(question)]
    return Query.boolean_query(parts)


def subject_query(subject: Subject) -> Query:
    """Every venue, or every outing."""
    return _term("subject", subject.value)


def every_offer() -> Query:
    """Every document of an offer."""
    return _range("id", None, SAFE_INT)


def most_text(question: Question) -> float:
    """The highest sum that its words can reach."""
    worth = question.ranking.matches
    return len(question.words) * worth[Match.NAME] + worth[Match.WHOLE_NAME]


def _filters(criteria: Criteria, place: Place | None, at: int, any_kind: bool) -> Query:
    must = [
        _range("published", None, at),
        Query.boolean_query([(Occur.Should, _range("closes", at + 1, None)), (Occur.Should, _range("allowed", at + 1, None))]),
    ]
    wanted = wanted_subcategories(criteria)
    if wanted is not None and not any_kind:
        must.append(_any_of("subcategory", wanted))
    if place is not None:
        must += _square(place)
        must.append(Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, _term("flag", "online"))]))
    elif criteria.commune:
        must.append(_term("commune", whole(criteria.commune)))
    if criteria.department:
        must.append(_term("department", whole(criteria.department)))
    if criteria.venue_id is not None:
        must.append(_term("venue", min(max(criteria.venue_id, -SAFE_INT), SAFE_INT)))
    if criteria.from_day or criteria.to_day:
        first, last = days(criteria)
        must.append(_range("starts", first, last))
    if criteria.free:
        must.append(_range("low_cents", None, 0))
    if criteria.max_price_cents is not None:
        must.append(_range("low_cents", None, min(max(criteria.max_price_cents, -1), 1 << 29)))
    if criteria.duo:
        must.append(_term("flag", "duo"))
    if criteria.for_minors:
        must.append(_term("flag", "minors"))
    for need in criteria.accessible:
        must.append(_term("flag", need) if need in ACCESSIBILITY else Query.empty_query())
    return Query.const_score_query(Query.boolean_query([(Occur.Must, query) for query in must]), 0.0)


def _square(place: Place) -> list[Query]:
    "What surely holds the circle."
    around = box(place.latitude, place.longitude, place.radius_km)
    return [
        _range("latitude", micro(around["south"]), micro(around["north"])),
        _range("longitude", micro(around["west"]), micro(around["east"])),
    ]


def days(criteria: Criteria) -> tuple[int, int]:
    """The first and last second of the days asked for, by the wall clock of wherever the venue is."""
    first = max(criteria.from_day or date(1900, 1, 1), date(1900, 1, 1))
    last = min(criteria.to_day or date(2999, 1, 1), date(2999, 1, 1))
    return wall_clock(first), wall_clock(last + timedelta(days=1)) - 1


def _words(question: Question, reach: Reach) -> Query:
    each = [(Occur.Should, _word(word, reach, question.ranking.matches)) for word in question.words]
    needed = len(each) if reach < Reach.SOME else math.ceil(len(each) / 2)
    return Query.boolean_query(each, minimum_number_should_match=needed)


def _word(word: Word, reach: Reach, worth: Mapping[Match, float]) -> Query:
    ways = [
        (Match.NAME, _term("name", word.text)), (Match.NAME_STEM, _term("name_stems", word.stem)),
        (Match.CREATOR, _term("creator", word.text)), (Match.PLACE, _term("place", word.text)),
        (Match.KIND, _term("kind", word.stem)), (Match.ABOUT, _term("about", word.stem)),
    ]  # fmt: skip
    if word.others:
        ways += [(Match.SYNONYM, _any_of("name_stems", word.others)), (Match.SYNONYM, _any_of("kind", word.others))]
    if word.begins:
        ways += [
            (match, _begins(field, word.text))
            for match, field in (
                (Match.NAME_BEGINS, "name"), (Match.CREATOR_BEGINS, "creator"), (Match.PLACE_BEGINS, "place"),
            )
        ]  # fmt: skip
    if reach >= Reach.TYPOS and word.typos:
        ways += [
            (match, Query.fuzzy_term_query(schema(), field, text, word.typos, True, word.begins))
            for match, field, text in (
                (Match.NAME_TYPO, "name", word.text), (Match.CREATOR_TYPO, "creator", word.text),
                (Match.PLACE_TYPO, "place", word.text), (Match.KIND_TYPO, "kind", word.stem),
            )
        ]  # fmt: skip
    return Query.disjunction_max_query([Query.const_score_query(query, worth[match]) for match, query in ways])


def _whole(question: Question) -> list[Query]:
    "The whole title is what was typed, or begins so."
    typed = folded(" ".join(word.text for word in question.words))
    found = (
        (Match.WHOLE_NAME, _term("whole_name", typed)),
        (Match.WHOLE_NAME_BEGINS, _begins("whole_name", f"{typed} ")),
    )
    return [Query.const_score_query(query, question.ranking.matches[match]) for match, query in found]


def _term(field: str, value: str | int) -> Query:
    return Query.term_query(schema(), field, value, "basic")


def _begins(field: str, text: str) -> Query:
    "Beginnings, as a typo of no letter: a regular expression finds the same, and costs a fifth of a millisecond to compile."
    return Query.fuzzy_term_query(schema(), field, text, 0, True, True)


def _any_of(field: str, values: Sequence[str]) -> Query:
    return Query.term_set_query(schema(), field, list(values)) if values else Query.empty_query()


def _range(field: str, low: int | None, high: int | None) -> Query:
    return Query.range_query(schema(), field, FieldType.Integer, low, high)


def overdue(at: int) -> Query:
    """The documents whose next stock has closed by now: they are read again."""
    return _range("closes_next", None, min(at, NEVER - 1))
