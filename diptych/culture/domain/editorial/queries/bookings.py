"""What shelves bring: bookings that came by each, masked where they are few. Names nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from ..models import Shelf

from diptych.commons.masking import masked
from diptych.culture.domain.bookings.models import Booking
from diptych.culture.domain.bookings.terms import Entry, Status


@dataclass(frozen=True, slots=True)
class ShelfFigures:
    """A shelf and the bookings that came by it. None: few."""

    id: int
    title: str
    bookings: int | None


def figures_of(*, since: datetime, at: datetime) -> list[ShelfFigures]:
    """Bookings by shelf between two instants, those called off since left out, the most first."""
    counted = (
        Booking.objects.filter(entry=Entry.SHELF, entry_of__isnull=False, booked_at__gte=since, booked_at__lte=at)
        .exclude(status=Status.CANCELLED).values_list("entry_of").annotate(bookings=Count("pk"))
    )  # fmt: skip
    titles = dict(Shelf.objects.values_list("pk", "title"))
    found = [ShelfFigures(number, titles.get(number, ""), masked(count)) for number, count in counted if number in titles]
    return sorted(found, key=lambda one: (-(one.bookings or 0), one.title))
