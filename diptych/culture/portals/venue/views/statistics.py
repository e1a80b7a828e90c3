"""A venue's figures in pictures: columns drawn here as SVG, with the same figures in a table beside."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ..mine import mine_of, page

from diptych.commons.web.doors import door
from diptych.culture.domain.bookings.queries.statistics import Month, statistics_for_venues
from diptych.culture.domain.people.terms import Audience

WIDTH: Final = 600
HEIGHT: Final = 200
FOOT: Final = 24
"""The picture, in its own units; the foot holds the months' names."""


@door(Audience.VENUE)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Twelve months, and the most booked offers."""
    mine = mine_of(request)
    found = statistics_for_venues(venue_ids=mine.venue_ids, at=mine.at, zone=mine.zone)
    totals = {
        "booked": sum(month.booked for month in found.months), "used": sum(month.used for month in found.months),
        "cents": sum(month.used_cents for month in found.months),
    }  # fmt: skip
    likes = [(one.name, one.places) for one in found.favourites]
    return page(
        request, "statistics", mine, months=found.months, columns=_columns(found.months), totals=totals, likes=likes,
        width=WIDTH, height=HEIGHT, floor=HEIGHT - FOOT,
    )  # fmt: skip


def _columns(months: tuple[Month, ...]) -> list[dict[str, Any]]:
    "Where each month stands: booked, and over it what was handed over, on one scale."
    largest = max((month.booked for month in months), default=0) or 1
    step, room = WIDTH / len(months), HEIGHT - FOOT - 16
    columns = []
    for number, month in enumerate(months):
        booked, used = round(room * month.booked / largest), round(room * month.used / largest)
        columns.append(
            {
                "x": round(step * number + step * 0.18), "width": round(step * 0.64), "middle": round(step * (number + 0.5)),
                "booked": booked, "used": used, "booked_y": HEIGHT - FOOT - booked, "used_y": HEIGHT - FOOT - used,
                "label_y": HEIGHT - FOOT - booked - 4, "month": month,
            }
        )  # fmt: skip
    return columns
