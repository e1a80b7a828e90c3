"""Rules about shelves: what each kind needs, whom one is for, which days a stored query means.

Pure functions and tables. Does not hold the tone of texts (beside) nor the reading of offers.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from ..terms import (
    AGES_OUT_OF_RANGE,
    AGES_REVERSED,
    DEPARTMENTS_UNKNOWN,
    MOST_OFFERS,
    OFFERS_MISSING,
    OLDEST,
    QUERY_MISSING,
    TEXT_MISSING,
    TOO_MANY_OFFERS,
    VENUE_MISSING,
    VIDEO_INSECURE,
    VIDEO_MISSING,
    YOUNGEST,
    Days,
    ShelfFacts,
    ShelfKind,
    Target,
    Viewer,
)

from diptych.commons.refusal import Refusal, refuse
from diptych.culture.domain.people.rules import DEPARTMENTS

MOST_SHELVES: Final = 12
"""Of a home: beyond, nobody scrolls, and each is a question to the database."""
FEWEST: Final[dict[ShelfKind, int]] = {
    ShelfKind.HAND_PICKED: 3,
    ShelfKind.HIGHLIGHT: 1,
    ShelfKind.QUERY: 3,
    ShelfKind.AROUND_ME: 3,
    ShelfKind.WEEKEND: 3,
    ShelfKind.VENUE: 3,
    ShelfKind.THEME: 3,
    ShelfKind.VIDEO: 0,
    ShelfKind.STORY: 0,
}
"""Cards below which a shelf is hidden. A video or a story is something to see by itself."""


def why_not_keep(facts: ShelfFacts) -> Iterator[tuple[str, Refusal]]:
    """Each thing that would break a shelf, with the field it is about; none where it may be kept."""
    if facts.kind in {ShelfKind.HAND_PICKED, ShelfKind.HIGHLIGHT} and not facts.offers:
        yield "offers", refuse(OFFERS_MISSING)
    if len(facts.offers) > MOST_OFFERS:
        yield "offers", refuse(TOO_MANY_OFFERS, most=MOST_OFFERS)
    if facts.kind is ShelfKind.VENUE and not facts.has_venue:
        yield "venue", refuse(VENUE_MISSING)
    if facts.kind in {ShelfKind.QUERY, ShelfKind.THEME} and not facts.has_query:
        yield "search_text", refuse(QUERY_MISSING)
    if facts.kind is ShelfKind.STORY and not facts.text.strip():
        yield "text", refuse(TEXT_MISSING)
    if facts.kind is ShelfKind.VIDEO and not facts.video_url:
        yield "video_url", refuse(VIDEO_MISSING)
    if facts.video_url and not facts.video_url.startswith("https://"):
        yield "video_url", refuse(VIDEO_INSECURE)
    yield from _why_not_aim(facts.target)


def _why_not_aim(target: Target) -> Iterator[tuple[str, Refusal]]:
    given = [age for age in (target.youngest, target.oldest) if age is not None]
    if any(not YOUNGEST <= age <= OLDEST for age in given):
        yield "ages_from", refuse(AGES_OUT_OF_RANGE, youngest=YOUNGEST, oldest=OLDEST)
    elif given != sorted(given):
        yield "ages_to", refuse(AGES_REVERSED)
    unknown = sorted(target.departments - set(DEPARTMENTS))
    if unknown:
        yield "departments", refuse(DEPARTMENTS_UNKNOWN, codes=", ".join(unknown))


def fits(target: Target, viewer: Viewer) -> bool:
    """Whether a shelf is for who looks. What is not known of them does not fit what a shelf asks."""
    if target.departments and viewer.department not in target.departments:
        return False
    if target.youngest is None and target.oldest is None:
        return True
    if viewer.age is None:
        return False
    return (target.youngest or YOUNGEST) <= viewer.age <= (OLDEST if target.oldest is None else target.oldest)


def days_of(days: Days, today: date) -> tuple[date | None, date | None]:
    """The first and last day that a stored query means today. On Sunday, the week-end is today."""
    if days is Days.TODAY:
        return today, today
    if days is Days.WEEKEND:
        saturday = today + timedelta(days=5 - min(today.weekday(), 5))
        return max(saturday, today), saturday + timedelta(days=1) if today.weekday() < 6 else today
    if days is Days.WEEK:
        return today, today + timedelta(days=7)
    if days is Days.MONTH:
        return today, today + timedelta(days=30)
    return None, None
