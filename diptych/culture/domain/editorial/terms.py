"""Words of the editorial chapter: kinds of shelf, whom one is for, what the tone guide finds, reasons to refuse.

Holds no rule. A shelf's texts are editors' French and are not translated.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from diptych.commons.refusal import Kind, Reason

LONGEST_TITLE: Final = 60
LONGEST_HINT: Final = 120
MOST_OFFERS: Final = 60
YOUNGEST: Final = 10
OLDEST: Final = 21
"""Ages between which a shelf may aim: those of accounts that may still have something to spend."""


class ShelfKind(StrEnum):
    """What a shelf shows, and so what its editor gives."""

    HAND_PICKED = "HAND_PICKED"
    HIGHLIGHT = "HIGHLIGHT"
    """One to three offers put forward, with a few words."""
    QUERY = "QUERY"
    AROUND_ME = "AROUND_ME"
    WEEKEND = "WEEKEND"
    VENUE = "VENUE"
    THEME = "THEME"
    VIDEO = "VIDEO"
    STORY = "STORY"


class Days(StrEnum):
    """When what a stored query looks for happens, counted from the day it is looked at."""

    ANY = ""
    TODAY = "TODAY"
    WEEKEND = "WEEKEND"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a shelf is for. None and empty: everybody."""

    youngest: int | None = None
    oldest: int | None = None
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the home, or is imagined to: age in years and département where known, and a position where given."""

    age: int | None = None
    department: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class ShelfFacts:
    """What a shelf is judged by before it is kept."""

    kind: ShelfKind
    offers: tuple[int, ...] = ()
    has_venue: bool = False
    has_query: bool = False
    """Whether anything at all is looked for: words, a kind, a time, a price."""
    text: str = ""
    video_url: str = ""
    target: Target = Target()


class Field(StrEnum):
    """The texts that the tone guide reads."""

    TITLE = "title"
    HINT = "hint"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class ToneRule:
    """A row of the tone guide: since when it holds, what it asks, and where it finds fault: spans of the text of a field."""

    code: str
    since: date
    asks: str
    finds: Callable[[Field, str], list[tuple[int, int]]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that the tone guide would say otherwise: which rule, in which text, from where to where, and the words there.
    `instead` is what to write where the guide knows."""

    rule: str
    asks: str
    field: Field
    start: int
    end: int
    excerpt: str
    instead: str = ""


SHELF_MISSING = Reason("editorial.shelf_missing", Kind.MISSING, "This shelf is no longer here.")
OFFERS_MISSING = Reason("editorial.offers_missing", Kind.INVALID, "Choose at least one offer.")
OFFERS_UNKNOWN = Reason("editorial.offers_unknown", Kind.INVALID, "There is no offer {numbers}.")
TOO_MANY_OFFERS = Reason("editorial.too_many_offers", Kind.INVALID, "A shelf holds {most} offers at most.")
VENUE_MISSING = Reason("editorial.venue_missing", Kind.INVALID, "Say which venue.")
QUERY_MISSING = Reason("editorial.query_missing", Kind.INVALID, "Say what to look for: words, a kind, a time or a price.")
TEXT_MISSING = Reason("editorial.text_missing", Kind.INVALID, "Write the story.")
VIDEO_MISSING = Reason("editorial.video_missing", Kind.INVALID, "Give the address of the video.")
VIDEO_INSECURE = Reason("editorial.video_insecure", Kind.INVALID, "The address of a video begins with https://.")
AGES_REVERSED = Reason("editorial.ages_reversed", Kind.INVALID, "The youngest age comes before the oldest.")
AGES_OUT_OF_RANGE = Reason("editorial.ages_out_of_range", Kind.INVALID, "Ages go from {youngest} to {oldest}.")
DEPARTMENTS_UNKNOWN = Reason("editorial.departments_unknown", Kind.INVALID, "There is no département {codes}.")
