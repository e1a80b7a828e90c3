"""Pictures: ages and sexes, years, as numbers ready to draw; templates draw them as SVG with a table beside.

Every number here has been through `showing`.
"""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.utils.translation import gettext

from .desk import Open
from .showing import Showing
from .words import concept_name

from diptych.health.warehouse.research.cohort import portrait
from diptych.health.warehouse.research.cohort.disclosure import BASE
from diptych.health.warehouse.research.cohort.domains import DOMAINS
from diptych.health.warehouse.research.cohort.portrait import BAND, OLDEST
from diptych.health.warehouse.research.index.columns import Ints

WIDTH = 120
ROW = 16


@dataclass(frozen=True)
class Band:
    """Ten years of age: men on the left, women on the right."""

    axis: str
    label: str
    men: str
    women: str
    men_x: float
    men_width: float
    women_width: float
    y: int


@dataclass(frozen=True)
class Bar:
    """A named count and how long to draw it, of 100."""

    label: str
    figure: str
    width: float
    detail: str = ""


def release_day(opened: Open) -> date:
    """The day of the release, on which ages are told."""
    return datetime.fromisoformat(opened.desk.store.manifest["made_at"]).date()


def pyramid_of(opened: Open, persons: Ints, showing: Showing) -> list[Band]:
    """Ages on the day of the release, the oldest first, at the scale of the longest bar."""
    found = list(portrait.pyramid(opened.desk.index, persons, day=release_day(opened)))
    longest = max((showing.length(side) for _, men, women in found for side in (men, women)), default=0) or 1
    bands = []
    for place, (first, men, women) in enumerate(reversed(found)):
        left, right = (WIDTH * showing.length(side) / longest for side in (men, women))
        oldest, ten = first >= OLDEST, f"{first}–{first + BAND - 1}"
        label = gettext("{first} and over").format(first=first) if oldest else ten
        bands.append(
            Band(
                f"{first}+" if oldest else ten,
                label,
                showing.text(men),
                showing.text(women),
                round(WIDTH - left, 1),
                round(left, 1),
                round(right, 1),
                place * ROW,
            )
        )
    return bands


def _bars(rows: list[tuple[str, Ints, str]], showing: Showing) -> list[Bar]:
    longest = max((showing.length(persons) for _, persons, _ in rows), default=0) or 1
    return [
        Bar(label, showing.text(persons), round(100 * showing.length(persons) / longest, 1), detail)
        for label, persons, detail in rows
    ]


def years_of(opened: Open, persons: Ints, showing: Showing) -> list[Bar]:
    """Who came, year by year: the same years for every group, since a year that is named tells that somebody came in it."""
    came, nobody = dict(portrait.visits(opened.desk.index, persons)), np.empty(0, np.int64)
    named = opened.years | came.keys() if showing.exact else opened.years
    return _bars([(str(year), came.get(year, nobody), "") for year in sorted(named)], showing)


def top_of(opened: Open, persons: Ints, showing: Showing, *, domain: str, count: int = 8) -> list[Bar]:
    """What most of them have, of one kind; what too few have is left out. Chosen and put in order by what is shown of each: by the
    exact counts, two that are shown alike would tell which is larger, and one person more would change them over."""
    assert domain in DOMAINS, "one of ours"
    found = portrait.top_codes(opened.desk.index, persons, domain=domain, count=count, margin=2 * BASE)
    ordered = sorted(
        ((-number, concept, who) for concept, who in found if (number := showing.of(who).number) is not None),
        key=lambda row: row[:2],
    )
    rows = [
        (concept_name(opened.concepts, concept), who, opened.concepts[concept].code if concept in opened.concepts else "")
        for _, concept, who in ordered[:count]
    ]
    return _bars(rows, showing)
